#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/http/api.h"
#include "daemon/http/call.h"
#include "daemon/model/work_days.h"

#include <string.h>

/* What stands still, what the night did. */

#define DAY_US (INT64_C(24) * 3600 * 1000000)
#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

static void ask(struct call *call, const char *verb, struct js *args, call_answer_fn *answer)
{
    const struct http *http = call->http;
    if (!args)
        call_fail_no_memory(call);
    else if (call_wait(call, 200, answer))
        http->calls->watch(http->app, verb, args, &call->who, call_done, call);
    else
        js_free(args);
}

void api_queue_get(struct call *call)
{
    ask(call, "delivery", js_pack("{s:s}", "id", call->param), NULL);
}

/* Of a day in Vietnam, or since the last working day before today began. */
void api_sync_report(struct call *call)
{
    struct err err = ERR_INIT;
    const char *day = call_query(call, "day");
    int64_t from_us = day ? work_days_parse(day) : 0, now_us = sys_now_us();
    if (!day) {
        ask(call, "report", js_object(), NULL);
        return;
    }
    if (from_us < 0 || from_us > now_us) {
        err_set(&err, ERR_BAD_ARGUMENT, "query day: must be a day that has begun, 2026-01-31");
        call_fail(call, &err);
        return;
    }
    int64_t to_us = from_us + DAY_US > now_us ? 0 : from_us + DAY_US;
    ask(call, "report", js_pack("{s:I, s:I}", "from_us", from_us, "to_us", to_us), NULL);
}

void api_sync_late(struct call *call)
{
    struct err err = ERR_INIT;
    const char *machine = call_query(call, "machine"), *state = call_query(call, "state");
    const char *all = call_query(call, "all");
    if (!machine || !state) {
        err_set(&err, ERR_BAD_ARGUMENT, "query machine, state: missing");
        call_fail(call, &err);
        return;
    }
    ask(call, "late",
        js_pack("{s:s, s:s, s:b}", "machine", machine, "state", state, "all",
                all && strcmp(all, "1") == 0),
        NULL);
}

static void answer_text(struct call *call, const struct js *ok, int fd)
{
    char *text = mem_strdup(js_text_or(ok, "text", ""));
    fd_close(fd);
    if (!text) {
        call_fail_no_memory(call);
        return;
    }
    reply_bytes(&call->reply, 200, METRICS_TYPE, text, strlen(text));
    call_replied(call);
}

void api_metrics_get(struct call *call)
{
    ask(call, "metrics", js_object(), answer_text);
}

/* ---- many deliveries by one word ---- */

static const struct arg_rule many_rules[] = {
    {"reason", ARG_TEXT, 0, .min = 1, .max = 500},
    {"target", ARG_TEXT, 0, .min = 1, .max = 200},
    {"why", ARG_TEXT, 0, .min = 1, .max = 500},
    {"dry_run", ARG_BOOL, 0},
    {0},
};

static void change_many(struct call *call, const char *verb)
{
    AUTO(js) struct js *args = call_args(call, many_rules);
    if (!args)
        return;
    if (js_set(args, "verb", js_text(verb)))
        call_store_args(call, "deliveries_change", TAKE(args), 200, NULL);
    else
        call_fail_no_memory(call);
}

void api_queue_retry_many(struct call *call)
{
    change_many(call, "retry");
}

void api_queue_release_many(struct call *call)
{
    change_many(call, "release");
}

void api_queue_hold_many(struct call *call)
{
    change_many(call, "hold");
}
