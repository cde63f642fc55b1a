#ifndef SOHOA_IMAGE_IMAGE_READ_H
#define SOHOA_IMAGE_IMAGE_READ_H

#include "daemon/base/err.h"
#include "daemon/image/raster.h"
#include "daemon/model/page_info.h"

#include <stdbool.h>

/*
 * Page images from a descriptor: JPEG, PNG, TIFF (several images in a file), PNM. The kind is told
 * from the first bytes, never from a name. Any bit depth, palette, alpha (over white) and CMYK
 * become 8-bit grey or RGB. Sizes are checked before anything of that size is allocated.
 */

#define IMAGE_MAX_PIXELS 100000000
#define IMAGE_MAX_SIDE 65500
#define IMAGE_MAX_COUNT 10000 /* images in one file */

struct image {
    struct raster *raster; /* stored frame */
    int count;             /* images in the file */
    double dpi;
    enum dpi_source dpi_source;
    int turn_deg; /* clockwise turn the file's orientation tag asks for; the pixels are not turned
                   */
};

/* `index` counts from 0. The descriptor's offset is not used. IMAGE_EMPTY (no bytes),
 * FORMAT_UNKNOWN, IMAGE_TOO_LARGE (by its own header), IMAGE_UNREADABLE (damaged or cut short),
 * NOT_FOUND (no such index). image_done it also after an error. */
enum err_code image_read(int fd, int index, struct image *out, struct err *err);
void image_done(struct image *image);

static inline void image_auto(struct image *place)
{
    image_done(place);
}

#endif
