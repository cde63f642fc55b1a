#include "daemon/watch/alarms.h"

#include "daemon/watch/words.h"

#include <stdio.h>
#include <string.h>

#define HOURS_A_DAY 24

static const struct {
    const char *machine, *state, *who, *happened, *help, *command, *action;
} ages[] = {
#define CLERK "clerk"
#define IT "it"
#define AGE(machine, state, hours, who, happened, help, command, action)                           \
    [ALARM_AGE_##machine##_##state] = {#machine, #state, who, happened, help, command, action},
#include "daemon/watch/age.def"
#undef CLERK
#undef IT
};

/* -1: there is no limit of that state. */
static int find_age(const char *machine, const char *state)
{
    for (int i = 0; i < ALARM_AGE_COUNT; i++)
        if (strcmp(ages[i].machine, machine) == 0 && strcmp(ages[i].state, state) == 0)
            return i;
    return -1;
}

/* ---- limits as moments ---- */

struct js *alarms_limits(const struct alarm_limits *limits, int64_t now_us)
{
    AUTO(js) struct js *list = js_array();
    int64_t days = limits->not_accepted_days;
    for (int i = 0; i < ALARM_AGE_COUNT; i++) {
        int64_t before_us = work_days_before(&limits->days, now_us, limits->age_h[i]);
        if (limits->age_h[i] &&
            !js_push(list, js_pack("{s:s, s:s, s:I}", "machine", ages[i].machine, "state",
                                   ages[i].state, "before_us", before_us)))
            return NULL;
    }
    int64_t since_us = work_days_before(&limits->days, now_us, days * HOURS_A_DAY);
    return js_pack("{s:O, s:I, s:I}", "ages", list, "accepted_since_us", since_us,
                   "waiting_before_us", since_us);
}

int64_t alarms_before(const struct alarm_limits *limits, const char *machine, const char *state,
                      int64_t now_us)
{
    int age = find_age(machine, state);
    return age < 0 ? now_us : work_days_before(&limits->days, now_us, limits->age_h[age]);
}

/* ---- alarms ---- */

/* Where no comparison was made at all, that is what is to be done, and told once. */
static bool is_told(const struct js *list, int age)
{
    for (size_t i = 0; age == ALARM_AGE_delivery_accepted && i < js_count(list); i++)
        if (strcmp(js_text_or(js_item(list, i), "name", ""), "not-reconciled") == 0)
            return true;
    return false;
}

static bool add_age(const struct alarm_limits *limits, const struct js *fact, struct js *list)
{
    int64_t over = js_int_or(fact, "over", 0), since_us = js_int_or(fact, "oldest_us", 0);
    int age = find_age(js_text_or(fact, "machine", ""), js_text_or(fact, "state", ""));
    char name[40], text[TEXT_SIZE], limit[40];
    if (over <= 0 || age < 0 || is_told(list, age))
        return true;
    snprintf(name, sizeof name, "%s.%s", ages[age].machine, ages[age].state);
    snprintf(text, sizeof text, "%s %s quá %s, lâu nhất từ %s.", words_number(over).text,
             ages[age].happened, words_hours(limits->age_h[age], limit, sizeof limit),
             words_when(since_us).text);
    return js_push(list, js_pack("{s:s, s:s, s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "name", name,
                                 "who", ages[age].who, "count", over, "since_us", since_us, "text",
                                 text, "help", ages[age].help, "command", ages[age].command,
                                 "action", ages[age].action, "machine", ages[age].machine, "state",
                                 ages[age].state));
}

/* One that the line, the schedule or the disk is about. */
struct notice {
    const char *name, *target, *text, *help, *command, *action;
    int64_t count, since_us;
};

static bool add_notice(const struct notice *notice, struct js *list)
{
    struct js *alarm = js_pack("{s:s, s:s, s:I, s:o, s:s, s:s, s:s, s:s, s:s*}", "name",
                               notice->name, "who", "it", "count", notice->count, "since_us",
                               notice->since_us ? js_int(notice->since_us) : js_null(), "text",
                               notice->text, "help", notice->help, "command", notice->command,
                               "action", notice->action, "target", notice->target);
    return js_push(list, alarm);
}

static bool add_not_accepted(const struct alarm_limits *limits, const struct js *target,
                             struct js *list)
{
    char text[TEXT_SIZE];
    const char *name = js_text_or(target, "name", "");
    int64_t waiting = js_int_or(target, "waiting", 0), since_us = js_int_or(target, "oldest_us", 0);
    if (!limits->not_accepted_days || !js_bool_or(target, "stands", false))
        return true;
    snprintf(text, sizeof text,
             "Kho «%s» không nhận bản ghi nào trong %d ngày làm việc vừa qua, dù %s bản ghi đang "
             "chờ, lâu nhất từ %s.",
             name, limits->not_accepted_days, words_number(waiting).text,
             words_when(since_us).text);
    return add_notice(
        &(struct notice){.name = "not-accepted",
                         .target = name,
                         .text = text,
                         .help = "Kiểm tra đường truyền tới kho và lý do của lần gửi cuối.",
                         .command = "sohoa sync now --wait",
                         .action = "sync",
                         .count = waiting,
                         .since_us = since_us},
        list);
}

/* Only where something that the target accepted waits to be compared. */
static bool add_not_reconciled(const struct alarm_limits *limits, const struct js *target,
                               int64_t now_us, struct js *list)
{
    char text[TEXT_SIZE];
    const char *name = js_text_or(target, "name", "");
    int64_t last_us = js_int_or(target, "compared_us", 0);
    int64_t waits_us = js_int_or(target, "unreconciled_us", 0);
    int64_t hours = (int64_t)limits->not_reconciled_days * HOURS_A_DAY;
    int64_t before_us = work_days_before(&limits->days, now_us, hours);
    if (!limits->not_reconciled_days || !waits_us || waits_us >= before_us || last_us >= before_us)
        return true;
    if (last_us)
        snprintf(text, sizeof text, "Chưa đối soát với kho «%s» từ %s (quá %d ngày làm việc).",
                 name, words_when(last_us).text, limits->not_reconciled_days);
    else
        snprintf(text, sizeof text,
                 "Chưa đối soát với kho «%s» lần nào, dù kho nhận bản ghi từ %s.", name,
                 words_when(waits_us).text);
    return add_notice(&(struct notice){.name = "not-reconciled",
                                       .target = name,
                                       .text = text,
                                       .help = "Đối soát ngay; kiểm tra lịch chạy hằng đêm "
                                               "(sohoa-sync.timer).",
                                       .command = "sohoa sync reconcile",
                                       .action = "reconcile",
                                       .since_us = last_us ? last_us : waits_us},
                      list);
}

static bool add_missed_nights(const struct js *target, struct js *list)
{
    char text[TEXT_SIZE];
    int64_t nights = js_int_or(target, "nights_missed", 0);
    const char *name = js_text_or(target, "name", "");
    if (!js_bool_or(target, "alarm", false) || nights <= 0)
        return true;
    snprintf(text, sizeof text, "Kho «%s»: %lld đêm liền không gửi được gì, %s bản ghi đang chờ.",
             name, (long long)nights, words_number(js_int_or(target, "waiting", 0)).text);
    return add_notice(
        &(struct notice){.name = "missed-nights",
                         .target = name,
                         .text = text,
                         .help = "Để máy chạy qua khung giờ gửi, hoặc gửi đến một giờ định trước "
                                 "rồi mới tắt máy.",
                         .command = "sohoa sync now --until 19:20 --then poweroff",
                         .action = "sync",
                         .count = nights,
                         .since_us = js_int_or(target, "oldest_us", 0)},
        list);
}

static bool add_disk(const struct alarm_limits *limits, const struct js *schedule, struct js *list)
{
    char text[TEXT_SIZE];
    int64_t days = js_int_or(schedule, "disk.days_left", -1);
    int64_t free_mb = js_int_or(schedule, "disk.free_bytes", 0) / (1 << 20);
    if (!limits->disk_days || days < 0 || days >= limits->disk_days)
        return true;
    snprintf(text, sizeof text,
             "Ổ đĩa còn %s MB, với lượng quét như những ngày qua sẽ đầy sau khoảng %lld ngày.",
             words_number(free_mb).text, (long long)days);
    return add_notice(&(struct notice){.name = "disk",
                                       .text = text,
                                       .help = "Gửi và đối soát để bản tạm được xóa; nếu kho chưa "
                                               "nhận được, thêm chỗ trống cho ổ đĩa.",
                                       .command = "sohoa sync reconcile",
                                       .action = "reconcile",
                                       .count = days},
                      list);
}

struct js *alarms_from(const struct alarm_limits *limits, const struct js *facts,
                       const struct js *schedule, int64_t now_us)
{
    AUTO(js) struct js *list = js_array();
    const struct js *over = js_at(facts, "ages"), *targets = js_at(facts, "targets");
    const struct js *lines = js_at(schedule, "targets");
    bool ok = list;
    for (size_t i = 0; ok && i < js_count(targets); i++)
        ok = add_not_accepted(limits, js_item(targets, i), list) &&
             add_not_reconciled(limits, js_item(targets, i), now_us, list);
    for (size_t i = 0; ok && i < js_count(lines); i++)
        ok = add_missed_nights(js_item(lines, i), list);
    ok = ok && add_disk(limits, schedule, list);
    for (size_t i = 0; ok && i < js_count(over); i++)
        ok = add_age(limits, js_item(over, i), list);
    return ok ? TAKE(list) : NULL;
}

static bool is_among(const struct js *alarms, const struct js *wanted)
{
    for (size_t i = 0; i < js_count(alarms); i++) {
        const struct js *alarm = js_item(alarms, i);
        if (strcmp(js_text_or(alarm, "name", ""), js_text_or(wanted, "name", "")) == 0 &&
            strcmp(js_text_or(alarm, "target", ""), js_text_or(wanted, "target", "")) == 0)
            return true;
    }
    return false;
}

struct js *alarms_new(const struct js *before, const struct js *now)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < js_count(now); i++)
        if (!is_among(before, js_item(now, i)) && !js_push(list, js_ref(js_item(now, i))))
            return NULL;
    return TAKE(list);
}
