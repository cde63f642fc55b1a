#ifndef SOHOA_IMAGE_IMAGE_ROWS_H
#define SOHOA_IMAGE_IMAGE_ROWS_H

#include "daemon/base/err.h"
#include "daemon/base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The rows of a page image from a descriptor, top to bottom: JPEG, PNG, TIFF (several images in a
 * file), PNM. The kind is told from the first bytes, never from a name. Any bit depth (of 16 the
 * high byte), palette, alpha (over white) and CMYK become 8-bit grey or RGB. Every pixel of the
 * file comes out once, in stored order: orientation tags turn nothing.
 *
 * Sizes are checked before anything of that size is allocated. Memory is a few rows (odd TIFF
 * layouts: a strip or a row of tiles; interlaced PNG and progressive JPEG: the image).
 */

#define IMAGE_MAX_PIXELS 100000000
#define IMAGE_MAX_SIDE 65500
#define IMAGE_MAX_COUNT 10000 /* images in one file */

struct image_info {
    int width, height;
    int channels;  /* 1 grey, 3 RGB; 8 bits each */
    bool bilevel;  /* one bit a pixel in the file: rows hold 0 and 255 only */
    bool reusable; /* a JPEG that PDF viewers decode as it is */
    int count;     /* images in the file */
    double dpi;    /* as the file says, 0 = it does not */
    int turn_deg;  /* clockwise turn the file's orientation tag asks for */
    void *icc;     /* profile of these channels found in the file, not yet checked; NULL = none */
    size_t icc_size;
};

struct image_rows;

/* Reads with pread; fd stays the caller's and must stay open. `index` counts from 0. IMAGE_EMPTY
 * (no bytes), FORMAT_UNKNOWN, IMAGE_TOO_LARGE (by its own header), IMAGE_UNREADABLE (damaged or cut
 * short), NOT_FOUND (no such index). */
enum err_code image_rows_open(int fd, int index, struct image_rows **out, struct err *err);
void image_rows_close(struct image_rows *rows);
AUTO_DEFINE(image_rows, struct image_rows *, image_rows_close);

const struct image_info *image_rows_info(const struct image_rows *rows);
/* The next row, width * channels bytes; to be asked `height` times at most. IMAGE_UNREADABLE, with
 * the last row also for damage that was passed over before. */
enum err_code image_rows_next(struct image_rows *rows, uint8_t *row, struct err *err);

#endif
