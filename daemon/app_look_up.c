#include "daemon/app_inside.h"
#include "daemon/base/mem.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/asker.h"
#include "daemon/pipeline/scanners.h"
#include "daemon/workers/supervisor.h"

#include <string.h>

/* Looking at others before a scan: what a person asks, and what may not go on before it was
 * asked. */

size_t app_look_up_arguments(const struct config *config, char **argv, size_t count)
{
    const struct js *sources = js_at(config->look_up, "sources");
    argv[count++] = mem_strdup("--look-up-days");
    argv[count++] = mem_printf("%lld,%lld", (long long)js_int_or(config->look_up, "cache_days", 0),
                               (long long)js_int_or(config->look_up, "wait_days", 0));
    for (size_t i = 0; i < js_count(sources); i++) {
        const struct js *source = js_item(sources, i);
        bool national = js_bool_or(source, "national", false);
        argv[count++] = mem_strdup(national ? "--look-up-national" : "--look-up");
        argv[count++] =
            mem_printf("%s=%s", js_text_or(source, "name", ""), js_text_or(source, "label", ""));
    }
    if (*config->code_target) {
        argv[count++] = mem_strdup("--code-target");
        argv[count++] = mem_strdup(config->code_target);
    }
    return count;
}

enum err_code app_start_asker(struct app *app, struct err *err)
{
    const struct js *look_up = app->config->look_up;
    struct asker_config config = {
        .worker_dir = app->config->worker_dir,
        .witnesses = app->witnesses,
        .targets = app->config->targets,
        .asker_id = js_text_or(look_up, "asker_id", ""),
        .timeout_ms = (int)js_int_or(look_up, "timeout_s", 0) * 1000,
    };
    return asker_new(app->loop, &config, app->store, &app->asker, err);
}

bool app_looks_up(const struct app *app)
{
    return js_count(js_at(app->config->look_up, "sources")) > 0;
}

/* ---- what waits for the answers ---- */

struct errand {
    struct http_call *call;
    const char *op; /* of the store */
    char id[ID_SIZE];
    struct js *args;
    struct js *principal;
};

static void errand_free(struct errand *errand)
{
    if (!errand)
        return;
    js_free(errand->args);
    js_free(errand->principal);
    mem_free(errand);
}
AUTO_DEFINE(errand, struct errand *, errand_free);

static struct errand *errand_new(struct http_call *call, const char *op, const char *id,
                                 struct js *args, const struct js *principal)
{
    struct errand *errand = mem_alloc(sizeof *errand);
    struct err err = {.code = ERR_NO_MEMORY};
    AUTO(js) struct js *owned = args;
    if (!errand || !owned) {
        mem_free(errand);
        app_on_answer(call, NULL, &err);
        return NULL;
    }
    *errand = (struct errand){.call = call, .op = op};
    strncpy(errand->id, id, ID_SIZE - 1);
    errand->args = TAKE(owned);
    errand->principal = js_ref(principal);
    return errand;
}

/* Whoever could not be asked is remembered; that holds nobody up. */
static void on_asked_first(void *payload, const struct err *problem)
{
    AUTO(errand) struct errand *errand = payload;
    struct app *app = errand->call->app;
    if (problem && problem->code == ERR_CANCELLED)
        app_on_answer(errand->call, NULL, problem);
    else if (errand->op)
        store_client_call(app->store, errand->op, TAKE(errand->args), NULL, 0, app_on_store_answer,
                          errand->call);
    else
        scanners_start(app->scanners, errand->id, TAKE(errand->args), errand->principal,
                       app_on_answer, errand->call);
}

/* A scan that says which paper comes passes the gate with what others hold, too. */
void app_scan_asked(struct http_call *call, const char *dossier_id, struct js *args,
                    const struct js *principal)
{
    struct errand *errand = errand_new(call, NULL, dossier_id, args, principal);
    if (errand)
        asker_ask(call->app->asker, dossier_id, ASK_SCAN, principal, on_asked_first, errand);
}

void app_close_asked(struct http_call *call, struct js *args)
{
    AUTO(js) struct js *principal = js_ref(js_at(args, "principal"));
    const char *id = js_text_or(args, "id", "");
    struct errand *errand = errand_new(call, "dossier_close", id, args, principal);
    if (errand)
        asker_ask(call->app->asker, errand->id, ASK_CLOSE, principal, on_asked_first, errand);
}

/* ---- what a person asks ---- */

static void on_asked(void *payload, const struct err *problem)
{
    AUTO(errand) struct errand *errand = payload;
    if (problem)
        app_on_answer(errand->call, NULL, problem);
    else
        store_client_call(errand->call->app->store, errand->op, TAKE(errand->args), NULL, 0,
                          app_on_store_answer, errand->call);
}

static void ask(struct http_call *call, const char *dossier_id, const struct js *args,
                const struct js *principal)
{
    enum asker_why why = js_bool_or(args, "again", false) ? ASK_AGAIN : ASK_PERSON;
    struct js *papers = js_pack("{s:s, s:O}", "id", dossier_id, "principal", principal);
    struct errand *errand = errand_new(call, "dossier_papers", dossier_id, papers, principal);
    if (errand)
        asker_ask(call->app->asker, dossier_id, why, principal, on_asked, errand);
}

static void cancel(struct http_call *call, const char *dossier_id)
{
    AUTO(js)
    struct js *told =
        js_pack("{s:b}", "cancelled", (int)asker_cancel(call->app->asker, dossier_id));
    app_on_answer(call, told, NULL);
}

static void on_fetched(void *payload, const struct js *file, const struct err *problem)
{
    struct errand *errand = payload;
    struct err err = {.code = ERR_NO_MEMORY};
    if (!problem && file && !js_set(errand->args, "file", js_copy(file)))
        problem = &err;
    on_asked(errand, problem);
}

static void reuse(struct http_call *call, const char *dossier_id, struct js *args,
                  const struct js *principal)
{
    AUTO(mem) char *held_id = mem_strdup(js_text_or(args, "held_id", ""));
    struct errand *errand = errand_new(call, "dossier_reuse", dossier_id, args, principal);
    if (errand && held_id && js_set(errand->args, "principal", js_ref(principal)) &&
        js_set(errand->args, "id", js_text(dossier_id)))
        asker_fetch(call->app->asker, held_id, principal, on_fetched, errand);
    else if (errand)
        on_asked(errand, &(struct err){.code = ERR_NO_MEMORY});
}

void app_look_up(struct app *app, const char *verb, const char *dossier_id, struct js *args,
                 const struct principal *who, app_done_fn *done, void *payload)
{
    AUTO(js) struct js *owned = args;
    AUTO(js) struct js *principal = principal_to_js(who);
    struct http_call *call = app_call_new(app, done, payload);
    if (!call)
        return;
    if (strcmp(verb, "cancel") == 0)
        cancel(call, dossier_id);
    else if (strcmp(verb, "reuse") == 0)
        reuse(call, dossier_id, TAKE(owned), principal);
    else
        ask(call, dossier_id, owned, principal);
}
