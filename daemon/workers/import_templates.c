#include "daemon/workers/import_templates.h"

#include "daemon/base/mem.h"
#include "daemon/model/doc_type.h"
#include "ocr/extract/templates.h"

#include <string.h>

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "templates");
}

static enum err_code tell(struct js *problems, long line, const char *why, struct err *err)
{
    return js_push(problems, js_pack("{s:i, s:s}", "line", (int)line, "why", why)) ? ERR_OK
                                                                                   : no_memory(err);
}

/* What is wrong with these goes to the problems; other errors end it. */
static enum err_code try_templates(const struct js *list, long line, struct js *problems,
                                   struct err *err)
{
    struct err why = ERR_INIT;
    AUTO(templates) struct templates *made = NULL;
    enum err_code code = templates_load_over(list, &made, &why);
    if (code == ERR_TEMPLATE_BAD)
        return tell(problems, line, why.detail, err);
    return code ? err_set(err, code, "%s", why.detail) : ERR_OK;
}

static enum err_code try_each(const struct js *list, struct js *problems, struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < js_count(list); i++) {
        AUTO(js) struct js *alone = js_pack("[O]", js_item(list, i));
        code = alone ? try_templates(alone, (long)i + 1, problems, err) : no_memory(err);
    }
    if (!code && !js_count(problems))
        code = try_templates(list, 0, problems, err);
    return code;
}

static enum err_code tell_twice(const struct js *list, struct js *problems, struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = 1; !code && i < js_count(list); i++)
        for (size_t k = 0; !code && k < i; k++)
            if (strcmp(js_text_or(js_item(list, i), "type", ""),
                       js_text_or(js_item(list, k), "type", "")) == 0)
                code = tell(problems, (long)i + 1, "'type' is that of an earlier one", err);
    return code;
}

static enum err_code make_rows(const struct js *list, struct js *rows, struct err *err)
{
    for (size_t i = 0; i < js_count(list); i++) {
        const struct js *one = js_item(list, i);
        const char *type = js_text_or(one, "type", "");
        AUTO(mem) char *text = js_dump(one);
        if (!text ||
            !js_push(rows, js_pack("{s:s, s:s, s:s}", "type", type, "name",
                                   doc_type_label(doc_type_from_slug(type)), "template", text)))
            return no_memory(err);
    }
    return ERR_OK;
}

enum err_code import_templates(const char *text, size_t size, struct js **out, struct err *err)
{
    struct err why = ERR_INIT;
    AUTO(js) struct js *value = NULL;
    AUTO(js) struct js *rows = js_array();
    AUTO(js) struct js *problems = js_array();
    enum err_code code = js_parse(text, size, &value, &why);
    bool is_json = !code;
    AUTO(js) struct js *list = js_is_array(value) ? js_ref(value) : js_pack("[O]", value);
    if (code == ERR_NO_MEMORY || (is_json && !list))
        return no_memory(err);
    code = is_json ? tell_twice(list, problems, err) : tell(problems, 0, why.detail, err);
    if (!code && is_json)
        code = try_each(list, problems, err);
    if (!code && !js_count(problems))
        code = make_rows(list, rows, err);
    if (code)
        return code;
    *out = js_pack("{s:O, s:O, s:I, s:[], s:i}", "rows", rows, "problems", problems,
                   "problem_count", (int64_t)js_count(problems), "notes", "note_count", 0);
    return *out ? ERR_OK : no_memory(err);
}
