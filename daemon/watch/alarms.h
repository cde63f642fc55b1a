#ifndef SOHOA_WATCH_ALARMS_H
#define SOHOA_WATCH_ALARMS_H

#include "daemon/base/js.h"
#include "daemon/watch/limits.h"

/*
 * A queue that stands still is an alarm even without an error. Pure: facts in, alarms out.
 *
 *   alarms_limits ──▶ store op "alarms" ──▶ facts ─┐
 *   schedule_status ───────────────────────────────┴─▶ alarms_from ──▶ page, exit status, metrics,
 *                                                                     journal, report
 */

/* Arguments of the store's "alarms": the limits as moments before now_us. NULL: out of memory. */
struct js *alarms_limits(const struct alarm_limits *limits, int64_t now_us);

/* The moment before which that state is too long; now_us for one without a limit. */
int64_t alarms_before(const struct alarm_limits *limits, const char *machine, const char *state,
                      int64_t now_us);

/*
 * [{"name", "who", "count", "since_us", "text", "help", "command", "action", "machine"?, "state"?,
 * "target"?}] of what the store answered and the schedule says (may be NULL); empty: all goes well.
 *   name    "delivery.queued", "not-accepted", "not-reconciled", "missed-nights", "disk", the same
 *           as long as the alarm stands; with target unique
 *   who     "clerk" or "it"
 *   text    what happened, help: what to do now, in Vietnamese; command: of `sohoa`
 * Nothing of a citizen is in it. NULL: out of memory.
 */
struct js *alarms_from(const struct alarm_limits *limits, const struct js *facts,
                       const struct js *schedule, int64_t now_us);

/* Those of `now` that are not in `before` (either may be NULL), by name and target. */
struct js *alarms_new(const struct js *before, const struct js *now);

#endif
