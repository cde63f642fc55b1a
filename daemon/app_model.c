#include "daemon/app_inside.h"
#include "daemon/base/mem.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/learner.h"
#include "daemon/pipeline/pipeline.h"
#include "daemon/pipeline/scanners.h"
#include "daemon/pipeline/station_model.h"

#include <string.h>

/* What HTTP asks about the station's model of paper types; and when the station may learn. */

static void end_call(struct http_call *call, enum err_code code, const char *detail)
{
    struct err err = ERR_INIT;
    err_set(&err, code, "%s", detail);
    app_on_answer(call, NULL, &err);
}

/* Ends the call with {key: value}; value is taken over. */
static void answer(struct http_call *call, const char *key, struct js *value)
{
    AUTO(js) struct js *ok = js_pack("{s:o}", key, value);
    if (ok)
        app_on_answer(call, ok, NULL);
    else
        end_call(call, ERR_NO_MEMORY, "model");
}

/* What the store knows and what is under way. */
static void on_status(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    struct http_call *call = payload;
    (void)message;
    if (err) {
        app_on_answer(call, NULL, err);
        return;
    }
    AUTO(js) struct js *all = js_copy(ok);
    if (js_set(all, "learning", learner_to_js(call->app->learner)))
        app_on_answer(call, all, NULL);
    else
        end_call(call, ERR_NO_MEMORY, "models");
}

static void on_rolled_back(void *payload, struct ipc_message *message, const struct js *ok,
                           const struct err *err)
{
    struct http_call *call = payload;
    if (!err)
        station_model_load(call->app->station_model);
    app_on_store_answer(payload, message, ok, err);
}

static void roll_back(struct http_call *call, const struct principal *who)
{
    const char *in_use = station_model_id(call->app->station_model);
    if (learner_is_running(call->app->learner) ||
        station_model_is_loading(call->app->station_model))
        end_call(call, ERR_CONFLICT, "a model is being made or judged");
    else if (!*in_use)
        end_call(call, ERR_NOT_FOUND, "the model that is built in is in use; none was before it");
    else
        store_client_call(call->app->store, "model_roll_back",
                          js_pack("{s:s, s:o}", "id", in_use, "principal", principal_to_js(who)),
                          NULL, 0, on_rolled_back, call);
}

static void begin(struct http_call *call, const char *verb, bool force, int fd,
                  const struct principal *who)
{
    struct learner *learner = call->app->learner;
    struct err err = ERR_INIT;
    enum err_code code = strcmp(verb, "import") == 0
                             ? learner_offer(learner, fd, force, principal_to_js(who), &err)
                             : learner_train(learner, principal_to_js(who), &err);
    if (code)
        app_on_answer(call, NULL, &err);
    else
        answer(call, "learning", learner_to_js(learner));
}

void app_models(struct app *app, const char *verb, struct js *args, int file,
                const struct principal *who, app_done_fn *done, void *payload)
{
    AUTO(js) struct js *owned = args;
    AUTO(fd) int fd = file;
    struct http_call *call = app_call_new(app, done, payload);
    if (!call)
        return;
    if (strcmp(verb, "status") == 0)
        store_client_call(app->store, "model_status", js_object(), NULL, 0, on_status, call);
    else if (strcmp(verb, "cancel") == 0)
        answer(call, "cancelled", js_bool(learner_cancel(app->learner)));
    else if (strcmp(verb, "rollback") == 0)
        roll_back(call, who);
    else
        begin(call, verb, js_bool_or(owned, "force", false), TAKE_FD(fd), who);
}

/* ---- when ---- */

static bool is_busy(void *payload)
{
    const struct app *app = payload;
    return scanners_are_busy(app->scanners) || !pipeline_is_idle(app->pipeline) ||
           js_int_or(app->store_status, "pages.captured", 0) > 0;
}

static void use_model(void *payload, int fd, const char *sha256)
{
    struct app *app = payload;
    if (app->pipeline)
        pipeline_use_model(app->pipeline, fd, sha256);
    else
        fd_close(fd);
}

enum err_code app_start_learning(struct app *app, struct err *err)
{
    struct learner_config config = {.worker_dir = app->config->worker_dir,
                                    .program = SOHOA_VERSION,
                                    .limits = app->config->learn_limits,
                                    .is_busy = is_busy,
                                    .payload = app};
    enum err_code code = station_model_new(app->loop, config.worker_dir, app->store, use_model, app,
                                           &app->station_model, err);
    if (!code)
        code = learner_new(app->loop, &config, app->station_model, app->store, &app->learner, err);
    if (!code)
        station_model_load(app->station_model);
    return code;
}

void app_stop_learning(struct app *app)
{
    learner_free(TAKE(app->learner));
    station_model_free(TAKE(app->station_model));
}
