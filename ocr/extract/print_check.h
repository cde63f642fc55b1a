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
 *
 * Letters are measured against the book face. A page set in a wider or narrower one says so through
 * all its words (print_aspect); figures and capitals of such a face lie between the type sizes told
 * by its heights and by its widths, which is enough where nothing looks like a hand.
 */

/* How much wider for their height the small letters of a page are than those of the book face; 0:
 * too few, or they scatter as no printer's do. */
double print_aspect(const struct words *words);

struct print_scale {
    double em_width_mm, em_height_mm; /* type size told by widths, by heights */
    double space_mm;                  /* usual gap between advance widths; 0: not known */
    bool known;                       /* both sizes agree: a proportional face */
    bool own_face;                    /* they agree by the page's aspect */
};

struct print_tolerance {
    double height, width; /* relative */
    double tall_mark;     /* more height for a "/", which faces draw as they like */
};

/* For digits next to "Số:" and in dates, where a wrong value looks like a right one. */
extern const struct print_tolerance print_digits;
/* For dates and numbers behind labels, of which a hand's are told by the recogniser, too. */
extern const struct print_tolerance print_figures;
/* For names and longer text; bold and sans faces are wider. */
extern const struct print_tolerance print_text;

/* Type size from words first … first + count, all taken as printed, read with confidence. `as` is
 * what a single word says when the recogniser may have misread it (NULL: its own text). aspect: the
 * page's, or 0. */
struct print_scale print_scale_of(const struct words *words, size_t first, size_t count,
                                  const char *as, double aspect);
/* Does word `at` fit? */
bool print_fits(const struct words *words, size_t at, const struct print_scale *scale,
                const struct print_tolerance *tolerance);
/* Do several words show one type size among themselves, as wide for its height as the page's
 * aspect? For names, whose type need not be that of what stands beside them. */
bool print_agrees(const struct words *words, size_t first, size_t count, double aspect);
/* Several words read as hands' writing never is, each surely, all of one height, and nothing of
 * their ink looks written? For what stands in a face of its own, whose widths nobody knows. */
bool print_is_clear(const struct words *words, size_t first, size_t count);
/* A number of so many figures that a hand would show in some of them, read surely, and nothing of
 * its ink looks written? */
bool print_is_clear_number(const struct word *word);
/* Is the gap between two neighbouring words that of a printed space? */
bool print_gap_fits(const struct words *words, size_t left, size_t right,
                    const struct print_scale *scale);
/* Do the tops of word `at` stand where its letters' tops are on the baseline of word `line`? Of a
 * number with a "/", which some faces draw below the line and hands well above the digits. */
bool print_same_top(const struct words *words, size_t line, size_t at,
                    const struct print_scale *scale, const char *as);
/* Do both stand on one baseline (to a twelfth of an em)? */
bool print_same_baseline(const struct words *words, size_t a, size_t b,
                         const struct print_scale *scale);

#endif
