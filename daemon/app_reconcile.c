#include "daemon/app_inside.h"

#include "daemon/base/mem.h"
#include "daemon/http/server.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/carrier.h"
#include "daemon/pipeline/pipeline.h"
#include "daemon/pipeline/reconciler.h"
#include "daemon/pipeline/schedule.h"

#include <string.h>

/* What the targets hold, compared with what was sent there; what HTTP asks about it. */

static bool is_busy(void *payload)
{
    const struct app *app = payload;
    return app_sync_is_sending(app);
}

static void on_told(void *payload, const struct js *run)
{
    struct app *app = payload;
    if (app->http)
        http_event(app->http, "reconcile", run);
    if (app->pipeline)
        pipeline_kick(app->pipeline);
}

/* ---- what HTTP asks ---- */

void app_reconcile_start(struct app *app, struct http_call *call, const char *target,
                         struct js *principal)
{
    struct err err = ERR_INIT;
    AUTO(js) struct js *begun = NULL;
    enum err_code code = reconciler_start(app->reconciler, target, principal, &begun, &err);
    app_on_answer(call, begun, code ? &err : NULL);
}

static void on_listed(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    struct http_call *call = payload;
    AUTO(js) struct js *answer = reconciler_to_js(call->app->reconciler);
    (void)message;
    if (err)
        app_on_answer(call, NULL, err);
    else if (!js_set(answer, "reconciles", js_ref(js_at(ok, "reconciles"))))
        app_on_answer(call, NULL, &(struct err){.code = ERR_NO_MEMORY});
    else
        app_on_answer(call, answer, NULL);
}

static void on_restored(void *payload, struct ipc_message *message, const struct js *ok,
                        const struct err *err)
{
    struct http_call *call = payload;
    AUTO(js) struct js *begun = NULL;
    if (!err)
        reconciler_start(call->app->reconciler, NULL, store_client_machine(), &begun, NULL);
    app_on_store_answer(call, message, ok, err);
}

void app_reconciles(struct app *app, const char *verb, struct js *args, const struct principal *who,
                    app_done_fn *done, void *payload)
{
    AUTO(js) struct js *owned = args;
    struct http_call *call = app_call_new(app, done, payload);
    if (!call)
        return;
    if (strcmp(verb, "restored") == 0)
        store_client_call(app->store, "restored_note",
                          js_pack("{s:o}", "principal", principal_to_js(who)), NULL, 0, on_restored,
                          call);
    else
        store_client_call(app->store, "reconcile_list", TAKE(owned), NULL, 0, on_listed, call);
}

/* ---- sticks ---- */

static void on_sticks(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    struct http_call *call = payload;
    AUTO(js) struct js *answer = carrier_to_js(call->app->carrier);
    (void)message;
    if (err)
        app_on_answer(call, NULL, err);
    else if (!js_set(answer, "sticks", js_ref(js_at(ok, "sticks"))))
        app_on_answer(call, NULL, &(struct err){.code = ERR_NO_MEMORY});
    else
        app_on_answer(call, answer, NULL);
}

static void carry(struct http_call *call, const char *verb, const struct js *args,
                  const struct principal *who)
{
    struct carrier *carrier = call->app->carrier;
    struct err err = ERR_INIT;
    const char *target = js_text_or(args, "target", ""), *folder = js_text_or(args, "folder", "");
    enum err_code code = strcmp(verb, "export") == 0
                             ? carrier_export(carrier, target, folder, principal_to_js(who), &err)
                             : carrier_take(carrier, target, folder, principal_to_js(who), &err);
    AUTO(js) struct js *begun = code ? NULL : carrier_to_js(carrier);
    app_on_answer(call, begun, code ? &err : NULL);
}

void app_sticks(struct app *app, const char *verb, struct js *args, const struct principal *who,
                app_done_fn *done, void *payload)
{
    AUTO(js) struct js *owned = args;
    struct http_call *call = app_call_new(app, done, payload);
    if (!call)
        return;
    if (strcmp(verb, "list") == 0)
        store_client_call(app->store, "stick_list", js_object(), NULL, 0, on_sticks, call);
    else
        carry(call, verb, owned, who);
}

/* ---- start and stop ---- */

enum err_code app_start_reconcile(struct app *app, struct err *err)
{
    const struct reconciler_config config = {
        .worker_dir = app->config->worker_dir,
        .witnesses = app->witnesses,
        .targets = app->config->targets,
        .schedule = app->config->schedule,
        .purge_after_days = app->config->purge_after_days,
        .is_busy = is_busy,
        .told = on_told,
        .payload = app,
    };
    const struct carrier_config carrying = {
        .worker_dir = app->config->worker_dir,
        .witnesses = app->witnesses,
        .owner = app->owner,
        .targets = app->config->targets,
    };
    enum err_code code = reconciler_new(app->loop, &config, app->store, &app->reconciler, err);
    return code ? code : carrier_new(app->loop, &carrying, app->store, &app->carrier, err);
}

void app_stop_reconcile(struct app *app)
{
    reconciler_free(TAKE(app->reconciler));
    carrier_free(TAKE(app->carrier));
}
