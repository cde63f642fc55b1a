#include "daemon/watch/report.h"

#include "daemon/base/buf.h"
#include "daemon/watch/words.h"

#include <string.h>

#define LINE_MAX 2000

static bool add_line(struct js *lines, const char *name, struct buf *text)
{
    buf_text(text, ".");
    return buf_ok(text) && js_push(lines, js_pack("{s:s, s:s}", "name", name, "text", text->bytes));
}

/* " (kho «a»: 1.203; kho «b»: 4)", nothing where one target is all there is. */
static void put_targets(struct buf *text, const struct js *targets, const char *key)
{
    if (js_count(targets) < 2)
        return;
    for (size_t i = 0; i < js_count(targets); i++) {
        const struct js *target = js_item(targets, i);
        buf_printf(text, "%s «%s»: %s", i ? "; kho" : " (kho", js_text_or(target, "name", ""),
                   words_number(js_int_or(target, key, 0)).text);
    }
    buf_text(text, ")");
}

static bool line_sent(const struct js *span, struct js *lines)
{
    __attribute__((cleanup(buf_auto))) struct buf text;
    int64_t records = js_int_or(span, "sent.records", 0), again = 0;
    const struct js *targets = js_at(span, "sent.targets");
    int64_t withdrawn = js_int_or(span, "withdrawn", 0);
    buf_init(&text, LINE_MAX);
    for (size_t i = 0; i < js_count(targets); i++)
        again += js_int_or(js_item(targets, i), "again", 0);
    if (records)
        buf_printf(&text, "Đã gửi: kho đã nhận %s bản ghi", words_number(records).text);
    else
        buf_text(&text, "Đã gửi: chưa có bản ghi mới nào được kho nhận");
    put_targets(&text, targets, "records");
    if (again)
        buf_printf(&text, ", gửi lại %s", words_number(again).text);
    if (withdrawn)
        buf_printf(&text, ", đã thu hồi %s", words_number(withdrawn).text);
    return add_line(lines, "sent", &text);
}

static bool line_refused(const struct js *span, struct js *lines)
{
    __attribute__((cleanup(buf_auto))) struct buf text;
    int64_t records = js_int_or(span, "refused.records", 0);
    const struct js *reasons = js_at(span, "refused.reasons");
    buf_init(&text, LINE_MAX);
    if (!records)
        buf_text(&text, "Bị từ chối: không có");
    else
        buf_printf(&text, "Bị từ chối: %s bản ghi", words_number(records).text);
    for (size_t i = 0; i < js_count(reasons) && i < 3; i++) {
        const struct js *reason = js_item(reasons, i);
        buf_printf(&text, "%s%s (%s)", i ? "; " : " – ",
                   words_reason(js_text_or(reason, "reason", NULL)).text,
                   words_number(js_int_or(reason, "count", 0)).text);
    }
    return add_line(lines, "refused", &text);
}

static bool line_waiting(const struct js *span, struct js *lines)
{
    __attribute__((cleanup(buf_auto))) struct buf text;
    int64_t count = js_int_or(span, "waiting.deliveries", 0);
    buf_init(&text, LINE_MAX);
    if (!count) {
        buf_text(&text, "Đang chờ: không có");
        return add_line(lines, "waiting", &text);
    }
    buf_printf(&text, "Đang chờ: %s bản ghi", words_number(count).text);
    put_targets(&text, js_at(span, "waiting.targets"), "count");
    buf_printf(&text, ", lâu nhất từ %s", words_when(js_int_or(span, "waiting.oldest_us", 0)).text);
    return add_line(lines, "waiting", &text);
}

/* ---- why ---- */

static void put_down(struct buf *text, const struct js *target, const char **between)
{
    int64_t days = js_int_or(target, "days", 0);
    if (strcmp(js_text_or(target, "state", ""), "down") != 0)
        return;
    buf_printf(text, "%skho «%s» không liên lạc được từ %s", *between,
               js_text_or(target, "name", ""),
               words_when(js_int_or(target, "unreachable_since_us", 0)).text);
    if (days)
        buf_printf(text, " (%lld ngày)", (long long)days);
    *between = "; ";
}

static void put_waits_for(struct buf *text, const struct js *group, const char **between)
{
    static const struct {
        const char *what, *words;
    } known[] = {{"handover", "chờ trao kết quả cho người dân"},
                 {"code", "chờ kho cấp mã kết quả"},
                 {"look-up", "chờ tra cứu lại trước khi gửi"}};
    const char *words = "chờ bước trước";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].what, js_text_or(group, "what", "")) == 0)
            words = known[i].words;
    buf_printf(text, "%s%s bản ghi %s", *between, words_number(js_int_or(group, "count", 0)).text,
               words);
    *between = "; ";
}

static bool line_why(const struct js *store, const struct js *schedule, struct js *lines)
{
    __attribute__((cleanup(buf_auto))) struct buf text;
    const struct js *targets = js_at(schedule, "targets");
    const struct js *problems = js_at(store, "open.problems"),
                    *waits = js_at(store, "open.waits_for");
    const char *between = "";
    bool waits_at_all = js_int_or(store, "span.waiting.deliveries", 0) > 0;
    buf_init(&text, LINE_MAX);
    buf_text(&text, "Vì sao: ");
    for (size_t i = 0; i < js_count(targets); i++)
        put_down(&text, js_item(targets, i), &between);
    for (size_t i = 0; i < js_count(problems) && i < 3; i++, between = "; ") {
        const struct js *problem = js_item(problems, i);
        buf_printf(&text, "%s%s (%s)", between,
                   words_reason(js_text_or(problem, "code", NULL)).text,
                   words_number(js_int_or(problem, "count", 0)).text);
    }
    for (size_t i = 0; i < js_count(waits); i++)
        put_waits_for(&text, js_item(waits, i), &between);
    bool is_early = strcmp(js_text_or(schedule, "mode", "all"), "all") != 0;
    if (waits_at_all && is_early) {
        buf_printf(&text, "%schờ khung giờ gửi %s", between, js_text_or(schedule, "window", ""));
        between = "; ";
    }
    if (!*between)
        buf_text(&text, waits_at_all ? "đang gửi dần" : "không có gì vướng");
    return add_line(lines, "why", &text);
}

/* ---- whose task ---- */

static bool line_tasks(const struct js *tasks, struct js *lines)
{
    __attribute__((cleanup(buf_auto))) struct buf text;
    int clerk = 0, it = 0;
    for (size_t i = 0; i < js_count(tasks); i++) {
        bool is_clerk = strcmp(js_text_or(js_item(tasks, i), "who", ""), "clerk") == 0;
        clerk += is_clerk;
        it += !is_clerk;
    }
    buf_init(&text, LINE_MAX);
    buf_text(&text, "Việc cần làm: ");
    if (!clerk && !it)
        buf_text(&text, "không có");
    if (clerk)
        buf_printf(&text, "cán bộ %d việc", clerk);
    if (it)
        buf_printf(&text, "%sbộ phận kỹ thuật %d việc", clerk ? ", " : "", it);
    return add_line(lines, "tasks", &text);
}

struct js *report_make(const struct js *store, const struct js *schedule, const struct js *alarms)
{
    const struct js *span = js_at(store, "span");
    AUTO(js) struct js *lines = js_array();
    AUTO(js) struct js *tasks = report_tasks(js_at(store, "open"), alarms);
    bool ok = lines && tasks && line_sent(span, lines) && line_refused(span, lines) &&
              line_waiting(span, lines) && line_why(store, schedule, lines) &&
              line_tasks(tasks, lines);
    if (!ok)
        return NULL;
    return js_pack("{s:I, s:I, s:O, s:O, s:O?, s:O?, s:O?, s:I, s:O?, s:O?}", "from_us",
                   js_int_or(span, "from_us", 0), "to_us", js_int_or(span, "to_us", 0), "lines",
                   lines, "tasks", tasks, "alarms", alarms, "sent", js_at(span, "sent"), "refused",
                   js_at(span, "refused"), "withdrawn", js_int_or(span, "withdrawn", 0), "waiting",
                   js_at(span, "waiting"), "problems", js_at(store, "open.problems"));
}
