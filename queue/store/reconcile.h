#ifndef SOHOA_STORE_RECONCILE_H
#define SOHOA_STORE_RECONCILE_H

#include "queue/store/store.h"
#include "queue/store/task_action.h"

#include <stdbool.h>

/*
 * A run compares what one target lists with what was accepted there, in both directions
 * (queue/reconcile/README.md). Page by page, each durable with the place where the next one begins:
 * killed at any moment, the run goes on from there.
 *
 *   begin ──▶ page … page ──▶ finish ──▶ done
 *               └───────────────────────▶ fail
 *
 * What a page shows unchanged is reconciled. The rest is asked for by name (stage "reconcile"), and
 * only what the target then says by reading back makes a task: a listing alone bothers nobody.
 */

/* The run under way at the target, or a new one: the run as JSON. */
enum err_code reconcile_begin(struct store *store, const char *target, struct principal by,
                              struct js **out, struct err *err);

/* A page of the listing: [{"name", "size", "tag"}…]; next NULL: the last. Names whose record only
 * the target can tell come back as {"ask": […]}, and nothing was done; then the same page again
 * with `owners` [{"name", "record_id", "result_code"}…] for them. Else {"run": …}. STATE_CHANGED:
 * no such run is under way, BAD_JSON. */
enum err_code reconcile_page(struct store *store, const char *run_id, const struct js *entries,
                             const char *next, const struct js *owners, struct principal by,
                             struct js **out, struct err *err);

/* After the last page. What was accepted before the run and not listed is asked for by name; when
 * that is many, only one task is made. */
enum err_code reconcile_finish(struct store *store, const char *run_id, struct principal by,
                               struct js **out, struct err *err);
/* The target cannot list: all that was accepted is asked for one by one, over `over_us`. */
enum err_code reconcile_each(struct store *store, const char *run_id, int64_t over_us,
                             struct principal by, struct js **out, struct err *err);
/* `code` is the name of an error. */
enum err_code reconcile_fail(struct store *store, const char *run_id, const char *code,
                             struct principal by, struct err *err);

/* What is known of each target: {"targets": [{"name", "begun_us" of the last run that ended well
 * (before the first: when the longest unproven record was accepted), "running", "held": it is to have something, "restored": nothing was compared since a restore}…]}
 */
enum err_code reconcile_last(struct store *store, struct js **out, struct err *err);

/* Newest first. */
enum err_code reconcile_list(struct store *store, int64_t limit, struct js **out, struct err *err);
/* NOT_FOUND */
enum err_code reconcile_show(struct store *store, const char *run_id, struct js **out,
                             struct err *err);

#endif
