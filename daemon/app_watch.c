#include "daemon/app_inside.h"

#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/http/server.h"
#include "daemon/ipc/store_client.h"
#include "daemon/watch/alarms.h"
#include "daemon/watch/delivery_words.h"
#include "daemon/watch/metrics.h"
#include "daemon/watch/report.h"

#include <stdio.h>
#include <string.h>

/* What stands still: looked for every half minute, told to the pages and once each to the journal;
 * the morning report, one delivery in words, metrics. */

#define WATCH_US INT64_C(30000000)

struct app_watch {
    struct js *facts;  /* the store's last answer; NULL: none yet */
    struct js *alarms; /* those that stand now */
    int64_t asked_us;  /* 0: never */
    bool is_asking;
};

const struct js *app_watch_alarms(const struct app *app)
{
    return app->watch->alarms;
}

/* ---- alarms -----------------------------------------------------------------------------------
 */

static void log_alarms(const struct js *alarms, enum log_level level, const char *what)
{
    for (size_t i = 0; i < js_count(alarms); i++) {
        const struct js *alarm = js_item(alarms, i);
        log_line(level,
                 LOG_FIELDS(LOG_FIELD("SOHOA_ALARM", js_text_or(alarm, "name", NULL)),
                            LOG_FIELD("SOHOA_TARGET", js_text_or(alarm, "target", NULL))),
                 "%s: %s, %lld", what, js_text_or(alarm, "name", ""),
                 (long long)js_int_or(alarm, "count", 0));
    }
}

static void take_alarms(struct app *app, struct js *alarms)
{
    struct app_watch *watch = app->watch;
    AUTO(js) struct js *begun = alarms_new(watch->alarms, alarms);
    AUTO(js) struct js *over = alarms_new(alarms, watch->alarms);
    bool is_news = !js_equal(watch->alarms, alarms);
    log_alarms(begun, LOG_LEVEL_WARNING, "alarm");
    log_alarms(over, LOG_LEVEL_INFO, "alarm is over");
    js_free(watch->alarms);
    watch->alarms = alarms;
    AUTO(js) struct js *data = js_pack("{s:I}", "count", (int64_t)js_count(alarms));
    if (is_news && app->http && data)
        http_event(app->http, "alarms", data);
}

static void take_facts(struct app *app, const struct js *facts)
{
    AUTO(js) struct js *schedule = app_sync_schedule(app);
    struct js *alarms = alarms_from(&app->config->alarm, facts, schedule, sys_now_us());
    js_free(app->watch->facts);
    app->watch->facts = js_ref(facts);
    if (alarms)
        take_alarms(app, alarms);
}

static void on_facts(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *err)
{
    (void)message;
    struct app *app = payload;
    app->watch->is_asking = false;
    if (err)
        log_err(err, NULL, "what stands still cannot be counted, continuing");
    else
        take_facts(app, ok);
}

void app_watch_tick(struct app *app)
{
    struct app_watch *watch = app->watch;
    int64_t now_us = sys_monotonic_us();
    if (watch->is_asking || (watch->asked_us && now_us - watch->asked_us < WATCH_US))
        return;
    watch->is_asking = true;
    watch->asked_us = now_us;
    store_client_call(app->store, "alarms", alarms_limits(&app->config->alarm, sys_now_us()), NULL,
                      0, on_facts, app);
}

/* ---- what HTTP asks ---------------------------------------------------------------------------
 */

/* A made answer, taken over; NULL: out of memory. */
static void answer(struct http_call *call, struct js *made)
{
    AUTO(js) struct js *owned = made;
    app_on_answer(call, owned, owned ? NULL : &(struct err){.code = ERR_NO_MEMORY});
}

static void on_report(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    (void)message;
    struct http_call *call = payload;
    if (err) {
        app_on_answer(call, NULL, err);
        return;
    }
    AUTO(js) struct js *schedule = app_sync_schedule(call->app);
    answer(call, report_make(ok, schedule, call->app->watch->alarms));
}

/* The report tells the alarms of now, not of half a minute ago. */
struct report_call {
    struct http_call *call;
    struct js *args;
};

static void on_fresh_facts(void *payload, struct ipc_message *message, const struct js *ok,
                           const struct err *err)
{
    (void)message;
    struct report_call report = *(struct report_call *)payload;
    struct app *app = report.call->app;
    mem_free(payload);
    if (err) {
        js_free(report.args);
        app_on_answer(report.call, NULL, err);
        return;
    }
    take_facts(app, ok);
    store_client_call(app->store, "sync_report", report.args, NULL, 0, on_report, report.call);
}

static void ask_report(struct http_call *call, struct js *args)
{
    struct app *app = call->app;
    int64_t now_us = sys_now_us();
    struct report_call *report = mem_alloc(sizeof *report);
    bool has_span = js_has(args, "from_us");
    int64_t from_us = work_days_last_began(&app->config->alarm.days, now_us);
    if (!report || (!has_span && !js_set(args, "from_us", js_int(from_us)))) {
        mem_free(report);
        js_free(args);
        answer(call, NULL);
        return;
    }
    *report = (struct report_call){call, args};
    store_client_call(app->store, "alarms", alarms_limits(&app->config->alarm, now_us), NULL, 0,
                      on_fresh_facts, report);
}

static void on_delivery(void *payload, struct ipc_message *message, const struct js *ok,
                        const struct err *err)
{
    (void)message;
    struct http_call *call = payload;
    if (err) {
        app_on_answer(call, NULL, err);
        return;
    }
    AUTO(js) struct js *schedule = app_sync_schedule(call->app);
    answer(call, delivery_words(ok, schedule, sys_now_us()));
}

/* all: whatever its age, those of a backlog, too. */
static void ask_late(struct http_call *call, struct js *args)
{
    struct app *app = call->app;
    int64_t now_us = sys_now_us();
    int64_t before_us = js_bool_or(args, "all", false)
                            ? now_us + 1
                            : alarms_before(&app->config->alarm, js_text_or(args, "machine", ""),
                                            js_text_or(args, "state", ""), now_us);
    if (!js_set(args, "before_us", js_int(before_us))) {
        js_free(args);
        answer(call, NULL);
        return;
    }
    store_client_call(app->store, "late_list", args, NULL, 0, app_on_store_answer, call);
}

static void show_metrics(struct http_call *call)
{
    const struct app *app = call->app;
    AUTO(js) struct js *status = app_status_to_js(app);
    AUTO(js) struct js *schedule = app_sync_schedule(app);
    AUTO(mem) char *text = metrics_text(status, app->watch->facts, app->watch->alarms, schedule);
    answer(call, text ? js_pack("{s:s}", "text", text) : NULL);
}

void app_watch(struct app *app, const char *verb, struct js *args, const struct principal *who,
               app_done_fn *done, void *payload)
{
    AUTO(js) struct js *owned = args ? args : js_object();
    struct http_call *call = app_call_new(app, done, payload);
    if (!call)
        return;
    if (!js_set(owned, "principal", principal_to_js(who)))
        answer(call, NULL);
    else if (strcmp(verb, "report") == 0)
        ask_report(call, TAKE(owned));
    else if (strcmp(verb, "late") == 0)
        ask_late(call, TAKE(owned));
    else if (strcmp(verb, "delivery") == 0)
        store_client_call(app->store, "queue_show", TAKE(owned), NULL, 0, on_delivery, call);
    else
        show_metrics(call);
}

/* ---- start and stop ---------------------------------------------------------------------------
 */

enum err_code app_start_watch(struct app *app, struct err *err)
{
    app->watch = mem_alloc(sizeof *app->watch);
    if (!app->watch || !(app->watch->alarms = js_array()))
        return err_set(err, ERR_NO_MEMORY, "watch");
    return ERR_OK;
}

void app_stop_watch(struct app *app)
{
    if (!app->watch)
        return;
    js_free(app->watch->facts);
    js_free(app->watch->alarms);
    mem_free(app->watch);
    app->watch = NULL;
}
