#include "daemon/workers/import_pages.h"

#include "daemon/base/buf.h"
#include "daemon/base/file.h"
#include "daemon/image/image_rows.h"
#include "daemon/image/pdf_import.h"
#include "daemon/workers/import_signatures.h"
#include "drivers/folder/copy_exception.h"
#include "drivers/folder/file_kind.h"
#include "ocr/text/layer_words.h"
#include "ocr/text/office_text.h"

#include <stdio.h>
#include <string.h>

#define MAX_PAGES 2000
#define IMAGES_AT_ONCE 256
#define TEXT_FILE_MAX (8u << 20)
#define OFFICE_FILE_MAX (64u << 20) /* pictures in it, too */

struct paging {
    const struct templates *templates;
    struct worker_answer *answer;
    int file;
    int first, max_pages;
    struct js *ok;     /* the answer, borrowed from import_pages */
    struct js *images; /* in it, borrowed */
};

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code attach(struct paging *paging, int fd, int *out_place, struct err *err)
{
    struct worker_answer *answer = paging->answer;
    if (answer->fd_count >= IPC_MAX_FDS) {
        fd_close(fd);
        return err_set(err, ERR_INTERNAL, "too many descriptors in an answer");
    }
    *out_place = (int)answer->fd_count;
    answer->fds[answer->fd_count++] = fd;
    return ERR_OK;
}

static enum err_code attach_text(struct paging *paging, const char *text, int *out_place,
                                 struct err *err)
{
    AUTO(fd) int fd = -1;
    enum err_code code = file_memfd("text", text, strlen(text), &fd, err);
    if (!code)
        code = file_memfd_seal(fd, err);
    return code ? code : attach(paging, TAKE_FD(fd), out_place, err);
}

/* --- images ---------------------------------------------------------------------------------- */

static enum err_code add_image(struct paging *paging, int page, const char *place_name, int place,
                               struct js *facts, struct err *err)
{
    AUTO(js) struct js *image = facts;
    bool ok = image && js_set(image, "page", js_int(page)) &&
              js_set(image, place_name, js_int(place)) && js_push(paging->images, js_ref(image));
    return ok ? ERR_OK : no_memory(err);
}

static enum err_code image_pages(struct paging *paging, int *out_count, struct err *err)
{
    int count = paging->first;
    for (int page = paging->first; page <= count && page < paging->first + IMAGES_AT_ONCE; page++) {
        AUTO(image_rows) struct image_rows *rows = NULL;
        enum err_code code = image_rows_open(paging->file, page - 1, &rows, err);
        if (code)
            return err_context(err, code, "image %d", page);
        count = image_rows_info(rows)->count;
        if (count > paging->max_pages)
            return err_set(err, ERR_TOO_LARGE, "%d images, at most %d", count, paging->max_pages);
        code = add_image(paging, page, "index", page - 1, copy_facts_to_js(image_rows_info(rows)),
                         err);
        if (code)
            return code;
    }
    *out_count = count;
    return ERR_OK;
}

/* --- text ------------------------------------------------------------------------------------ */

static enum err_code add_text(struct paging *paging, const char *bytes, size_t size,
                              const char *const *fonts, size_t font_count, struct err *err)
{
    AUTO(text_layer) struct text_layer layer = {0};
    enum err_code code = text_layer_read(templates_syllables(paging->templates), bytes, size, fonts,
                                         font_count, &layer, err);
    if (code)
        return code;
    AUTO(js)
    struct js *text =
        js_pack("{s:s, s:s, s:I, s:I}", "layer", text_layer_name(layer.kind), "encoding",
                legacy_encoding_name(layer.guess.encoding), "words", (long long)layer.count.words,
                "possible", (long long)layer.count.possible);
    if (!text || (layer.reason && !js_set(text, "reason", js_text(layer.reason))))
        return no_memory(err);
    if (layer.text) {
        int place = 0;
        code = attach_text(paging, layer.text, &place, err);
        if (code)
            return code;
        if (!js_set(text, "fd", js_int(place)))
            return no_memory(err);
    }
    return js_set(paging->ok, "text", js_ref(text)) ? ERR_OK : no_memory(err);
}

static enum err_code text_file(struct paging *paging, struct err *err)
{
    AUTO(mem) char *bytes = NULL;
    size_t size = 0;
    enum err_code code = file_read_fd(paging->file, TEXT_FILE_MAX, &bytes, &size, err);
    return code ? code : add_text(paging, bytes, size, NULL, 0, err);
}

/* --- Word and registers ------------------------------------------------------------------------
 */

static enum err_code office_file(struct paging *paging, struct err *err)
{
    AUTO(mem) char *bytes = NULL;
    AUTO(mem) char *said = NULL;
    size_t size = 0;
    int place = 0;
    enum err_code code = file_read_fd(paging->file, OFFICE_FILE_MAX, &bytes, &size, err);
    if (!code)
        code = office_text_read(templates_syllables(paging->templates), bytes, size, &said, err);
    if (!code)
        code = attach_text(paging, said, &place, err);
    if (code)
        return code;
    struct js *text = js_pack("{s:i}", "fd", place);
    return js_set(paging->ok, "text", text) ? ERR_OK : no_memory(err);
}

/* --- PDF ------------------------------------------------------------------------------------- */

/* The text of these pages and its fonts, as one. */
static enum err_code pdf_text(struct paging *paging, const struct pdf_import *pdf, struct err *err)
{
    const char *fonts[PDF_PAGES_AT_ONCE * PDF_FONTS_MAX];
    size_t font_count = 0;
    AUTO(buf) struct buf text;
    buf_init(&text, TEXT_FILE_MAX);
    buf_text(&text, "");
    for (size_t i = 0; i < pdf->count; i++) {
        const struct pdf_layer *layer = &pdf->page[i].layer;
        AUTO(mem) char *lines = NULL;
        enum err_code code = layer_words_text(&layer->words, &lines, err);
        if (code)
            return code;
        buf_printf(&text, "%s\n", lines);
        for (size_t j = 0; j < layer->fonts.count; j++)
            fonts[font_count++] = layer->fonts.name[j];
    }
    if (!buf_ok(&text))
        return err_set(err, ERR_TOO_LARGE, "text of the pages");
    return add_text(paging, text.bytes, text.size, fonts, font_count, err);
}

/* A page that had to be rendered has the resolution it was rendered at; what is known of the scan
 * are the images that lay on it. */
struct js *import_pdf_page_facts(const struct pdf_page *page, bool born_digital, struct err *err)
{
    AUTO(image_rows) struct image_rows *rows = NULL;
    if (image_rows_open(page->fd, 0, &rows, err))
        return NULL;
    struct image_info info = *image_rows_info(rows);
    bool scanned = !born_digital && page->image_dpi > 0;
    bool scaled = page->rendered && scanned && page->image_dpi < page->dpi;
    info.dpi = page->dpi;
    info.bilevel = page->rendered ? scanned && page->bilevel : info.bilevel;
    if (scaled) {
        info.width = (int)(info.width * page->image_dpi / page->dpi);
        info.height = (int)(info.height * page->image_dpi / page->dpi);
        info.dpi = page->image_dpi;
    }
    AUTO(js) struct js *facts = copy_facts_to_js(&info);
    if (!facts || !js_set(facts, "rendered", js_bool(page->rendered)))
        return NULL;
    return TAKE(facts);
}

static enum err_code pdf_signatures(struct paging *paging, struct err *err)
{
    struct js *found = NULL;
    enum err_code code = import_signatures(paging->file, &found, err);
    if (code)
        return code;
    return js_set(paging->ok, "signatures", found) ? ERR_OK : no_memory(err);
}

static enum err_code pdf_pages(struct paging *paging, int *out_count, struct err *err)
{
    AUTO(pdf_import) struct pdf_import pdf = {0};
    enum err_code code = pdf_import(paging->file, paging->first, paging->max_pages, &pdf, err);
    for (size_t i = 0; i < pdf.count && !code; i++) {
        int place = 0;
        struct js *facts = import_pdf_page_facts(&pdf.page[i], pdf.born_digital, err);
        if (!facts)
            return err && err->code ? err->code : no_memory(err);
        code = attach(paging, TAKE_FD(pdf.page[i].fd), &place, err);
        if (code)
            js_free(facts);
        else
            code = add_image(paging, paging->first + (int)i, "fd", place, facts, err);
    }
    if (!code)
        code = pdf_text(paging, &pdf, err);
    if (!code && pdf.kind == PDF_SIGNED)
        code = pdf_signatures(paging, err);
    if (code)
        return code;
    *out_count = pdf.page_count;
    return js_set(paging->ok, "pdf", js_text(pdf_kind_name(pdf.kind))) ? ERR_OK : no_memory(err);
}

/* --- all ------------------------------------------------------------------------------------- */

static enum err_code pages_of(struct paging *paging, enum file_kind kind, int *out_count,
                              struct err *err)
{
    switch (kind) {
    case FILE_JPEG:
    case FILE_PNG:
    case FILE_TIFF:
    case FILE_PNM:
        return image_pages(paging, out_count, err);
    case FILE_PDF:
        return pdf_pages(paging, out_count, err);
    case FILE_TEXT:
        return text_file(paging, err);
    case FILE_DOCX:
    case FILE_XLSX:
        return office_file(paging, err);
    case FILE_EMPTY:
        return err_set(err, ERR_IMAGE_EMPTY, "the file has no bytes");
    default:
        return err_set(err, ERR_FORMAT_UNKNOWN, "neither image, PDF nor text");
    }
}

enum err_code import_pages(const struct templates *templates, struct worker_call *call,
                           struct worker_answer *answer, struct err *err)
{
    AUTO(fd) int file = -1;
    AUTO(js) struct js *images = js_array();
    AUTO(js) struct js *ok = js_object();
    int64_t first = js_int_or(call->args, "first", 1);
    int64_t max_pages = js_int_or(call->args, "max_pages", MAX_PAGES);
    int count = 0;
    enum err_code code = ipc_take_fd(call->message, 0, &file, err);
    if (!code && (first < 1 || first > MAX_PAGES || max_pages < 1 || max_pages > MAX_PAGES))
        code = err_set(err, ERR_BAD_ARGUMENT, "pages are counted from 1 to %d", MAX_PAGES);
    if (!code && (!images || !ok))
        code = no_memory(err);
    struct paging paging = {templates, answer, file, (int)first, (int)max_pages, ok, images};
    enum file_kind kind = code ? FILE_UNKNOWN : file_kind_of(file);
    if (!code)
        code = pages_of(&paging, kind, &count, err);
    if (code)
        return code;
    if (!js_set(ok, "kind", js_text(file_kind_name(kind))) || !js_set(ok, "pages", js_int(count)) ||
        !js_set(ok, "first", js_int(first)) || !js_set(ok, "images", js_ref(images)))
        return no_memory(err);
    answer->ok = TAKE(ok);
    return ERR_OK;
}
