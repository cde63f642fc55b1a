#include "daemon/watch/metrics.h"

#include "daemon/base/buf.h"
#include "daemon/base/mem.h"

#include <string.h>

#define METRICS_MAX (1u << 20)
#define SECOND_US 1000000.0
#define DAY_S 86400.0

static void begin(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP sohoa_%s %s\n# TYPE sohoa_%s %s\n", name, help, name, type);
}

/* A label's value: backslash, quote and line feed are escaped (exposition format 0.0.4). */
static void put_value(struct buf *out, const char *text)
{
    buf_text(out, "\"");
    for (; *text; text++) {
        if (*text == '\n')
            buf_text(out, "\\n");
        else if (*text == '"' || *text == '\\')
            buf_printf(out, "\\%c", *text);
        else
            buf_append(out, text, 1);
    }
    buf_text(out, "\"");
}

static void put_label(struct buf *out, const char *before, const char *name, const char *value)
{
    buf_printf(out, "%s%s=", before, name);
    put_value(out, value);
}

static void put_one(struct buf *out, const char *name, const char *type, const char *help,
                    double value)
{
    begin(out, name, type, help);
    buf_printf(out, "sohoa_%s %.17g\n", name, value);
}

/* ---- the station ---- */

static void put_states(struct buf *out, const char *name, const char *help, const struct js *counts)
{
    begin(out, name, "gauge", help);
    for (void *it = js_iter(counts); it; it = js_iter_next(counts, it)) {
        buf_printf(out, "sohoa_%s", name);
        put_label(out, "{", "state", js_iter_key(it));
        buf_printf(out, "} %lld\n", (long long)js_int_or(js_iter_value(it), "", 0));
    }
}

static void put_station(struct buf *out, const struct js *status)
{
    begin(out, "build_info", "gauge", "Version of the running sohoad.");
    buf_text(out, "sohoa_build_info");
    put_label(out, "{", "version", js_text_or(status, "version", ""));
    buf_text(out, "} 1\n");
    put_one(out, "uptime_seconds", "gauge", "Seconds since sohoad started.",
            (double)js_int_or(status, "uptime_s", 0));
    put_one(out, "worker_crashes_total", "counter", "Workers that died or hung since the start.",
            (double)js_int_or(status, "worker_crashes", 0));
    put_one(out, "store_answer_age_seconds", "gauge", "Age of what the store last said of itself.",
            (double)js_int_or(status, "store_age_ms", 0) / 1000.0);
    put_one(out, "store_free_bytes", "gauge", "Free bytes on the store's disk.",
            (double)js_int_or(status, "store.free_bytes", 0));
    put_one(out, "store_size_bytes", "gauge", "Bytes of database and files.",
            (double)js_int_or(status, "store.size_bytes", 0));
    put_states(out, "pages", "Pages by state.", js_at(status, "store.pages"));
    put_states(out, "documents", "Papers by state.", js_at(status, "store.documents"));
    put_states(out, "deliveries", "Deliveries by state.", js_at(status, "store.deliveries"));
}

/* ---- what stands ---- */

static void put_overdue(struct buf *out, const struct js *ages)
{
    begin(out, "overdue", "gauge", "How many are in a state for longer than they may.");
    for (size_t i = 0; i < js_count(ages); i++) {
        const struct js *age = js_item(ages, i);
        buf_text(out, "sohoa_overdue");
        put_label(out, "{", "machine", js_text_or(age, "machine", ""));
        put_label(out, ",", "state", js_text_or(age, "state", ""));
        buf_printf(out, "} %lld\n", (long long)js_int_or(age, "over", 0));
    }
}

static void put_alarms(struct buf *out, const struct js *alarms)
{
    put_one(out, "alarms", "gauge", "Alarms that stand now.", (double)js_count(alarms));
    begin(out, "alarm", "gauge", "1 for each alarm that stands now.");
    for (size_t i = 0; i < js_count(alarms); i++) {
        const struct js *alarm = js_item(alarms, i);
        buf_text(out, "sohoa_alarm");
        put_label(out, "{", "name", js_text_or(alarm, "name", ""));
        put_label(out, ",", "target", js_text_or(alarm, "target", ""));
        buf_text(out, "} 1\n");
    }
}

static void put_time(struct buf *out, const char *name, const char *help, const struct js *facts,
                     const char *key)
{
    if (js_has(facts, key))
        put_one(out, name, "gauge", help, (double)js_int_or(facts, key, 0) / SECOND_US);
}

/* ---- targets ---- */

static void put_of_target(struct buf *out, const char *name, const char *target, double value)
{
    buf_printf(out, "sohoa_%s", name);
    put_label(out, "{", "target", target);
    buf_printf(out, "} %.17g\n", value);
}

static void put_targets(struct buf *out, const struct js *facts, const struct js *schedule)
{
    const struct js *targets = js_at(facts, "targets"), *lines = js_at(schedule, "targets");
    begin(out, "target_waiting", "gauge", "Deliveries that wait to be sent to a target.");
    for (size_t i = 0; i < js_count(targets); i++)
        put_of_target(out, "target_waiting", js_text_or(js_item(targets, i), "name", ""),
                      (double)js_int_or(js_item(targets, i), "waiting", 0));
    begin(out, "target_last_compared_timestamp_seconds", "gauge",
          "When what a target holds was last compared with what was sent there.");
    for (size_t i = 0; i < js_count(targets); i++)
        if (js_has(js_item(targets, i), "compared_us"))
            put_of_target(out, "target_last_compared_timestamp_seconds",
                          js_text_or(js_item(targets, i), "name", ""),
                          (double)js_int_or(js_item(targets, i), "compared_us", 0) / SECOND_US);
    begin(out, "target_up", "gauge", "1 while a target can be reached, else 0.");
    for (size_t i = 0; i < js_count(lines); i++)
        put_of_target(out, "target_up", js_text_or(js_item(lines, i), "name", ""),
                      strcmp(js_text_or(js_item(lines, i), "state", ""), "down") == 0 ? 0 : 1);
    begin(out, "target_nights_missed", "gauge", "Nights in a row in which nothing could be sent.");
    for (size_t i = 0; i < js_count(lines); i++)
        put_of_target(out, "target_nights_missed", js_text_or(js_item(lines, i), "name", ""),
                      (double)js_int_or(js_item(lines, i), "nights_missed", 0));
}

char *metrics_text(const struct js *status, const struct js *facts, const struct js *alarms,
                   const struct js *schedule)
{
    struct buf out;
    buf_init(&out, METRICS_MAX);
    put_station(&out, status);
    put_overdue(&out, js_at(facts, "ages"));
    put_alarms(&out, alarms);
    put_time(&out, "last_accepted_timestamp_seconds", "When a target last accepted something.",
             facts, "accepted_us");
    put_targets(&out, facts, schedule);
    if (js_has(schedule, "disk.days_left"))
        put_one(&out, "disk_full_seconds", "gauge", "Until the disk is full, as it fills now.",
                (double)js_int_or(schedule, "disk.days_left", 0) * DAY_S);
    if (!buf_ok(&out)) {
        buf_done(&out);
        return NULL;
    }
    return buf_take(&out);
}
