#include "daemon/app_inside.h"

#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/http/server.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/pipeline.h"
#include "daemon/pipeline/scanners.h"
#include "daemon/pipeline/schedule.h"
#include "daemon/pipeline/store_source.h"
#include "daemon/power.h"
#include "daemon/sync_run.h"
#include "daemon/transfers.h"

#include <string.h>

/* Sending: now, until, and then switched off; what is on its way; what HTTP asks about it. */

#define SECOND_US INT64_C(1000000)
#define LIST_US (30 * SECOND_US)     /* what waits is counted so often, */
#define LIST_RUN_US (2 * SECOND_US)  /* while somebody waits for it */
#define WARN_US (5 * 60 * SECOND_US) /* before power_off_at */
#define SHUT_US (10 * 60 * SECOND_US)

struct app_sync {
    struct schedule *schedule;
    struct schedule_limits limits;
    struct transfers *transfers;
    struct power *power;
    struct sync_run run;
    int64_t tick_us, tick_wall_us; /* the last look at the clocks */
    int64_t off_at_us;             /* UTC, told beforehand; 0: not today */
    bool stays;                    /* somebody said so: not at the next power_off_at */
    struct http_call *asking;      /* waits for logind */
    struct js *asked;              /* with these arguments */
    struct err problem;            /* why it was not switched off */
};

/* ---- switching off ----------------------------------------------------------------------------
 */

static struct js *power_to_js(const struct app_sync *sync)
{
    bool told = sync->off_at_us && !sync->stays;
    if (sync->run.state < SYNC_LEAVING && !sync->run.power_off && !told && !sync->problem.code)
        return js_null();
    return js_pack("{s:s, s:o, s:s?}", "state",
                   sync->run.state >= SYNC_LEAVING ? sync_state_name(sync->run.state) : "planned",
                   "at_us", told ? js_int(sync->off_at_us) : js_null(), "problem",
                   sync->problem.code ? err_name(sync->problem.code) : NULL);
}

static void tell_power(struct app *app)
{
    AUTO(js) struct js *power = power_to_js(app->sync);
    AUTO(js) struct js *data = js_pack("{s:O}", "power", power);
    if (app->http && data)
        http_event(app->http, "power", data);
}

static void on_switched(void *payload, const struct err *err)
{
    struct app *app = payload;
    if (!err)
        return; /* systemd ends us like everything else */
    log_err(err, NULL, "the station is not switched off, continuing");
    app->sync->problem = *err;
    app->sync->run = (struct sync_run){0};
    schedule_shut(app->sync->schedule, 0);
    tell_power(app);
}

static void leave(struct app *app)
{
    log_line(LOG_LEVEL_INFO, NULL, "nothing more is sent, the station is switched off");
    schedule_shut(app->sync->schedule, SHUT_US);
    tell_power(app);
}

/* Told some minutes before; only if the clock really came to that minute of the day. */
static void look_at_clock(struct app *app)
{
    struct app_sync *sync = app->sync;
    int minute = sync->limits.power_off_min;
    int64_t now_us = sys_now_us(), monotonic_us = sys_monotonic_us();
    int64_t elapsed_us = monotonic_us - sync->tick_us, before_us = sync->tick_wall_us;
    sync->tick_us = monotonic_us;
    sync->tick_wall_us = now_us;
    if (minute < 0 || !before_us)
        return;
    if (schedule_came_to(minute, before_us, now_us, elapsed_us)) {
        bool off = !sync->stays && sync->run.state < SYNC_LEAVING;
        sync->stays = false;
        sync->off_at_us = 0;
        if (off) {
            sync_run_leave(&sync->run, monotonic_us);
            leave(app);
        }
        return;
    }
    int64_t at_us = schedule_next(minute, now_us);
    bool soon = at_us - now_us <= WARN_US && schedule_clock_is_set(now_us);
    if (soon == (sync->off_at_us != 0))
        return;
    sync->off_at_us = soon ? at_us : 0;
    tell_power(app);
}

/* ---- the run ----------------------------------------------------------------------------------
 */

static void look_at_run(struct app *app)
{
    struct app_sync *sync = app->sync;
    int64_t monotonic_us = sys_monotonic_us();
    const struct sync_now now = {
        .monotonic_us = monotonic_us,
        .waiting = schedule_waiting(sync->schedule),
        .in_flight = schedule_in_flight(sync->schedule),
        .scanning = scanners_are_busy(app->scanners),
        .counted = schedule_listed_us(sync->schedule) > sync->run.began_us,
    };
    switch (sync_run_look(&sync->run, &now)) {
    case SYNC_END:
        schedule_open(sync->schedule, 0);
        break;
    case SYNC_LEAVE:
        leave(app);
        break;
    case SYNC_SWITCH_OFF:
        tell_power(app);
        power_switch_off(sync->power, on_switched, app);
        break;
    default:
        break;
    }
}

void app_sync_tick(struct app *app)
{
    struct app_sync *sync = app->sync;
    schedule_refresh(sync->schedule, sync->run.state == SYNC_SENDING ? LIST_RUN_US : LIST_US);
    look_at_clock(app);
    look_at_run(app);
}

static struct js *run_to_js(const struct app_sync *sync)
{
    if (sync->run.state == SYNC_NONE)
        return js_null();
    int64_t left_us = sync->run.until_us - sys_monotonic_us();
    return js_pack("{s:s, s:o, s:s}", "state", sync_state_name(sync->run.state), "until_us",
                   sync->run.has_until ? js_int(sys_now_us() + left_us) : js_null(), "then",
                   sync->run.power_off ? "poweroff" : "stay");
}

static struct js *sync_to_js(const struct app_sync *sync)
{
    return js_pack("{s:o, s:o, s:I, s:o, s:o}", "schedule", schedule_status(sync->schedule),
                   "transfers", transfers_to_js(sync->transfers), "waiting",
                   schedule_waiting(sync->schedule), "run", run_to_js(sync), "power",
                   power_to_js(sync));
}

struct js *app_sync_schedule(const struct app *app)
{
    return schedule_status(app->sync->schedule);
}

void app_sync_show(struct app *app, app_done_fn *done, void *payload)
{
    struct err err = ERR_INIT;
    schedule_refresh(app->sync->schedule, LIST_RUN_US); /* for the next one who asks */
    AUTO(js) struct js *shown = sync_to_js(app->sync);
    err_set(&err, ERR_NO_MEMORY, "sync");
    done(payload, shown, -1, shown ? NULL : &err);
}

/* ---- what HTTP asks ---------------------------------------------------------------------------
 */

static void on_synced(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    struct http_call *call = payload;
    pipeline_kick(call->app->pipeline);
    app_on_store_answer(payload, message, ok, err);
}

bool app_sync_is_sending(const struct app *app)
{
    const struct schedule *schedule = app->sync->schedule;
    return schedule_waiting(schedule) > 0 || schedule_in_flight(schedule) > 0;
}

static int64_t run_length_us(const struct js *args)
{
    int minute;
    const char *until = js_text_or(args, "until", NULL);
    int64_t now_us = sys_now_us();
    return until && schedule_minute_from_text(until, &minute)
               ? schedule_next(minute, now_us) - now_us
               : 0;
}

static void begin_run(struct app *app, const struct js *args)
{
    struct app_sync *sync = app->sync;
    int64_t for_us = run_length_us(args), now_us = sys_monotonic_us();
    bool power_off = strcmp(js_text_or(args, "then", ""), "poweroff") == 0;
    sync->problem = ERR_INIT;
    sync_run_begin(&sync->run, now_us, for_us, power_off);
    schedule_shut(sync->schedule, 0);
    schedule_open(sync->schedule, for_us ? for_us : SYNC_RUN_MAX_US);
    if (power_off)
        tell_power(app);
}

static void stay(struct app *app)
{
    app->sync->stays = app->sync->off_at_us != 0;
    app->sync->problem = ERR_INIT;
    sync_run_stay(&app->sync->run);
    schedule_shut(app->sync->schedule, 0);
    tell_power(app);
}

static void start(struct http_call *call, const struct js *args)
{
    struct app *app = call->app;
    begin_run(app, args);
    store_client_call(app->store, "retry_now",
                      js_pack("{s:O}", "principal", js_at(args, "principal")), NULL, 0, on_synced,
                      call);
}

static void on_may_switch_off(void *payload, const struct err *err)
{
    struct app *app = payload;
    AUTO(js) struct js *args = TAKE(app->sync->asked);
    struct http_call *call = TAKE(app->sync->asking);
    if (err)
        app_on_answer(call, NULL, err);
    else
        start(call, args);
}

static void ask_power(struct http_call *call, struct js *args)
{
    struct app_sync *sync = call->app->sync;
    if (sync->asking) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_CONFLICT, "logind is being asked already");
        js_free(args);
        app_on_answer(call, NULL, &err);
        return;
    }
    sync->asking = call;
    sync->asked = args;
    power_may_switch_off(sync->power, on_may_switch_off, call->app);
}

void app_sync(struct app *app, struct js *args, const struct principal *who, app_done_fn *done,
              void *payload)
{
    AUTO(js) struct js *owned = args;
    const char *then = js_text_or(args, "then", "");
    struct http_call *call = app_call_new(app, done, payload);
    if (!call)
        return;
    if (!js_set(owned, "principal", principal_to_js(who))) {
        app_on_answer(call, NULL, &(struct err){.code = ERR_NO_MEMORY});
    } else if (js_bool_or(owned, "reconcile", false)) {
        app_reconcile_start(app, call, js_text_or(owned, "target", NULL), principal_to_js(who));
    } else if (strcmp(then, "stay") == 0) {
        stay(app);
        AUTO(js) struct js *shown = sync_to_js(app->sync);
        app_on_answer(call, shown, shown ? NULL : &(struct err){.code = ERR_NO_MEMORY});
    } else if (strcmp(then, "poweroff") == 0) {
        ask_power(call, TAKE(owned));
    } else {
        start(call, owned);
    }
}

/* ---- start and stop ---------------------------------------------------------------------------
 */

void app_sync_moved(void *payload, const struct job *job, int64_t moved_bytes, int64_t total_bytes)
{
    struct app *app = payload;
    app->sync->run.moved_us = sys_monotonic_us();
    AUTO(js) struct js *data = NULL;
    if (transfers_moved(app->sync->transfers, job->id, js_text_or(job->args, "target", ""),
                        moved_bytes, total_bytes, app->sync->run.moved_us, &data) &&
        app->http && data)
        http_event(app->http, "transfer", data);
}

void app_sync_ended(struct app *app, const struct job *job, const struct err *err)
{
    if (!err)
        app->sync->run.moved_us = sys_monotonic_us();
    transfers_end(app->sync->transfers, job->id);
}

enum err_code app_start_sync(struct app *app, struct err *err)
{
    const struct schedule_config config = {.limits = &app->config->schedule,
                                           .targets = app->config->targets,
                                           .now_us = sys_now_us,
                                           .monotonic_us = sys_monotonic_us,
                                           .random = sys_random};
    app->sync = mem_alloc(sizeof *app->sync);
    if (!app->sync)
        return err_set(err, ERR_NO_MEMORY, "sync");
    app->sync->limits = app->config->schedule;
    enum err_code code = schedule_new(&config, app->store, &app->sync->schedule, err);
    if (!code)
        code = transfers_new(&app->sync->transfers, err);
    if (!code)
        code = power_new(app->loop, &app->sync->power, err);
    if (code)
        return code;
    schedule_refresh(app->sync->schedule, 0);
    store_source_use_schedule(app->source, app->sync->schedule);
    return ERR_OK;
}

void app_stop_sync(struct app *app)
{
    if (!app->sync)
        return;
    power_free(app->sync->power);
    if (app->sync->asking)
        app_on_answer(TAKE(app->sync->asking), NULL, &(struct err){.code = ERR_CANCELLED});
    js_free(app->sync->asked);
    transfers_free(app->sync->transfers);
    schedule_free(app->sync->schedule);
    mem_free(app->sync);
    app->sync = NULL;
}
