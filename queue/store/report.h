#ifndef SOHOA_STORE_REPORT_H
#define SOHOA_STORE_REPORT_H

#include "queue/store/store.h"

/*
 * The figures of the morning report, from the audit between two moments: from_us ≤ at < to_us
 * (0: until now, which is cheaper than any moment before). A
 * delivery that was accepted, lost and accepted again counts once, in the span of its first time;
 * a newer version of a paper is a record of its own. *out, the caller's:
 *   "sent"      {"records", "targets": [{"name", "records", "again"}]}: records (documents) that a
 *               target accepted for the first time; "again": accepted once more
 *   "refused"   {"records", "reasons": [{"reason", "target", "count"}]}: the machine gave them to a
 *               person, or they are final; what a person held is not among them
 *   "withdrawn" deliveries
 *   "waiting"   {"deliveries", "oldest_us", "targets": [{"name", "count"}]}: queued, on their way
 * or not yet shown by the target at to_us
 */
enum err_code store_report_span(struct store *store, int64_t from_us, int64_t to_us,
                                struct js **out, struct err *err);

#define REPORT_GROUPS_MAX 50  /* lists of groups end there, the largest first */
#define REPORT_IDS_MAX 5      /* of a group that are named */
#define REPORT_TRIED_MAX 2000 /* deliveries whose last failure is looked at */

/*
 * Why it waits now, and for whom. *out, the caller's:
 *   "problems" [{"target", "code", "count"}]: last failures of deliveries that are tried again, of
 *              the first REPORT_TRIED_MAX; "tried": how many there are
 *   "waits_for" [{"what", "count"}]: queued ones that something else has to come before
 *   "held"     [{"kind", "reason", "target"?, "count", "oldest_us", "ids"}]: deliveries, documents
 *              and pages that wait for a person, by reason
 *   "tasks"    {kind: open ones} (task.h)
 */
enum err_code store_report_open(struct store *store, struct js **out, struct err *err);

#endif
