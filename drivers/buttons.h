#ifndef SOHOA_DRIVERS_BUTTONS_H
#define SOHOA_DRIVERS_BUTTONS_H

#include "drivers/sane_device.h"

/*
 * Buttons on the machine. SANE knows only options, and every backend names its own: a table of
 * patterns per backend says which option is a button. Reading a button may clear it, so each is
 * read once per round and a press is reported once.
 */

/* Whether `option` of `backend` is a button. Pure. */
bool button_is(const char *backend, const struct option *option);
/* Whether the value read means pressed: true, a number above 0, a text other than "" and "none". */
bool button_value_is_pressed(const struct js *value);

/* Array of the names of the active buttons. NULL: out of memory. */
struct js *buttons_names(struct device *device);
/* Array of the buttons pressed since the last call: the option's name, or the value where one
 * option stands for several buttons ("email"). */
struct js *buttons_pressed(struct device *device);

#endif
