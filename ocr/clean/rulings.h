#ifndef SOHOA_CLEAN_RULINGS_H
#define SOHOA_CLEAN_RULINGS_H

#include "daemon/image/recognition_image.h"

#include <stdbool.h>
#include <stddef.h>

/* Straight printed lines, level or upright: borders of tables and frames, rules under a motto. */

struct ruling {
    bool upright;
    double at_mm;          /* its y, or x when upright; deskewed frame */
    double from_mm, to_mm; /* along it */
};

struct rulings {
    struct ruling *item;
    size_t count;
};

void rulings_done(struct rulings *rulings);
/* A page of texture (TOO_MANY pieces) has none. NO_MEMORY. */
enum err_code rulings_find(const struct recognition_image *image, struct rulings *out,
                           struct err *err);

static inline void rulings_auto(struct rulings *place)
{
    rulings_done(place);
}

#endif
