#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/image/image_read.h"
#include "daemon/image/image_write.h"
#include "daemon/image/part_join.h"
#include "daemon/image/pdf_import.h"
#include "daemon/image/recognition_image.h"
#include "daemon/model/page_info.h"
#include "daemon/model/words.h"
#include "daemon/workers/confine.h"
#include "daemon/workers/worker_main.h"
#include "ocr/classify/copy_marks.h"
#include "ocr/classify/marks.h"
#include "ocr/classify/model_file.h"
#include "ocr/clean/clean.h"
#include "ocr/extract/sides.h"
#include "ocr/extract/templates.h"
#include "ocr/recognize/codes_beside.h"
#include "ocr/recognize/handwriting.h"
#include "ocr/recognize/page_zones.h"
#include "ocr/recognize/stamps.h"
#include "ocr/recognize/tesseract.h"
#include "ocr/text/layer_words.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * sohoa-ocr-worker: read (image → turn, skew, quality, codes, zones, recognition image), recognise
 * (recognition image → words), understand (words of all pages → type and fields), import (PDF →
 * page images), join (parts of a side → one picture to look at), model (which model of types
 * understand asks from now on). The language model and the templates are loaded by the first
 * request that needs them and stay.
 */

#define THUMBNAIL_QUALITY 80
#define PAGES_MAX 2000
/* Page-sized blocks go back to the system when freed instead of staying in the heap. */
#define OWN_MAPPING_FROM (1 << 20)

struct ocr {
    struct recognizer *recognizer;
    struct templates *templates;
    char templates_version[ID_SIZE]; /* of the site's own; "": none */
    /* of the station; "": the one built with the program */
    char model_sha256[HASH_HEX_SIZE];
    char *model_bytes;
    struct type_model model;
};

static enum err_code need_recognizer(struct ocr *ocr, const struct js *args, struct err *err)
{
    const char *language = js_text_or(args, "lang", "vie");
    if (ocr->recognizer && strcmp(recognizer_language(ocr->recognizer), language) == 0)
        return ERR_OK;
    struct recognizer *recognizer = NULL;
    enum err_code code = recognizer_new(language, &recognizer, err);
    if (code)
        return code;
    recognizer_set_cancel(recognizer, worker_cancelled);
    recognizer_free(ocr->recognizer);
    ocr->recognizer = recognizer;
    return ERR_OK;
}

static enum err_code need_templates(struct ocr *ocr, struct err *err)
{
    return ocr->templates ? ERR_OK : templates_load(NULL, &ocr->templates, err);
}

static enum err_code attach(struct worker_answer *answer, int fd, struct err *err)
{
    if (answer->fd_count >= sizeof answer->fds / sizeof *answer->fds) {
        fd_close(fd);
        return err_set(err, ERR_INTERNAL, "too many descriptors in an answer");
    }
    answer->fds[answer->fd_count++] = fd;
    return ERR_OK;
}

static enum err_code answer_with(struct worker_answer *answer, struct js *ok, struct err *err)
{
    answer->ok = ok;
    return ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

/* --- read ------------------------------------------------------------------------------------ */

static enum dpi_source dpi_source_of(const char *name)
{
    for (int source = DPI_FILE; source <= DPI_ASSUMED; source++)
        if (strcmp(name, dpi_source_name((enum dpi_source)source)) == 0)
            return (enum dpi_source)source;
    return DPI_FILE;
}

static enum err_code read_strip(void *self, const struct raster *strip, double *out_sureness,
                                struct err *err)
{
    struct ocr *ocr = self;
    return recognizer_read_strip(ocr->recognizer, strip, out_sureness, err);
}

/* A box of the stored image in millimetres of the upright frame. */
static struct rect_mm upright_box(const struct code_found *code, const struct page_info *info)
{
    double mm_per_px = 25.4 / info->dpi;
    double x = code->left, y = code->top, w = code->right - x, h = code->bottom - y;
    double width = info->width_px, height = info->height_px;
    switch (info->rotation_deg) {
    case 90:
        return (struct rect_mm){(height - y - h) * mm_per_px, x * mm_per_px, h * mm_per_px,
                                w * mm_per_px};
    case 180:
        return (struct rect_mm){(width - x - w) * mm_per_px, (height - y - h) * mm_per_px,
                                w * mm_per_px, h * mm_per_px};
    case 270:
        return (struct rect_mm){y * mm_per_px, (width - x - w) * mm_per_px, h * mm_per_px,
                                w * mm_per_px};
    default:
        return (struct rect_mm){x * mm_per_px, y * mm_per_px, w * mm_per_px, h * mm_per_px};
    }
}

static enum err_code take_codes(struct codes_beside *beside, struct page_info *info,
                                struct err *err)
{
    AUTO(codes) struct codes codes = {0};
    enum err_code code = codes_take(beside, worker_cancelled, &codes, err);
    for (size_t i = 0; i < codes.count && !code; i++) {
        struct page_code *slot = &info->codes[info->code_count++];
        strcpy(slot->kind, codes.item[i].kind);
        slot->box = upright_box(&codes.item[i], info);
        slot->text = TAKE(codes.item[i].text);
    }
    return code;
}

/* Codes need the evened page only, so another core may look for them. */
static enum err_code clean_and_find_codes(struct ocr *ocr, struct image *image, bool shared,
                                          struct clean_page *out, struct err *err)
{
    AUTO(clean_notes) struct clean_notes *notes = NULL;
    AUTO(codes_beside) struct codes_beside codes = {0};
    enum err_code code = clean_page_even(image, out, &notes, err);
    if (!code && !out->info.blank)
        codes_begin(out->evened, out->info.dpi, shared, &codes);
    if (!code)
        code =
            clean_page_level(image, &(struct direction_reader){ocr, read_strip}, notes, out, err);
    if (!code && !out->info.blank)
        code = take_codes(&codes, &out->info, err);
    return code;
}

static enum err_code attach_images(struct clean_page *page, struct worker_answer *answer,
                                   struct err *err)
{
    AUTO(fd) int recognition = -1;
    AUTO(fd) int thumbnail = -1;
    enum err_code code = recognition_image_to_memfd(&page->recognition, &recognition, err);
    if (!code)
        code = file_memfd("thumbnail", "", 0, &thumbnail, err);
    if (!code)
        code = image_write_jpeg(page->thumbnail, THUMBNAIL_QUALITY, 0, thumbnail, err);
    if (!code)
        code = file_memfd_seal(thumbnail, err);
    if (!code)
        code = attach(answer, TAKE_FD(recognition), err);
    return code ? code : attach(answer, TAKE_FD(thumbnail), err);
}

static enum err_code read_page(void *self, struct worker_call *call, struct worker_answer *answer,
                               struct err *err)
{
    struct ocr *ocr = self;
    AUTO(fd) int file = -1;
    AUTO(image) struct image image = {0};
    AUTO(clean_page) struct clean_page page = {0};
    int64_t index = js_int_or(call->args, "index", 0);
    enum err_code code = ipc_take_fd(call->message, 0, &file, err);
    if (!code && (index < 0 || index >= IMAGE_MAX_COUNT))
        code = err_set(err, ERR_BAD_ARGUMENT, "image index %lld", (long long)index);
    if (!code)
        code = need_recognizer(ocr, call->args, err);
    if (!code)
        code = image_read(file, (int)index, &image, err);
    if (code)
        return code;
    double dpi = js_real_or(call->args, "dpi", 0);
    if (dpi >= 1 && dpi <= 10000) {
        image.dpi = dpi;
        image.dpi_source = dpi_source_of(js_text_or(call->args, "dpi_source", "file"));
    }
    if (js_has(call->args, "turned_deg")) {
        image.turn_deg = (int)js_int_or(call->args, "turned_deg", 0) % 360;
        image.turn_is_given = true;
    } else if (js_has(call->args, "known_turn_deg")) {
        image.turn_deg = (int)js_int_or(call->args, "known_turn_deg", 0) % 360;
        image.turn_is_expected = true;
    }
    int count = image.count;
    code = clean_and_find_codes(ocr, &image, js_int_or(call->args, "cores", 1) > 1, &page, err);
    if (js_bool_or(call->args, "whole", false)) /* what shows the page decides what of it */
        page.info.cut = (struct rect_mm){0};
    raster_free(TAKE(page.evened));
    if (!code)
        code = attach_images(&page, answer, err);
    if (code)
        return code;
    return answer_with(answer,
                       js_pack("{s:o, s:o, s:i}", "page", page_info_to_js(&page.info), "zones",
                               zones_to_js(&page.zones), "images", count),
                       err);
}

/* --- recognise ------------------------------------------------------------------------------- */

/* Text that came with the file, where it is this page's. */
static enum err_code take_layer(struct worker_call *call, const struct page_info *info,
                                const struct recognition_image *image, struct words *out,
                                bool *out_fits, struct err *err)
{
    AUTO(fd) int file = -1;
    AUTO(words) struct words layer = {0};
    *out_fits = false;
    if (call->message->fd_count < 2)
        return ERR_OK;
    enum err_code code = ipc_take_fd(call->message, 1, &file, err);
    if (!code)
        code = words_read_fd(file, &layer, err);
    return code ? code : layer_words_place(&layer, info, image, out, out_fits, err);
}

/* Where a stamp was read with the page and alone, the one reading counts, then the other. */
static enum err_code find_marks_twice_read(const struct words *words, const struct words *stamped,
                                           struct marks *out, struct err *err)
{
    AUTO(words) struct words over = {0};
    struct marks of_page, of_stamps;
    enum err_code code = marks_of_words(words, &of_page, err);
    if (!code)
        code = stamps_over_page(stamped, words->count, &over, err);
    if (!code)
        code = marks_of_words(&over, &of_stamps, err);
    if (!code && marks_secret(&of_page))
        *out = of_page;
    else if (!code && marks_secret(&of_stamps))
        *out = of_stamps;
    return code;
}

/* What was stamped on the page is looked for in all its ink, then in the red alone. */
static enum err_code find_marks(struct ocr *ocr, const struct recognition_image *image,
                                const struct words *words, struct marks *out, struct err *err)
{
    AUTO(words) struct words stamped = {0};
    AUTO(words) struct words red = {0};
    struct marks of_red;
    enum err_code code = stamps_read(ocr->recognizer, image, words, &stamped, err);
    if (!code)
        code = marks_of_words(&stamped, out, err);
    if (!code && !marks_secret(out) && stamped.count > words->count)
        code = find_marks_twice_read(words, &stamped, out, err);
    if (code || !image->red || marks_secret(out))
        return code;
    code = stamps_read_red(ocr->recognizer, image, words, &red, err);
    if (!code)
        code = marks_of_words(&red, &of_red, err);
    if (!code && marks_secret(&of_red))
        *out = of_red;
    return code;
}

static enum err_code fill_words(struct ocr *ocr, struct worker_call *call, int file,
                                struct page_info *info, const struct zones *zones,
                                struct words *out, struct marks *marks, struct err *err)
{
    AUTO(recognition_image) struct recognition_image image = {0};
    bool is_there = false;
    enum err_code code = recognition_image_read_fd(file, &image, err);
    if (!code)
        code = take_layer(call, info, &image, out, &is_there, err);
    if (!code && !is_there)
        code = recognizer_read_page(ocr->recognizer, &image, out, err);
    if (!code)
        code = find_marks(ocr, &image, out, marks, err);
    if (!code)
        code = page_zones_find(&image, zones, out, info, err);
    return code ? code : handwriting_mark(&image, out, err);
}

static enum err_code recognise_page(void *self, struct worker_call *call,
                                    struct worker_answer *answer, struct err *err)
{
    struct ocr *ocr = self;
    AUTO(fd) int file = -1;
    AUTO(page_info) struct page_info info = {0};
    AUTO(words) struct words words = {0};
    AUTO(js) struct js *list = NULL;
    struct marks marks = {0};
    struct zones zones;
    const struct js *page;
    enum err_code code = ipc_take_fd(call->message, 0, &file, err);
    if (!code)
        code = js_get_object(call->args, "page", &page, err);
    if (!code)
        code = page_info_from_js(page, &info, err);
    if (!code)
        code = zones_from_js(js_at(call->args, "zones"), &zones, err);
    if (!code)
        code = need_recognizer(ocr, call->args, err);
    if (code)
        return code;
    words_init(&words, info.size, info.skew_deg);
    recognizer_set_cores(ocr->recognizer, (int)js_int_or(call->args, "cores", 1));
    if (!info.blank)
        code = fill_words(ocr, call, file, &info, &zones, &words, &marks, err);
    if (code)
        return code;
    const struct mark *secret = marks_secret(&marks);
    struct copy_mark copy;
    bool is_copy = false;
    code = copy_mark_of_words(&words, &is_copy, &copy, err);
    if (code)
        return code;
    struct js *copied = is_copy
                            ? js_pack("{s:s, s:s, s:o, s:f}", "name", copy.name, "form", copy.form,
                                      "box_mm", rect_to_js(copy.box), "confidence", copy.confidence)
                            : js_null();
    list = words_to_js(&words);
    if (!list)
        return err_set(err, ERR_NO_MEMORY, "words");
    int out = -1;
    code = js_to_memfd(list, "words", &out, err);
    if (!code)
        code = attach(answer, out, err);
    if (code)
        return code;
    return answer_with(answer,
                       js_pack("{s:i, s:f, s:s*, s:s*, s:o, s:o}", "words", (int)words.count,
                               "mean_confidence", words_mean_confidence(&words), "words_source",
                               words.from_layer ? WORDS_FROM_LAYER : NULL, "secret",
                               secret ? secret->name : NULL, "copy", copied, "zones",
                               page_zones_to_js(info.zones, info.zone_count)),
                       err);
}

/* --- templates ------------------------------------------------------------------------------- */

static enum err_code open_templates(struct worker_call *call, struct templates **out,
                                    struct err *err)
{
    AUTO(fd) int fd = -1;
    AUTO(js) struct js *list = NULL;
    enum err_code code = ipc_take_fd(call->message, 0, &fd, err);
    if (!code)
        code = js_read_fd(fd, &list, err);
    return code ? code : templates_load_over(list, out, err);
}

/* They were tried when they were handed over; ones of another version of the program may not fit:
 * those that are in use stay. */
static enum err_code use_templates(void *self, struct worker_call *call,
                                   struct worker_answer *answer, struct err *err)
{
    struct ocr *ocr = self;
    struct err why = ERR_INIT;
    struct templates *templates = NULL;
    const char *version = js_text_or(call->args, "version", "");
    if (*version && !id_is_valid(version))
        return err_set(err, ERR_BAD_ARGUMENT, "'version' is no id");
    if (strcmp(version, ocr->templates_version) != 0) {
        memcpy(ocr->templates_version, version, strlen(version) + 1);
        if (*version ? open_templates(call, &templates, &why)
                     : templates_load(NULL, &templates, &why)) {
            log_err(&why, NULL, "the site's templates are not used, continuing");
        } else {
            templates_free(ocr->templates);
            ocr->templates = templates;
        }
    }
    return answer_with(answer, js_object(), err);
}

/* --- model ----------------------------------------------------------------------------------- */

static enum err_code open_model(struct ocr *ocr, struct worker_call *call, struct err *err)
{
    AUTO(fd) int fd = -1;
    AUTO(mem) char *bytes = NULL;
    size_t size;
    struct model_facts facts;
    enum err_code code = ipc_take_fd(call->message, 0, &fd, err);
    if (!code)
        code = file_read_fd(fd, MODEL_FILE_MAX, &bytes, &size, err);
    if (!code)
        code = model_file_open(bytes, size, &facts, &ocr->model, err);
    if (!code)
        ocr->model_bytes = TAKE(bytes);
    return code;
}

/* One that cannot be opened is no reason to leave papers unread: the one built in stays. */
static enum err_code use_model(void *self, struct worker_call *call, struct worker_answer *answer,
                               struct err *err)
{
    struct ocr *ocr = self;
    struct err why = ERR_INIT;
    const char *wanted = js_text_or(call->args, "sha256", "");
    if (*wanted && !hash_is_hex(wanted))
        return err_set(err, ERR_BAD_ARGUMENT, "'sha256' is not a SHA-256");
    if (strcmp(wanted, ocr->model_sha256) != 0) {
        mem_free(TAKE(ocr->model_bytes));
        memcpy(ocr->model_sha256, wanted, strlen(wanted) + 1);
        if (*wanted && open_model(ocr, call, &why))
            log_err(&why, NULL, "the model of paper types is not used, continuing");
    }
    return answer_with(answer, js_pack("{s:b}", "in_use", (int)(ocr->model_bytes != NULL)), err);
}

/* --- understand ------------------------------------------------------------------------------ */

struct document {
    struct words *words;
    struct page_info *infos;
    struct side_image *images; /* of these */
    size_t count;
};

static void document_auto(struct document *document)
{
    for (size_t i = 0; i < document->count; i++) {
        words_done(&document->words[i]);
        page_info_done(&document->infos[i]);
    }
    mem_free(document->words);
    mem_free(document->infos);
    mem_free(document->images);
}

static enum image_kind kind_of(const char *name)
{
    return strcmp(name, "overlap") == 0  ? IMAGE_OVERLAP
           : strcmp(name, "note") == 0   ? IMAGE_NOTE
           : strcmp(name, "detail") == 0 ? IMAGE_DETAIL
                                         : IMAGE_OWN;
}

static enum err_code load_document(struct worker_call *call, struct document *out, struct err *err)
{
    const struct js *pages;
    enum err_code code = js_get_array(call->args, "pages", &pages, err);
    if (code)
        return code;
    size_t count = js_count(pages);
    if (count > PAGES_MAX)
        return err_set(err, ERR_TOO_MANY, "%zu pages, at most %d", count, PAGES_MAX);
    out->words = mem_array(count + 1, sizeof *out->words);
    out->infos = mem_array(count + 1, sizeof *out->infos);
    out->images = mem_array(count + 1, sizeof *out->images);
    if (!out->words || !out->infos || !out->images)
        return err_set(err, ERR_NO_MEMORY, "pages");
    for (size_t i = 0; i < count; i++) {
        AUTO(fd) int file = -1;
        const struct js *info;
        out->count = i + 1;
        code = ipc_take_fd(call->message, i, &file, err);
        if (!code)
            code = words_read_fd(file, &out->words[i], err);
        if (!code)
            code = js_get_object(js_item(pages, i), "page", &info, err);
        if (!code)
            code = page_info_from_js(info, &out->infos[i], err);
        if (code)
            return code;
        out->images[i] =
            (struct side_image){.words = &out->words[i],
                                .info = &out->infos[i],
                                .side = js_int_or(js_item(pages, i), "side", -1 - (int64_t)i),
                                .kind = kind_of(js_text_or(js_item(pages, i), "part_kind", "")),
                                .sheet = {js_int_or(js_item(pages, i), "leaf", -1),
                                          js_bool_or(js_item(pages, i), "is_page", false)}};
    }
    return ERR_OK;
}

static enum err_code understand(void *self, struct worker_call *call, struct worker_answer *answer,
                                struct err *err)
{
    struct ocr *ocr = self;
    AUTO(document) struct document document = {0};
    struct parting parting = {0};
    enum err_code code = load_document(call, &document, err);
    if (!code)
        code = parting_read(js_text_or(call->args, "separators", NULL), NULL, &parting, err);
    if (!code)
        code = need_templates(ocr, err);
    if (code)
        return code;
    templates_use_model(ocr->templates, ocr->model_bytes ? &ocr->model : NULL);
    return understand_sides(ocr->templates, document.images, document.count, &parting,
                            js_text_or(call->args, "dossier.code", NULL), &answer->ok, err);
}

/* --- import ---------------------------------------------------------------------------------- */

/* The page's image, and its text where it can be believed. */
static enum err_code add_page(struct ocr *ocr, struct pdf_page *page, int number,
                              struct worker_answer *answer, struct js *images, struct err *err)
{
    AUTO(text_layer) struct text_layer judged = {0};
    AUTO(fd) int layer = -1;
    AUTO(js)
    struct js *image =
        js_pack("{s:i, s:f, s:i}", "page", number, "dpi", page->dpi, "fd", (int)answer->fd_count);
    enum err_code code =
        layer_words_of_page(templates_syllables(ocr->templates), page, &judged, &layer, err);
    if (!code)
        code = attach(answer, TAKE_FD(page->fd), err);
    if (code)
        return code;
    bool fits = image && (layer < 0 || js_set(image, "layer", js_int((int)answer->fd_count))) &&
                js_push(images, js_ref(image));
    if (!fits)
        return err_set(err, ERR_NO_MEMORY, "answer");
    return layer < 0 ? ERR_OK : attach(answer, TAKE_FD(layer), err);
}

static enum err_code import(void *self, struct worker_call *call, struct worker_answer *answer,
                            struct err *err)
{
    struct ocr *ocr = self;
    AUTO(fd) int file = -1;
    AUTO(pdf_import) struct pdf_import pdf = {0};
    AUTO(js) struct js *images = js_array();
    int first = (int)js_int_or(call->args, "first", 1);
    int max_pages = (int)js_int_or(call->args, "max_pages", PAGES_MAX);
    enum err_code code = ipc_take_fd(call->message, 0, &file, err);
    if (!code)
        code = need_templates(ocr, err);
    if (!code)
        code = pdf_import(file, first, max_pages, &pdf, err);
    for (size_t i = 0; i < pdf.count && !code; i++)
        code = add_page(ocr, &pdf.page[i], first + (int)i, answer, images, err);
    if (code)
        return code;
    return answer_with(answer,
                       js_pack("{s:s, s:i, s:i, s:o}", "kind", pdf_kind_name(pdf.kind), "pages",
                               pdf.page_count, "first", first, "images", TAKE(images)),
                       err);
}

/* --- join ------------------------------------------------------------------------------------ */

#define VIEW_SIDE 4000 /* A3 at 240 dpi: print is read on a screen */
#define VIEW_QUALITY 80

struct joining {
    struct part_image part[PARTS_MAX];
    size_t count;
};

static void joining_auto(struct joining *joining)
{
    for (size_t i = 0; i < joining->count; i++)
        fd_close(joining->part[i].fd);
}

static enum err_code take_parts(struct worker_call *call, struct joining *out, struct err *err)
{
    const struct js *parts;
    enum err_code code = js_get_array(call->args, "parts", &parts, err);
    if (!code && js_count(parts) > PARTS_MAX)
        code = err_set(err, ERR_TOO_MANY, "%zu parts, at most %d", js_count(parts), PARTS_MAX);
    for (size_t i = 0; !code && i < js_count(parts); i++) {
        const struct js *part = js_item(parts, i);
        out->part[i] =
            (struct part_image){.dpi = js_real_or(part, "dpi", 0),
                                .turn_deg = (int)js_int_or(part, "turn_deg", 0) / 90 * 90 % 360,
                                .turn_score = js_real_or(part, "turn_score", 0)};
        code = ipc_take_fd(call->message, i, &out->part[i].fd, err);
        out->count += !code;
    }
    return code;
}

static enum err_code join(void *self, struct worker_call *call, struct worker_answer *answer,
                          struct err *err)
{
    (void)self;
    AUTO(joining) struct joining joining = {0};
    AUTO(raster) struct raster *view = NULL;
    AUTO(fd) int file = -1;
    double dpi = 0;
    int64_t max_side = js_int_or(call->args, "max_side_px", VIEW_SIDE);
    if (max_side < 1 || max_side > PART_VIEW_SIDE_MAX)
        return err_set(err, ERR_BAD_ARGUMENT, "max_side_px %lld", (long long)max_side);
    enum err_code code = take_parts(call, &joining, err);
    if (!code)
        code = parts_join(joining.part, joining.count, (int)max_side, &view, &dpi, err);
    if (!code)
        code = file_memfd("joined", "", 0, &file, err);
    if (!code)
        code = image_write_jpeg(view, VIEW_QUALITY, dpi, file, err);
    if (!code)
        code = file_memfd_seal(file, err);
    if (!code)
        code = attach(answer, TAKE_FD(file), err);
    if (code)
        return code;
    return answer_with(answer,
                       js_pack("{s:s, s:i, s:i, s:f}", "type", "image/jpeg", "width_px",
                               view->width, "height_px", view->height, "dpi", dpi),
                       err);
}

/* What libraries read when they are loaded: set it and start again. libgomp must not begin threads;
 * page-sized blocks in huge pages cost a tenth of the faults that small ones do. */
static void set_environment(char **argv)
{
    static const char *const wanted[][2] = {
        {"OMP_THREAD_LIMIT", "1"},
        {"GLIBC_TUNABLES", "glibc.malloc.hugetlb=1"},
    };
    bool is_set = true;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const char *value = getenv(wanted[i][0]);
        if (value && strcmp(value, wanted[i][1]) == 0)
            continue;
        is_set = false;
        setenv(wanted[i][0], wanted[i][1], 1);
    }
    if (!is_set)
        execv("/proc/self/exe", argv);
}

int main(int argc, char **argv)
{
    static const struct worker_op ops[] = {
        {"read", read_page},
        {"recognise", recognise_page},
        {"understand", understand},
        {"import", import},
        {"join", join},
        {"templates", use_templates},
        {"model", use_model},
        {0},
    };
    struct ocr ocr = {0};
    (void)argc;
    set_environment(argv);
    confine_worker("sohoa-ocr-worker", NULL);
    mallopt(M_MMAP_THRESHOLD, OWN_MAPPING_FROM);
    int status = worker_serve("sohoa-ocr-worker", ops, &ocr);
    recognizer_free(ocr.recognizer);
    templates_free(ocr.templates);
    mem_free(ocr.model_bytes);
    return status;
}
