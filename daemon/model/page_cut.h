#ifndef SOHOA_MODEL_PAGE_CUT_H
#define SOHOA_MODEL_PAGE_CUT_H

#include "daemon/base/js.h"
#include "daemon/model/geometry.h"

/*
 * The cut: small papers on a large glass (a card, two of them, an A5 sheet) are a page of their own
 * size. The image keeps every pixel; the cut is a fact about it, "cut_mm" [x, y, w, h] in the
 * upright frame of the whole image, absent where all of the image is the page.
 *
 * Inside, all places are of the whole image. Where they leave, here is the one place that moves
 * them: then "box_mm", "width_mm" and "height_mm" are of the page that is shown, the cut.
 */

#define PAGE_CUT_KEY "cut_mm"

/* False, and *out all zero, for a page without. */
bool page_cut_of(const struct js *page, struct rect_mm *out);

/* A copy of a page's JSON, at any depth seen from the cut; without a cut just one more owner. The
 * caller's; NULL when out of memory. Of one page, once. */
struct js *page_cut_shown(const struct js *page);

/* The same of a document's "fields"; of each the "page" (from 1) says which of `pages`, as they
 * were before page_cut_shown or after. */
struct js *page_cut_fields_shown(const struct js *fields, const struct js *pages);

#endif
