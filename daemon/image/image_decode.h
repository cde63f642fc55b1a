#ifndef SOHOA_IMAGE_IMAGE_DECODE_H
#define SOHOA_IMAGE_IMAGE_DECODE_H

#include "daemon/image/image_read.h"

#include <sys/types.h>

/* Between image_read.c and the decoders, one per format. They fill raster, count and turn_deg, and
 * dpi only when the file says one (0 otherwise). */

enum err_code decode_jpeg(int fd, struct image *out, struct err *err);
enum err_code decode_png(int fd, struct image *out, struct err *err);
enum err_code decode_tiff(int fd, int index, struct image *out, struct err *err);
enum err_code decode_pnm(int fd, struct image *out, struct err *err);

/* IMAGE_TOO_LARGE or IMAGE_UNREADABLE (a side of 0); every decoder asks before it allocates. */
enum err_code image_check_size(uint64_t width, uint64_t height, struct err *err);
/* One number of two resolutions; 0 when they are unusable or differ by more than 5 %. */
double image_one_dpi(double x_dpi, double y_dpi);
/* Clockwise turn of a TIFF/EXIF orientation value; mirrored ones count as not turned. */
int image_turn_of_orientation(int orientation);
/* pread over EINTR and short reads; fewer bytes than asked only at the end; -1 on failure. */
ssize_t image_pread(int fd, void *bytes, size_t size, off_t offset);

#endif
