#ifndef SOHOA_IMAGE_IMAGE_READ_H
#define SOHOA_IMAGE_IMAGE_READ_H

#include "daemon/base/err.h"
#include "daemon/image/image_rows.h"
#include "daemon/image/raster.h"
#include "daemon/model/page_info.h"

/* A whole page image from a descriptor: all its rows (image_rows.h says of which files), with a
 * resolution in any case. */

struct image {
    struct raster *raster; /* stored frame */
    int count;             /* images in the file */
    double dpi;
    enum dpi_source dpi_source;
    int turn_deg; /* clockwise turn the file's orientation tag asks for; the pixels are not turned
                   */
    bool turn_is_given;    /* by a person: turn_deg stands, whatever the page looks like */
    bool turn_is_expected; /* of this way of scanning: turn_deg stands unless writing surely differs
                            */
};

/* The descriptor's offset is not used. Errors as image_rows_open. image_done it also after an
 * error. */
enum err_code image_read(int fd, int index, struct image *out, struct err *err);
void image_done(struct image *image);

static inline void image_auto(struct image *place)
{
    image_done(place);
}

#endif
