#ifndef SOHOA_OCR_EXTRACT_PRINT_CHECK_H
#define SOHOA_OCR_EXTRACT_PRINT_CHECK_H

#include "daemon/model/words.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Is this word printed by the same machine as its neighbours? On real paper the serial number and
 * the day are mostly hand-written, and what a recogniser returns for them looks like any number. A
 * printed word has the height, width and baseline its letters have at its line's type size;
 * handwriting hardly ever fits all three. "Yes" is positive evidence, "no" is only lack of it.
 * Words of type sizes that cannot be told (a foreign letter, a typewriter) give "no".
 */

struct print_scale {
    double em_width_mm, em_height_mm; /* type size told by widths, by heights */
    double space_mm;                  /* usual gap between advance widths; 0: not known */
    bool known;                       /* both sizes agree: a proportional book face */
};

struct print_tolerance {
    double height, width; /* relative */
};

/* For digits next to "Số:" and in dates, where a wrong value looks like a right one. */
extern const struct print_tolerance print_digits;
/* For names and longer text; bold and sans faces are wider. */
extern const struct print_tolerance print_text;

/* Type size from words first … first + count, all taken as printed, read with confidence. `as` is
 * what a single word says when the recogniser may have misread it (NULL: its own text). */
struct print_scale print_scale_of(const struct words *words, size_t first, size_t count,
                                  const char *as);
/* Does word `at` fit? */
bool print_fits(const struct words *words, size_t at, const struct print_scale *scale,
                const struct print_tolerance *tolerance);
/* Is the gap between two neighbouring words that of a printed space? */
bool print_gap_fits(const struct words *words, size_t left, size_t right,
                    const struct print_scale *scale);
/* Do both stand on one baseline (to a twelfth of an em)? */
bool print_same_baseline(const struct words *words, size_t a, size_t b,
                         const struct print_scale *scale);

#endif
