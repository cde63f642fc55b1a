#ifndef SOHOA_CLEAN_PHOTO_H
#define SOHOA_CLEAN_PHOTO_H

#include "ocr/clean/bits.h"

/*
 * Photographs and halftones of a page, which hold no text but make a recogniser read noise for
 * seconds: areas without a white spot (lines of text have white between them) and of many tones
 * (print on a tint or on the pattern of a certificate has two: its ink and what it stands on).
 */

/* grey: the evened page, reduced to 4 pixels per mm or more. Rectangles in its pixels, area 0;
 * pieces_done. None is no error. NO_MEMORY. */
enum err_code photo_find(const struct raster *grey, double px_per_mm, struct pieces *out,
                         struct err *err);

#endif
