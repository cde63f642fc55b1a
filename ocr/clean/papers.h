#ifndef SOHOA_CLEAN_PAPERS_H
#define SOHOA_CLEAN_PAPERS_H

#include "daemon/image/raster.h"
#include "daemon/model/page_info.h"

/*
 * The papers that lie on the glass: straight-edged surfaces that the lid around them shows. Against
 * a dark lid the brightness tells; against a light one a tint all over or a closed rim of shadow,
 * and then only a standard size with nothing beside it counts, since a printed frame or tint looks
 * alike. A paper that fills the image has no lid around it and is not found. Papers that touch are
 * one. A surface of the size ID-1 (ISO/IEC 7810: 85.60 x 53.98 mm) is a card whatever lies beside
 * it: it may lie on a sheet.
 */

/* The four straight edges of a paper: its axes are turned clockwise by `angle`, along them it
 * reaches from low to high; an edge that is not seen is the image's. */
struct paper_edges {
    double angle_rad;
    struct point_mm low, high;
    bool left, right, top, bottom; /* seen: lid lies beside it */
};

struct papers {
    struct page_paper item[PAGE_PAPERS_MAX]; /* stored frame */
    struct paper_edges edges[PAGE_PAPERS_MAX];
    size_t count;
    bool lid_is_dark;
    struct rect_mm card[PAGE_CARDS_MAX]; /* boxes around the cards, stored frame */
    size_t card_count;
};

/* small: the page reduced to 1.5 pixels per mm or more; white: brightness of paper (tone.h).
 * NO_MEMORY only; none is no error. */
enum err_code papers_find(const struct raster *small, double px_per_mm, int white,
                          struct papers *out, struct err *err);
#endif
