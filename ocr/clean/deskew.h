#ifndef SOHOA_CLEAN_DESKEW_H
#define SOHOA_CLEAN_DESKEW_H

#include "daemon/image/raster.h"

/* A rectangle of the deskewed frame, in pixels of the stored image; may reach beyond the page. */
struct deskew_window {
    double left, top, width, height;
    double scale; /* out pixels per stored pixel, at most 4 */
};

/* Turns (turn_deg clockwise), levels (skew_deg as in page_info) and scales a grey page in one step;
 * what lies outside the page is white. */
enum err_code deskew_render(const struct raster *grey, int turn_deg, double skew_deg,
                            const struct deskew_window *window, struct raster **out,
                            struct err *err);
/* Where a point of the stored image lies in the deskewed frame. */
void deskew_point(int stored_width, int stored_height, int turn_deg, double skew_deg, double *x,
                  double *y);

#endif
