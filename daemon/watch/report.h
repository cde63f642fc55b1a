#ifndef SOHOA_WATCH_REPORT_H
#define SOHOA_WATCH_REPORT_H

#include "daemon/base/js.h"

/*
 * The morning report: five lines (sent, refused, waiting, why, whose task it is), and the tasks,
 * each with one command and one button. Pure: facts in, words out.
 *
 * store: the answer of the store's "sync_report"; schedule: schedule_status, NULL when there is
 * none; alarms: alarms_from. Gives the caller
 *   {"from_us", "to_us", "lines": [{"name", "text"}], "tasks": [{"who", "count", "text", "help",
 *    "command", "action": {"verb", …}, "ids"?}], "alarms", "sent", "refused", "withdrawn",
 *    "waiting", "problems"}
 * "who" is "clerk" or "it"; clerks' tasks come first, in each the most numerous. Texts are
 * Vietnamese. NULL: out of memory.
 */
struct js *report_make(const struct js *store, const struct js *schedule, const struct js *alarms);

/* The tasks alone: what is held, open tasks, and alarms that nothing else is about. */
struct js *report_tasks(const struct js *open, const struct js *alarms);

#endif
