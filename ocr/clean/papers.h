#ifndef SOHOA_CLEAN_PAPERS_H
#define SOHOA_CLEAN_PAPERS_H

#include "daemon/image/raster.h"
#include "daemon/model/page_info.h"

/*
 * The papers that lie on the glass: straight-edged surfaces that the lid around them shows. Against
 * a dark lid the brightness tells; against a light one a tint all over or a closed rim of shadow,
 * and then only a standard size with nothing beside it counts, since a printed frame or tint looks
 * alike. A paper that fills the image has no lid around it and is not found. Papers that touch are
 * one.
 */

struct papers {
    struct page_paper item[PAGE_PAPERS_MAX]; /* stored frame */
    size_t count;
};

/* small: the page reduced to 1.5 pixels per mm or more; white: brightness of paper (tone.h).
 * NO_MEMORY only; none is no error. */
enum err_code papers_find(const struct raster *small, double px_per_mm, int white,
                          struct papers *out, struct err *err);
#endif
