#ifndef SOHOA_CLEAN_RED_INK_H
#define SOHOA_CLEAN_RED_INK_H

#include "ocr/clean/bits.h"
#include "ocr/clean/tone.h"

/*
 * The red ink of a page alone, however pale, with the black print that lies under or over it gone:
 * how a stamp is read that text runs through, or that the recognition image leaves out.
 */
struct red_ink {
    struct raster *grey; /* the rows of the stored frame with red: 255 without it, 0 full of it */
    int top, height;     /* its first row, and how many the whole frame has */
    int factor;          /* so many pixels of the page are one of it; finer than 200 dpi it stays */
    struct pieces pieces; /* of it, in TONE_SMALL squares */
};

/* grey stays NULL for a page without colours, without red, or printed all over with it.
 * red_ink_done also after an error. */
enum err_code red_ink_find(const struct raster *page, const struct tone *tone, double dpi,
                           struct red_ink *out, struct err *err);
/* The whole stored frame, once the page itself is given up. NO_MEMORY */
enum err_code red_ink_whole(const struct red_ink *ink, struct raster **out, struct err *err);
void red_ink_done(struct red_ink *ink);

#endif
