#ifndef SOHOA_DRIVERS_SANE_DEVICE_H
#define SOHOA_DRIVERS_SANE_DEVICE_H

#include "daemon/base/js.h"
#include "drivers/frame.h"
#include "drivers/option.h"
#include "drivers/quirks.h"

/*
 * The one home of libsane: a scanner as an object, its options as plain data, its frames as bytes.
 * SANE is single-threaded and its backends crash and hang, so this runs in a worker process with
 * one device open at a time.
 *
 *   closed ──open──▶ open ──start──▶ scanning ──read…end──▶ scanning (next frame or page: start)
 *                     ▲                  │
 *                     └────── cancel ────┘   once at the end of a batch, never between pages
 *
 * Errors: the SANE status as device_status_error maps it.
 *
 * Every call of libsane is told to the watcher before it begins and after it came back, so that
 * somebody outside can tell a hang from work. sane_read is told at the first read of a frame, again
 * before a read when 200 ms have passed and bytes came since, and after the last one: silence for
 * longer than a read may take is a hang. The cancel of a signal handler cannot be told.
 */

struct device;

/* The step a status came from: INVAL means something else to each. */
enum device_step { DEVICE_LIST, DEVICE_OPEN, DEVICE_OPTION, DEVICE_START, DEVICE_READ };

/* SANE status 0..13 (12 WARMING_UP and 13 HW_LOCKED are used by some backends) to our code;
 * anything else is SCANNER_IO. */
enum err_code device_status_error(int status, enum device_step step);

/* `call`: init list open option start read cancel close control. */
typedef void device_watch_fn(void *payload, const char *call, bool is_over);
void device_watch(device_watch_fn *watch, void *payload); /* NULL: nobody watches */

/* Devices of all the machine's backends, as device_facts_to_js. */
enum err_code device_list(struct js **out, struct err *err);

/* Loads the backend of that name and no other. An empty name takes the first scanner there is
 * (NO_SCANNER when there is none). UNKNOWN_DEVICE, DEVICE_BUSY, DEVICE_DENIED, SCANNER_IO. */
enum err_code device_open(const char *name, struct device **out, struct err *err);
/* The same for a caller that knows what the list said: it helps to recognise a machine that
 * misbehaves. */
enum err_code device_open_known(const char *name, const char *vendor, const char *model,
                                struct device **out, struct err *err);
/* Closed and opened again in place; its options stand as after an open. After an error only
 * device_close is left. */
enum err_code device_reopen(struct device *device, struct err *err);
void device_close(struct device *device);
/* Makes a device answer again that no process has open: resets it on USB (*out_by_usb), or else
 * opens it, cancels and closes. */
enum err_code device_reset(const char *name, bool *out_by_usb, struct err *err);

const char *device_name(const struct device *device);
const struct device_facts *device_facts(const struct device *device);
const struct quirk_set *device_quirks(const struct device *device);
/* "pnm" of "pnm:0". */
const char *device_backend(const struct device *device);

/* The options as they are now; a pointer lives until the next device_set_*. */
const struct option *device_options(const struct device *device, size_t *out_count);
const struct option *device_find_option(const struct device *device, const char *name);

/* Sets. *out_set (may be NULL) is what the device took, read back. After a set that changes
 * other options these are read anew. OPTION_REFUSED when it is not there, not active or not taken.
 */
enum err_code device_set_number(struct device *device, const char *name, double wanted,
                                double *out_set, struct err *err);
enum err_code device_set_bool(struct device *device, const char *name, bool wanted,
                              struct err *err);
enum err_code device_set_text(struct device *device, const char *name, const char *wanted,
                              struct err *err);
enum err_code device_get_number(struct device *device, const char *name, double *out,
                                struct err *err); /* bool counts as 0, 1 */
enum err_code device_get_text(struct device *device, const char *name, char **out, struct err *err);
/* Any value: bool, number or text; JSON null for tables, buttons, groups and unreadable ones. */
struct js *device_value_to_js(struct device *device, const struct option *option);

/* FEEDER_EMPTY, FEEDER_JAM, COVER_OPEN, DEVICE_BUSY, WARMING_UP…; CANCELLED after a cancel,
 * whatever the backend says. */
enum err_code device_start(struct device *device, struct err *err);
enum err_code device_frame(struct device *device, struct frame_params *out, struct err *err);
/* *out_end: the frame is over (then *out_size is 0). A device that has nothing yet gives 0 bytes,
 * after a pause of a few milliseconds. */
enum err_code device_read(struct device *device, uint8_t *bytes, size_t size, size_t *out_size,
                          bool *out_end, struct err *err);
void device_cancel(struct device *device);

/* From a signal handler: stops the scan that runs, if any, and makes every start and read until
 * device_forget_cancel answer CANCELLED. The only call libsane allows there is sane_cancel. */
void device_cancel_now(void);
bool device_was_cancelled(void);
void device_forget_cancel(void);

static inline void device_auto(struct device **place)
{
    device_close(*place);
}

#endif
