#include "ocr/recognize/tesseract.h"
#include "daemon/base/text.h"
#include "ocr/clean/bits.h"
#include "ocr/recognize/beside.h"
#include "ocr/recognize/noughts.h"
#include "ocr/recognize/page_image.h"
#include "ocr/recognize/page_parts.h"
#include "ocr/recognize/words_packed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <leptonica/allheaders.h>
#include <tesseract/capi.h>

#define DEBIAN_MODELS "/usr/share/tesseract-ocr/5/tessdata"
#define MM_PER_INCH 25.4
/* Vietnamese and other Latin letters, a larger net: reads one line better and a page slower. */
#define SECOND_MODEL "Vietnamese"
/* Letters of the model that no Vietnamese paper has, not even for a foreign name as passports write
 * it: they stand for a Đ, N, C or O that was blurred. */
#define FOREIGN_LETTERS "ÐðÑñŒœØøƑƒ"

struct recognizer {
    TessBaseAPI *api;
    TessBaseAPI *second; /* for the second look, made by the first one; NULL: not yet */
    bool has_second_model;
    char *language;
    int cores;
    recognizer_cancel_fn *is_cancelled;
};

static const char *model_folder(void)
{
    const char *folder = getenv("TESSDATA_PREFIX");
    return folder && folder[0] ? folder : DEBIAN_MODELS;
}

/* Every model of "vie+eng" must be a file; Tesseract itself would only warn and go on without. */
static enum err_code check_models(const char *folder, const char *language, struct err *err)
{
    for (const char *name = language; *name; name += strcspn(name, "+"), name += *name == '+') {
        int size = (int)strcspn(name, "+");
        AUTO(mem)
        char *path = mem_printf("%s/%.*s.traineddata", folder, size, name);
        if (!path)
            return err_set(err, ERR_NO_MEMORY, "model path");
        if (size == 0 || memchr(name, '/', (size_t)size) || access(path, R_OK) != 0)
            return err_set(err, ERR_MODEL_MISSING, "no model '%.*s' in '%s'", size, name, folder);
    }
    return ERR_OK;
}

static void end_api(TessBaseAPI *api)
{
    if (!api)
        return;
    TessBaseAPIEnd(api);
    TessBaseAPIDelete(api);
}

static enum err_code make_api(const char *folder, const char *language, TessBaseAPI **out,
                              struct err *err)
{
    TessBaseAPI *api = TessBaseAPICreate();
    if (!api)
        return err_set(err, ERR_NO_MEMORY, "recognizer");
    TessBaseAPISetVariable(api, "debug_file", "/dev/null");
    if (TessBaseAPIInit2(api, folder, language, OEM_LSTM_ONLY) != 0) {
        end_api(api);
        return err_set(err, ERR_MODEL_MISSING, "model '%s' in '%s' cannot be loaded", language,
                       folder);
    }
    /* The page is dark on light already; trying each unsure line inverted costs up to a third. */
    TessBaseAPISetVariable(api, "tessedit_do_invert", "0");
    /* Pages are not searched for lines of one pitch: no word is read otherwise for it. */
    TessBaseAPISetVariable(api, "textord_all_prop", "1");
    TessBaseAPISetVariable(api, "tessedit_char_blacklist", FOREIGN_LETTERS);
    *out = api;
    return ERR_OK;
}

enum err_code recognizer_new(const char *language, struct recognizer **out, struct err *err)
{
    const char *folder = model_folder();
    if (!language[0])
        return err_set(err, ERR_MODEL_MISSING, "no language asked for");
    enum err_code code = check_models(folder, language, err);
    if (code)
        return code;
    AUTO(recognizer)
    struct recognizer *recognizer = mem_alloc(sizeof *recognizer);
    if (!recognizer)
        return err_set(err, ERR_NO_MEMORY, "recognizer");
    recognizer->language = mem_strdup(language);
    if (!recognizer->language)
        return err_set(err, ERR_NO_MEMORY, "recognizer");
    recognizer->has_second_model =
        strcmp(language, "vie") == 0 && !check_models(folder, SECOND_MODEL, NULL);
    code = make_api(folder, language, &recognizer->api, err);
    if (!code)
        *out = TAKE(recognizer);
    return code;
}

void recognizer_free(struct recognizer *recognizer)
{
    if (!recognizer)
        return;
    end_api(recognizer->api);
    end_api(recognizer->second);
    mem_free(recognizer->language);
    mem_free(recognizer);
}

const char *recognizer_language(const struct recognizer *recognizer)
{
    return recognizer->language;
}

void recognizer_set_cancel(struct recognizer *recognizer, recognizer_cancel_fn *is_asked)
{
    recognizer->is_cancelled = is_asked;
}

recognizer_cancel_fn *recognizer_cancel(const struct recognizer *recognizer)
{
    return recognizer->is_cancelled;
}

static bool is_cancelled(const struct recognizer *recognizer)
{
    return recognizer->is_cancelled && recognizer->is_cancelled();
}

void recognizer_set_cores(struct recognizer *recognizer, int cores)
{
    recognizer->cores = cores;
}

bool recognizer_may_share(const struct recognizer *recognizer)
{
    return recognizer->cores > 1;
}

/* A page of which this process reads one part and a copy of it the other. */
struct shared_page {
    struct text_rows rows;
    size_t second_from;
    bool reads_second;
    size_t row; /* of the piece at hand */
    bool shows;
    struct Pix *whole, *nothing;
};

/* What Tesseract's monitor carries. */
struct reading {
    struct recognizer *recognizer;
    TessBaseAPI *api;
    struct shared_page *shared; /* NULL: all of it is read here */
};

static bool ask_cancelled(void *self, int words)
{
    const struct reading *reading = self;
    (void)words;
    return is_cancelled(reading->recognizer);
}

/* Asked before each piece of a row. Of an image that is one pixel high nothing is read: Tesseract
 * cuts each piece out of the input image as it is then, and passes over what lies outside of it. */
static bool show_own_part(ETEXT_DESC *monitor, int left, int right, int top, int bottom)
{
    const struct reading *reading = TessMonitorGetCancelThis(monitor);
    struct shared_page *shared = reading->shared;
    int height = pixGetHeight(shared->whole); /* Tesseract counts from the bottom here */
    struct text_row piece = {left, height - top, right, height - bottom};
    shared->row = page_parts_row_of(&shared->rows, shared->row, &piece);
    bool shows = (shared->row >= shared->second_from) == shared->reads_second;
    if (shows != shared->shows)
        TessBaseAPISetInputImage(reading->api, pixClone(shows ? shared->whole : shared->nothing));
    shared->shows = shows;
    return true;
}

static enum err_code recognise(struct recognizer *recognizer, TessBaseAPI *api,
                               struct shared_page *shared, struct err *err)
{
    struct reading reading = {recognizer, api, shared};
    ETEXT_DESC *monitor = TessMonitorCreate();
    if (!monitor)
        return err_set(err, ERR_NO_MEMORY, "recognition");
    TessMonitorSetCancelThis(monitor, &reading);
    TessMonitorSetCancelFunc(monitor, ask_cancelled);
    if (shared)
        TessMonitorSetProgressFunc(monitor, show_own_part);
    int failed = TessBaseAPIRecognize(api, monitor);
    TessMonitorDelete(monitor);
    if (is_cancelled(recognizer))
        return err_set(err, ERR_CANCELLED, "recognition cancelled");
    return failed ? err_set(err, ERR_INTERNAL, "recognition failed") : ERR_OK;
}

struct numbering {
    int block, line;
    bool any;
};

static enum err_code add_word(TessResultIterator *results, const struct recognition_image *image,
                              const struct numbering *numbering, struct words *words,
                              struct err *err)
{
    TessPageIterator *page = TessResultIteratorGetPageIterator(results);
    int left, top, right, bottom, x1, y1, x2, y2;
    if (!TessPageIteratorBoundingBox(page, RIL_WORD, &left, &top, &right, &bottom))
        return ERR_OK;
    char *raw = TessResultIteratorGetUTF8Text(results, RIL_WORD);
    if (!raw)
        return ERR_OK;
    AUTO(mem)
    char *text = NULL;
    enum err_code code = text_nfc(raw, strlen(raw), &text, err);
    TessDeleteText(raw);
    if (code)
        return code;
    AUTO(mem)
    char *plain = text_squeeze(text);
    if (!plain)
        return err_set(err, ERR_NO_MEMORY, "word");
    if (!plain[0])
        return ERR_OK;
    double baseline = bottom;
    if (TessPageIteratorBaseline(page, RIL_WORD, &x1, &y1, &x2, &y2))
        baseline = (y1 + y2) / 2.0;
    struct rect_mm box = {
        .x = image->left_mm + left / image->px_per_mm,
        .y = image->top_mm + top / image->px_per_mm,
        .w = (right - left) / image->px_per_mm,
        .h = (bottom - top) / image->px_per_mm,
    };
    double confidence = TessResultIteratorConfidence(results, RIL_WORD) / 100;
    if (noughts_from_letters(plain))
        confidence = fmin(confidence, NOUGHTS_SURE);
    return words_add(words, plain, confidence, box, image->top_mm + baseline / image->px_per_mm,
                     numbering->block, numbering->line, err);
}

static enum err_code collect_words(TessResultIterator *results,
                                   const struct recognition_image *image, struct words *words,
                                   struct err *err)
{
    TessPageIterator *page = TessResultIteratorGetPageIterator(results);
    struct numbering numbering = {.block = -1, .line = -1};
    do {
        if (TessPageIteratorIsAtBeginningOf(page, RIL_BLOCK))
            numbering.block++;
        if (TessPageIteratorIsAtBeginningOf(page, RIL_TEXTLINE))
            numbering.line++;
        enum err_code code = add_word(results, image, &numbering, words, err);
        if (code)
            return code;
    } while (TessResultIteratorNext(results, RIL_WORD));
    return ERR_OK;
}

/* The bits for the layout, the grey for reading: what Tesseract makes of a grey image itself, in a
 * fraction of the time. Where that is not sure it gets the grey image. */
static enum err_code give_image(TessBaseAPI *api, const struct raster *grey, struct err *err)
{
    AUTO(bits) struct Pix *bits = NULL;
    struct Pix *pix = NULL;
    int threshold = page_image_threshold(grey);
    if (!threshold) {
        TessBaseAPISetImage(api, grey->px, grey->width, grey->height, 1, grey->width);
        return ERR_OK;
    }
    enum err_code code = bits_from_grey(grey, threshold, &bits, err);
    if (!code)
        code = page_image_grey(grey, &pix, err);
    if (code)
        return code;
    TessBaseAPISetImage2(api, bits);
    TessBaseAPISetInputImage(api, pix); /* which is Tesseract's from now on */
    return ERR_OK;
}

static enum err_code set_image(TessBaseAPI *api, TessPageSegMode mode,
                               const struct recognition_image *image, struct err *err)
{
    TessBaseAPISetPageSegMode(api, mode);
    enum err_code code = give_image(api, image->grey, err);
    TessBaseAPISetSourceResolution(api, (int)(image->px_per_mm * MM_PER_INCH + 0.5));
    return code;
}

static void clear_image(TessBaseAPI *api)
{
    TessBaseAPIClear(api);
    TessBaseAPIClearAdaptiveClassifier(api);
}

/* Of the image that is set, or of one part of it. */
static enum err_code read_words(struct recognizer *recognizer, TessBaseAPI *api,
                                struct shared_page *shared, const struct recognition_image *image,
                                struct words *words, struct err *err)
{
    enum err_code code = recognise(recognizer, api, shared, err);
    TessResultIterator *results = code ? NULL : TessBaseAPIGetIterator(api);
    if (!results)
        return code;
    code = collect_words(results, image, words, err);
    TessResultIteratorDelete(results);
    return code;
}

static enum err_code read_image(struct recognizer *recognizer, TessBaseAPI *api,
                                TessPageSegMode mode, const struct recognition_image *image,
                                struct words *words, struct err *err)
{
    enum err_code code = set_image(api, mode, image, err);
    if (!code)
        code = read_words(recognizer, api, NULL, image, words, err);
    clear_image(api);
    return code;
}

/* --- one page, two processes ----------------------------------------------------------------- */

static void shared_page_auto(struct shared_page *page)
{
    text_rows_done(&page->rows);
    pixDestroy(&page->whole);
    pixDestroy(&page->nothing);
}

static enum err_code find_rows(TessBaseAPI *api, struct text_rows *rows, struct err *err)
{
    enum err_code code = ERR_OK;
    TessPageIterator *layout = TessBaseAPIAnalyseLayout(api);
    if (!layout)
        return ERR_OK;
    do {
        struct text_row row = {.begins_block = TessPageIteratorIsAtBeginningOf(layout, RIL_BLOCK),
                               .is_picture = TessPageIteratorBlockType(layout) >= PT_FLOWING_IMAGE};
        if (TessPageIteratorBoundingBox(layout, RIL_TEXTLINE, &row.left, &row.top, &row.right,
                                        &row.bottom))
            code = text_rows_add(rows, &row, err);
    } while (!code && TessPageIteratorNext(layout, RIL_TEXTLINE));
    TessPageIteratorDelete(layout);
    return code;
}

struct second_part {
    struct recognizer *recognizer;
    struct shared_page *page;
    const struct recognition_image *image;
};

static enum err_code read_second_part(void *payload, struct buf *out, struct err *err)
{
    struct second_part *part = payload;
    AUTO(words) struct words words = {0};
    part->page->reads_second = true;
    enum err_code code =
        read_words(part->recognizer, part->recognizer->api, part->page, part->image, &words, err);
    words_pack(&words, out);
    return code;
}

static enum err_code read_both_parts(struct recognizer *recognizer, struct shared_page *page,
                                     const struct recognition_image *image, struct words *words,
                                     struct err *err)
{
    AUTO(beside) struct beside beside = {0};
    AUTO(words) struct words second = {0};
    AUTO(mem) char *bytes = NULL;
    struct second_part part = {recognizer, page, image};
    size_t size = 0;
    enum err_code code = beside_begin(read_second_part, &part, &beside, err);
    if (!code)
        code = read_words(recognizer, recognizer->api, page, image, words, err);
    if (!code)
        code = beside_take(&beside, recognizer->is_cancelled, &bytes, &size, err);
    if (!code)
        code = words_unpack(&(struct packed){bytes, bytes + size}, &second, err);
    return code ? code
                : page_parts_join(&page->rows, page->second_from, image, &second, words, err);
}

/* *out_done: false when this process has to read all of it after all. */
static enum err_code read_shared(struct recognizer *recognizer,
                                 const struct recognition_image *image, struct words *words,
                                 bool *out_done, struct err *err)
{
    AUTO(shared_page) struct shared_page page = {.shows = true};
    AUTO(words) struct words both;
    words_init(&both, words->page, words->skew_deg);
    enum err_code code = set_image(recognizer->api, PSM_AUTO, image, err);
    if (!code)
        code = find_rows(recognizer->api, &page.rows, err);
    *out_done = true;
    if (code)
        return code;
    if (!page_parts_find(&page.rows, &page.second_from))
        return read_words(recognizer, recognizer->api, NULL, image, words, err);
    page.whole = pixClone(TessBaseAPIGetInputImage(recognizer->api));
    page.nothing = pixCreate(image->grey->width, 1, 8);
    if (!page.whole || !page.nothing)
        return err_set(err, ERR_NO_MEMORY, "parts of a page");
    code = read_both_parts(recognizer, &page, image, &both, err);
    *out_done = !code || code == ERR_CANCELLED;
    if (code)
        return *out_done ? code : ERR_OK;
    words_done(words);
    *words = both;
    both = (struct words){0};
    return ERR_OK;
}

/* Which of two languages is tried first depends on the words before: such a page is not parted. */
enum err_code recognizer_read_layout(struct recognizer *recognizer,
                                     const struct recognition_image *image, struct words *words,
                                     struct err *err)
{
    bool done = false;
    enum err_code code = ERR_OK;
    if (recognizer_may_share(recognizer) && !strchr(recognizer->language, '+')) {
        code = read_shared(recognizer, image, words, &done, err);
        clear_image(recognizer->api);
        if (!done) /* what went wrong once is not tried again with this page */
            recognizer->cores = 1;
    }
    return done ? code : read_image(recognizer, recognizer->api, PSM_AUTO, image, words, err);
}

/* --- one line -------------------------------------------------------------------------------- */

/* The same model looks at a line otherwise than at a page, so it is asked when there is no other.
 */
static enum err_code need_second(struct recognizer *recognizer, TessBaseAPI **out, struct err *err)
{
    if (!recognizer->has_second_model) {
        *out = recognizer->api;
        return ERR_OK;
    }
    enum err_code code = recognizer->second
                             ? ERR_OK
                             : make_api(model_folder(), SECOND_MODEL, &recognizer->second, err);
    *out = recognizer->second;
    return code;
}

enum err_code recognizer_ready_lines(struct recognizer *recognizer, struct err *err)
{
    TessBaseAPI *api;
    return need_second(recognizer, &api, err);
}

enum err_code recognizer_read_line(struct recognizer *recognizer,
                                   const struct recognition_image *image, const struct rect_mm *box,
                                   const struct words *page, struct words *out, struct err *err)
{
    AUTO(recognition_image) struct recognition_image strip = {0};
    TessBaseAPI *api = NULL;
    int left = (int)fmax(0, (box->x - image->left_mm) * image->px_per_mm);
    int top = (int)fmax(0, (box->y - image->top_mm) * image->px_per_mm);
    words_init(out, page->page, page->skew_deg);
    enum err_code code = need_second(recognizer, &api, err);
    if (!code)
        code = raster_crop(image->grey, left, top, (int)(box->w * image->px_per_mm) + 1,
                           (int)(box->h * image->px_per_mm) + 1, &strip.grey, err);
    if (code)
        return code;
    strip.px_per_mm = image->px_per_mm;
    strip.left_mm = image->left_mm + left / image->px_per_mm;
    strip.top_mm = image->top_mm + top / image->px_per_mm;
    return read_image(recognizer, api, PSM_SINGLE_LINE, &strip, out, err);
}

enum err_code recognizer_read_strip(struct recognizer *recognizer, const struct raster *strip,
                                    double *out_sureness, struct err *err)
{
    TessBaseAPISetPageSegMode(recognizer->api, PSM_SINGLE_BLOCK);
    TessBaseAPISetImage(recognizer->api, strip->px, strip->width, strip->height, 1, strip->width);
    TessBaseAPISetSourceResolution(recognizer->api, 300);
    enum err_code code = recognise(recognizer, recognizer->api, NULL, err);
    double sureness = 0;
    TessResultIterator *results = code ? NULL : TessBaseAPIGetIterator(recognizer->api);
    if (results) {
        do {
            char *text = TessResultIteratorGetUTF8Text(results, RIL_WORD);
            int letters = 0;
            for (const char *cursor = text; cursor && text_next(&cursor) > 0;)
                letters++;
            double confidence = TessResultIteratorConfidence(results, RIL_WORD) / 100;
            sureness += letters * confidence * confidence;
            TessDeleteText(text);
        } while (TessResultIteratorNext(results, RIL_WORD));
        TessResultIteratorDelete(results);
    }
    TessBaseAPIClear(recognizer->api);
    if (!code)
        *out_sureness = sureness;
    return code;
}
