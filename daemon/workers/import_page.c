#include "daemon/workers/import_page.h"

#include "daemon/base/file.h"
#include "daemon/base/sys.h"
#include "daemon/image/image_rows.h"
#include "daemon/image/tiff_writer.h"
#include "daemon/workers/import_pages.h"
#include "drivers/folder/copy_exception.h"
#include "drivers/folder/file_kind.h"
#include "ocr/text/layer_words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_PAGES 2000
#define BLOCK (256 << 10)
#define MM_PER_INCH 25.4

void page_source_done(struct page_source *source)
{
    pdf_import_done(&source->pdf);
    *source = (struct page_source){.templates = source->templates};
}

static enum err_code copy_bytes(int from, int to, struct err *err)
{
    AUTO(mem) char *block = mem_alloc(BLOCK);
    off_t at = 0;
    ssize_t got = 1;
    enum err_code code = block ? ERR_OK : err_set(err, ERR_NO_MEMORY, "page");
    while (!code && got > 0) {
        got = pread(from, block, BLOCK, at);
        if (got < 0)
            return err_set_errno(err, ERR_IO, errno, "page");
        code = file_write_all(to, block, (size_t)got, err);
        at += got;
    }
    return code;
}

/* ---- rows ---------------------------------------------------------------------------------------
 */

/* 0 and 255 become 1 = black, eight to a byte, in place. */
static void pack_bits(uint8_t *row, int width)
{
    for (int x = 0; x < width; x += 8) {
        uint8_t bits = 0;
        for (int i = 0; i < 8 && x + i < width; i++)
            bits |= (uint8_t)(row[x + i] < 128 ? 0x80u >> i : 0);
        row[x / 8] = bits;
    }
}

/* Every row once: hashed, and written where a writer is given. */
static enum err_code run_rows(struct image_rows *rows, struct tiff_writer *writer,
                              char out_pixel_sha256[HASH_HEX_SIZE], struct err *err)
{
    const struct image_info *info = image_rows_info(rows);
    size_t size = (size_t)info->width * (size_t)info->channels;
    AUTO(mem) uint8_t *row = mem_alloc(size);
    struct hash *hash = row ? hash_new() : NULL;
    enum err_code code = hash ? ERR_OK : err_set(err, ERR_NO_MEMORY, "page");
    for (int y = 0; !code && y < info->height; y++) {
        code = image_rows_next(rows, row, err);
        if (code)
            break;
        hash_update(hash, row, size);
        if (writer && info->bilevel)
            pack_bits(row, info->width);
        if (writer)
            code = tiff_writer_rows(writer, row, 1, err);
    }
    if (!code)
        hash_finish(hash, out_pixel_sha256);
    hash_free(hash);
    return code;
}

static enum err_code write_tiff(struct image_rows *rows, int to, double dpi,
                                char out_pixel_sha256[HASH_HEX_SIZE], struct err *err)
{
    const struct image_info *info = image_rows_info(rows);
    AUTO(tiff_writer) struct tiff_writer *writer = NULL;
    struct tiff_page page = {.width_px = info->width,
                             .channels = info->channels,
                             .bits = info->bilevel ? 1 : 8,
                             .dpi = dpi};
    enum err_code code = tiff_writer_open(to, &page, &writer, err);
    if (!code)
        code = run_rows(rows, writer, out_pixel_sha256, err);
    return code ? code : tiff_writer_finish(writer, err);
}

/* ---- one page -----------------------------------------------------------------------------------
 */

struct page_place {
    int fd, index;    /* of the image */
    double dpi;       /* 0: as the image says */
    struct js *facts; /* NULL: as the image says */
};

static enum err_code answer_page(const struct page_place *place, const struct image_info *info,
                                 const char *pixel_sha256, double dpi, int to, struct js **out,
                                 struct err *err)
{
    char sha256[HASH_HEX_SIZE];
    uint64_t size;
    AUTO(js) struct js *facts = place->facts ? js_ref(place->facts) : copy_facts_to_js(info);
    double mm = dpi > 0 ? MM_PER_INCH / dpi : 0;
    enum err_code code = hash_fd(to, sha256, &size, err);
    if (!code && sys_fdatasync(to) != 0)
        code = err_set_errno(err, ERR_IO, errno, "flush");
    if (code)
        return code;
    *out = js_pack("{s:{s:s, s:s, s:I, s:i, s:i, s:i, s:i, s:f, s:f, s:f}, s:O}", "image", "sha256",
                   sha256, "pixel_sha256", pixel_sha256, "size_bytes", (int64_t)size, "width_px",
                   info->width, "height_px", info->height, "channels", info->channels, "bits",
                   info->bilevel ? 1 : 8, "dpi", dpi, "width_mm", info->width * mm, "height_mm",
                   info->height * mm, "facts", facts);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static double stated_dpi(const struct page_place *place, const struct image_info *info)
{
    struct copy_judgement judgement = copy_judge(info);
    if (place->dpi > 0)
        return place->dpi;
    return judgement.exceptions & COPY_RESOLUTION_MISSING ? 0 : judgement.dpi;
}

static enum err_code write_page(const struct page_place *place, int to, struct js **out,
                                struct err *err)
{
    AUTO(image_rows) struct image_rows *rows = NULL;
    char pixel_sha256[HASH_HEX_SIZE];
    enum err_code code = image_rows_open(place->fd, place->index, &rows, err);
    if (code)
        return code;
    const struct image_info *info = image_rows_info(rows);
    double dpi = stated_dpi(place, info);
    if (info->count > 1)
        code = write_tiff(rows, to, dpi, pixel_sha256, err);
    else if (!(code = copy_bytes(place->fd, to, err)))
        code = run_rows(rows, NULL, pixel_sha256, err);
    return code ? code : answer_page(place, info, pixel_sha256, dpi, to, out, err);
}

/* The window of a PDF's pages that has this one. */
static enum err_code open_window(struct page_source *source, int file, const char *key, int page,
                                 struct err *err)
{
    bool there = strcmp(source->file, key) == 0 && page >= source->first &&
                 page < source->first + (int)source->pdf.count;
    if (there)
        return ERR_OK;
    page_source_done(source);
    enum err_code code = pdf_import(file, page, MAX_PAGES, &source->pdf, err);
    if (!code && !source->pdf.count)
        code = err_set(err, ERR_NOT_FOUND, "no page %d", page);
    if (code) {
        page_source_done(source);
        return code;
    }
    snprintf(source->file, sizeof source->file, "%s", key);
    source->first = page;
    return ERR_OK;
}

/* What its text layer is worth, and its words where they can be believed. */
static enum err_code answer_text(const struct page_source *source, const struct pdf_page *page,
                                 struct worker_answer *answer, struct err *err)
{
    AUTO(text_layer) struct text_layer judged = {0};
    int words = -1;
    enum err_code code = layer_words_of_page(templates_syllables(source->templates), page, &judged,
                                             &words, err);
    if (code)
        return code;
    if (words >= 0)
        answer->fds[answer->fd_count++] = words;
    struct js *text =
        js_pack("{s:s, s:s, s:s*}", "layer", text_layer_name(judged.kind), "encoding",
                legacy_encoding_name(judged.guess.encoding), "reason", judged.reason);
    return js_set(answer->ok, "text", text) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code pdf_page(struct page_source *source, int file, const char *key, int page,
                              int to, struct worker_answer *answer, struct err *err)
{
    enum err_code code = open_window(source, file, key, page, err);
    if (code)
        return code;
    const struct pdf_page *found = &source->pdf.page[page - source->first];
    AUTO(js) struct js *facts = import_pdf_page_facts(found, source->pdf.born_digital, err);
    if (!facts)
        return err_set(err, ERR_IMAGE_UNREADABLE, "page %d of the PDF", page);
    struct page_place place = {.fd = found->fd, .dpi = found->dpi, .facts = facts};
    code = write_page(&place, to, &answer->ok, err);
    return code ? code : answer_text(source, found, answer, err);
}

enum err_code import_page(struct page_source *source, struct worker_call *call,
                          struct worker_answer *answer, struct err *err)
{
    AUTO(fd) int file = -1;
    AUTO(fd) int to = -1;
    const char *key;
    int64_t page;
    enum err_code code = js_get_int(call->args, "page", &page, err);
    if (!code)
        code = js_get_text(call->args, "file", &key, err);
    if (!code && (page < 1 || page > IMAGE_MAX_COUNT || !hash_is_hex(key)))
        code = err_set(err, ERR_BAD_ARGUMENT, "page or file");
    if (!code)
        code = ipc_take_fd(call->message, 0, &file, err);
    if (!code)
        code = ipc_take_fd(call->message, 1, &to, err);
    if (code)
        return code;
    if (file_kind_of(file) == FILE_PDF)
        return pdf_page(source, file, key, (int)page, to, answer, err);
    struct page_place place = {.fd = file, .index = (int)page - 1};
    return write_page(&place, to, &answer->ok, err);
}
