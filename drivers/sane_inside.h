#ifndef SOHOA_DRIVERS_SANE_INSIDE_H
#define SOHOA_DRIVERS_SANE_INSIDE_H

#include "drivers/device_facts.h"
#include "drivers/sane_device.h"

/* Shared by the home of libsane: sane_device.c (the library, from open to close), sane_options.c
 * (what can be set) and sane_reading.c (a scan). */

struct device {
    void *handle; /* SANE_Handle; NULL: not open */
    struct device_facts facts;
    struct quirk_set quirks;
    struct option *options;
    size_t option_count;
    bool scanning;
    bool in_frame; /* its first read was told */
    bool bytes_came;
    int64_t read_told_us;
};

/* sane_device.c */
void device_tell(const char *call, bool is_over); /* to the watcher */
#define WATCHED(call, expression)                                                                  \
    ({                                                                                             \
        device_tell(call, false);                                                                  \
        __typeof__(expression) value_ = (expression);                                              \
        device_tell(call, true);                                                                   \
        value_;                                                                                    \
    })

/* A SANE status as our error; `call` names who gave it. */
enum err_code device_check(int status, enum device_step step, const char *call, struct err *err);

/* sane_options.c: all of them anew from the backend. */
enum err_code device_load_options(struct device *device, struct err *err);
void device_free_options(struct device *device);

#endif
