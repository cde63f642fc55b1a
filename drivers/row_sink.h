#ifndef SOHOA_DRIVERS_ROW_SINK_H
#define SOHOA_DRIVERS_ROW_SINK_H

#include "daemon/base/err.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Where rows of a page go as they come from the glass: begin, rows (any number of times), end.
 *
 * A row is row_size_bytes(shape) bytes, pixels from the left without padding between them:
 *   bits 1, channels 1   eight pixels a byte, leftmost in the high bit, 1 = black, unused bits 0
 *   bits 8, channels 1   grey, 0 = black
 *   bits 8, channels 3   red, green, blue
 * There are no other shapes: 16-bit samples are rounded to 8 on the way (drivers/frame.h).
 */
struct page_shape {
    int width_px;
    int height_px; /* -1: not known before the end */
    int channels;
    int bits;
    double dpi;
};

struct row_sink {
    void *self;
    enum err_code (*begin)(void *self, const struct page_shape *shape, struct err *err);
    enum err_code (*rows)(void *self, const uint8_t *rows, int count, struct err *err);
    enum err_code (*end)(void *self, int height_px, struct err *err);
};

static inline size_t row_size_bytes(const struct page_shape *shape)
{
    return ((size_t)shape->width_px * (size_t)shape->channels * (size_t)shape->bits + 7) / 8;
}

#endif
