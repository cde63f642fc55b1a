#ifndef SOHOA_IMAGE_PART_JOIN_H
#define SOHOA_IMAGE_PART_JOIN_H

#include "daemon/base/err.h"
#include "daemon/image/raster.h"

#include <stddef.h>

/*
 * The overlapping parts of a side larger than the glass put together, for looking at only: what is
 * kept are the parts. How they lie (beside, below, two by two, one turned round because the sheet
 * was) is found in their pixels (part_match.h), their order does not matter.
 */
struct part_image {
    int fd; /* an image file, stays the caller's */
    double dpi;
    int turn_deg;      /* clockwise turn that makes it upright, as far as known */
    double turn_score; /* how sure, 0: not known */
};

#define PARTS_MAX 9
#define PART_VIEW_SIDE_MAX 10000

/* Upright, white where no part is, no side above max_side. out_dpi: of the view. PARTS_DO_NOT_MEET
 * naming the part when an overlap is not found or not sure; BAD_ARGUMENT for fewer than 2 or more
 * than PARTS_MAX parts; errors of image_rows_open. Memory: the view, one part about as fine as the
 * view, edges of all parts at 10 MB each. */
enum err_code parts_join(const struct part_image *parts, size_t count, int max_side,
                         struct raster **out, double *out_dpi, struct err *err);

#endif
