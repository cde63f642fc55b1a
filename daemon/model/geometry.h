#ifndef SOHOA_MODEL_GEOMETRY_H
#define SOHOA_MODEL_GEOMETRY_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

/*
 * Places on a page, in millimetres from the top left.
 *
 * Three frames, each of one page:
 *   stored    the pixels as captured
 *   upright   stored, turned clockwise by rotation_deg (0, 90, 180, 270)
 *   deskewed  upright, turned about its centre so that text lines lie level; same size as upright
 * The recogniser works in the deskewed one. box_mm of what leaves (JSON of a document, API, ALTO)
 * is in the upright frame of the page that is shown: all of the image, or the part that page_cut.h
 * says.
 */

struct point_mm {
    double x, y;
};

struct rect_mm {
    double x, y, w, h;
};

struct size_mm {
    double w, h;
};

/* skew_deg as found: text rises to the right when positive (counter-clockwise), -45..45. */
struct point_mm point_upright_from_deskewed(struct point_mm p, struct size_mm page,
                                            double skew_deg);
struct point_mm point_deskewed_from_upright(struct point_mm p, struct size_mm page,
                                            double skew_deg);
/* stored: width and height of the stored frame. */
struct rect_mm rect_upright_from_stored(struct rect_mm r, struct size_mm stored, int rotation_deg);
/* Smallest upright rectangle around the turned one, clipped to the page. */
struct rect_mm rect_upright_from_deskewed(struct rect_mm r, struct size_mm page, double skew_deg);

/* Turns the above back where nothing was clipped. */
struct rect_mm rect_deskewed_from_upright(struct rect_mm r, struct size_mm page, double skew_deg);

/* The same place seen from the top left of that part of the page. */
struct rect_mm rect_in_part(struct rect_mm r, struct rect_mm part);

struct rect_mm rect_union(struct rect_mm a,
                          struct rect_mm b); /* a zero-sized one counts as nothing */
double rect_overlap_mm2(struct rect_mm a, struct rect_mm b);

/* [x, y, w, h], rounded to 0.1 mm */
struct js *rect_to_js(struct rect_mm rect);
enum err_code rect_from_js(const struct js *root, const char *path, struct rect_mm *out,
                           struct err *err);

#endif
