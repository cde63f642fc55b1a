#ifndef SOHOA_SYNC_RUN_H
#define SOHOA_SYNC_RUN_H

#include "daemon/base/id.h"
#include "daemon/base/js.h"
#include "daemon/pipeline/schedule_rules.h"

#include <stdbool.h>

/*
 * "Send now", as plain rules: what a person or sohoa-sync.service began, when it is over, and
 * whether the station is switched off then. Times are monotonic, but for those told to people.
 *
 *   none ──begin──▶ sending ──all went, or until, or nothing moved for 10 min──▶ over
 *                                                                  │ then power off
 *     ──power_off_at──▶ leaving ◀──────────────────────────────────┘
 *                         └──nothing on its way (60 s at most), nobody scans──▶ off
 */

#define SYNC_RUN_STILL_US (10 * 60 * INT64_C(1000000))
#define SYNC_RUN_MAX_US (12 * 60 * 60 * INT64_C(1000000))
#define SYNC_LEAVE_US (60 * INT64_C(1000000)) /* for what is on its way when it is time to go */

enum sync_state { SYNC_NONE, SYNC_SENDING, SYNC_LEAVING, SYNC_OFF };

struct sync_run {
    enum sync_state state;
    bool has_until, power_off;
    int64_t until_us; /* monotonic */
    int64_t began_us, moved_us, leaving_us;
};

/* What is so at this moment. */
struct sync_now {
    int64_t monotonic_us;
    int64_t waiting; /* records; -1: not known */
    unsigned in_flight;
    bool scanning;
    bool counted; /* `waiting` was asked for since the run began */
};

/* for_us: how long at most, 0: until all went. */
void sync_run_begin(struct sync_run *run, int64_t monotonic_us, int64_t for_us, bool power_off);
/* It is time to switch off, whatever still waits. */
void sync_run_leave(struct sync_run *run, int64_t monotonic_us);
/* Somebody stays: the station is not switched off. */
void sync_run_stay(struct sync_run *run);

enum sync_act { SYNC_GO_ON, SYNC_END, SYNC_LEAVE, SYNC_SWITCH_OFF };
/* What is to be done now. END: the run is over. LEAVE: nothing new may begin. SWITCH_OFF: now. */
enum sync_act sync_run_look(struct sync_run *run, const struct sync_now *now);

const char *sync_state_name(enum sync_state state); /* "none", "sending", "leaving", "off" */

#endif
