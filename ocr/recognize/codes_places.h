#ifndef SOHOA_RECOGNIZE_CODES_PLACES_H
#define SOHOA_RECOGNIZE_CODES_PLACES_H

#include "daemon/image/raster.h"

#include <stdbool.h>

/* Where a code may lie. Modules make half of an area ink and fill it with edges that run in one
 * direction (bars) or two at right angles; print is paler, photos and solid areas have other edges.
 */
struct code_place {
    double x, y;     /* centre, pixels of the page */
    double w, h;     /* along its own axes, pixels; up to a millimetre more than the code */
    double turn_deg; /* of its x axis, clockwise; codes of squares: -45..45 */
    bool bars;       /* edges in one direction: x runs across the bars */
};

#define CODE_PLACES_MAX 32

struct code_places {
    struct code_place item[CODE_PLACES_MAX];
    int count;
};

/* grey: evened page. Places of the top left quarter come first, then the more inked ones. */
enum err_code code_places_find(const struct raster *grey, double px_per_mm, struct code_places *out,
                               struct err *err);

#endif
