#ifndef SOHOA_IMAGE_IMAGE_WRITE_H
#define SOHOA_IMAGE_IMAGE_WRITE_H

#include "daemon/base/err.h"
#include "daemon/image/raster.h"

/* JPEG with its resolution (dpi 0: left out) to the descriptor's current offset. quality 1..100. */
enum err_code image_write_jpeg(const struct raster *raster, int quality, double dpi, int fd,
                               struct err *err);

#endif
