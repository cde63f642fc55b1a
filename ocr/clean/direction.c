#include "ocr/clean/direction.h"
#include "ocr/clean/bits.h"
#include "ocr/clean/deskew.h"
#include "ocr/clean/up_down.h"

#include <math.h>

#include <allheaders.h>

/* A best angle at the end of the sweep counts as none, so the sweep goes beyond what is wanted. */
#define SWEEP_DEG 9.0f
#define LETTERS_MIN 8 /* fewer black pieces than that are no text */
/* Leptonica's confidence (skew.c) of an angle; below that there are hardly any lines. */
#define LINES_MIN_CONFIDENCE 2.0f
/* How many times sharper one axis must be than the other to be taken without reading. */
#define AXIS_MIN_RATIO 1.35
/* Ink above against below the small letters: Vietnamese and English print has 0.28 to 0.5. */
#define UP_DOWN_MIN_BALANCE 0.22
#define UP_DOWN_MIN_LINES 10
#define UP_DOWN_USUAL_BALANCE 0.4
/* A strip to read: the best four or five lines. */
#define STRIP_MM 22.0
#define READING_MIN_RATIO 1.15

struct axis {
    int turn_deg;     /* 0 or 90: makes the lines horizontal */
    struct Pix *bits; /* letters after that turn */
    float skew, confidence, sharpness;
};

static enum err_code measure_axis(struct Pix *letters, int turn_deg, struct axis *out,
                                  struct err *err)
{
    struct axis axis = {.turn_deg = turn_deg};
    enum err_code code = bits_turn(letters, turn_deg, &axis.bits, err);
    if (code)
        return code;
    /* Fails only for images without ink or lines; then everything stays 0. */
    if (pixFindSkewSweepAndSearchScore(axis.bits, &axis.skew, &axis.confidence, &axis.sharpness, 2,
                                       1, 0, SWEEP_DEG, 1.0f, 0.01f) != 0 ||
        axis.confidence < LINES_MIN_CONFIDENCE || fabsf(axis.skew) > SKEW_MAX_DEG)
        axis.skew = 0;
    *out = axis;
    return ERR_OK;
}

static enum err_code level_axis(const struct axis *axis, struct Pix **out, struct err *err)
{
    struct Pix *level = pixRotate(axis->bits, axis->skew * (float)M_PI / 180, L_ROTATE_SAMPLING,
                                  L_BRING_IN_WHITE, 0, 0);
    if (!level)
        return err_set(err, ERR_NO_MEMORY, "levelled page");
    *out = level;
    return ERR_OK;
}

/* Top of the band of `height` rows with the most ink. */
static int densest_band(struct Pix *level, int height, int *out_left, int *out_right)
{
    NUMA *rows = pixCountPixelsByRow(level, NULL);
    int count = numaGetCount(rows), best = 0;
    double sum = 0, best_sum = -1;
    for (int y = 0; y < count; y++) {
        l_int32 ink = 0, gone = 0;
        numaGetIValue(rows, y, &ink);
        if (y >= height)
            numaGetIValue(rows, y - height, &gone);
        sum += ink - gone;
        if (sum > best_sum) {
            best_sum = sum;
            best = y - height + 1;
        }
    }
    numaDestroy(&rows);
    best = best > 0 ? best : 0;
    BOX *band = boxCreate(0, best, pixGetWidth(level), height);
    BOX *ink = NULL;
    *out_left = 0;
    *out_right = pixGetWidth(level);
    if (pixClipBoxToForeground(level, band, NULL, &ink) == 0 && ink) {
        l_int32 x = 0, w = 0;
        boxGetGeometry(ink, &x, NULL, &w, NULL);
        *out_left = x;
        *out_right = x + w;
    }
    boxDestroy(&band);
    boxDestroy(&ink);
    return best;
}

/* How surely the densest lines read with this side up. */
static enum err_code read_side(const struct axis *axis, bool upside_down, const struct raster *grey,
                               const struct direction_reader *reader, double *out_sureness,
                               struct err *err)
{
    AUTO(bits)
    struct Pix *level = pixRotate(axis->bits, axis->skew * (float)M_PI / 180, L_ROTATE_SHEAR,
                                  L_BRING_IN_WHITE, 0, 0);
    if (!level)
        return err_set(err, ERR_NO_MEMORY, "strip to read");
    int upright_width = axis->turn_deg ? grey->height : grey->width;
    int upright_height = axis->turn_deg ? grey->width : grey->height;
    double factor = (double)upright_width / pixGetWidth(level);
    int height = (int)(STRIP_MM / 297 * fmax(pixGetWidth(level), pixGetHeight(level)));
    int left, right;
    int top = densest_band(level, height, &left, &right);
    double margin = height * factor / 8;
    struct deskew_window window = {
        .left = left * factor - margin,
        .top = top * factor - margin,
        .width = (right - left) * factor + 2 * margin,
        .height = height * factor + 2 * margin,
        .scale = 1,
    };
    if (upside_down) {
        window.left = upright_width - window.left - window.width;
        window.top = upright_height - window.top - window.height;
    }
    AUTO(raster)
    struct raster *strip = NULL;
    enum err_code code = deskew_render(grey, axis->turn_deg + (upside_down ? 180 : 0), axis->skew,
                                       &window, &strip, err);
    return code ? code : reader->read(reader->self, strip, out_sureness, err);
}

static enum err_code decide_by_reading(const struct axis *axes, int axis_count,
                                       const struct raster *grey,
                                       const struct direction_reader *reader, struct direction *out,
                                       struct err *err)
{
    double best = 0, second = 0;
    struct direction found = *out;
    for (int i = 0; i < 2 * axis_count; i++) {
        const struct axis *axis = &axes[i / 2];
        double sureness = 0;
        enum err_code code = read_side(axis, i % 2, grey, reader, &sureness, err);
        if (code)
            return code;
        if (sureness > best) {
            second = best;
            best = sureness;
            found.turn_deg = axis->turn_deg + (i % 2 ? 180 : 0);
            found.skew_deg = axis->skew;
        } else if (sureness > second) {
            second = sureness;
        }
    }
    if (best < 1 || best < second * READING_MIN_RATIO)
        return ERR_OK;
    found.score = fmin(1, DIRECTION_SURE + (best - second) / (best + second));
    *out = found;
    return ERR_OK;
}

/* The letters' own word on which side is up; score stays 0 when they have none. */
static enum err_code decide_by_letters(const struct axis *axis, double px_per_mm,
                                       struct direction *out, struct err *err)
{
    AUTO(bits) struct Pix *level = NULL;
    struct up_down letters;
    enum err_code code = level_axis(axis, &level, err);
    if (!code)
        code = up_down_measure(level, px_per_mm, &letters, err);
    if (code || letters.lines < UP_DOWN_MIN_LINES || fabs(letters.balance) < UP_DOWN_MIN_BALANCE)
        return code;
    *out = (struct direction){
        .turn_deg = axis->turn_deg + (letters.balance < 0 ? 180 : 0),
        .skew_deg = axis->skew,
        .score = fmin(1, DIRECTION_SURE +
                             (1 - DIRECTION_SURE) * fabs(letters.balance) / UP_DOWN_USUAL_BALANCE),
    };
    return ERR_OK;
}

static enum err_code decide(struct axis axes[2], const struct raster *grey, double px_per_mm,
                            int assumed_deg, const struct direction_reader *reader,
                            struct direction *out, struct err *err)
{
    bool sideways = axes[1].sharpness > axes[0].sharpness;
    struct axis *likely = &axes[sideways], *other = &axes[!sideways];
    double ratio = likely->sharpness / fmax(other->sharpness, 1e-6);
    bool axis_sure = ratio >= AXIS_MIN_RATIO && likely->confidence >= LINES_MIN_CONFIDENCE;
    *out = (struct direction){.turn_deg = assumed_deg,
                              .skew_deg = axes[assumed_deg == 90 || assumed_deg == 270].skew};
    enum err_code code = axis_sure ? decide_by_letters(likely, px_per_mm, out, err) : ERR_OK;
    if (code || out->score > 0 || !reader)
        return code;
    struct axis order[2] = {*likely, *other};
    return decide_by_reading(order, axis_sure ? 1 : 2, grey, reader, out, err);
}

static enum err_code too_few_letters(struct Pix *letters, bool *out, struct err *err)
{
    int count = 0;
    if (pixCountConnComp(letters, 8, &count) != 0)
        return err_set(err, ERR_NO_MEMORY, "letters of a page");
    *out = count < LETTERS_MIN;
    return ERR_OK;
}

enum err_code direction_find(struct Pix *letters, double px_per_mm, const struct raster *grey,
                             int assumed_deg, const struct direction_reader *reader,
                             struct direction *out, struct err *err)
{
    bool few = true;
    *out = (struct direction){.turn_deg = assumed_deg};
    enum err_code code = too_few_letters(letters, &few, err);
    if (code || few)
        return code;
    struct axis axes[2] = {0};
    code = measure_axis(letters, 0, &axes[0], err);
    if (!code)
        code = measure_axis(letters, 90, &axes[1], err);
    if (!code)
        code = decide(axes, grey, px_per_mm, assumed_deg, reader, out, err);
    bits_free(axes[0].bits);
    bits_free(axes[1].bits);
    return code;
}

enum err_code direction_at(struct Pix *letters, int turn_deg, struct direction *out,
                           struct err *err)
{
    bool few = true;
    struct axis axis = {0};
    *out = (struct direction){.turn_deg = turn_deg, .score = 1};
    enum err_code code = too_few_letters(letters, &few, err);
    if (code || few)
        return code;
    code = measure_axis(letters, turn_deg % 180, &axis, err);
    if (!code)
        out->skew_deg = axis.skew;
    bits_free(axis.bits);
    return code;
}

/* Print has a balance of 0.28 and more (UP_DOWN_MIN_BALANCE), read one way up twice as surely. */
#define CONTRADICTION_SURE 0.85

enum err_code direction_expect(struct Pix *letters, double px_per_mm, const struct raster *grey,
                               int expected_deg, const struct direction_reader *reader,
                               struct direction *out, struct err *err)
{
    struct direction found = {0};
    enum err_code code =
        direction_find(letters, px_per_mm, grey, expected_deg, reader, &found, err);
    bool contradicts = found.turn_deg != expected_deg && found.score >= CONTRADICTION_SURE;
    if (!code && found.turn_deg != expected_deg && !contradicts) {
        code = direction_at(letters, expected_deg, &found, err);
        found.score = 0;
    }
    if (code)
        return code;
    *out = found;
    if (!contradicts)
        out->score = fmax(found.score, DIRECTION_SURE);
    return ERR_OK;
}
