#ifndef SOHOA_BENCH_HANDWRITING_DRAW_H
#define SOHOA_BENCH_HANDWRITING_DRAW_H

#include "daemon/image/image_read.h"
#include "daemon/model/geometry.h"
#include "ocr/papers/compose.h"

/*
 * Pages of print in many typefaces with words written by many hands, as a scanner gives them, and
 * which word is which. Hands are fonts and strokes of digits, both bent, leaned and joined at
 * random; what is held out (fonts, and how far they are bent) is never drawn for fitting.
 */

struct drawn_word {
    struct rect_mm box; /* upright page */
    bool hand;
    const char *face;
};

struct drawn_page {
    struct image image;
    struct drawn_word *word;
    size_t count;
    const char *condition; /* clean, normal, hard, bilevel */
};

/* Deterministic in `seed`. drawn_page_done also after an error. */
enum err_code drawn_page_make(const struct paper *paper, uint64_t seed, bool held_out,
                              struct drawn_page *out, struct err *err);
void drawn_page_done(struct drawn_page *page);

static inline void drawn_page_auto(struct drawn_page *place)
{
    drawn_page_done(place);
}

#endif
