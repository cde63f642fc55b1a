#ifndef SOHOA_RECOGNIZE_PATCH_H
#define SOHOA_RECOGNIZE_PATCH_H

#include "daemon/image/raster.h"

/*
 * Patch codes, the bars that part papers in a feeder. Neither zbar nor libdmtx knows them.
 * Geometry: Kodak A-61599. Four bars, two of them 0.20 inch wide and two 0.08, three spaces of 0.08
 * between, 0.80 in all; bars 2 inches long or more; 0.25 inch of white around. Read from the
 * nearest edge of the sheet inwards: NWNW is T, and the other way round it is 3.
 */

#define PATCHES_MAX 8

struct patch {
    char name[2]; /* "1" "2" "3" "4" "6" "T" */
    double left, top, right, bottom;
};

struct patches {
    struct patch item[PATCHES_MAX];
    size_t count;
};

/* Along any edge of the sheet or anywhere on it, at a quarter turn and up to 8 degrees beside it.
 * grey: evened page, as stored. None is no error. NO_MEMORY. */
enum err_code patches_find(const struct raster *grey, double dpi, struct patches *out,
                           struct err *err);

#endif
