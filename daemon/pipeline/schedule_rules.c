#include "daemon/pipeline/schedule_rules.h"

#include <stdio.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define DAY_US (24 * 60 * MINUTE_US)
#define VIETNAM_US (7 * 60 * MINUTE_US)
#define DAY_MIN (24 * 60)
#define WINDOWS_MAX                                                                                \
    3660 /* ten years; more was written by a clock that has been set right since                   \
          */

#define CLOCK_SET_SINCE_US (INT64_C(1767225600) * SECOND_US) /* 2026-01-01: before this program */
#define CLOCK_WAS_SET_US (2 * MINUTE_US)

static const char *const names[] = {
    [SCHEDULE_ALL] = "all", [SCHEDULE_TRICKLE] = "trickle", [SCHEDULE_URGENT] = "urgent"};

const char *schedule_mode_name(enum schedule_mode mode)
{
    return names[mode];
}

bool schedule_minute_from_text(const char *text, int *out_min)
{
    unsigned hour = 0, minute = 0;
    int used = 0;
    if (strlen(text) != 5 || sscanf(text, "%2u:%2u%n", &hour, &minute, &used) != 2 || used != 5 ||
        strspn(text, "0123456789:") != 5 || hour > 23 || minute > 59)
        return false;
    *out_min = (int)(hour * 60 + minute);
    return true;
}

bool schedule_window_from_text(const char *text, struct schedule_limits *out)
{
    char from[6], to[6];
    int from_min, to_min;
    if (strcmp(text, "always") == 0) {
        out->has_window = false;
        return true;
    }
    if (strlen(text) != 11 || text[5] != '-')
        return false;
    snprintf(from, sizeof from, "%.5s", text);
    snprintf(to, sizeof to, "%s", text + 6);
    if (!schedule_minute_from_text(from, &from_min) || !schedule_minute_from_text(to, &to_min) ||
        from_min == to_min)
        return false;
    out->has_window = true;
    out->from_min = from_min;
    out->to_min = to_min;
    return true;
}

void schedule_window_to_text(const struct schedule_limits *limits, char out[SCHEDULE_WINDOW_SIZE])
{
    if (!limits->has_window)
        snprintf(out, SCHEDULE_WINDOW_SIZE, "always");
    else
        snprintf(out, SCHEDULE_WINDOW_SIZE, "%02u:%02u-%02u:%02u", (unsigned)limits->from_min / 60,
                 (unsigned)limits->from_min % 60, (unsigned)limits->to_min / 60,
                 (unsigned)limits->to_min % 60);
}

bool schedule_clock_is_set(int64_t now_us)
{
    return now_us >= CLOCK_SET_SINCE_US;
}

/* Midnight in Vietnam before that moment, as UTC. */
static int64_t midnight_before(int64_t us)
{
    int64_t local = us + VIETNAM_US;
    int64_t into_day = ((local % DAY_US) + DAY_US) % DAY_US;
    return us - into_day;
}

struct schedule_window schedule_window_at(const struct schedule_limits *limits, int64_t now_us)
{
    int minutes = (limits->to_min - limits->from_min + DAY_MIN) % DAY_MIN;
    int64_t begin = midnight_before(now_us) + limits->from_min * MINUTE_US;
    if (begin > now_us)
        begin -= DAY_US;
    int64_t end = begin + minutes * MINUTE_US;
    return (struct schedule_window){now_us < end, begin, end};
}

int schedule_windows_missed(const struct schedule_limits *limits, int64_t from_us, int64_t now_us)
{
    struct schedule_window last = schedule_window_at(limits, now_us);
    int64_t begin = last.inside ? last.begin_us - DAY_US : last.begin_us;
    if (from_us >= begin)
        return 0;
    int64_t count = 1 + (begin - from_us - 1) / DAY_US;
    return count < WINDOWS_MAX ? (int)count : WINDOWS_MAX;
}

enum schedule_mode schedule_mode_at(const struct schedule_limits *limits, int64_t served_us,
                                    int64_t now_us)
{
    if (!limits->has_window)
        return SCHEDULE_ALL;
    if (!schedule_clock_is_set(now_us))
        return SCHEDULE_TRICKLE;
    if (schedule_window_at(limits, now_us).inside)
        return SCHEDULE_ALL;
    bool missed = schedule_windows_missed(limits, served_us, now_us) > 0;
    return limits->day_trickles || missed ? SCHEDULE_TRICKLE : SCHEDULE_URGENT;
}

int64_t schedule_next(int minute, int64_t now_us)
{
    int64_t at = midnight_before(now_us) + minute * MINUTE_US;
    return at > now_us ? at : at + DAY_US;
}

bool schedule_came_to(int minute, int64_t before_us, int64_t now_us, int64_t elapsed_us)
{
    int64_t moved = now_us - before_us, apart = moved - elapsed_us;
    bool was_set = moved < 0 || apart > CLOCK_WAS_SET_US || apart < -CLOCK_WAS_SET_US;
    return !was_set && schedule_clock_is_set(before_us) &&
           schedule_next(minute, before_us) <= now_us;
}
