#ifndef SOHOA_PIPELINE_CARRIER_H
#define SOHOA_PIPELINE_CARRIER_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

typedef struct sd_event sd_event;

/*
 * Records of a site without line, carried on a stick (queue/upload/stick.h), one at a time:
 *
 *   export   begin ─▶ claim ─▶ put ─▶ add ─▶ claim … ─▶ manifest ─▶ written
 *               └─ pulled out, full, killed: all that was on it waits to be sent again
 *   take     open ─▶ record ─▶ send ─▶ verify ─▶ record … ─▶ receipts onto the stick
 *
 * An export is true only with its manifest; taking one in again writes nothing twice.
 */

struct carrier;
struct store_client;

struct carrier_config {
    const char *worker_dir, *witnesses, *owner; /* borrowed; owner of claims */
    const struct js *targets;                   /* borrowed */
};

enum err_code carrier_new(sd_event *loop, const struct carrier_config *config,
                          struct store_client *store, struct carrier **out, struct err *err);
void carrier_free(struct carrier *carrier);

/* `principal` is taken over. CONFLICT: one is under way, TARGET_UNKNOWN. */
enum err_code carrier_export(struct carrier *carrier, const char *target, const char *folder,
                             struct js *principal, struct err *err);
enum err_code carrier_take(struct carrier *carrier, const char *target, const char *folder,
                           struct js *principal, struct err *err);

/* {"running": null or {"what", "target", "done", "of"}, "last": null or {"what", "target", "done",
 * "refused", "problem": null or {"code", "detail"}}}; NULL: out of memory */
struct js *carrier_to_js(const struct carrier *carrier);

#endif
