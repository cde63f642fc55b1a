#ifndef SOHOA_STORE_ALARM_H
#define SOHOA_STORE_ALARM_H

#include "queue/store/store.h"

/*
 * What stands still, counted from indexes: nothing here reads a table through, however much is
 * stored. What "too long" means is the caller's.
 */

/*
 * limits: {"ages": [{"machine": "delivery", "state": "queued", "before_us": n}…],
 * "accepted_since_us", "waiting_before_us"}; *out, the caller's: "ages"      the same rows with
 * "over" (how many stand there since before that) and "oldest_us" (the longest of them; null:
 * none). Pages and documents of a backlog do not count: they wait for their turn. A delivery waits
 * from when it was made, however often it was tried, or from when the target was found to have lost
 * it; one that waits for its hand-over is not late. "targets"   [{"name", "waiting", "oldest_us",
 * "stands", "compared_us", "unreconciled_us"}]: deliveries to it that are still to be sent, and
 * whether one of them is older than waiting_before_us while the target accepted nothing since
 * accepted_since_us; when it was last compared with what it holds, and since when something it
 * accepted waits for that (null: never, nothing) "accepted_us"   when anything last was; null:
 * never BAD_JSON names what is missing; BAD_ARGUMENT a state that is none.
 */
enum err_code store_alarms(struct store *store, const struct js *limits, struct js **out,
                           struct err *err);

/*
 * The pages or documents (machine "page", "document") in that state since before before_us, the
 * longest first, at most `limit`, those of a backlog only when asked for: [{"id", "document_id",
 * "dossier_id", "dossier_code", "type", "state", "reason", "ref", "since_us"}]. BAD_ARGUMENT: no
 * such state.
 */
enum err_code store_late(struct store *store, const char *machine, const char *state,
                         int64_t before_us, bool with_backlog, int64_t limit, struct js **out,
                         struct err *err);

#endif
