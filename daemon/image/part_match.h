#ifndef SOHOA_IMAGE_PART_MATCH_H
#define SOHOA_IMAGE_PART_MATCH_H

#include "daemon/base/err.h"
#include "daemon/image/raster.h"

#include <stdbool.h>

/*
 * Do two images show overlapping parts of one sheet, and how do they lie to each other? What is
 * compared is how much edge there is at each place (light, tint and shadow say nothing): coarsely
 * at all shifts and angles at once by Fourier transform, then ever finer around the best places.
 * An overlap is believed when edges agree there letter by letter and nowhere else as well.
 */

#define PART_LEVELS 4
#define PART_SIDE_MAX 2000 /* of the finest level, pixels */

/* Edges of one part, each level half as large as the one before. */
struct part_look {
    struct raster *level[PART_LEVELS];
};

/* grey: one channel, no side above PART_SIDE_MAX; all looks that are compared at one scale. */
enum err_code part_look_make(const struct raster *grey, struct part_look *out, struct err *err);
void part_look_done(struct part_look *look);

static inline void part_look_auto(struct part_look *place)
{
    part_look_done(place);
}

/* b is turned clockwise by turn_deg (quarters), then by angle_deg, about its centre, which then
 * lies x, y pixels of the finest level right of and below the centre of a. */
struct part_match {
    int turn_deg;
    double angle_deg; /* clockwise, -PART_ANGLE_MAX..PART_ANGLE_MAX */
    double x, y;
    double score; /* correlation of the edges, 0..1 */
    bool meets;   /* false: no overlap that can be believed, the rest says nothing */
};

#define PART_ANGLE_MAX 3.5

/* With b turned by turn_deg. */
enum err_code part_match(const struct part_look *a, const struct part_look *b, int turn_deg,
                         double px_per_mm, struct part_match *out, struct err *err);

#endif
