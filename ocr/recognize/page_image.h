#ifndef SOHOA_RECOGNIZE_PAGE_IMAGE_H
#define SOHOA_RECOGNIZE_PAGE_IMAGE_H

#include "daemon/image/raster.h"

/*
 * The two images Tesseract works on, made from a grey page faster than it makes them itself: grey
 * ones, which lines are read of, and bits, which the layout is made of.
 */

struct Pix;

/* Pixels darker than that are ink, by Otsu's method as Tesseract applies it; 0: a page of one tone,
 * or one that is not dark on light for certain. */
int page_image_threshold(const struct raster *grey);

/* Eight bits a pixel; the caller's. */
enum err_code page_image_grey(const struct raster *grey, struct Pix **out, struct err *err);

#endif
