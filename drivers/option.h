#ifndef SOHOA_DRIVERS_OPTION_H
#define SOHOA_DRIVERS_OPTION_H

#include "daemon/base/js.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A setting or sensor of a scanner as plain data, copied from the backend's descriptor, so that
 * everything above sane_device.c decides without libsane and is tested without it.
 * Lengths are as the backend gives them: see unit. Text is printable UTF-8.
 */

enum option_type {
    OPTION_BOOL,
    OPTION_INT,
    OPTION_FIXED,
    OPTION_TEXT,
    OPTION_BUTTON,
    OPTION_GROUP
};
enum option_unit {
    UNIT_NONE,
    UNIT_PIXEL,
    UNIT_BIT,
    UNIT_MM,
    UNIT_DPI,
    UNIT_PERCENT,
    UNIT_MICROSECOND
};
enum option_limit { LIMIT_NONE, LIMIT_RANGE, LIMIT_NUMBERS, LIMIT_TEXTS };

struct option {
    int index; /* in the backend */
    char *name, *title, *desc;
    enum option_type type;
    enum option_unit unit;
    bool active;
    bool readable; /* software may read it */
    bool settable; /* software may set it */
    bool hardware; /* a switch or button on the machine */
    bool automatic, advanced;
    int value_count; /* of a table, else 1 */
    enum option_limit limit;
    double min, max, step; /* LIMIT_RANGE; step 0: any */
    double *numbers;       /* LIMIT_NUMBERS, limit_count of them */
    char **texts;          /* LIMIT_TEXTS, limit_count of them */
    size_t limit_count;
};

void option_done(struct option *option);

/* What the option takes that is nearest to `wanted`; of a list of numbers the next one above it, so
 * that a resolution is never lower than asked when the device can do better. */
double option_nearest_number(const struct option *option, double wanted);
/* The option's own spelling of `text`, letters of either case; NULL when it does not take it. */
const char *option_find_text(const struct option *option, const char *text);
bool option_is_number(const struct option *option);

/* {"name","title","desc","type","unit","cap","active","value","constraint"}; `value` is taken over.
 */
struct js *option_to_js(const struct option *option, struct js *value);

#endif
