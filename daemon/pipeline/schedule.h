#ifndef SOHOA_PIPELINE_SCHEDULE_H
#define SOHOA_PIPELINE_SCHEDULE_H

#include "daemon/base/js.h"
#include "daemon/pipeline/schedule_rules.h"

/*
 * When deliveries may leave, where to, how many at a time and how fast: night window and day
 * (schedule_rules.h), and for each target whether it can be reached (breaker.h). What has to
 * outlive a switched-off station lies in the store (table line). It never waits and has no timers:
 * the pipeline asks before each claim, and is kicked every few seconds anyway.
 *
 * One claim and its jobs:  schedule_targets ─▶ claim ─▶ schedule_answered
 *                                               └─ each job: schedule_begin … schedule_note
 */

struct schedule;
struct store_client;

struct schedule_config {
    const struct schedule_limits *limits; /* borrowed */
    const struct js *targets;             /* of the configuration: names and rates; borrowed */
    int64_t (*now_us)(void);              /* wall clock, UTC */
    int64_t (*monotonic_us)(void);
    uint32_t (*random)(void);
};

/* store NULL: nothing is remembered (tests). */
enum err_code schedule_new(const struct schedule_config *config, struct store_client *store,
                           struct schedule **out, struct err *err);
void schedule_free(struct schedule *schedule);

/* Targets from which remote work may be claimed right now: [{"name", "urgent_only", "most"?}]; the
 * argument "targets" of the store's claim. Empty: do not claim. "most": so many jobs of that target
 * at most, by this claim. NULL: out of memory. */
struct js *schedule_targets(struct schedule *schedule);
/* A claim with a "most" is on its way: another one made now would miss those targets, and has to
 * wait for its answer. */
bool schedule_is_asked(const struct schedule *schedule);
/* The claim that was made with them has been answered, whatever it said. */
void schedule_answered(struct schedule *schedule, const struct js *targets);

/* A job of that target was claimed; it ends in one schedule_note. */
void schedule_begin(struct schedule *schedule, const char *target);
/* How it ended: ERR_OK or why not; retry_after_us: the target asked for that long (0: it did not).
 */
void schedule_note(struct schedule *schedule, const char *target, enum err_code code,
                   int64_t retry_after_us);

/* Bits a second that a job of that target may use now; 0: as many as there are. */
int64_t schedule_rate_bps(const struct schedule *schedule, const char *target, bool urgent);

/* Everything goes at once for that long (0: as the rules say from now on), and every target is
 * tried anew. */
void schedule_open(struct schedule *schedule, int64_t for_us);
/* Nothing new is claimed for that long (0: it is again): the station is about to be switched off.
 */
void schedule_shut(struct schedule *schedule, int64_t for_us);

/* Asks the store what waits (line_list) unless it said so less than max_age_us ago. */
void schedule_refresh(struct schedule *schedule, int64_t max_age_us);
/* Records that wait for a target that may take them, as the store last said; -1: not known yet. */
int64_t schedule_waiting(const struct schedule *schedule);
/* When it was asked that (monotonic); 0: never. */
int64_t schedule_listed_us(const struct schedule *schedule);
/* Jobs on their way. */
unsigned schedule_in_flight(const struct schedule *schedule);

/* {"window", "mode", "targets": […], "disk": …} (daemon/pipeline/README.md); NULL: out of memory */
struct js *schedule_status(const struct schedule *schedule);

#endif
