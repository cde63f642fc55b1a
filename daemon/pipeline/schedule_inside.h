#ifndef SOHOA_PIPELINE_SCHEDULE_INSIDE_H
#define SOHOA_PIPELINE_SCHEDULE_INSIDE_H

#include "daemon/pipeline/breaker.h"
#include "daemon/pipeline/schedule.h"

/* Shared by schedule.c and schedule_status.c; nobody else includes it. */

#define SCHEDULE_LINES_MAX 8 /* targets of the upload worker */

struct line {
    char *name;
    int64_t rate_bps, day_rate_bps; /* 0: as fast as it is */
    struct breaker breaker;
    unsigned in_flight;
    bool asked;        /* a claim for a limited number is on its way */
    bool known;        /* the store has said what was */
    int64_t served_us; /* in a window something could be delivered, or nothing waited */
    int64_t waiting;   /* records, as the store last said; -1: it did not yet */
    int64_t oldest_us; /* since when the oldest of them waits */
};

struct schedule {
    struct schedule_config config;
    struct store_client *store;
    struct line lines[SCHEDULE_LINES_MAX];
    size_t line_count;
    int64_t open_until_us, shut_until_us; /* monotonic */
    bool asking;
    int64_t asked_us;           /* monotonic: the last question to the store, */
    int64_t listed_us, disk_us; /* the last one it answered */
    struct js *disk;            /* {"free_bytes", "day_bytes"}; NULL: not known yet */
};

enum schedule_mode schedule_mode_of(const struct schedule *schedule, const struct line *line);

#endif
