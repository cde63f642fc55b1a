#include "daemon/app_inside.h"
#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/base/messages.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/importer.h"

#include <string.h>

/* What HTTP asks about folders that paper comes in as files. */

/* The balances are asked of the store one after the other, each with its folder. */
struct listing {
    struct http_call *call;
    struct js *folders; /* importer_to_js */
    struct js *told;    /* those whose balance is known */
};

static void ask_balance(struct listing *listing);

static void end_listing(struct listing *listing, const struct err *err)
{
    struct err no_memory = {.code = ERR_NO_MEMORY};
    AUTO(js) struct js *ok = js_pack("{s:O}", "imports", listing->told);
    struct http_call *call = listing->call;
    js_free(listing->folders);
    js_free(listing->told);
    mem_free(listing);
    if (err || !ok)
        app_on_answer(call, NULL, err ? err : &no_memory);
    else
        app_on_answer(call, ok, NULL);
}

static void on_balance(void *payload, struct ipc_message *message, const struct js *ok,
                       const struct err *err)
{
    (void)message;
    static const char *const keys[] = {"balance", "swept_us", "exceptions", "feed"};
    struct listing *listing = payload;
    AUTO(js) struct js *folder = js_copy(js_item(listing->folders, js_count(listing->told)));
    struct err no_memory = {.code = ERR_NO_MEMORY};
    bool fits = true;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        fits = fits && js_set(folder, keys[i], js_ref(js_at(ok, keys[i])));
    if (!err && (!fits || !js_push(listing->told, js_ref(folder))))
        err = &no_memory;
    if (err)
        end_listing(listing, err);
    else
        ask_balance(listing);
}

static void ask_balance(struct listing *listing)
{
    const struct js *folder = js_item(listing->folders, js_count(listing->told));
    if (!folder) {
        end_listing(listing, NULL);
        return;
    }
    struct js *args = js_pack("{s:O}", "folder", js_at(folder, "name"));
    store_client_call(listing->call->app->store, "import_balance", args, NULL, 0, on_balance,
                      listing);
}

static void list_folders(struct http_call *call)
{
    struct err err = {.code = ERR_NO_MEMORY};
    struct listing *listing = mem_alloc(sizeof *listing);
    struct js *folders = importer_to_js(call->app->importer), *told = js_array();
    if (!listing || !folders || !told) {
        mem_free(listing);
        js_free(folders);
        js_free(told);
        app_on_answer(call, NULL, &err);
        return;
    }
    *listing = (struct listing){call, folders, told};
    ask_balance(listing);
}

/* An item with its code as {"code","message"}; NULL: no memory. */
static struct js *explain(const struct js *item)
{
    AUTO(js) struct js *out = js_copy(item);
    const char *name = js_text_or(item, "code", NULL);
    enum err_code code = name ? err_from_name(name) : ERR_OK;
    struct js *problem =
        name ? js_pack("{s:s, s:s}", "code", name, "message", message_text(code, MESSAGE_VI))
             : js_null();
    return js_set(out, "problem", problem) && js_remove(out, "code") ? TAKE(out) : NULL;
}

static void on_items(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *err)
{
    (void)message;
    struct err no_memory = {.code = ERR_NO_MEMORY};
    AUTO(js) struct js *told = js_array();
    const struct js *items = js_at(ok, "items");
    for (size_t i = 0; !err && i < js_count(items); i++)
        if (!js_push(told, explain(js_item(items, i))))
            err = &no_memory;
    AUTO(js) struct js *answer = js_pack("{s:O}", "items", told);
    if (!err && !answer)
        err = &no_memory;
    app_on_answer(payload, err ? NULL : answer, err);
}

static void on_again(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *err)
{
    (void)message;
    (void)ok;
    struct http_call *call = payload;
    if (err) {
        app_on_answer(call, NULL, err);
        return;
    }
    list_folders(call);
}

static void on_fed(void *payload, const struct js *ok, const struct err *err)
{
    app_on_answer(payload, ok, err);
}

static void on_retried(void *payload, struct ipc_message *message, const struct js *ok,
                       const struct err *err)
{
    (void)message;
    struct http_call *call = payload;
    struct err no_memory = {.code = ERR_NO_MEMORY};
    const char *folder = js_text_or(ok, "item.folder", "");
    struct app *app = call->app;
    AUTO(js) struct js *item = err ? NULL : explain(js_at(ok, "item"));
    AUTO(js) struct js *answer = item ? js_pack("{s:O}", "item", item) : NULL;
    app_on_answer(call, answer, err ? err : answer ? NULL : &no_memory);
    importer_look(app->importer, folder);
    importer_work(app->importer, folder);
}

static void on_uploaded(void *payload, struct ipc_message *message, const struct js *ok,
                        const struct err *err)
{
    (void)message;
    struct http_call *call = payload;
    struct err no_memory = {.code = ERR_NO_MEMORY};
    struct app *app = call->app;
    AUTO(js) struct js *item = err ? NULL : explain(js_at(ok, "item"));
    AUTO(js)
    struct js *answer = item ? js_pack("{s:O, s:b}", "item", item, "duplicate",
                                       (int)js_bool_or(ok, "duplicate", false))
                             : NULL;
    app_on_answer(call, answer, err ? err : answer ? NULL : &no_memory);
    importer_work(app->importer, "upload");
}

void app_upload(struct app *app, struct js *args, int file, const struct principal *who,
                app_done_fn *done, void *payload)
{
    AUTO(js) struct js *owned = args;
    AUTO(fd) int fd = file;
    struct http_call *call = app_call_new(app, done, payload);
    if (!call)
        return;
    js_set(owned, "principal", principal_to_js(who));
    store_client_call(app->store, "import_upload", TAKE(owned), &fd, 1, on_uploaded, call);
}

void app_imports(struct app *app, const char *verb, const char *name, struct js *args,
                 const struct principal *who, app_done_fn *done, void *payload)
{
    struct err err = ERR_INIT;
    AUTO(js) struct js *owned = args ? args : js_object();
    struct http_call *call = app_call_new(app, done, payload);
    if (!call)
        return;
    if (!name) {
        list_folders(call);
        return;
    }
    if (importer_find(app->importer, name, &err)) {
        app_on_answer(call, NULL, &err);
        return;
    }
    if (strcmp(verb, "feed") == 0) {
        importer_feed(app->importer, name, js_text_or(owned, "dossier_id", NULL),
                      js_text_or(owned, "waiting", NULL), principal_to_js(who), on_fed, call);
        return;
    }
    js_set(owned, "folder", js_text(name));
    js_set(owned, "principal", principal_to_js(who));
    if (strcmp(verb, "retry") == 0) {
        store_client_call(app->store, "import_retry", TAKE(owned), NULL, 0, on_retried, call);
        return;
    }
    bool look = strcmp(verb, "look") == 0;
    store_client_call(app->store, look ? "import_again" : "import_list", TAKE(owned), NULL, 0,
                      look ? on_again : on_items, call);
    if (look)
        importer_look(app->importer, name);
}
