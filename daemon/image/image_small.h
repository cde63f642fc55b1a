#ifndef SOHOA_IMAGE_IMAGE_SMALL_H
#define SOHOA_IMAGE_IMAGE_SMALL_H

#include "daemon/base/err.h"
#include "daemon/image/raster.h"

/* A page image made smaller while it is read: means of factor x factor squares, stored frame (a
 * rest at the right and bottom edge makes a narrower square). Memory is the small image and a few
 * rows. Errors as image_rows_open; BAD_ARGUMENT for a factor below 1. */
enum err_code image_read_small(int fd, int index, int factor, struct raster **out, struct err *err);

/* What the head of the file says. */
enum err_code image_read_size(int fd, int index, int *out_width, int *out_height, struct err *err);

#endif
