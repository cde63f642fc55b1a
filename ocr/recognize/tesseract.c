#include "ocr/recognize/tesseract.h"
#include "daemon/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tesseract/capi.h>

#define DEBIAN_MODELS "/usr/share/tesseract-ocr/5/tessdata"
#define MM_PER_INCH 25.4

struct recognizer {
    TessBaseAPI *api;
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
    recognizer->api = TessBaseAPICreate();
    if (!recognizer->language || !recognizer->api)
        return err_set(err, ERR_NO_MEMORY, "recognizer");
    TessBaseAPISetVariable(recognizer->api, "debug_file", "/dev/null");
    if (TessBaseAPIInit2(recognizer->api, folder, language, OEM_LSTM_ONLY) != 0)
        return err_set(err, ERR_MODEL_MISSING, "model '%s' in '%s' cannot be loaded", language,
                       folder);
    /* The page is dark on light already; trying each unsure line inverted costs up to a third. */
    TessBaseAPISetVariable(recognizer->api, "tessedit_do_invert", "0");
    *out = TAKE(recognizer);
    return ERR_OK;
}

void recognizer_free(struct recognizer *recognizer)
{
    if (!recognizer)
        return;
    if (recognizer->api) {
        TessBaseAPIEnd(recognizer->api);
        TessBaseAPIDelete(recognizer->api);
    }
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

static enum err_code recognise(struct recognizer *recognizer, struct err *err)
{
    ETEXT_DESC *monitor = TessMonitorCreate();
    if (!monitor)
        return err_set(err, ERR_NO_MEMORY, "recognition");
    TessMonitorSetCancelThis(monitor, recognizer);
    TessMonitorSetCancelFunc(monitor, ask_cancelled);
    int failed = TessBaseAPIRecognize(recognizer->api, monitor);
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

enum err_code recognizer_read_page(struct recognizer *recognizer, struct recognition_image *image,
                                   struct words *words, struct err *err)
{
    struct place place = {image->px_per_mm, image->left_mm, image->top_mm};
    const struct raster *grey = image->grey;
    TessBaseAPISetPageSegMode(recognizer->api, PSM_AUTO);
    TessBaseAPISetImage(recognizer->api, grey->px, grey->width, grey->height, 1, grey->width);
    recognition_image_done(image); /* Tesseract has its own copy now */
    TessBaseAPISetSourceResolution(recognizer->api, (int)(place.px_per_mm * MM_PER_INCH + 0.5));
    enum err_code code = recognise(recognizer, err);
    TessResultIterator *results = code ? NULL : TessBaseAPIGetIterator(recognizer->api);
    if (results) {
        code = collect_words(results, &place, words, err);
        TessResultIteratorDelete(results);
    }
    TessBaseAPIClear(recognizer->api);
    TessBaseAPIClearAdaptiveClassifier(recognizer->api);
    return code;
}

enum err_code recognizer_read_strip(struct recognizer *recognizer, const struct raster *strip,
                                    double *out_sureness, struct err *err)
{
    TessBaseAPISetPageSegMode(recognizer->api, PSM_SINGLE_BLOCK);
    TessBaseAPISetImage(recognizer->api, strip->px, strip->width, strip->height, 1, strip->width);
    TessBaseAPISetSourceResolution(recognizer->api, 300);
    enum err_code code = recognise(recognizer, err);
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
