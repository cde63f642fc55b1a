#include "daemon/pipeline/reconciler.h"

#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/ipc/store_client.h"
#include "daemon/workers/supervisor.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

#define SECOND_US INT64_C(1000000)
#define HOUR_US (3600 * SECOND_US)
#define LOOK_US (60 * SECOND_US)       /* what is due is looked for so often */
#define AGAIN_US (15 * 60 * SECOND_US) /* a target that failed is left alone for so long */
#define PURGE_US (10 * 60 * SECOND_US) /* between two steps of retention */
#define PURGE_SOON_US (20 * SECOND_US)
#define BUSY_MAX_US (2 * HOUR_US)      /* in a window sending comes first for so long */
#define BY_DAY_US (72 * HOUR_US)       /* without a night */
#define EACH_OVER_US (600 * SECOND_US) /* asked for one by one, at night: spread over that */
#define TRIES_MAX 5                    /* of one page */
#define FIRST_WAIT_US (5 * SECOND_US)  /* doubled */
#define TARGETS_MAX 16
#define PAGE_MS 120000
#define CONFIGURE_MS 10000
#define NIGHT_FROM_MIN 0 /* where no window is configured */
#define NIGHT_TO_MIN 300

struct wanted {
    const char *name; /* of the configuration */
    bool wanted, by_person;
    struct js *principal;
    int64_t failed_us; /* monotonic */
};

struct reconciler {
    sd_event *loop;
    struct reconciler_config config;
    struct store_client *store;
    struct worker *worker;
    struct wanted targets[TARGETS_MAX];
    size_t target_count;
    struct wanted *at; /* NULL: idle */
    char run[ID_SIZE], after[1100];
    int64_t since_us; /* after a restore: codes of records made since then are asked for */
    struct js *entries, *owners;
    char *next;
    unsigned tries;
    sd_event_source *later;
    int64_t looked_us, purged_us;
    bool looking, purging;
};

static void list_page(struct reconciler *r);
static void begin_next(struct reconciler *r);

enum err_code reconciler_new(sd_event *loop, const struct reconciler_config *config,
                             struct store_client *store, struct reconciler **out, struct err *err)
{
    static const struct worker_kind kind = {.name = "upload", .memory_limit_mb = 500};
    struct reconciler *r = mem_alloc(sizeof *r);
    if (!r)
        return err_set(err, ERR_NO_MEMORY, "reconciler");
    r->loop = sd_event_ref(loop);
    r->config = *config;
    r->store = store;
    for (size_t i = 0; i < js_count(config->targets) && i < TARGETS_MAX; i++)
        r->targets[r->target_count++].name = js_text_or(js_item(config->targets, i), "name", "");
    enum err_code code = worker_new(loop, &kind, config->worker_dir, &r->worker, err);
    if (code) {
        reconciler_free(r);
        return code;
    }
    *out = r;
    return ERR_OK;
}

static void forget_page(struct reconciler *r)
{
    js_free(TAKE(r->entries));
    js_free(TAKE(r->owners));
    mem_free(TAKE(r->next));
}

void reconciler_free(struct reconciler *r)
{
    if (!r)
        return;
    r->at = NULL;
    sd_event_source_disable_unref(r->later);
    worker_free(TAKE(r->worker)); /* calls back with CANCELLED; there is no run any more */
    forget_page(r);
    for (size_t i = 0; i < r->target_count; i++)
        js_free(r->targets[i].principal);
    sd_event_unref(r->loop);
    mem_free(r);
}

static struct js *principal_of(const struct reconciler *r)
{
    return r->at->principal ? js_ref(r->at->principal) : store_client_machine();
}

/* ---- the end of a run -------------------------------------------------------------------------
 */

static void tell(struct reconciler *r, const struct js *ok)
{
    if (ok && r->config.told)
        r->config.told(r->config.payload, ok);
}

static void leave_target(struct reconciler *r, const struct err *problem)
{
    struct wanted *at = TAKE(r->at);
    at->wanted = at->by_person = false;
    js_free(TAKE(at->principal));
    at->failed_us = problem ? sys_monotonic_us() : 0;
    r->looked_us = 0;
    forget_page(r);
    worker_stop(r->worker);
    begin_next(r);
}

static void on_failed(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    (void)payload, (void)message, (void)ok, (void)err; /* it goes on, or is told anew, next time */
}

static void fail_run(struct reconciler *r, const struct err *problem)
{
    log_err(problem, LOG_FIELDS(LOG_FIELD("SOHOA_STEP", "reconcile")),
            "a target cannot be compared now, continuing");
    if (*r->run) {
        store_client_call(r->store, "reconcile_fail",
                          js_pack("{s:s, s:s, s:o}", "run", r->run, "code", err_name(problem->code),
                                  "principal", store_client_machine()),
                          NULL, 0, on_failed, NULL);
        AUTO(js)
        struct js *told = js_pack("{s:{s:s, s:s, s:s, s:s}}", "run", "id", r->run, "target",
                                  r->at->name, "state", "failed", "code", err_name(problem->code));
        tell(r, told);
    }
    leave_target(r, problem);
}

static void on_finished(void *payload, struct ipc_message *message, const struct js *ok,
                        const struct err *err)
{
    struct reconciler *r = payload;
    (void)message;
    if (!r->at)
        return;
    if (err) {
        fail_run(r, err);
        return;
    }
    log_line(LOG_LEVEL_INFO, LOG_FIELDS(LOG_FIELD("SOHOA_STEP", "reconcile")),
             "compared %s: %lld as sent, %lld asked for, %lld not listed, %lld not sent from here",
             r->at->name, (long long)js_int_or(ok, "run.same", 0),
             (long long)js_int_or(ok, "run.asked", 0), (long long)js_int_or(ok, "run.missing", 0),
             (long long)js_int_or(ok, "run.extra", 0));
    tell(r, ok);
    leave_target(r, NULL);
}

static void call_store(struct reconciler *r, const char *op, struct js *args, store_done_fn *done)
{
    store_client_call(r->store, op, args, NULL, 0, done, r);
}

static void finish(struct reconciler *r)
{
    call_store(r, "reconcile_finish",
               js_pack("{s:s, s:o}", "run", r->run, "principal", principal_of(r)), on_finished);
}

static void ask_each(struct reconciler *r)
{
    call_store(r, "reconcile_each",
               js_pack("{s:s, s:I, s:o}", "run", r->run, "over_us",
                       r->at->by_person ? (int64_t)0 : EACH_OVER_US, "principal", principal_of(r)),
               on_finished);
}

/* ---- pages ------------------------------------------------------------------------------------
 */

static int on_waited(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct reconciler *r = payload;
    r->later = sd_event_source_disable_unref(r->later);
    list_page(r);
    return 0;
}

/* A page that cannot be had now is asked for again, some times. */
static void page_failed(struct reconciler *r, const struct err *problem)
{
    bool may_help = err_help_of(problem->code) == HELP_RETRY_LATER ||
                    err_help_of(problem->code) == HELP_RETRY_NOW;
    if (problem->code == ERR_TARGET_CANNOT) {
        ask_each(r);
        return;
    }
    if (!may_help || ++r->tries >= TRIES_MAX ||
        sd_event_add_time_relative(r->loop, &r->later, CLOCK_MONOTONIC,
                                   (uint64_t)FIRST_WAIT_US << (r->tries - 1), 100000, on_waited,
                                   r) < 0)
        fail_run(r, problem);
}

static void keep_page(struct reconciler *r);

static void on_owners(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    struct reconciler *r = payload;
    (void)message;
    if (!r->at)
        return;
    if (err) {
        page_failed(r, err);
        return;
    }
    r->owners = js_ref(js_at(ok, "owners"));
    keep_page(r);
}

/* One request to the worker, which may be a fresh one: told about the targets first. */
struct question {
    struct reconciler *reconciler;
    const char *op;
    struct js *args;
    worker_done_fn *done;
};

static void question_free(struct question *question)
{
    js_free(question->args);
    mem_free(question);
}

static void on_configured(void *payload, struct ipc_message *message, const struct js *ok,
                          const struct err *problem)
{
    struct question *question = payload;
    struct reconciler *r = question->reconciler;
    struct err err = ERR_INIT;
    (void)message;
    (void)ok;
    if (r->at && problem)
        page_failed(r, problem);
    else if (r->at && worker_request(r->worker, question->op, TAKE(question->args), NULL, 0,
                                     PAGE_MS, question->done, NULL, r, &err))
        page_failed(r, &err);
    question_free(question);
}

static void ask_worker(struct reconciler *r, const char *op, struct js *args, worker_done_fn *done)
{
    struct err err = ERR_INIT;
    struct question *question = mem_alloc(sizeof *question);
    struct js *targets =
        js_pack("{s:O, s:s}", "targets", r->config.targets, "witnesses", r->config.witnesses);
    if (question && args && targets) {
        *question = (struct question){r, op, args, done};
        if (!worker_request(r->worker, "configure", targets, NULL, 0, CONFIGURE_MS, on_configured,
                            NULL, question, &err))
            return;
    } else {
        js_free(targets);
        err_set(&err, ERR_NO_MEMORY, "reconcile");
    }
    if (question)
        question->args = NULL;
    js_free(args);
    mem_free(question);
    page_failed(r, &err);
}

static void ask_owners(struct reconciler *r, const struct js *names)
{
    ask_worker(
        r, "owners",
        js_pack("{s:s, s:O, s:I}", "target", r->at->name, "names", names, "since_us", r->since_us),
        on_owners);
}

static void on_kept(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *err)
{
    struct reconciler *r = payload;
    const struct js *names = js_at(ok, "ask");
    (void)message;
    if (!r->at)
        return;
    if (err) {
        fail_run(r, err);
        return;
    }
    if (js_count(names)) {
        ask_owners(r, names);
        return;
    }
    r->tries = 0;
    bool last = !r->next;
    if (!last)
        snprintf(r->after, sizeof r->after, "%s", r->next);
    forget_page(r);
    tell(r, ok);
    if (last)
        finish(r);
    else
        list_page(r);
}

static void keep_page(struct reconciler *r)
{
    struct js *args = js_pack("{s:s, s:O, s:s?, s:o}", "run", r->run, "entries", r->entries, "next",
                              r->next, "principal", principal_of(r));
    if (r->owners)
        js_set(args, "owners", js_ref(r->owners));
    call_store(r, "reconcile_page", args, on_kept);
}

static void on_listed(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *problem)
{
    struct reconciler *r = payload;
    struct err err = ERR_INIT;
    const struct js *entries = NULL;
    (void)message;
    if (!r->at)
        return;
    if (!problem && js_get_array(ok, "entries", &entries, &err))
        problem = &err;
    if (problem) {
        page_failed(r, problem);
        return;
    }
    const char *next = js_text_or(ok, "next", NULL);
    forget_page(r);
    r->entries = js_ref(entries);
    r->next = next ? mem_strdup(next) : NULL;
    if (next && !r->next) {
        err_set(&err, ERR_NO_MEMORY, "reconcile");
        fail_run(r, &err);
        return;
    }
    keep_page(r);
}

static void list_page(struct reconciler *r)
{
    ask_worker(r, "list", js_pack("{s:s, s:s}", "target", r->at->name, "after", r->after),
               on_listed);
}

/* ---- beginning --------------------------------------------------------------------------------
 */

static void on_begun(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *err)
{
    struct reconciler *r = payload;
    (void)message;
    if (!r->at)
        return;
    if (err) {
        fail_run(r, err);
        return;
    }
    snprintf(r->run, sizeof r->run, "%s", js_text_or(ok, "run.id", ""));
    snprintf(r->after, sizeof r->after, "%s", js_text_or(ok, "run.after", ""));
    r->since_us = js_int_or(ok, "run.since_us", 0);
    tell(r, ok);
    list_page(r);
}

static void begin_next(struct reconciler *r)
{
    for (size_t i = 0; !r->at && i < r->target_count; i++) {
        if (!r->targets[i].wanted)
            continue;
        r->at = &r->targets[i];
        r->run[0] = '\0';
        r->tries = 0;
        call_store(r, "reconcile_begin",
                   js_pack("{s:s, s:o}", "target", r->at->name, "principal", principal_of(r)),
                   on_begun);
    }
}

enum err_code reconciler_start(struct reconciler *r, const char *target, struct js *principal,
                               struct js **out, struct err *err)
{
    AUTO(js) struct js *owned = principal;
    AUTO(js) struct js *names = js_array();
    for (size_t i = 0; i < r->target_count; i++) {
        struct wanted *wanted = &r->targets[i];
        if (target && strcmp(target, wanted->name) != 0)
            continue;
        wanted->wanted = wanted->by_person = true;
        if (wanted != r->at && !wanted->principal)
            wanted->principal = js_ref(owned);
        js_push(names, js_text(wanted->name));
    }
    if (target && !js_count(names))
        return err_set(err, ERR_TARGET_UNKNOWN, "no target of that name is configured");
    *out = js_pack("{s:O}", "targets", names);
    if (!*out)
        return err_set(err, ERR_NO_MEMORY, "reconcile");
    begin_next(r);
    return ERR_OK;
}

struct js *reconciler_to_js(const struct reconciler *r)
{
    AUTO(js) struct js *names = js_array();
    for (size_t i = 0; i < r->target_count; i++)
        if (r->targets[i].wanted && &r->targets[i] != r->at &&
            !js_push(names, js_text(r->targets[i].name)))
            return NULL;
    return js_pack("{s:s?, s:O}", "running", r->at ? r->at->name : NULL, "wanted", names);
}

/* ---- by itself --------------------------------------------------------------------------------
 */

static struct schedule_window night_at(const struct schedule_limits *limits, int64_t now_us)
{
    struct schedule_limits night = *limits;
    if (!night.has_window) {
        night.has_window = true;
        night.from_min = NIGHT_FROM_MIN;
        night.to_min = NIGHT_TO_MIN;
    }
    return schedule_window_at(&night, now_us);
}

bool reconciler_is_due(const struct schedule_limits *limits, int64_t begun_us, bool busy,
                       int64_t now_us)
{
    struct schedule_window window = night_at(limits, now_us);
    if (!schedule_clock_is_set(now_us))
        return false;
    bool this_night = window.inside && (begun_us < window.begin_us || begun_us > now_us);
    if (this_night)
        return !busy || now_us - window.begin_us > BUSY_MAX_US;
    return begun_us < now_us - BY_DAY_US && !busy;
}

static const struct js *last_of(const struct js *all, const char *name)
{
    for (size_t i = 0; i < js_count(all); i++)
        if (strcmp(js_text_or(js_item(all, i), "name", ""), name) == 0)
            return js_item(all, i);
    return NULL;
}

static void want(struct reconciler *r, struct wanted *target, const struct js *last)
{
    int64_t begun_us = js_int_or(last, "begun_us", 0), monotonic_us = sys_monotonic_us();
    bool busy = r->config.is_busy && r->config.is_busy(r->config.payload);
    if (target->wanted || (target->failed_us && monotonic_us - target->failed_us < AGAIN_US))
        return;
    target->wanted = js_bool_or(last, "running", false) || js_bool_or(last, "restored", false) ||
                     (js_bool_or(last, "held", false) &&
                      reconciler_is_due(&r->config.schedule, begun_us, busy, sys_now_us()));
}

static void on_looked(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    struct reconciler *r = payload;
    (void)message;
    r->looking = false;
    for (size_t i = 0; !err && i < r->target_count; i++)
        want(r, &r->targets[i], last_of(js_at(ok, "targets"), r->targets[i].name));
    begin_next(r);
}

static void on_purged(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    struct reconciler *r = payload;
    (void)message;
    r->purging = false;
    if (err)
        log_err(err, NULL, "what is due for removal is not removed, continuing");
    else if (js_int_or(ok, "waiting", 0) > 0) /* targets are reading back */
        r->purged_us = sys_monotonic_us() - PURGE_US + PURGE_SOON_US;
    else if ((js_int_or(ok, "purged", 0) > 0 || js_int_or(ok, "asked", 0) > 0) &&
             night_at(&r->config.schedule, sys_now_us()).inside)
        r->purged_us = 0; /* there may be more, and the line is free */
}

static void purge_some(struct reconciler *r)
{
    int64_t now_us = sys_monotonic_us();
    bool busy = r->config.is_busy && r->config.is_busy(r->config.payload);
    if (r->purging || busy || (r->purged_us && now_us - r->purged_us < PURGE_US))
        return;
    r->purging = true;
    r->purged_us = now_us;
    call_store(r, "purge_step",
               js_pack("{s:i, s:o}", "after_days", r->config.purge_after_days, "principal",
                       store_client_machine()),
               on_purged);
}

void reconciler_tick(struct reconciler *r)
{
    int64_t now_us = sys_monotonic_us();
    if (r->at)
        return;
    if (!r->looking && (!r->looked_us || now_us - r->looked_us >= LOOK_US)) {
        r->looking = true;
        r->looked_us = now_us;
        call_store(r, "reconcile_last", js_object(), on_looked);
    }
    if (r->config.purge_after_days > 0)
        purge_some(r);
}
