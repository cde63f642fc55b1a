#include "ocr/extract/print_check.h"

#include "ocr/extract/glyphs.h"

#include <math.h>
#include <stdlib.h>

#define SAMPLES_MAX 32
/* A reference word below this may itself be misread, so its letters say nothing about its size. */
#define SAMPLE_CONFIDENCE 0.75
/* Sizes by width and by height of one printed face differ by less; a typewriter's by far more. */
#define SIZES_DIFFER_MAX 0.16
#define BASELINE_EMS 0.085

const struct print_tolerance print_digits = {.height = 0.085, .width = 0.085};
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

struct print_scale print_scale_of(const struct words *words, size_t first, size_t count,
                                  const char *as)
{
    double by_width[SAMPLES_MAX], by_height[SAMPLES_MAX];
    size_t found = 0;
    for (size_t i = first; i < first + count && i < words->count && found < SAMPLES_MAX; i++) {
        const struct word *word = &words->item[i];
        struct glyph_extent extent;
        if (word->confidence < SAMPLE_CONFIDENCE || !glyphs_measure(as ? as : word->text, &extent))
            continue;
        by_width[found] = word->box.w / extent.width;
        by_height[found++] = word->box.h / extent.height;
    }
    struct print_scale scale = {0};
    if (!found)
        return scale;
    scale.em_width_mm = median(by_width, found);
    scale.em_height_mm = median(by_height, found);
    scale.space_mm = usual_space(words, first, count, scale.em_width_mm);
    double differ = fabs(scale.em_width_mm / scale.em_height_mm - 1);
    scale.known = scale.em_height_mm > 1 && scale.em_height_mm < 20 && differ < SIZES_DIFFER_MAX;
    return scale;
}

static bool extent_fits(const struct word *word, const struct glyph_extent *extent,
                        const struct print_scale *scale, const struct print_tolerance *tolerance)
{
    double height_off = fabs(word->box.h / (extent->height * scale->em_height_mm) - 1);
    double width_ems = word->box.w / scale->em_width_mm;
    bool width_fits = width_ems <= extent->width * (1 + tolerance->width) &&
                      width_ems >= (extent->width - extent->kerning) * (1 - tolerance->width);
    return height_off <= tolerance->height && width_fits;
}

bool print_fits(const struct words *words, size_t at, const struct print_scale *scale,
                const struct print_tolerance *tolerance)
{
    const struct word *word = &words->item[at];
    struct glyph_extent extent;
    if (!scale->known)
        return false;
    if (glyphs_measure(word->text, &extent) && extent_fits(word, &extent, scale, tolerance))
        return true;
    return glyphs_measure_italic(word->text, &extent) &&
           extent_fits(word, &extent, scale, tolerance);
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
