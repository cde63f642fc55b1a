#include "daemon/pipeline/schedule_inside.h"

#define MINUTE_US (60 * INT64_C(1000000))
#define DAY_US (24 * 60 * MINUTE_US)

/* Nights in which what waits could have gone. */
static int nights_missed(const struct schedule *schedule, const struct line *line, int64_t now_us)
{
    if (!schedule->config.limits->has_window || line->waiting <= 0)
        return 0;
    int64_t from_us = line->oldest_us > line->served_us ? line->oldest_us : line->served_us;
    return schedule_windows_missed(schedule->config.limits, from_us, now_us);
}

static struct js *time_or_null(int64_t us)
{
    return us > 0 ? js_int(us) : js_null();
}

static struct js *line_to_js(const struct schedule *schedule, const struct line *line)
{
    int64_t now_us = schedule->config.now_us(), monotonic_us = schedule->config.monotonic_us();
    int64_t since_us = line->breaker.down_since_us;
    int64_t days = since_us && now_us > since_us ? (now_us - since_us) / DAY_US : 0;
    int64_t wait_us = line->breaker.not_before_us - monotonic_us;
    int nights = nights_missed(schedule, line, now_us);
    return js_pack(
        "{s:s, s:s, s:s, s:o, s:I, s:I, s:o, s:i, s:b, s:I, s:o, s:I, s:i}", "name", line->name,
        "state", since_us ? "down" : "up", "mode",
        schedule_mode_name(schedule_mode_of(schedule, line)), "unreachable_since_us",
        time_or_null(since_us), "days", days, "failures", (int64_t)line->breaker.failures,
        "next_try_us", since_us && wait_us > 0 ? js_int(now_us + wait_us) : js_null(),
        "nights_missed", nights, "alarm", (int)(nights >= schedule->config.limits->nights),
        "waiting", line->waiting, "oldest_us", time_or_null(line->oldest_us), "rate_bps",
        schedule_rate_bps(schedule, line->name, false), "on_their_way", (int)line->in_flight);
}

/* How long the disk lasts if pages keep coming as in the last days and nothing can be sent. */
static struct js *disk_to_js(const struct schedule *schedule)
{
    if (!schedule->disk)
        return js_null();
    int64_t free_bytes = js_int_or(schedule->disk, "free_bytes", 0);
    int64_t day_bytes = js_int_or(schedule->disk, "day_bytes", 0);
    return js_pack("{s:I, s:I, s:o}", "free_bytes", free_bytes, "day_bytes", day_bytes, "days_left",
                   day_bytes > 0 ? js_int(free_bytes / day_bytes) : js_null());
}

/* The freest of the targets' modes. */
static enum schedule_mode mode_of_station(const struct schedule *schedule)
{
    enum schedule_mode mode = SCHEDULE_URGENT;
    for (size_t i = 0; i < schedule->line_count; i++) {
        enum schedule_mode one = schedule_mode_of(schedule, &schedule->lines[i]);
        mode = one < mode ? one : mode;
    }
    return mode;
}

struct js *schedule_status(const struct schedule *schedule)
{
    char window[SCHEDULE_WINDOW_SIZE];
    schedule_window_to_text(schedule->config.limits, window);
    int64_t now_us = schedule->config.now_us();
    int64_t open_us = schedule->open_until_us - schedule->config.monotonic_us();
    AUTO(js) struct js *targets = js_array();
    for (size_t i = 0; i < schedule->line_count; i++)
        if (!js_push(targets, line_to_js(schedule, &schedule->lines[i])))
            return NULL;
    return js_pack("{s:s, s:s, s:o, s:b, s:O, s:o}", "window", window, "mode",
                   schedule_mode_name(mode_of_station(schedule)), "open_until_us",
                   open_us > 0 ? js_int(now_us + open_us) : js_null(), "clock_is_set",
                   (int)schedule_clock_is_set(now_us), "targets", targets, "disk",
                   disk_to_js(schedule));
}
