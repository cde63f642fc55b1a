#include "ocr/recognize/handwriting.h"

#include "daemon/base/text.h"
#include "ocr/recognize/hand_parts.h"
#include "ocr/recognize/handwriting_weights.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A word read more surely than this shows what the page's print looks like. */
#define SAMPLE_CONFIDENCE 0.85
#define SAMPLES_MAX 200

/* What print looks like: medians. */
struct print {
    double alone, stroke_px, dark, stroke_spread, em_w, em_h, run_h, run_v;
    double em_w_spread, em_h_spread, stroke_deviation;
    double angle[HAND_INK_ANGLES];
    int count;
};

/* --- the print around ------------------------------------------------------------------------ */

static int compare_reals(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static double median(double *value, int count)
{
    if (!count)
        return 0;
    qsort(value, (size_t)count, sizeof *value, compare_reals);
    return value[count / 2];
}

enum measure { ALONE, STROKE, DARK, SPREAD, EM_W, EM_H, RUN_H, RUN_V, MEASURES };

struct samples {
    double value[MEASURES][SAMPLES_MAX];
    int count[MEASURES];
};

static void add_sample(struct samples *samples, enum measure measure, double value)
{
    if (value > 0 && samples->count[measure] < SAMPLES_MAX)
        samples->value[measure][samples->count[measure]++] = value;
}

static double sample_median(struct samples *samples, enum measure measure)
{
    return median(samples->value[measure], samples->count[measure]);
}

/* Mean distance from the median, relative to it. */
static double sample_spread(const struct samples *samples, enum measure measure, double middle)
{
    double sum = 0;
    for (int i = 0; i < samples->count[measure]; i++)
        sum += fabs(samples->value[measure][i] - middle);
    return samples->count[measure] && middle > 0 ? sum / samples->count[measure] / middle : 0;
}

static void learn_print(const struct hand_part *part, size_t count, const struct words *words,
                        const struct hand_part *but, struct print *out)
{
    struct samples samples = {0};
    struct print print = {0};
    size_t step = count > SAMPLES_MAX ? count / SAMPLES_MAX + 1 : 1;
    for (size_t i = 0; i < count; i += step) {
        const struct hand_ink *ink = &part[i].ink;
        if ((but && part[i].word == but->word) ||
            words->item[part[i].word].confidence < SAMPLE_CONFIDENCE)
            continue;
        add_sample(&samples, ALONE, part[i].alone);
        add_sample(&samples, STROKE, ink->stroke_px);
        add_sample(&samples, DARK, ink->dark);
        add_sample(&samples, SPREAD, ink->stroke_spread);
        add_sample(&samples, EM_W, part[i].em_w);
        add_sample(&samples, EM_H, part[i].em_h);
        add_sample(&samples, RUN_H, ink->run_h_px / ink->stroke_px);
        add_sample(&samples, RUN_V, ink->run_v_px / ink->stroke_px);
        for (int k = 0; k < HAND_INK_ANGLES; k++)
            print.angle[k] += ink->angle[k];
        print.count++;
    }
    for (int k = 0; k < HAND_INK_ANGLES && print.count; k++)
        print.angle[k] /= print.count;
    print.alone = sample_median(&samples, ALONE);
    print.stroke_px = sample_median(&samples, STROKE);
    print.dark = sample_median(&samples, DARK);
    print.stroke_spread = sample_median(&samples, SPREAD);
    print.em_w = sample_median(&samples, EM_W);
    print.em_h = sample_median(&samples, EM_H);
    print.run_h = sample_median(&samples, RUN_H);
    print.run_v = sample_median(&samples, RUN_V);
    print.em_w_spread = sample_spread(&samples, EM_W, print.em_w);
    print.em_h_spread = sample_spread(&samples, EM_H, print.em_h);
    print.stroke_deviation = sample_spread(&samples, STROKE, print.stroke_px);
    *out = print;
}

/* --- features -------------------------------------------------------------------------------- */

struct letters {
    double count, digits, upper, lower;
};

static struct letters letters_of(const char *text)
{
    struct letters sum = {0};
    for (int32_t point; (point = text_next(&text)) != 0;) {
        bool wide = point >= 0x80;
        if (!wide && !isalnum(point))
            continue;
        sum.count++;
        sum.digits += !wide && isdigit(point);
        sum.upper += !wide && isupper(point);
        sum.lower += !wide && islower(point);
    }
    return sum;
}

/* 0 where either is unknown. */
static double log_ratio(double value, double usual)
{
    return value > 0 && usual > 0 ? fmax(-1.5, fmin(1.5, log(value / usual))) : 0;
}

struct writing {
    float *to;
    int count;
};

static void put(struct writing *out, double value)
{
    if (out->count < HANDWRITING_FEATURES)
        out->to[out->count++] = (float)fmax(-6, fmin(6, value));
}

static double angle_distance(const double *a, const double *b)
{
    double sum = 0;
    for (int i = 0; i < HAND_INK_ANGLES; i++)
        sum += fabs(a[i] - b[i]);
    return sum;
}

/* The uprights: how many of the edges they are, and how they lean. */
static void put_uprights(struct writing *out, const double *angle)
{
    int best = 0;
    for (int k = -3; k <= 3; k++) {
        int at = (k + HAND_INK_ANGLES) % HAND_INK_ANGLES;
        if (angle[at] > angle[(best + HAND_INK_ANGLES) % HAND_INK_ANGLES])
            best = k;
    }
    put(out, 4 * angle[(best + HAND_INK_ANGLES) % HAND_INK_ANGLES]);
    put(out, best / 3.0);
}

static void put_against(struct writing *out, const struct hand_part *part,
                        const struct print *print)
{
    put(out, 2 * log_ratio(part->ink.stroke_px, print->stroke_px));
    put(out, 2 * log_ratio(part->ink.dark, print->dark));
    put(out, 4 * log_ratio(part->em_w, print->em_w));
    put(out, 4 * log_ratio(part->em_h, print->em_h));
    put(out, 2 * angle_distance(part->ink.angle, print->angle));
}

static void put_features(const struct hand_part *part, const struct word *word,
                         const struct print *page, const struct print *line, double line_confidence,
                         double px_per_mm, float *feature)
{
    struct writing out = {feature, 0};
    const struct hand_ink *ink = &part->ink;
    struct letters letters = letters_of(part->text);
    double count = fmax(1, letters.count), em = line->em_h > 0 ? line->em_h : page->em_h;
    memset(feature, 0, HANDWRITING_FEATURES * sizeof *feature);
    put_against(&out, part, page);
    put_against(&out, part, line);
    put(&out, 3 * ink->stroke_spread);
    put(&out, 4 * (ink->stroke_spread - page->stroke_spread));
    put(&out, ink->dark);
    put(&out, ink->run_h_px / ink->stroke_px / 2);
    put(&out, ink->run_v_px / ink->stroke_px / 2);
    put(&out, 2 * log_ratio(ink->run_h_px / ink->stroke_px, page->run_h));
    put(&out, 2 * log_ratio(ink->run_v_px / ink->stroke_px, page->run_v));
    for (int i = 0; i < HAND_INK_ANGLES; i++)
        put(&out, 8 * ink->angle[i]);
    put_uprights(&out, ink->angle);
    put(&out, ink->pieces / count);
    put(&out, ink->specks / count);
    put(&out, ink->widest / 2);
    put(&out, ink->heaviest);
    put(&out, 2 * ink->height_spread);
    put(&out, 2 * ink->top_spread);
    put(&out, 2 * ink->bottom_spread);
    put(&out, 2 * ink->gap);
    put(&out, 2 * ink->gap_spread);
    put(&out, 2 * ink->fill);
    put(&out, 2 * log_ratio(ink->height_px, em * px_per_mm));
    put(&out, log_ratio(part->box.h, em));
    put(&out, 2 * log_ratio(ink->stroke_px, ink->height_px * 0.12));
    put(&out, log_ratio(part->box.w / count, em * 0.45));
    put(&out, em > 0 ? 4 * (word->box.y + word->box.h - word->baseline_mm) / em : 0);
    put(&out, part->em_w > 0);
    put(&out, log(count));
    put(&out, letters.digits / count);
    put(&out, letters.upper / count);
    put(&out, letters.lower / count);
    put(&out, 3 * word->confidence);
    put(&out, 3 * line_confidence);
    put(&out, 4 * page->em_w_spread);
    put(&out, 4 * page->em_h_spread);
    put(&out, 4 * page->stroke_deviation);
    put(&out, log_ratio(page->stroke_px, page->em_h * px_per_mm * 0.09));
    put(&out, log_ratio(line->em_h, page->em_h));
    put(&out, 6 * part->alone);
    put(&out, 6 * (part->alone - page->alone));
    put(&out, 4 * part->lonest);
}

/* --- all words ------------------------------------------------------------------------------- */

static double mean_confidence(const struct words *words, const struct hand_part *part, size_t count,
                              size_t but)
{
    double sum = 0;
    int found = 0;
    for (size_t i = 0; i < count; i++) {
        if (part[i].word == but)
            continue;
        sum += words->item[part[i].word].confidence;
        found++;
    }
    return found ? sum / found : 0.9;
}

enum err_code handwriting_measure(const struct recognition_image *image, const struct words *words,
                                  struct handwriting_part **out, size_t *out_count, struct err *err)
{
    AUTO(mem) struct hand_part *part = NULL;
    size_t count = 0;
    enum err_code code = hand_parts_look(image, words, &part, &count, err);
    AUTO(mem)
    struct handwriting_part *rows = code ? NULL : mem_array(count + 1, sizeof *rows);
    if (code)
        return code;
    if (!rows)
        return err_set(err, ERR_NO_MEMORY, "parts of words");
    struct print page, line;
    learn_print(part, count, words, NULL, &page);
    for (size_t from = 0, end; from < count; from = end) {
        int number = words->item[part[from].word].line;
        for (end = from + 1; end < count && words->item[part[end].word].line == number;)
            end++;
        for (size_t i = from; i < end; i++) {
            learn_print(part + from, end - from, words, &part[i], &line);
            double confidence = mean_confidence(words, part + from, end - from, part[i].word);
            rows[i].word = part[i].word;
            rows[i].box = part[i].box;
            put_features(&part[i], &words->item[part[i].word], &page, &line, confidence,
                         image->px_per_mm, rows[i].feature);
        }
    }
    *out = TAKE(rows);
    *out_count = count;
    return ERR_OK;
}

/* One hidden layer. */
double handwriting_weigh(const float feature[HANDWRITING_FEATURES])
{
    double sum = handwriting_out_bias;
    for (int k = 0; k < HANDWRITING_HIDDEN; k++) {
        double hidden = handwriting_bias[k];
        for (int i = 0; i < HANDWRITING_FEATURES; i++)
            hidden += handwriting_weight[k][i] * feature[i];
        sum += handwriting_out[k] * tanh(hidden);
    }
    return 1 / (1 + exp(-sum));
}

/* Beside a word written by hand, on its line, another is likelier to be one: odds grow by this. */
#define NEIGHBOUR_ODDS 6.0
#define NEIGHBOUR_GAP_EMS 1.5

static bool stand_together(const struct word *left, const struct word *right)
{
    double gap = right->box.x - left->box.x - left->box.w;
    return left->block == right->block && left->line == right->line &&
           gap < NEIGHBOUR_GAP_EMS * fmax(left->box.h, right->box.h);
}

static void lend(const struct word *from, struct word *to)
{
    if (!word_is_hand(from) || word_is_hand(to))
        return;
    double odds = NEIGHBOUR_ODDS * to->hand / (1 - to->hand);
    to->hand = odds / (1 + odds);
}

/* Once in each direction; what has been lent to a word does not count in the other. */
static enum err_code lend_to_neighbours(struct words *words, struct err *err)
{
    AUTO(mem) double *own = mem_array(words->count + 1, sizeof *own);
    if (!own)
        return err_set(err, ERR_NO_MEMORY, "words");
    for (size_t i = 0; i < words->count; i++)
        own[i] = words->item[i].hand;
    for (size_t i = 1; i < words->count; i++)
        if (stand_together(&words->item[i - 1], &words->item[i]))
            lend(&words->item[i - 1], &words->item[i]);
    for (size_t i = words->count; i-- > 1;) {
        struct word *left = &words->item[i - 1], *right = &words->item[i];
        bool lent = left->hand != own[i - 1];
        if (!lent && stand_together(left, right))
            lend(right, left);
    }
    return ERR_OK;
}

/* Visible words of a file's own text were set, whatever the face looks like; hidden ones were
 * recognised by somebody and are no surer than this. */
#define HIDDEN_LAYER_SURE 0.8

enum err_code handwriting_mark(const struct recognition_image *image, struct words *words,
                               struct err *err)
{
    AUTO(mem) struct handwriting_part *part = NULL;
    size_t count = 0;
    enum err_code code = handwriting_measure(image, words, &part, &count, err);
    for (size_t i = 0; !code && i < count; i++) {
        struct word *word = &words->item[part[i].word];
        if (!words->from_layer || word->confidence <= HIDDEN_LAYER_SURE)
            word->hand = fmax(word->hand, handwriting_weigh(part[i].feature));
    }
    if (!code)
        code = lend_to_neighbours(words, err);
    for (size_t i = 0; !code && i < words->count; i++)
        if (word_is_hand(&words->item[i]))
            words->item[i].confidence = fmin(words->item[i].confidence, HANDWRITING_CONFIDENCE_MAX);
    return code;
}
