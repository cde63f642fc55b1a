#ifndef SOHOA_PIPELINE_HOT_PLUG_H
#define SOHOA_PIPELINE_HOT_PLUG_H

#include "daemon/base/err.h"

typedef struct sd_event sd_event;

/* Says that USB devices came or went, once things have settled: a composite device announces itself
 * several times, and its firmware needs a moment before a backend finds it. */

#define HOT_PLUG_SETTLE_MS 1500

struct hot_plug;

typedef void hot_plug_fn(void *payload);

/* INTERNAL where the kernel gives no device events; scanners are then found by looking. */
enum err_code hot_plug_new(sd_event *loop, hot_plug_fn *changed, void *payload,
                           struct hot_plug **out, struct err *err);
void hot_plug_free(struct hot_plug *plug);

#endif
