#ifndef SOHOA_BENCH_RECOGNITION_VARIANT_H
#define SOHOA_BENCH_RECOGNITION_VARIANT_H

#include "daemon/image/image_read.h"

/*
 * The same sheet as other machines would have taken it, made from a scan of 300 dpi:
 *   bilevel  black and white at 200 dpi by one threshold, the pixels of a G4 TIFF
 *   phone    a photo on a brown table: perspective, a shadow across, soft focus, JPEG, no
 * resolution BAD_ARGUMENT for other names.
 */
enum err_code variant_make(const char *name, struct image *image, struct err *err);

#endif
