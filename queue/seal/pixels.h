#ifndef SOHOA_SEAL_PIXELS_H
#define SOHOA_SEAL_PIXELS_H

#include "daemon/base/err.h"
#include "daemon/base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Rows of a page image, top to bottom, whatever file it lies in: TIFF, PNG, JPEG, PNM. Memory is a
 * few rows (odd layouts: one strip or tile row; interlaced PNG: the image).
 *
 * Every pixel of the file comes out once, in stored order: orientation tags turn nothing
 * (page_info's rotation_deg was found on the same stored pixels). 16-bit samples keep their high
 * byte; palettes, CMYK and transparency become RGB on white.
 */
enum pixels_format { PIXELS_JPEG, PIXELS_TIFF, PIXELS_PNG, PIXELS_PNM };

struct pixels {
    enum pixels_format format;
    int width, height;
    int channels;  /* 1 grey, 3 RGB; 8 bits each */
    bool bilevel;  /* 1 bit a pixel, rows packed from the high bit, 1 = black; channels is 1 */
    bool reusable; /* JPEG only: a PDF can hold this very file */
    void *icc;     /* profile found in the file, NULL when there is none; not yet checked */
    size_t icc_size;
    const struct pixels_reader *reader;
    void *state; /* the reader's */
};

#define PIXELS_MAX 100000000 /* 100 megapixels, as the contract of `sohoa process` says */
#define PIXELS_FILE_MAX (1u << 30)

/* Reads from offset 0 of fd, which stays the caller's and must stay open. `index` is the image
 * within a TIFF, else 0. FORMAT_UNKNOWN, IMAGE_UNREADABLE, IMAGE_EMPTY, IMAGE_TOO_LARGE, NOT_FOUND.
 */
enum err_code pixels_open(int fd, int index, struct pixels **out, struct err *err);
void pixels_free(struct pixels *pixels);
AUTO_DEFINE(pixels, struct pixels *, pixels_free);

size_t pixels_row_bytes(const struct pixels *pixels);
/* The next row. */
enum err_code pixels_next_row(struct pixels *pixels, unsigned char *row, struct err *err);

/* One per file format; `open` fills width … reader and state. */
struct pixels_reader {
    enum err_code (*open)(int fd, int index, struct pixels *pixels, struct err *err);
    enum err_code (*next_row)(struct pixels *pixels, unsigned char *row, struct err *err);
    void (*close)(struct pixels *pixels);
};
extern const struct pixels_reader pixels_jpeg, pixels_tiff, pixels_png, pixels_pnm;
/* For the readers' open: sizes within bounds. */
enum err_code pixels_check_size(int64_t width, int64_t height, struct err *err);

#endif
