#ifndef SOHOA_CLEAN_PALE_H
#define SOHOA_CLEAN_PALE_H

#include "daemon/image/raster.h"
#include "ocr/clean/bits.h"

#include <stdbool.h>

/*
 * Pale writing: thermal slips, carbon copies, pencil, empty cartridges. Ink is judged against the
 * paper and its grain, not by its blackness. What shines through from the back is as dark as the
 * palest writing, but paper scatters it: its edges are soft. Measured on the reference corpus:
 * writing, even out of focus, gains 0.47 or more of its contrast within a sixth of a millimetre,
 * show-through 0.27 or less.
 */
struct pale {
    struct pieces pieces; /* pale writing without what shines through */
    int contrast;         /* its usual distance from the paper, 1..255; 0 without pieces */
    bool is_written;      /* the pieces are enough to call the page written */
    bool is_soft;         /* and their edges are blurred */
    bool is_page;         /* it is the text of the page: hardly anything is darker */
};

/* grey: evened page (paper about 255, not stretched) of about 150 dpi. pale_done also after an
 * error. A texture of more pieces than pieces can be is no writing. */
enum err_code pale_find(const struct raster *grey, double px_per_mm, struct pale *out,
                        struct err *err);
void pale_done(struct pale *pale);

static inline void pale_auto(struct pale *place)
{
    pale_done(place);
}

#endif
