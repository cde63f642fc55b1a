#ifndef SOHOA_CLEAN_CUT_H
#define SOHOA_CLEAN_CUT_H

#include "daemon/image/raster.h"
#include "ocr/clean/bits.h"
#include "ocr/clean/papers.h"

/*
 * The part of the image that is the page (daemon/model/page_cut.h): all papers that lie on the
 * glass, where each of them is small, A5 at most, with CUT_MARGIN_MM around. Better no cut than a
 * wrong one: none where anything outside could be writing, where the papers fill the glass, or
 * where the lid is as light as paper and nothing tells it from a sheet that shows a copy of the
 * paper: only a shadow, or paper lighter than the lid, does; a card must have colour, too, which an
 * office copy has not.
 */

#define CUT_MARGIN_MM 1.0

/* small: as for papers_find, which found `papers`. *out in the stored frame; w 0: none. NO_MEMORY.
 */
enum err_code cut_find(const struct raster *small, double px_per_mm, const struct papers *papers,
                       struct rect_mm *out, struct err *err);

/* The same, once the ink of a page is known: some of it that lies outside could be writing. */
enum err_code cut_hides(const struct rect_mm *cut, const struct pieces *ink, int width, int height,
                        double px_per_mm, bool *out, struct err *err);

#endif
