#include "daemon/app_inside.h"
#include "daemon/base/mem.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/device_book.h"
#include "daemon/pipeline/scan_wish.h"
#include "daemon/pipeline/scanners.h"

#include <string.h>

/* What HTTP asks about scanners, their labels and profiles, and scan jobs. */

static void on_settled(void *payload, struct ipc_message *message, const struct js *ok,
                       const struct err *err)
{
    struct http_call *call = payload;
    if (!err)
        device_book_take(call->app->book, ok);
    app_on_store_answer(payload, message, ok, err);
}

/* A label or profile for a device that is known. */
struct settling {
    struct http_call *call;
    struct js *args;
};

/* A locked profile stays where IT staff put it. */
static enum err_code check_lock(const struct device_book *book, const struct js *args,
                                const struct device_ref *found, struct err *err)
{
    const struct js *profile = found ? device_book_profile_of(book, found->key) : NULL;
    const char *name = js_text_or(profile, "name", "");
    bool may = strcmp(js_text_or(args, "principal.role", ""), "it") == 0 || !js_at(args, "profile");
    if (may || !js_bool_or(profile, "locked", false) ||
        strcmp(js_text_or(args, "profile", ""), name) == 0)
        return ERR_OK;
    return err_set(err, ERR_PROFILE_LOCKED, "only IT staff takes the device off the locked '%s'",
                   name);
}

static void on_found_to_settle(void *payload, const struct device_ref *found, const struct err *err)
{
    struct settling settling = *(struct settling *)payload;
    mem_free(payload);
    struct app *app = settling.call->app;
    const char *wanted = js_text_or(settling.args, "identity", "");
    bool known =
        !err || (err->code == ERR_UNKNOWN_DEVICE && scanners_opened(app->scanners, wanted));
    struct err refusal = ERR_INIT;
    if (known && check_lock(app->book, settling.args, found, &refusal))
        err = &refusal;
    if (!known || refusal.code ||
        (found && !js_set(settling.args, "identity", js_text(found->key)))) {
        js_free(settling.args);
        app_on_answer(settling.call, NULL, err);
        return;
    }
    store_client_call(app->store, "device_set", settling.args, NULL, 0, on_settled, settling.call);
}

static void settle_device(struct http_call *call, const char *device, struct js *args)
{
    struct settling *settling = mem_alloc(sizeof *settling);
    struct err err = {.code = ERR_NO_MEMORY};
    if (!settling || !js_set(args, "identity", js_text(device))) {
        mem_free(settling);
        js_free(args);
        app_on_answer(call, NULL, &err);
        return;
    }
    *settling = (struct settling){call, args};
    device_book_find_seen(call->app->book, device, on_found_to_settle, settling);
}

static void change_profile(struct http_call *call, const char *op, struct js *args)
{
    static const char *const keys[] = {"source", "mode", "resolution_dpi", "paper", "button"};
    struct err err = ERR_INIT;
    AUTO(js) struct js *settings = js_object();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (js_has(args, keys[i]) && !js_set(settings, keys[i], js_ref(js_at(args, keys[i]))))
            err_set(&err, ERR_NO_MEMORY, "profile");
    if (!err.code)
        scan_wish_check_profile(settings, &err);
    if (!err.code && !js_set(args, "settings", js_ref(settings)))
        err_set(&err, ERR_NO_MEMORY, "profile");
    if (!err.code) {
        store_client_call(call->app->store, op, args, NULL, 0, on_settled, call);
        return;
    }
    js_free(args);
    app_on_answer(call, NULL, &err);
}

static void show_profiles(struct http_call *call)
{
    struct err err = {.code = ERR_NO_MEMORY};
    AUTO(js) struct js *profiles = device_book_profiles(call->app->book);
    app_on_answer(call, profiles, profiles ? NULL : &err);
}

static bool ask_scanner(struct http_call *call, const char *verb, const char *device,
                        const struct js *principal)
{
    static const struct {
        const char *verb;
        enum scanner_question question;
    } questions[] = {{"show", SCANNER_SHOW}, {"test", SCANNER_TEST}, {"reset", SCANNER_RESET}};
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        if (strcmp(questions[i].verb, verb) != 0)
            continue;
        scanners_ask(call->app->scanners, device, questions[i].question, principal, app_on_answer,
                     call);
        return true;
    }
    return false;
}

void app_devices(struct app *app, const char *verb, const char *device, struct js *args,
                 const struct principal *who, app_done_fn *done, void *payload)
{
    AUTO(js) struct js *principal = principal_to_js(who);
    AUTO(js) struct js *owned = args ? args : js_object();
    struct http_call *call = app_call_new(app, done, payload);
    if (!call || ask_scanner(call, verb, device, principal))
        return;
    js_set(owned, "principal", js_ref(principal));
    if (strcmp(verb, "list") == 0)
        device_book_list(app->book, app_on_answer, call);
    else if (strcmp(verb, "profiles") == 0)
        show_profiles(call);
    else if (strcmp(verb, "lease") == 0)
        scanners_lease(app->scanners, device, TAKE(owned), principal, app_on_answer, call);
    else if (strcmp(verb, "set") == 0)
        settle_device(call, device, TAKE(owned));
    else
        change_profile(call, verb, TAKE(owned));
}

void app_scan(struct app *app, const char *dossier_id, struct js *args, const struct principal *who,
              app_done_fn *done, void *payload)
{
    struct http_call *call = app_call_new(app, done, payload);
    AUTO(js) struct js *principal = principal_to_js(who);
    if (call && app_looks_up(app) && js_has(args, "paper_code"))
        app_scan_asked(call, dossier_id, args, principal);
    else if (call)
        scanners_start(app->scanners, dossier_id, args, principal, app_on_answer, call);
    else
        js_free(args);
}

void app_job(struct app *app, const char *verb, const char *job_id, const struct principal *who,
             app_done_fn *done, void *payload)
{
    static const char *const verbs[] = {
        [JOB_SHOW] = "show", [JOB_CANCEL] = "cancel",   [JOB_CONTINUE] = "continue",
        [JOB_NEXT] = "next", [JOB_CONFIRM] = "confirm", [JOB_FINISH] = "finish"};
    AUTO(js) struct js *ok = NULL;
    AUTO(js) struct js *principal = principal_to_js(who);
    struct err err = ERR_INIT;
    enum job_verb wanted = JOB_SHOW;
    while (wanted < JOB_FINISH && strcmp(verbs[wanted], verb) != 0)
        wanted++;
    enum err_code code = scanners_job(app->scanners, job_id, wanted, principal, &ok, &err);
    done(payload, ok, -1, code ? &err : NULL);
}

void app_preview(struct app *app, const char *job_id, int64_t from, app_done_fn *done,
                 void *payload)
{
    AUTO(js) struct js *ok = NULL;
    struct err err = ERR_INIT;
    int fd = -1;
    enum err_code code = scanners_preview(app->scanners, job_id, from, &fd, &ok, &err);
    done(payload, ok, fd, code ? &err : NULL);
}
