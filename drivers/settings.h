#ifndef SOHOA_DRIVERS_SETTINGS_H
#define SOHOA_DRIVERS_SETTINGS_H

#include "drivers/page_area.h"

/*
 * What a batch of pages is asked for, in our words, put into a device's options in the order every
 * backend needs: source → mode → depth → vendor options → resolution → page size → area; each one
 * changes what the next may be. What the device really took is read back.
 */
struct scan_settings {
    enum scan_source source; /* SOURCE_UNSET: as the device stands */
    enum scan_mode mode;     /* MODE_UNSET: colour */
    double resolution_dpi;
    bool has_area;
    struct rect_mm area; /* without: the paper (page_area.h) */
    enum paper paper;
    int depth;                /* bits a sample; 0: 1 for lineart, else 8 */
    int expect_sheets;        /* in the feeder, by the clerk; 0: not said */
    const struct js *options; /* borrowed, may be NULL: {"vendor option": bool, number or text} */
    struct inexact inexact;   /* out: options that came out differently from what was asked */
};

/* OPTION_REFUSED names what the device cannot do. out->source stays SOURCE_UNSET for a device that
 * names its one source in a way nobody knows; out->paper is as asked. */
enum err_code settings_apply(struct device *device, const struct scan_settings *wanted,
                             struct scan_settings *out, struct err *err);

bool settings_has_source(const struct device *device, enum scan_source source);
/* Sources in our words: array of texts, NULL when out of memory. */
struct js *settings_sources(const struct device *device);
/* The largest area of each source in mm, {"flatbed": [w, h], …}, without those that do not say. The
 * source is set to each in turn and back. NULL when out of memory. */
struct js *settings_max_areas(struct device *device);

#endif
