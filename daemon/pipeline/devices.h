#ifndef SOHOA_PIPELINE_DEVICES_H
#define SOHOA_PIPELINE_DEVICES_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/pipeline/scan_limits.h"

typedef struct sd_event sd_event;

/* Which scanners there are. Each look is a process of its own, so that a bad backend can neither
 * block a scan nor hide a scanner that was plugged in later. */

struct devices;

/* ok borrowed, NULL with an error */
typedef void devices_done_fn(void *payload, const struct js *ok, const struct err *err);

/* limits: borrowed. */
enum err_code devices_new(sd_event *loop, const char *worker_dir, const struct scan_limits *limits,
                          struct devices **out, struct err *err);
void devices_free(struct devices *devices);

/* {"devices": […]}, or WORKER_HUNG, WORKER_DIED after a backend that hangs or crashes. Those who
 * ask while a look is under way share its answer. done is called once: from the loop, or at once
 * when no worker can be started (TOO_MANY: DEVICES_WAITERS wait already).
 */
#define DEVICES_WAITERS 32
void devices_list(struct devices *devices, devices_done_fn *done, void *payload);

#endif
