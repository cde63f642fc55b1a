#ifndef SOHOA_RECOGNIZE_CODES_CROP_H
#define SOHOA_RECOGNIZE_CODES_CROP_H

#include "ocr/recognize/codes_places.h"

/* The part of a page where a code may lie, level, at the scale and sharpness a decoder likes. */
struct code_crop {
    struct raster *grey;
    const struct code_place *place;
    double scale; /* pixels of the crop by pixels of the page */
};

/* With pixels of the page around: left and right, above and below. White outside the page. */
struct crop_margin {
    double x, y;
};
enum err_code code_crop_take(const struct raster *page, const struct code_place *place,
                             struct crop_margin margin, double scale, struct code_crop *out,
                             struct err *err);
void code_crop_done(struct code_crop *crop);
/* Pixels of the page. */
void code_crop_to_page(const struct code_crop *crop, double x, double y, double *out_x,
                       double *out_y);

/* Undoes blur: each pixel moves away from the mean of its (2 * reach + 1) square. */
enum err_code code_crop_sharpen(struct code_crop *crop, int reach, struct err *err);
/* Black is what is darker than halfway between paper and the crop's own ink. */
void code_crop_binarise(struct code_crop *crop);
/* How far bars lean clockwise from upright, -7..7 degrees: sharp steps have edges along the pixel
 * rows that betray nothing, so the turn of a place can be some degrees off. The turn at which the
 * mean of the middle rows changes most along x. */
enum err_code code_crop_measure_lean(const struct code_crop *crop, double *out_deg,
                                     struct err *err);
/* Rows first … first + count of it as one row, the mean of each column, drawn `height` rows high:
 * what is printed in bars gains, what lies between them goes. */
enum err_code code_crop_flatten(const struct code_crop *crop, int first, int count, int height,
                                struct code_crop *out, struct err *err);

static inline void code_crop_auto(struct code_crop *place)
{
    code_crop_done(place);
}

#endif
