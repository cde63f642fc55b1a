#ifndef SOHOA_IMAGE_IMAGE_DECODE_H
#define SOHOA_IMAGE_IMAGE_DECODE_H

#include "daemon/image/image_rows.h"

#include <sys/types.h>

/* Between image_rows.c and the decoders, one per format. */

struct image_rows {
    struct image_info info;
    const struct image_decoder *decoder;
    void *state; /* the decoder's */
    int next_row;
};

struct image_decoder {
    /* Fills info and state. After an error close is called for a state that is there. */
    enum err_code (*open)(int fd, int index, struct image_rows *rows, struct err *err);
    enum err_code (*read_row)(struct image_rows *rows, int y, uint8_t *row, struct err *err);
    void (*close)(void *state);
};
extern const struct image_decoder image_decoder_jpeg, image_decoder_png, image_decoder_tiff,
    image_decoder_pnm;

/* Takes width and height into info: IMAGE_TOO_LARGE or IMAGE_UNREADABLE (a side of 0); every
 * decoder asks before it allocates. */
enum err_code image_take_size(uint64_t width, uint64_t height, struct image_info *info,
                              struct err *err);
/* A copy of the profile; without memory the image goes without. */
void image_take_icc(const void *bytes, size_t size, struct image_info *info);
/* One number of two resolutions; 0 when they are unusable or differ by more than 5 %. */
double image_one_dpi(double x_dpi, double y_dpi);
/* Clockwise turn of a TIFF/EXIF orientation value; mirrored ones count as not turned. */
int image_turn_of_orientation(int orientation);
/* CMYK to RGB, no ink is 0: `stride` bytes a pixel, the first four of them inks. */
void image_row_from_cmyk(const uint8_t *cmyk, int stride, uint8_t *row, int width);
/* pread over EINTR and short reads; fewer bytes than asked only at the end; -1 on failure. */
ssize_t image_pread(int fd, void *bytes, size_t size, off_t offset);

#endif
