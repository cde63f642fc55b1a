#include "ocr/extract/print_check.h"

#include "daemon/base/text.h"
#include "ocr/extract/glyphs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES_MAX 32
/* A reference word below this may itself be misread, so its letters say nothing about its size. */
#define SAMPLE_CONFIDENCE 0.75
/* Sizes by width and by height of one printed face differ by less; a typewriter's by far more. */
#define SIZES_DIFFER_MAX 0.16
/* The page's own face: how far half its words lie from their middle, and how far a line's sizes. */
#define ASPECT_WORDS_MIN 12
#define ASPECT_WORDS_MAX 400
#define ASPECT_SCATTER_MAX 0.05
#define OWN_DIFFER_MAX 0.10
/* Words of one name, among themselves and, bold or not, against the page. */
#define AGREE_WORDS_MIN 2
#define AGREE_WIDTH 0.10
#define AGREE_HEIGHT 0.07
#define AGREE_ASPECT 0.15
/* Drawn pages: of 1,400 words with a horned capital one in twenty is higher than its neighbours by
 * twice AGREE_HEIGHT. Higher only: a mark that was read and is not there makes it lower. */
#define LOOSE_HEIGHT 0.16
#define BASELINE_EMS 0.085
/* Drawn pages: tops of 120 printed numbers lie within 0.065 em of their place, of 43 written by
 * hand none within 0.09. */
#define TOP_EMS 0.07
/* Of words written by hand one in twenty looks like this, and hardly any is read as surely. */
#define CLEAR_HAND 0.05
#define CLEAR_SURE 0.90
#define CLEAR_WORDS_MIN 3
/* The same of a number, in which every figure has to be read so; drawn pages: of 300 printed
 * numbers read at any confidence none was wrong. */
#define CLEAR_FIGURES_MIN 12
#define CLEAR_FIGURES_SURE 0.93
/* How far below the line a "/" may reach. */
#define SLASH_EMS 0.13

const struct print_tolerance print_digits = {.height = 0.085, .width = 0.085};
const struct print_tolerance print_figures = {.height = 0.085, .width = 0.085, .tall_mark = 0.14};
const struct print_tolerance print_text = {.height = 0.13, .width = 0.17};

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare_doubles);
    return values[count / 2];
}

static bool next_to(const struct word *a, const struct word *b)
{
    return a->block == b->block && a->line == b->line;
}

/* Gap between the advance boxes of two words, in mm. */
static bool advance_gap(const struct word *left, const struct word *right, double em_mm,
                        double *out_mm)
{
    struct glyph_extent a, b;
    if (!next_to(left, right) || !glyphs_measure(left->text, &a) ||
        !glyphs_measure(right->text, &b))
        return false;
    double ink = right->box.x - (left->box.x + left->box.w);
    *out_mm = ink - (a.right + b.left) * em_mm;
    return true;
}

static double usual_space(const struct words *words, size_t first, size_t count, double em_mm)
{
    double gaps[SAMPLES_MAX];
    size_t found = 0;
    for (size_t i = first + 1; i < first + count && i < words->count && found < SAMPLES_MAX; i++)
        found += advance_gap(&words->item[i - 1], &words->item[i], em_mm, &gaps[found]);
    return found ? median(gaps, found) : 0;
}

/* Type sizes of words first … first + count by width and by height; how many tell it. */
static size_t type_sizes(const struct words *words, size_t first, size_t count, const char *as,
                         double by_width[SAMPLES_MAX], double by_height[SAMPLES_MAX])
{
    size_t found = 0;
    for (size_t i = first; i < first + count && i < words->count && found < SAMPLES_MAX; i++) {
        const struct word *word = &words->item[i];
        struct glyph_extent extent;
        if (word->confidence < SAMPLE_CONFIDENCE || !glyphs_measure(as ? as : word->text, &extent))
            continue;
        by_width[found] = word->box.w / extent.width;
        by_height[found++] = word->box.h / extent.height;
    }
    return found;
}

/* Small letters of Vietnamese, a capital in front or not. */
static bool is_small_text(const char *text)
{
    int32_t point = text_next(&text);
    bool small = false;
    for (; (point = text_next(&text)) > 0; small = true)
        if (point < 'a' || (point > 'z' && point < 0xe0))
            return false;
    return small;
}

double print_aspect(const struct words *words)
{
    double aspect[ASPECT_WORDS_MAX], away[ASPECT_WORDS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < words->count && count < ASPECT_WORDS_MAX; i++) {
        const struct word *word = &words->item[i];
        struct glyph_extent extent;
        if (word->confidence < SAMPLE_CONFIDENCE || word->hand >= WORD_HAND_DOUBT ||
            !is_small_text(word->text) || !glyphs_measure(word->text, &extent))
            continue;
        aspect[count++] = word->box.w / extent.width * extent.height / word->box.h;
    }
    if (count < ASPECT_WORDS_MIN)
        return 0;
    double middle = median(aspect, count);
    for (size_t i = 0; i < count; i++)
        away[i] = fabs(aspect[i] / middle - 1);
    return median(away, count) <= ASPECT_SCATTER_MAX ? middle : 0;
}

static bool sizes_agree(double width_mm, double height_mm, double aspect, double differ_max)
{
    double differ = fabs(width_mm / height_mm / aspect - 1);
    return height_mm > 1 && height_mm < 20 && differ < differ_max;
}

struct print_scale print_scale_of(const struct words *words, size_t first, size_t count,
                                  const char *as, double aspect)
{
    double by_width[SAMPLES_MAX], by_height[SAMPLES_MAX];
    struct print_scale scale = {0};
    size_t found = type_sizes(words, first, count, as, by_width, by_height);
    if (!found)
        return scale;
    scale.em_width_mm = median(by_width, found);
    scale.em_height_mm = median(by_height, found);
    scale.space_mm = usual_space(words, first, count, scale.em_width_mm);
    scale.own_face =
        aspect > 0 && sizes_agree(scale.em_width_mm, scale.em_height_mm, aspect, OWN_DIFFER_MAX);
    scale.known =
        scale.own_face || sizes_agree(scale.em_width_mm, scale.em_height_mm, 1, SIZES_DIFFER_MAX);
    return scale;
}

static bool extent_fits(const struct word *word, const struct glyph_extent *extent,
                        double em_least_mm, double em_most_mm, double em_height_mm,
                        const struct print_tolerance *tolerance)
{
    double height = word->box.h / (extent->height * em_height_mm) - 1;
    double more = strchr(word->text, '/') ? tolerance->tall_mark : 0;
    bool width_fits =
        word->box.w <= extent->width * em_most_mm * (1 + tolerance->width) &&
        word->box.w >= (extent->width - extent->kerning) * em_least_mm * (1 - tolerance->width);
    return height >= -tolerance->height && height <= tolerance->height + more && width_fits;
}

bool print_fits(const struct words *words, size_t at, const struct print_scale *scale,
                const struct print_tolerance *tolerance)
{
    const struct word *word = &words->item[at];
    struct glyph_extent extent;
    double wide = scale->em_width_mm, tall = scale->em_height_mm;
    if (!scale->known)
        return false;
    bool measured = glyphs_measure(word->text, &extent);
    if (measured && extent_fits(word, &extent, wide, wide, tall, tolerance))
        return true;
    bool own = measured && scale->own_face && word->hand < WORD_HAND_DOUBT;
    if (own && extent_fits(word, &extent, fmin(wide, tall), fmax(wide, tall), tall, tolerance))
        return true;
    return glyphs_measure_italic(word->text, &extent) &&
           extent_fits(word, &extent, wide, wide, tall, tolerance);
}

/* Faces draw the horn of a capital Ơ or Ư as high and the tail of a y as low as they like. */
static bool has_loose_ends(const char *text)
{
    static const int32_t loose[] = {0x1a0, 0x1af, 0x1ee2, 0x1ef0, 'g', 'p', 'q', 'y'};
    for (int32_t point; (point = text_next(&text)) > 0;)
        for (size_t i = 0; i < sizeof loose / sizeof *loose; i++)
            if (point == loose[i])
                return true;
    return false;
}

/* Type sizes by height with words that only such a letter makes higher taken as high as the others.
 */
static void level_loose_ends(const struct words *words, size_t first, double *by_height,
                             size_t count)
{
    double sorted[SAMPLES_MAX];
    memcpy(sorted, by_height, count * sizeof *sorted);
    double middle = median(sorted, count);
    for (size_t i = 0; i < count; i++)
        if (by_height[i] > middle && by_height[i] <= middle * (1 + LOOSE_HEIGHT) &&
            has_loose_ends(words->item[first + i].text))
            by_height[i] = middle;
}

static size_t count_apart(const double *values, size_t count, double middle, double most)
{
    size_t apart = 0;
    for (size_t i = 0; i < count; i++)
        apart += fabs(values[i] / middle - 1) > most;
    return apart;
}

bool print_agrees(const struct words *words, size_t first, size_t count, double aspect)
{
    double by_width[SAMPLES_MAX], by_height[SAMPLES_MAX];
    for (size_t i = first; i < first + count; i++)
        if (words->item[i].hand >= WORD_HAND_DOUBT)
            return false;
    size_t found = type_sizes(words, first, count, NULL, by_width, by_height);
    if (aspect <= 0 || found < AGREE_WORDS_MIN)
        return false;
    if (found == count)
        level_loose_ends(words, first, by_height, found);
    double wide = median(by_width, found), tall = median(by_height, found);
    /* one of three may be boxed too narrow; every height has to be right: a dot below that was read
     * and is not there shows in it */
    return 3 * count_apart(by_width, found, wide, AGREE_WIDTH) <= found &&
           !count_apart(by_height, found, tall, AGREE_HEIGHT) &&
           sizes_agree(wide, tall, aspect, AGREE_ASPECT);
}

bool print_is_clear(const struct words *words, size_t first, size_t count)
{
    double by_width[SAMPLES_MAX], by_height[SAMPLES_MAX];
    for (size_t i = first; i < first + count; i++)
        if (words->item[i].hand >= CLEAR_HAND || words->item[i].confidence < CLEAR_SURE)
            return false;
    size_t found = type_sizes(words, first, count, NULL, by_width, by_height);
    if (found == count && found)
        level_loose_ends(words, first, by_height, found);
    return found == count && found >= CLEAR_WORDS_MIN &&
           !count_apart(by_height, found, median(by_height, found), AGREE_HEIGHT);
}

bool print_is_clear_number(const struct word *word)
{
    size_t figures = strspn(word->text, "0123456789");
    return figures >= CLEAR_FIGURES_MIN &&
           !word->text[figures + strspn(word->text + figures, ",.;")] && word->hand < CLEAR_HAND &&
           word->confidence >= CLEAR_FIGURES_SURE;
}

bool print_gap_fits(const struct words *words, size_t left, size_t right,
                    const struct print_scale *scale)
{
    double gap_mm;
    if (!scale->known || scale->space_mm <= 0)
        return false;
    if (!advance_gap(&words->item[left], &words->item[right], scale->em_width_mm, &gap_mm))
        return false;
    return gap_mm > scale->space_mm * 0.6 && gap_mm < scale->space_mm * 1.5;
}

bool print_same_baseline(const struct words *words, size_t a, size_t b,
                         const struct print_scale *scale)
{
    struct glyph_extent first, second;
    const struct word *x = &words->item[a], *y = &words->item[b];
    if (!scale->known || !glyphs_measure(x->text, &first) || !glyphs_measure(y->text, &second))
        return false;
    double x_base = x->box.y + x->box.h + first.bottom * scale->em_height_mm;
    double y_base = y->box.y + y->box.h + second.bottom * scale->em_height_mm;
    return fabs(x_base - y_base) <= BASELINE_EMS * scale->em_height_mm;
}

bool print_same_top(const struct words *words, size_t line, size_t at,
                    const struct print_scale *scale, const char *as)
{
    struct glyph_extent label, own;
    const struct word *x = &words->item[line], *y = &words->item[at];
    if (!scale->known || !glyphs_measure(as ? as : x->text, &label) ||
        !glyphs_measure(y->text, &own))
        return false;
    double baseline = x->box.y + x->box.h + label.bottom * scale->em_height_mm;
    double top = baseline - (own.height + own.bottom) * scale->em_height_mm;
    double bottom = baseline - own.bottom * scale->em_height_mm;
    return fabs(y->box.y - top) <= TOP_EMS * scale->em_height_mm &&
           fabs(y->box.y + y->box.h - bottom) <= SLASH_EMS * scale->em_height_mm;
}
