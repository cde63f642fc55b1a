#include "daemon/pipeline/schedule.h"

#include "daemon/base/log.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/breaker.h"
#include "daemon/pipeline/schedule_inside.h"

#include <stdio.h>
#include <string.h>

#define MINUTE_US (60 * INT64_C(1000000))
#define DAY_US (24 * 60 * MINUTE_US)
#define DISK_US (10 * MINUTE_US) /* the disk's growth is asked for so often */

static struct line *find(const struct schedule *schedule, const char *target)
{
    for (size_t i = 0; i < schedule->line_count; i++)
        if (strcmp(schedule->lines[i].name, target) == 0)
            return (struct line *)&schedule->lines[i];
    return NULL;
}

static bool add_line(struct schedule *schedule, const struct js *target)
{
    struct line *line = &schedule->lines[schedule->line_count++];
    *line = (struct line){.name = mem_strdup(js_text_or(target, "name", "")),
                          .rate_bps = js_int_or(target, "rate_kbps", 0) * 1000,
                          .day_rate_bps = js_int_or(target, "day_rate_kbps", 0) * 1000,
                          .waiting = -1};
    return line->name != NULL;
}

enum err_code schedule_new(const struct schedule_config *config, struct store_client *store,
                           struct schedule **out, struct err *err)
{
    struct schedule *schedule = mem_alloc(sizeof *schedule);
    if (!schedule)
        return err_set(err, ERR_NO_MEMORY, "schedule");
    schedule->config = *config;
    schedule->store = store;
    bool fits = true;
    for (size_t i = 0; i < js_count(config->targets) && i < SCHEDULE_LINES_MAX; i++)
        fits = fits && add_line(schedule, js_item(config->targets, i));
    if (!fits) {
        schedule_free(schedule);
        return err_set(err, ERR_NO_MEMORY, "schedule");
    }
    *out = schedule;
    return ERR_OK;
}

void schedule_free(struct schedule *schedule)
{
    if (!schedule)
        return;
    for (size_t i = 0; i < schedule->line_count; i++)
        mem_free(schedule->lines[i].name);
    js_free(schedule->disk);
    mem_free(schedule);
}

/* ---- what may go ------------------------------------------------------------------------------
 */

enum schedule_mode schedule_mode_of(const struct schedule *schedule, const struct line *line)
{
    if (schedule->config.monotonic_us() < schedule->open_until_us)
        return SCHEDULE_ALL;
    return schedule_mode_at(schedule->config.limits, line->served_us, schedule->config.now_us());
}

#define NO_END 1000000 /* jobs at once */

/* A slow line gets one record after the other: side by side each only takes longer. */
static int most_at_once(const struct schedule *schedule, const struct line *line)
{
    switch (schedule_mode_of(schedule, line)) {
    case SCHEDULE_ALL:
        return line->rate_bps ? 1 : NO_END;
    case SCHEDULE_TRICKLE:
        return schedule->config.limits->day_jobs;
    default:
        return 0;
    }
}

static struct js *entry(struct line *line, bool urgent_only, int most)
{
    struct js *args = js_pack("{s:s, s:b}", "name", line->name, "urgent_only", (int)urgent_only);
    if (most < NO_END && !js_set(args, "most", js_int(most)))
        js_free(TAKE(args));
    line->asked = line->asked || most < NO_END;
    return args;
}

static struct js *entry_of(const struct schedule *schedule, struct line *line)
{
    enum breaker_state state = breaker_state(&line->breaker, schedule->config.monotonic_us());
    if (state == BREAKER_OPEN)
        return NULL;
    if (state == BREAKER_ONE)
        return line->asked || line->in_flight ? NULL : entry(line, false, 1);
    int most = most_at_once(schedule, line);
    int room = most < NO_END ? most - (int)line->in_flight : NO_END;
    if (room > 0 && !line->asked)
        return entry(line, false, room);
    if (!line->rate_bps)
        return entry(line, true, NO_END);
    /* beside the one on a slow line there is room for one that is urgent */
    int beside = 2 - (int)line->in_flight;
    return beside > 0 && !line->asked ? entry(line, true, beside) : NULL;
}

struct js *schedule_targets(struct schedule *schedule)
{
    AUTO(js) struct js *targets = js_array();
    if (schedule->config.monotonic_us() < schedule->shut_until_us)
        return TAKE(targets);
    for (size_t i = 0; targets && i < schedule->line_count; i++) {
        struct js *args = entry_of(schedule, &schedule->lines[i]);
        if (args && !js_push(targets, args))
            return NULL;
    }
    return TAKE(targets);
}

bool schedule_is_asked(const struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->line_count; i++)
        if (schedule->lines[i].asked)
            return true;
    return false;
}

void schedule_answered(struct schedule *schedule, const struct js *targets)
{
    for (size_t i = 0; i < js_count(targets); i++) {
        struct line *line = find(schedule, js_text_or(js_item(targets, i), "name", ""));
        if (line && js_has(js_item(targets, i), "most"))
            line->asked = false;
    }
}

int64_t schedule_rate_bps(const struct schedule *schedule, const char *target, bool urgent)
{
    const struct line *line = find(schedule, target);
    if (!line)
        return 0;
    bool by_day = schedule_mode_of(schedule, line) != SCHEDULE_ALL && !urgent;
    if (!by_day || !line->day_rate_bps)
        return line->rate_bps;
    bool slower = !line->rate_bps || line->day_rate_bps < line->rate_bps;
    return slower ? line->day_rate_bps : line->rate_bps;
}

void schedule_open(struct schedule *schedule, int64_t for_us)
{
    schedule->open_until_us = for_us ? schedule->config.monotonic_us() + for_us : 0;
    for (size_t i = 0; for_us && i < schedule->line_count; i++)
        breaker_try_now(&schedule->lines[i].breaker);
}

void schedule_shut(struct schedule *schedule, int64_t for_us)
{
    schedule->shut_until_us = for_us ? schedule->config.monotonic_us() + for_us : 0;
}

/* ---- how it went ------------------------------------------------------------------------------
 */

static void on_kept(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *err)
{
    (void)payload, (void)message, (void)ok;
    if (err)
        log_err(err, NULL, "how a target can be reached is not noted, continuing");
}

/* came_back: what waits for another try goes now. */
static void keep(const struct schedule *schedule, const struct line *line, bool came_back)
{
    if (!schedule->store)
        return;
    struct js *args = js_pack("{s:s, s:I, s:I, s:b, s:o}", "target", line->name, "down_since_us",
                              line->breaker.down_since_us, "served_us", line->served_us,
                              "came_back", (int)came_back, "principal", store_client_machine());
    store_client_call(schedule->store, "line_set", args, NULL, 0, on_kept, NULL);
}

/* Something could be delivered in this window, or nothing waited. */
static void note_served(struct schedule *schedule, struct line *line)
{
    int64_t now_us = schedule->config.now_us();
    if (!schedule->config.limits->has_window || !schedule_clock_is_set(now_us))
        return;
    struct schedule_window window = schedule_window_at(schedule->config.limits, now_us);
    bool known = line->served_us >= window.begin_us && line->served_us <= now_us + DAY_US;
    if (!window.inside || known)
        return;
    line->served_us = now_us;
    keep(schedule, line, false);
}

static void log_change(const struct line *line, enum err_code code)
{
    const struct log_field *fields =
        LOG_FIELDS(LOG_FIELD("SOHOA_TARGET", line->name), LOG_FIELD("SOHOA_CODE", err_name(code)));
    if (line->breaker.down_since_us)
        log_line(LOG_LEVEL_WARNING, fields,
                 "a target cannot be used, one record at a time is tried, continuing");
    else
        log_line(LOG_LEVEL_INFO, fields, "a target can be used again");
}

void schedule_begin(struct schedule *schedule, const char *target)
{
    struct line *line = find(schedule, target);
    if (!line)
        return;
    line->in_flight++;
    line->breaker.probing = line->breaker.down_since_us != 0;
}

void schedule_note(struct schedule *schedule, const char *target, enum err_code code,
                   int64_t retry_after_us)
{
    struct line *line = find(schedule, target);
    if (!line)
        return;
    struct breaker_clock clock = {schedule->config.now_us(), schedule->config.monotonic_us(),
                                  schedule->config.random()};
    bool was_down = line->breaker.down_since_us != 0;
    line->in_flight -= line->in_flight > 0;
    breaker_note(&line->breaker, code, retry_after_us, &clock);
    bool is_down = line->breaker.down_since_us != 0;
    if (was_down != is_down) {
        log_change(line, code);
        keep(schedule, line, was_down);
    }
    if (!is_down && !breaker_is_silent(code))
        note_served(schedule, line);
}

unsigned schedule_in_flight(const struct schedule *schedule)
{
    unsigned count = 0;
    for (size_t i = 0; i < schedule->line_count; i++)
        count += schedule->lines[i].in_flight;
    return count;
}

/* ---- what the store knows ---------------------------------------------------------------------
 */

/* What an earlier daemon found out; times from a clock that has been set right since count as now.
 */
static void recall(struct schedule *schedule, struct line *line, const struct js *row)
{
    int64_t now_us = schedule->config.now_us();
    int64_t down_us = js_int_or(row, "down_since_us", 0);
    bool is_new = !js_has(row, "served_us");
    line->served_us = js_int_or(row, "served_us", now_us);
    bool wrong = line->served_us > now_us + DAY_US && schedule_clock_is_set(now_us);
    if (wrong)
        line->served_us = now_us;
    if (down_us && !schedule_clock_is_set(down_us))
        down_us = now_us;
    if (down_us && !line->breaker.down_since_us) {
        line->breaker.down_since_us = down_us;
        line->breaker.failures = BREAKER_FAILURES;
    }
    line->known = true;
    if (is_new || wrong)
        keep(schedule, line, false);
}

static void take_line(struct schedule *schedule, const struct js *row)
{
    struct line *line = find(schedule, js_text_or(row, "target", ""));
    if (!line)
        return;
    if (!line->known)
        recall(schedule, line, row);
    line->waiting = js_int_or(row, "waiting", 0);
    line->oldest_us = js_int_or(row, "oldest_us", 0);
    if (line->waiting == 0 && !line->breaker.down_since_us)
        note_served(schedule, line);
}

static void on_listed(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    (void)message;
    struct schedule *schedule = payload;
    schedule->asking = false;
    if (err) {
        log_err(err, NULL, "what waits for the targets cannot be read, continuing");
        return;
    }
    schedule->listed_us = schedule->asked_us;
    const struct js *rows = js_at(ok, "lines");
    for (size_t i = 0; i < js_count(rows); i++)
        take_line(schedule, js_item(rows, i));
    if (!js_has(ok, "disk"))
        return;
    js_free(schedule->disk);
    schedule->disk = js_ref(js_at(ok, "disk"));
    schedule->disk_us = schedule->listed_us;
}

void schedule_refresh(struct schedule *schedule, int64_t max_age_us)
{
    int64_t now_us = schedule->config.monotonic_us();
    bool fresh = schedule->listed_us && now_us - schedule->listed_us < max_age_us;
    if (!schedule->store || schedule->asking || fresh)
        return;
    struct js *names = js_array();
    for (size_t i = 0; i < schedule->line_count; i++)
        if (!js_push(names, js_text(schedule->lines[i].name)))
            js_free(TAKE(names));
    bool disk = !schedule->disk || now_us - schedule->disk_us >= DISK_US;
    schedule->asking = true;
    schedule->asked_us = now_us;
    store_client_call(schedule->store, "line_list",
                      js_pack("{s:o, s:b, s:o}", "targets", names, "disk", (int)disk, "principal",
                              store_client_machine()),
                      NULL, 0, on_listed, schedule);
}

int64_t schedule_listed_us(const struct schedule *schedule)
{
    return schedule->listed_us;
}

int64_t schedule_waiting(const struct schedule *schedule)
{
    int64_t waiting = 0;
    for (size_t i = 0; i < schedule->line_count; i++) {
        if (schedule->lines[i].waiting < 0)
            return -1;
        waiting += schedule->lines[i].waiting;
    }
    return waiting;
}
