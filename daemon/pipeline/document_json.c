#include "daemon/pipeline/document_json.h"

#include "daemon/model/page_cut.h"
#include "daemon/model/words.h"

#include <stdio.h>
#include <string.h>

static struct js *source_names(const struct document_source *source)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < source->file_count; i++) {
        const char *slash = strrchr(source->files[i], '/');
        if (!js_push(list, js_text(slash ? slash + 1 : source->files[i])))
            return NULL;
    }
    return TAKE(list);
}

static bool copy_keys(struct js *to, const struct js *from)
{
    bool ok = true;
    for (void *it = js_iter(from); ok && it; it = js_iter_next(from, it))
        ok = js_set(to, js_iter_key(it), js_ref(js_iter_value(it)));
    return ok;
}

static enum err_code page_json(const struct document_page *page, size_t number,
                               const struct js *starts, struct js **out, struct err *err)
{
    AUTO(words) struct words words = {0};
    enum err_code code = words_read_fd(page->words_fd, &words, err);
    if (code)
        return err_context(err, code, "page %zu", number);
    AUTO(mem) char *text = words_text(&words);
    AUTO(js) struct js *json = js_object();
    struct js *start =
        starts ? js_ref(starts) : js_pack("{s:b, s:f}", "value", number == 1, "confidence", 0.5);
    bool ok = js_set(json, "number", js_int((int64_t)number)) &&
              js_set(json, "starts_document", start) && copy_keys(json, page->info) && text &&
              js_set(json, "text", js_text(text)) &&
              js_set(json, "words", js_int((int64_t)words.count)) &&
              js_set(json, "mean_confidence", js_real(page->mean_confidence)) &&
              (!words.from_layer || js_set(json, "words_source", js_text(WORDS_FROM_LAYER)));
    if (!ok)
        return err_set(err, ERR_NO_MEMORY, "page %zu", number);
    *out = page_cut_shown(json);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "page %zu", number);
}

enum err_code document_json(const struct document_source *source, const struct js *understood,
                            const struct document_page *pages, size_t page_count, struct js **out,
                            struct err *err)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < page_count; i++) {
        char path[64];
        snprintf(path, sizeof path, "pages[%zu].starts_document", i);
        struct js *page = NULL;
        enum err_code code = page_json(&pages[i], i + 1, js_at(understood, path), &page, err);
        if (code)
            return code;
        if (!js_push(list, page))
            return err_set(err, ERR_NO_MEMORY, "pages");
    }
    AUTO(js) struct js *fields = page_cut_fields_shown(js_at(understood, "fields"), list);
    AUTO(js)
    struct js *json =
        js_pack("{s:s, s:o, s:s, s:s, s:b, s:s, s:f, s:O, s:O}", "schema", "sohoa.document/1",
                "source", source_names(source), "digest", source->digest, "pdf_sha256",
                source->pdf_sha256, "passed_through", (int)source->passed_through, "type",
                js_text_or(understood, "type", "unknown"), "type_score",
                js_real_or(understood, "type_score", 0), "fields", fields, "pages", list);
    const struct js *kind = js_at(understood, "kind");
    bool ok = json && (js_is_null(kind) || js_set(json, "kind", js_ref(kind))) &&
              (source->parts == 0 || js_set(json, "part",
                                            js_pack("{s:I, s:I}", "number", (int64_t)source->part,
                                                    "of", (int64_t)source->parts))) &&
              (source->separators == 0 ||
               js_set(json, "separators", js_int((int64_t)source->separators)));
    if (!ok)
        return err_set(err, ERR_NO_MEMORY, "document JSON");
    *out = TAKE(json);
    return ERR_OK;
}
