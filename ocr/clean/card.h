#ifndef SOHOA_CLEAN_CARD_H
#define SOHOA_CLEAN_CARD_H

#include "daemon/image/raster.h"
#include "daemon/model/geometry.h"

#include <stddef.h>

/*
 * Cards of the size ID-1 (ISO/IEC 7810: 85.60 x 53.98 mm, round corners) on the glass or on a
 * sheet: surfaces that stand out from what lies around them, at any angle, lighter or darker. Told
 * from a paragraph or a stamp of that size by being tinted all over or rimmed all round. Two cards
 * that touch are not found.
 */

#define CARDS_MAX 4

struct cards {
    struct rect_mm item[CARDS_MAX]; /* boxes around them, stored frame, from the top left */
    size_t count;
};

/* dpi as measured, not guessed. NO_MEMORY only; none is no error. */
enum err_code cards_find(const struct raster *page, double dpi, struct cards *out, struct err *err);

#endif
