#ifndef SOHOA_DRIVERS_SETTER_H
#define SOHOA_DRIVERS_SETTER_H

#include "drivers/sane_device.h"

/*
 * Sets options of a device and remembers which of them came out differently from what was asked,
 * by reading them back: the info bit INEXACT of SANE comes for half a thousandth of a millimetre,
 * too, and from some backends never.
 */

#define INEXACT_MAX 16
#define INEXACT_NAME_SIZE 48

struct inexact {
    char names[INEXACT_MAX][INEXACT_NAME_SIZE];
    size_t count;
};

struct setter {
    struct device *device;
    struct inexact inexact;
};

/* The option when it is there, active and settable; else NULL. */
const struct option *setter_find(const struct setter *setter, const char *name);

/* As device_set_*. *out_taken (may be NULL) is what was read back, or `wanted` where the option
 * cannot be read. `name` must not lie in the device's options: they may be read anew. */
enum err_code setter_number(struct setter *setter, const char *name, double wanted,
                            double *out_taken, struct err *err);
enum err_code setter_bool(struct setter *setter, const char *name, bool wanted, struct err *err);
enum err_code setter_text(struct setter *setter, const char *name, const char *wanted,
                          struct err *err);

/* Array of the names; NULL: out of memory. */
struct js *inexact_to_js(const struct inexact *inexact);

#endif
