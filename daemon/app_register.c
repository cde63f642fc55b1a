#include "daemon/app_inside.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/importer.h"
#include "daemon/workers/supervisor.h"

#include <stdio.h>
#include <string.h>

/*
 * Registers that were kept beside the scans of an import folder: read by a worker of its own, as
 * catalogues are, then given to the store some rows at a time, so that nobody waits for it long.
 *
 *   map of the folder ─▶ worker reads ─▶ register_begin ─▶ register_add… ─▶ register_use ─▶ join
 *
 * What ends before register_use has changed nothing.
 */

#define READ_MS 60000

struct register_file {
    struct http_call *call;
    struct js *args;  /* folder, name, file, said, dry_run, principal */
    struct js *told;  /* what the worker said */
    char id[ID_SIZE]; /* of the new version */
    int file, rows;   /* the bytes; lines */
    size_t chunk;     /* next */
};

static void file_free(struct register_file *file)
{
    if (!file)
        return;
    js_free(file->args);
    js_free(file->told);
    fd_close(file->file);
    fd_close(file->rows);
    mem_free(file);
}
AUTO_DEFINE(file, struct register_file *, file_free);

static void refuse(struct http_call *call, enum err_code code, const char *detail)
{
    struct err err = ERR_INIT;
    err_set(&err, code, "%s", detail);
    app_on_answer(call, NULL, &err);
}

/* ---- joining ---- */

static void join_some(struct app *app);

static void on_some_joined(void *payload, struct ipc_message *message, const struct js *ok,
                           const struct err *err)
{
    (void)message;
    struct app *app = payload;
    app->registers_join = false;
    if (err)
        log_err(err, NULL, "papers are not joined to their register now, trying again");
    else if (js_bool_or(ok, "more", false))
        join_some(app);
}

static void join_some(struct app *app)
{
    app->registers_join = true;
    store_client_call(app->store, "register_work",
                      js_pack("{s:o}", "principal", store_client_machine()), NULL, 0,
                      on_some_joined, app);
}

void app_join_registers(struct app *app)
{
    if (!app->registers_join)
        join_some(app);
}

/* ---- answers ---- */

/* What was noticed goes beside what the store said. */
static struct js *whole_answer(const struct register_file *file, const struct js *ok)
{
    static const char *const keys[] = {"columns", "rows",       "left_out",   "unread",
                                       "notes",   "sheets",     "note_count", "problem",
                                       "sha256",  "sheet_names"};
    AUTO(js) struct js *answer = ok ? js_copy(ok) : js_object();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (js_at(file->told, keys[i]) &&
            !js_set(answer, keys[i], js_ref(js_at(file->told, keys[i]))))
            return NULL;
    return TAKE(answer);
}

static void answer_file(struct register_file *file, const struct js *ok)
{
    AUTO(js) struct js *answer = whole_answer(file, ok);
    if (answer)
        app_on_answer(file->call, answer, NULL);
    else
        refuse(file->call, ERR_NO_MEMORY, "register");
}

/* ---- into the store ---- */

static void send_next(struct register_file *file);

static void on_used(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *err)
{
    (void)message;
    AUTO(file) struct register_file *file = payload;
    struct app *app = file->call->app;
    if (err) {
        app_on_answer(file->call, NULL, err);
        return;
    }
    answer_file(file, ok);
    app_join_registers(app);
}

static void on_added(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *err)
{
    (void)message;
    (void)ok;
    AUTO(file) struct register_file *file = payload;
    if (err)
        app_on_answer(file->call, NULL, err);
    else
        send_next(TAKE(file));
}

static void send_next(struct register_file *file)
{
    const struct js *chunk = js_item(js_at(file->told, "chunks"), file->chunk);
    struct store_client *store = file->call->app->store;
    struct js *args =
        js_pack("{s:s, s:O, s:I, s:I}", "id", file->id, "principal", js_at(file->args, "principal"),
                "offset", js_int_or(chunk, "offset", 0), "size", js_int_or(chunk, "size", 0));
    file->chunk++;
    if (chunk)
        store_client_call(store, "register_add", args, &file->rows, 1, on_added, file);
    else
        store_client_call(store, "register_use", args, NULL, 0, on_used, file);
}

static void on_begun(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *err)
{
    (void)message;
    AUTO(file) struct register_file *file = payload;
    if (err)
        app_on_answer(file->call, NULL, err);
    else if (js_bool_or(ok, "already", false))
        answer_file(file, ok);
    else
        send_next(TAKE(file));
}

/* heading → column key of every column that is known: the next file needs not to be told. */
static struct js *map_of(const struct js *columns)
{
    AUTO(js) struct js *map = js_object();
    for (size_t i = 0; i < js_count(columns); i++) {
        const struct js *one = js_item(columns, i);
        const char *field = js_text_or(one, "field", NULL);
        bool twice = js_bool_or(one, "twice", false);
        if (field && !twice && !js_set(map, js_text_or(one, "key", ""), js_text(field)))
            return NULL;
    }
    return TAKE(map);
}

static void begin(struct register_file *file)
{
    struct js *args =
        js_pack("{s:s, s:O, s:O, s:O, s:O, s:O, s:o}", "id", file->id, "principal",
                js_at(file->args, "principal"), "folder", js_at(file->args, "folder"), "name",
                js_at(file->args, "name"), "file", js_at(file->args, "file"), "sha256",
                js_at(file->told, "sha256"), "map", map_of(js_at(file->told, "columns")));
    store_client_call(file->call->app->store, "register_begin", args, NULL, 0, on_begun, file);
}

/* ---- reading ---- */

static void on_read(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *problem)
{
    AUTO(file) struct register_file *file = payload;
    struct err err = ERR_INIT;
    if (problem) {
        app_on_answer(file->call, NULL, problem);
        return;
    }
    file->told = js_ref(ok);
    const char *why = js_text_or(ok, "problem", NULL);
    if (js_bool_or(file->args, "dry_run", false)) {
        answer_file(file, NULL);
        return;
    }
    if (why)
        err_set(&err, ERR_REGISTER_BAD, "%s", why);
    else
        ipc_take_fd(message, 0, &file->rows, &err);
    if (err.code)
        app_on_answer(file->call, NULL, &err);
    else
        begin(TAKE(file));
}

static void on_map(void *payload, struct ipc_message *message, const struct js *ok,
                   const struct err *problem)
{
    (void)message;
    AUTO(file) struct register_file *file = payload;
    struct err err = ERR_INIT;
    struct worker *worker = file->call->app->catalog_worker;
    if (problem) {
        app_on_answer(file->call, NULL, problem);
        return;
    }
    if (worker_is_busy(worker)) {
        refuse(file->call, ERR_TOO_MANY, "another list is being read");
        return;
    }
    struct js *request =
        js_pack("{s:O, s:O?, s:s?}", "kept", js_at(ok, "map"), "said", js_at(file->args, "said"),
                "sheet", js_text_or(file->args, "sheet", NULL));
    if (!request)
        refuse(file->call, ERR_NO_MEMORY, "register");
    else if (worker_request(worker, "register", request, &file->file, 1, READ_MS, on_read, NULL,
                            file, &err))
        app_on_answer(file->call, NULL, &err);
    else
        file = NULL;
}

static void import_file(struct http_call *call, struct js *args, int fd)
{
    AUTO(js) struct js *owned = args;
    AUTO(fd) int bytes = fd;
    struct register_file *file = mem_alloc(sizeof *file);
    struct js *asked = js_pack("{s:O}", "folder", js_at(owned, "folder"));
    if (!file || !asked) {
        mem_free(file);
        js_free(asked);
        refuse(call, ERR_NO_MEMORY, "register");
        return;
    }
    *file = (struct register_file){
        .call = call, .args = TAKE(owned), .file = TAKE_FD(bytes), .rows = -1};
    id_new(file->id);
    store_client_call(call->app->store, "register_map", asked, NULL, 0, on_map, file);
}

/* ---- calls ---- */

static void on_again(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *err)
{
    struct http_call *call = payload;
    struct app *app = call->app;
    app_on_store_answer(call, message, ok, err);
    if (!err)
        app_join_registers(app);
}

void app_registers(struct app *app, const char *verb, const char *folder, struct js *args, int file,
                   const struct principal *who, app_done_fn *done, void *payload)
{
    struct err err = ERR_INIT;
    AUTO(js) struct js *owned = args ? args : js_object();
    AUTO(fd) int fd = file;
    struct http_call *call = app_call_new(app, done, payload);
    if (!call)
        return;
    if (importer_find(app->importer, folder, &err)) {
        app_on_answer(call, NULL, &err);
        return;
    }
    if (!js_set(owned, "folder", js_text(folder)) ||
        !js_set(owned, "principal", principal_to_js(who)))
        refuse(call, ERR_NO_MEMORY, "register");
    else if (strcmp(verb, "import") == 0)
        import_file(call, TAKE(owned), TAKE_FD(fd));
    else if (strcmp(verb, "join") == 0)
        store_client_call(app->store, "register_again", TAKE(owned), NULL, 0, on_again, call);
    else
        store_client_call(app->store,
                          strcmp(verb, "list") == 0 ? "register_list" : "register_status",
                          TAKE(owned), NULL, 0, app_on_store_answer, call);
}
