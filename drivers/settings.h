#ifndef SOHOA_DRIVERS_SETTINGS_H
#define SOHOA_DRIVERS_SETTINGS_H

#include "daemon/model/geometry.h"
#include "drivers/sane_device.h"
#include "drivers/source_names.h"

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
    struct rect_mm area; /* without: A4 from the top left, or the glass where that is smaller */
    int depth;           /* bits a sample; 0: 1 for lineart, else 8 */
    const struct js *options; /* borrowed, may be NULL: {"vendor option": bool, number or text} */
};

/* OPTION_REFUSED names what the device cannot do. out->source stays SOURCE_UNSET for a device that
 * names its one source in a way nobody knows. */
enum err_code settings_apply(struct device *device, const struct scan_settings *wanted,
                             struct scan_settings *out, struct err *err);

/* Sources in our words: array of texts, NULL when out of memory. */
struct js *settings_sources(const struct device *device);

#endif
