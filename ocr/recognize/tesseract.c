#include "ocr/recognize/tesseract.h"
#include "daemon/base/text.h"
#include "ocr/recognize/lone_ink.h"
#include "ocr/recognize/second_look.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
    bool (*is_cancelled)(void);
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

void recognizer_set_cancel(struct recognizer *recognizer, bool (*is_cancelled)(void))
{
    recognizer->is_cancelled = is_cancelled;
}

static bool ask_cancelled(void *self, int words)
{
    struct recognizer *recognizer = self;
    (void)words;
    return recognizer->is_cancelled && recognizer->is_cancelled();
}

static enum err_code recognise(struct recognizer *recognizer, TessBaseAPI *api, struct err *err)
{
    ETEXT_DESC *monitor = TessMonitorCreate();
    if (!monitor)
        return err_set(err, ERR_NO_MEMORY, "recognition");
    TessMonitorSetCancelThis(monitor, recognizer);
    TessMonitorSetCancelFunc(monitor, ask_cancelled);
    int failed = TessBaseAPIRecognize(api, monitor);
    TessMonitorDelete(monitor);
    if (recognizer->is_cancelled && recognizer->is_cancelled())
        return err_set(err, ERR_CANCELLED, "recognition cancelled");
    return failed ? err_set(err, ERR_INTERNAL, "recognition failed") : ERR_OK;
}

/* Where the image lies: pixels to millimetres of the deskewed frame. */
struct place {
    double px_per_mm, left_mm, top_mm;
};

struct numbering {
    int block, line;
    bool any;
};

static enum err_code add_word(TessResultIterator *results, const struct place *place,
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
        .x = place->left_mm + left / place->px_per_mm,
        .y = place->top_mm + top / place->px_per_mm,
        .w = (right - left) / place->px_per_mm,
        .h = (bottom - top) / place->px_per_mm,
    };
    double confidence = TessResultIteratorConfidence(results, RIL_WORD) / 100;
    return words_add(words, plain, confidence, box, place->top_mm + baseline / place->px_per_mm,
                     numbering->block, numbering->line, err);
}

static enum err_code collect_words(TessResultIterator *results, const struct place *place,
                                   struct words *words, struct err *err)
{
    TessPageIterator *page = TessResultIteratorGetPageIterator(results);
    struct numbering numbering = {.block = -1, .line = -1};
    do {
        if (TessPageIteratorIsAtBeginningOf(page, RIL_BLOCK))
            numbering.block++;
        if (TessPageIteratorIsAtBeginningOf(page, RIL_TEXTLINE))
            numbering.line++;
        enum err_code code = add_word(results, place, &numbering, words, err);
        if (code)
            return code;
    } while (TessResultIteratorNext(results, RIL_WORD));
    return ERR_OK;
}

static enum err_code read_image(struct recognizer *recognizer, TessBaseAPI *api,
                                TessPageSegMode mode, const struct raster *grey,
                                const struct place *place, struct words *words, struct err *err)
{
    TessBaseAPISetPageSegMode(api, mode);
    TessBaseAPISetImage(api, grey->px, grey->width, grey->height, 1, grey->width);
    TessBaseAPISetSourceResolution(api, (int)(place->px_per_mm * MM_PER_INCH + 0.5));
    enum err_code code = recognise(recognizer, api, err);
    TessResultIterator *results = code ? NULL : TessBaseAPIGetIterator(api);
    if (results) {
        code = collect_words(results, place, words, err);
        TessResultIteratorDelete(results);
    }
    TessBaseAPIClear(api);
    TessBaseAPIClearAdaptiveClassifier(api);
    return code;
}

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

/* One line at `box`, read alone. `out` is initialised here. */
static enum err_code read_part(struct recognizer *recognizer, const struct recognition_image *image,
                               const struct rect_mm *box, const struct words *page,
                               struct words *out, struct err *err)
{
    AUTO(raster) struct raster *strip = NULL;
    TessBaseAPI *api = NULL;
    int left = (int)fmax(0, (box->x - image->left_mm) * image->px_per_mm);
    int top = (int)fmax(0, (box->y - image->top_mm) * image->px_per_mm);
    words_init(out, page->page, page->skew_deg);
    enum err_code code = need_second(recognizer, &api, err);
    if (!code)
        code = raster_crop(image->grey, left, top, (int)(box->w * image->px_per_mm) + 1,
                           (int)(box->h * image->px_per_mm) + 1, &strip, err);
    if (code)
        return code;
    struct place place = {image->px_per_mm, image->left_mm + left / image->px_per_mm,
                          image->top_mm + top / image->px_per_mm};
    return read_image(recognizer, api, PSM_SINGLE_LINE, strip, &place, out, err);
}

static enum err_code look_again(struct recognizer *recognizer,
                                const struct recognition_image *image, const struct word *line,
                                size_t count, struct words *out, struct err *err)
{
    AUTO(words) struct words again = {0};
    struct rect_mm box = second_look_box(line, count);
    enum err_code code = read_part(recognizer, image, &box, out, &again, err);
    return code ? code : second_look_merge(line, count, &again, out, err);
}

static enum err_code keep_line(const struct word *line, size_t count, struct words *out,
                               struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < count && !code; i++)
        code = words_add(out, line[i].text, line[i].confidence, line[i].box, line[i].baseline_mm,
                         line[i].block, line[i].line, err);
    return code;
}

static enum err_code settle_line(struct recognizer *recognizer,
                                 const struct recognition_image *image, const struct word *line,
                                 size_t count, struct words *out, struct err *err)
{
    AUTO(words) struct words settled;
    words_init(&settled, out->page, out->skew_deg);
    if (!second_look_is_due(line, count))
        return keep_line(line, count, out, err);
    enum err_code code = look_again(recognizer, image, line, count, &settled, err);
    if (code || second_look_is_mark(settled.item, settled.count))
        return code;
    return keep_line(settled.item, settled.count, out, err);
}

static enum err_code settle_lines(struct recognizer *recognizer,
                                  const struct recognition_image *image, const struct words *first,
                                  struct words *out, struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t from = 0, end; from < first->count && !code; from = end) {
        const struct word *line = &first->item[from];
        for (end = from + 1; end < first->count && first->item[end].line == line->line;)
            end++;
        code = settle_line(recognizer, image, line, end - from, out, err);
    }
    return code;
}

/* Behind all others, each a line of its own: where in the text they belong nobody knows. */
static enum err_code read_lone_ink(struct recognizer *recognizer,
                                   const struct recognition_image *image, struct words *words,
                                   struct err *err)
{
    struct lone_ink lone = {0};
    enum err_code code = lone_ink_find(image, words, &lone, err);
    for (int i = 0; i < lone.count && !code; i++) {
        AUTO(words) struct words reading = {0};
        struct rect_mm box = second_look_box(&(struct word){.box = lone.item[i]}, 1);
        const struct word *last = &words->item[words->count - 1];
        code = read_part(recognizer, image, &box, words, &reading, err);
        if (code || !lone_ink_is_word(&reading))
            continue;
        reading.item[0].block = last->block + 1;
        reading.item[0].line = last->line + 1;
        code = keep_line(reading.item, 1, words, err);
    }
    return code;
}

enum err_code recognizer_read_page(struct recognizer *recognizer,
                                   const struct recognition_image *image, struct words *words,
                                   struct err *err)
{
    AUTO(words) struct words first = {0};
    struct place place = {image->px_per_mm, image->left_mm, image->top_mm};
    words_init(&first, words->page, words->skew_deg);
    enum err_code code =
        read_image(recognizer, recognizer->api, PSM_AUTO, image->grey, &place, &first, err);
    if (!code)
        code = settle_lines(recognizer, image, &first, words, err);
    return code ? code : read_lone_ink(recognizer, image, words, err);
}

enum err_code recognizer_read_strip(struct recognizer *recognizer, const struct raster *strip,
                                    double *out_sureness, struct err *err)
{
    TessBaseAPISetPageSegMode(recognizer->api, PSM_SINGLE_BLOCK);
    TessBaseAPISetImage(recognizer->api, strip->px, strip->width, strip->height, 1, strip->width);
    TessBaseAPISetSourceResolution(recognizer->api, 300);
    enum err_code code = recognise(recognizer, recognizer->api, err);
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
