#ifndef SOHOA_WATCH_METRICS_H
#define SOHOA_WATCH_METRICS_H

#include "daemon/base/js.h"

/*
 * The station in Prometheus' text format (version 0.0.4): names, types and help as promtool wants
 * them. status: GET /v1/status; facts: the last answer of the store's "alarms"; alarms:
 * alarms_from; schedule: schedule_status; any may be NULL. Labels are states, targets and names of
 * alarms: nothing of a citizen, a paper or a clerk. The caller's (mem_free); NULL: out of memory.
 */
char *metrics_text(const struct js *status, const struct js *facts, const struct js *alarms,
                   const struct js *schedule);

#endif
