#ifndef SOHOA_IMAGE_RASTER_H
#define SOHOA_IMAGE_RASTER_H

#include "daemon/base/err.h"
#include "daemon/base/mem.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Pixels of a page: 8-bit grey (one channel) or RGB (three), rows from the top, no padding.
 * A4 at 300 dpi is 8.7 MB grey and 26 MB colour, so every full-size copy is a decision.
 */
struct raster {
    int width, height, channels;
    uint8_t *px;
};

/* White after raster_new. NO_MEMORY; BAD_ARGUMENT for sides below 1 or other channel numbers. */
enum err_code raster_new(int width, int height, int channels, struct raster **out, struct err *err);
void raster_free(struct raster *raster);
AUTO_DEFINE(raster, struct raster *, raster_free);

static inline uint8_t *raster_row(const struct raster *raster, int y)
{
    return raster->px + (size_t)y * raster->width * raster->channels;
}

/* Turned clockwise by 90, 180 or 270 degrees (0 copies). */
enum err_code raster_turn(const struct raster *raster, int turn_deg, struct raster **out,
                          struct err *err);
/* Mean of factor x factor squares; a rest at the right and bottom edge makes a narrower square. */
enum err_code raster_reduce(const struct raster *raster, int factor, struct raster **out,
                            struct err *err);
/* Any size, bilinear; meant for enlarging and for factors down to one half. */
enum err_code raster_resize(const struct raster *raster, int width, int height, struct raster **out,
                            struct err *err);
/* The part inside the raster of the given rectangle; BAD_ARGUMENT when nothing is inside. */
enum err_code raster_crop(const struct raster *raster, int x, int y, int width, int height,
                          struct raster **out, struct err *err);

#endif
