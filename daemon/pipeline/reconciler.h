#ifndef SOHOA_PIPELINE_RECONCILER_H
#define SOHOA_PIPELINE_RECONCILER_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/pipeline/schedule_rules.h"

#include <stdbool.h>

typedef struct sd_event sd_event;

/*
 * Compares what each target lists with what was sent there (queue/store/reconcile.h), with an
 * upload worker of its own, so that sending goes on beside it:
 *
 *   idle ──▶ begin ──▶ list ──▶ [owners] ──▶ keep ──▶ list … ──▶ finish ──▶ next target | idle
 *                       └─ cannot list: asked for one by one
 *
 * At most one page is in memory. A run that was cut off goes on at the next start. By itself it
 * begins once a night, when nothing waits to be sent any more; without a night for three days it
 * begins by day; after a restore at once. Then what is due for removal here is looked at
 * (queue/store/due_purge.h).
 */

struct reconciler;
struct store_client;

struct reconciler_config {
    const char *worker_dir, *witnesses; /* borrowed */
    const struct js *targets;           /* upload worker's configure args.targets; borrowed */
    struct schedule_limits schedule;
    int purge_after_days;           /* 0: contents are kept */
    bool (*is_busy)(void *payload); /* something waits to be sent, or is on its way */
    /* A run moved on, ended, or could not: {"run": …} of the store. */
    void (*told)(void *payload, const struct js *run);
    void *payload;
};

enum err_code reconciler_new(sd_event *loop, const struct reconciler_config *config,
                             struct store_client *store, struct reconciler **out, struct err *err);
void reconciler_free(struct reconciler *reconciler);

/* Every few seconds. */
void reconciler_tick(struct reconciler *reconciler);

/* Somebody wants it now: every target, or that one. `principal` is taken over. {"targets":
 * [names]}, those that are under way already among them. TARGET_UNKNOWN */
enum err_code reconciler_start(struct reconciler *reconciler, const char *target,
                               struct js *principal, struct js **out, struct err *err);
/* {"running": name or null, "wanted": [names]}; NULL: out of memory */
struct js *reconciler_to_js(const struct reconciler *reconciler);

/* Is it time for a run that nobody asked for? `begun_us` of the last one, 0: there was none. Pure.
 */
bool reconciler_is_due(const struct schedule_limits *limits, int64_t begun_us, bool busy,
                       int64_t now_us);

#endif
