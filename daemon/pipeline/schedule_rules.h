#ifndef SOHOA_PIPELINE_SCHEDULE_RULES_H
#define SOHOA_PIPELINE_SCHEDULE_RULES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Night window and day as plain rules: no clock of their own. Times are UTC microseconds; the hours
 * are Vietnam's (+07:00, no summer time). A window may go over midnight.
 */

struct schedule_limits {
    bool has_window;      /* false: everything goes at once, day and night */
    int from_min, to_min; /* of the window: minutes after midnight */
    bool day_trickles;    /* by day what is not urgent goes, too, day_jobs at a time */
    int day_jobs;
    int nights;        /* so many missed in a row are an alarm */
    int power_off_min; /* the station is switched off then; -1: never */
};

enum schedule_mode {
    SCHEDULE_ALL,     /* everything, as fast as it may */
    SCHEDULE_TRICKLE, /* urgent ones at once, the others a few at a time and slowly */
    SCHEDULE_URGENT   /* urgent ones only */
};

/* The window that now is in, or the last one before. */
struct schedule_window {
    bool inside;
    int64_t begin_us, end_us;
};

const char *schedule_mode_name(enum schedule_mode mode); /* "all", "trickle", "urgent" */

/* "18:30" → 1110. false: no time of day. */
bool schedule_minute_from_text(const char *text, int *out_min);
/* "18:30-06:00" or "always"; sets has_window, from_min, to_min. false: neither. */
bool schedule_window_from_text(const char *text, struct schedule_limits *out);
#define SCHEDULE_WINDOW_SIZE 44
void schedule_window_to_text(const struct schedule_limits *limits, char out[SCHEDULE_WINDOW_SIZE]);

/* A clock that says it is earlier than that was never set: nobody knows whether it is night. */
bool schedule_clock_is_set(int64_t now_us);

/* With a window. */
struct schedule_window schedule_window_at(const struct schedule_limits *limits, int64_t now_us);
/* Windows that began after `from_us` and are over: 0 when from_us lies after now. */
int schedule_windows_missed(const struct schedule_limits *limits, int64_t from_us, int64_t now_us);

/* What may go. served_us: when last something could be delivered in a window. A missed window
 * becomes a trickle by day: the station is off at night, or its line is. */
enum schedule_mode schedule_mode_at(const struct schedule_limits *limits, int64_t served_us,
                                    int64_t now_us);

/* Did the clock come to that minute of the day between two looks? Not when it was set: the looks
 * are elapsed_us apart by a clock that only goes forward. */
bool schedule_came_to(int minute, int64_t before_us, int64_t now_us, int64_t elapsed_us);
/* The next moment at that minute of the day. */
int64_t schedule_next(int minute, int64_t now_us);

#endif
