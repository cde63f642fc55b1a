#ifndef SOHOA_DRIVERS_HOLDER_H
#define SOHOA_DRIVERS_HOLDER_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Who keeps a scanner busy, as far as /proc tells: processes of other users only to root. */

/* "scanbd (812)" of the first other process that has `path` open. */
bool holder_of_file(const char *path, char *out, size_t size);
/* The same of a program that scans, or keeps scanners open for their buttons, by its name. */
bool holder_rival(char *out, size_t size);

/* Names in err, when `code` is DEVICE_BUSY, who holds the USB device that SANE calls `device_name`,
 * else a rival that runs and may have it. Returns `code`. */
enum err_code holder_explain(const char *device_name, enum err_code code, struct err *err);

#endif
