#ifndef SOHOA_OCR_CLASSIFY_LINES_H
#define SOHOA_OCR_CLASSIFY_LINES_H

#include "daemon/base/err.h"
#include "daemon/model/words.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The words of a page as lines one can reason about: a recogniser's line is cut where columns meet
 * (the issuer and the national motto stand on one line), words get a key that survives lost
 * accents.
 */

struct page_line {
    size_t first, count; /* words->item[first … first + count) */
    struct rect_mm box;
    double baseline_mm;
    double confidence; /* mean of its words that are not noise */
    char *key;         /* keys of its words, run together; cut at LINE_KEY_MAX bytes */
    bool aside;        /* perhaps put on the paper later (aside.h) */
    bool in_stamp;     /* of a stamp for incoming paper */
};

#define LINE_KEY_MAX 300
/* No sheet of paper has more lines; what comes after them is left out. */
#define PAGE_LINES_MAX 3000u

struct page_text {
    struct words
        *words; /* own order, texts borrowed; block 0, line = row; the source outlives it */
    char **key; /* per word: folded letters and digits only; "" is noise */
    struct page_line *line; /* top to bottom, then left to right */
    size_t line_count;
    /* where the paper's own text lies: a small paper may lie in a corner of the glass */
    struct rect_mm frame;
    struct rect_mm whole;                   /* and all text */
    double common_left_mm, common_right_mm; /* edges many of its lines reach */
};

/* NO_MEMORY. `out` is page_text_done it by the caller also after an error. */
enum err_code page_text_make(const struct words *words, struct page_text *out, struct err *err);
void page_text_done(struct page_text *text);

/* Words first … first + count with a space between, noise left out. Caller's; NULL: no memory. */
char *page_text_join(const struct page_text *text, size_t first, size_t count);
/* Most letters of it are capitals. */
bool page_line_is_caps(const struct page_text *text, const struct page_line *line);
double page_line_center_mm(const struct page_line *line);

static inline void page_text_auto(struct page_text *place)
{
    page_text_done(place);
}

#endif
