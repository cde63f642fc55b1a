#ifndef SOHOA_TESTS_BIG_SHEET_H
#define SOHOA_TESTS_BIG_SHEET_H

#include "daemon/image/raster.h"

/* A sheet larger than the glass, printed with words of a made-up script, and what a scanner makes
 * of its parts. */

#define SHEET_DPI 150

/* Lines of words from top to bottom; the same seed gives the same sheet. */
struct raster *big_sheet(int width, int height, unsigned seed);
void big_sheet_clear(struct raster *sheet, int x, int y, int width, int height);

/* The part around a centre, the sheet lying lean_deg clockwise on the glass, then turned by
 * quarters; with noise, and `light` more or less than on the sheet. */
struct glass {
    int x, y, width, height; /* part of the sheet; beyond it there is a dark lid */
    double lean_deg;
    int turn_deg, light;
};
struct raster *big_sheet_scan(const struct raster *sheet, struct glass glass);

#endif
