#ifndef SOHOA_CLEAN_QUALITY_H
#define SOHOA_CLEAN_QUALITY_H

#include "daemon/image/raster.h"
#include "daemon/model/page_info.h"
#include "ocr/clean/bits.h"
#include "ocr/clean/tone.h"

/* Whether a page carries anything, and how well it can be read. */

/* True when no piece looks like writing: specks, folds, punch holes and the edge aside. ink: black
 * pieces of the page; the page is width x height pixels at px_per_mm. */
bool quality_page_is_blank(const struct pieces *ink, int width, int height, double px_per_mm);

/* Fills verdict and reasons ("good" without any). `info` has dpi, blank, score and skew already;
 * letter_px is the usual letter's height in the full image, 0 when unknown. */
void quality_judge(const struct raster *grey, const struct tone *tone, const struct pieces *ink,
                   int ink_width, int ink_height, double letter_px, struct page_info *info);

#endif
