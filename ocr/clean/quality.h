#ifndef SOHOA_CLEAN_QUALITY_H
#define SOHOA_CLEAN_QUALITY_H

#include "daemon/image/raster.h"
#include "daemon/model/page_info.h"
#include "ocr/clean/bits.h"
#include "ocr/clean/pale.h"
#include "ocr/clean/tone.h"

/* Whether a page carries anything, and how well it can be read. */

/* Not a speck, a fold, a punch hole nor at the edge. The page is width x height pixels at
 * px_per_mm. */
bool quality_is_writing(const struct piece *piece, int width, int height, double px_per_mm);
/* Several such pieces, or a large one. */
bool quality_has_writing(const struct pieces *ink, int width, int height, double px_per_mm);
/* True when no piece can be writing: not even one letter (a page number) or one long stroke (a
 * signature). ink: pieces of usual blackness. */
bool quality_page_is_blank(const struct pieces *ink, int width, int height, double px_per_mm);

/* Fills verdict and reasons ("good" without any). `info` has dpi, blank, score and skew already;
 * letter_px is the usual letter's height in the full image, 0 when unknown. */
void quality_judge(const struct raster *grey, const struct tone *tone, const struct pieces *ink,
                   int ink_width, int ink_height, double letter_px, const struct pale *pale,
                   struct page_info *info);

/* One more reason; a good page becomes a poor one. */
void quality_add_reason(struct page_info *info, const char *reason);

#endif
