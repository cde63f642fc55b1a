#ifndef SOHOA_TESTS_PAPER_DEVICE_H
#define SOHOA_TESTS_PAPER_DEVICE_H

#include "drivers/sane_device.h"

/*
 * A scanner of paper: the device_* functions here take the place of sane_device.c at link time,
 * keep values, write down what was set and called in which order, and give pages of one grey.
 */

#define OPTIONS_MAX 32

struct device {
    const char *backend;
    struct option options[OPTIONS_MAX];
    double numbers[OPTIONS_MAX];
    char texts[OPTIONS_MAX][64];
    int reads[OPTIONS_MAX]; /* by device_value_to_js */
    size_t count;
    char log[4096];
    struct quirk_set quirks;
    bool clips_top_left; /* tl-x, tl-y may not pass br-x, br-y as they are now */
    bool clears_on_read;

    /* scanning */
    struct frame_params frame; /* of every page; pixels_per_line 0: nothing to say before start */
    int sheets;                /* device_start beyond them: FEEDER_EMPTY */
    int started;
    int lines_left;
    enum err_code reopen_code;
};

void device_add(struct device *device, const char *name, struct option option);
void device_add_list(struct device *device, const char *name, const char **texts, size_t count);
void device_add_range(struct device *device, const char *name, enum option_unit unit, double max);
void device_add_area(struct device *device, enum option_unit unit, double width, double height);
void device_add_switch(struct device *device, const char *name);
/* Readable only. */
void device_add_sensor(struct device *device, const char *name, enum option_type type);
void device_put(struct device *device, const char *name, double value);
void device_put_text(struct device *device, const char *name, const char *value);

#endif
