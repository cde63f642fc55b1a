#ifndef SOHOA_DRIVERS_PREVIEW_SINK_H
#define SOHOA_DRIVERS_PREVIEW_SINK_H

#include "drivers/row_sink.h"

#include <stdbool.h>

/*
 * A small picture of the page while it is scanned: raw rows of 8-bit grey or red-green-blue, each
 * pixel the mean of the box it stands for, appended to a descriptor as soon as they are whole. The
 * descriptor's offset is left alone, its other holders read with pread. Bilevel pages become grey.
 *
 * Only a picture: when it cannot be written it stays as it is, and the page goes on.
 */
struct preview_sink {
    struct row_sink sink; /* give this to the capture */
    int fd;               /* borrowed */
    int wished_width;
    int width, channels;
    int rows;          /* written so far */
    int rows_expected; /* -1: the height is not known before the end */
    bool failed;

    struct page_shape shape;
    int row_in;       /* rows of the page taken */
    int box_rows;     /* of them in the boxes being summed */
    uint32_t *sums;   /* width × channels */
    uint32_t *counts; /* pixels across in each box */
    uint8_t *row;
};

/* The preview is `width_px` wide, or as wide as the page where that is smaller. */
void preview_sink_init(struct preview_sink *sink, int fd, int width_px);
void preview_sink_done(struct preview_sink *sink);

static inline void preview_sink_auto(struct preview_sink *place)
{
    preview_sink_done(place);
}

#endif
