#ifndef SOHOA_CLEAN_TONE_H
#define SOHOA_CLEAN_TONE_H

#include "daemon/image/raster.h"

/*
 * Light and dark of a page, for the recognition image only: how white the paper is at each place,
 * and which parts are not paper at all (a dark scanner lid, feed bars).
 */
struct tone {
    struct raster *small; /* means of TONE_SMALL squares, channels as the page */
    struct raster *paper; /* paper colour per TONE_PAPER square, ink filled in */
    struct raster *lid;   /* one channel per TONE_PAPER square: 255 lid, 0 page */
    int white;            /* brightness of the paper, 0..255 */
};

#define TONE_SMALL 4
#define TONE_PAPER 8

/* tone_done also after an error. */
enum err_code tone_measure(const struct raster *page, struct tone *out, struct err *err);
void tone_done(struct tone *tone);

/* What tone_even leaves out, per TONE_SMALL square. */
enum ink_drop { INK_KEEP = 0, INK_DROP_RED = 1, INK_DROP_BLUE = 2 };

/* Grey page of the same size: paper about 255 everywhere, lid 255, ink as dark as it was against
 * its paper; pixels of a dropped colour become paper while black ones under them stay. `drop` (one
 * channel, size of tone->small, values of ink_drop) may be NULL. */
enum err_code tone_even(const struct raster *page, const struct tone *tone,
                        const struct raster *drop, struct raster **out, struct err *err);

/* Levels of an evened page that become black and white. */
struct tone_range {
    int black, white;
};

/* For usual ink: all show-through, folds and paper grain become white. */
#define TONE_RANGE_USUAL ((struct tone_range){0, 230})
/* For ink that is hardly anywhere more than `contrast` (1..255) darker than the paper. */
struct tone_range tone_range_pale(int contrast);
void tone_stretch(struct raster *grey, struct tone_range range);

static inline void tone_auto(struct tone *place)
{
    tone_done(place);
}

#endif
