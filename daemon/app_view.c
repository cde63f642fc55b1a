#include "daemon/app_inside.h"
#include "daemon/base/mem.h"
#include "daemon/ipc/store_client.h"
#include "daemon/workers/supervisor.h"

/* Pictures made for looking at only: the parts of a large side put together. One worker of its own,
 * so that nobody who looks waits behind a pile that is being read; it goes after each picture. */

#define JOIN_MS 100000
#define VIEW_MEMORY_MB 1500

struct view {
    struct http_call *call;
    struct js *args;
    int *fds;
    size_t fd_count;
    struct view *next;
};

static void view_free(struct view *view)
{
    if (!view)
        return;
    js_free(view->args);
    for (size_t i = 0; i < view->fd_count; i++)
        fd_close(view->fds[i]);
    mem_free(view->fds);
    mem_free(view);
}
AUTO_DEFINE(view, struct view *, view_free);

static void make_next(struct app *app);

static void on_made(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *err)
{
    struct http_call *call = payload;
    struct app *app = call->app;
    app_on_store_answer(call, message, ok, err);
    make_next(app);
}

static void refuse(struct http_call *call, enum err_code code, const char *detail)
{
    struct err err = ERR_INIT;
    err_set(&err, code, "%s", detail);
    app_on_answer(call, NULL, &err);
}

static void make_next(struct app *app)
{
    while (app->views && app->view_worker && !worker_is_busy(app->view_worker)) {
        struct err err = ERR_INIT;
        AUTO(view) struct view *view = app->views;
        app->views = view->next;
        if (worker_request(app->view_worker, "join", TAKE(view->args), view->fds, view->fd_count,
                           JOIN_MS, on_made, NULL, view->call, &err))
            app_on_answer(view->call, NULL, &err);
    }
}

static enum err_code take_fds(struct view *view, struct ipc_message *message, struct err *err)
{
    view->fds = mem_array(message->fd_count + 1, sizeof *view->fds);
    if (!view->fds)
        return err_set(err, ERR_NO_MEMORY, "view");
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < message->fd_count && !code; i++) {
        code = ipc_take_fd(message, i, &view->fds[i], err);
        view->fd_count += !code;
    }
    return code;
}

static void on_parts(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *problem)
{
    struct http_call *call = payload;
    struct err err = ERR_INIT;
    if (problem) {
        app_on_answer(call, NULL, problem);
        return;
    }
    AUTO(view) struct view *view = mem_alloc(sizeof *view);
    if (view)
        *view = (struct view){.call = call, .args = js_pack("{s:O}", "parts", js_at(ok, "parts"))};
    if (!view || !view->args) {
        refuse(call, ERR_NO_MEMORY, "view");
        return;
    }
    if (take_fds(view, message, &err)) {
        app_on_answer(call, NULL, &err);
        return;
    }
    struct view **last = &call->app->views;
    while (*last)
        last = &(*last)->next;
    *last = TAKE(view);
    make_next(call->app);
}

void app_joined(struct app *app, const char *page_id, const struct principal *who,
                app_done_fn *done, void *payload)
{
    struct http_call *call = app_call_new(app, done, payload);
    if (call)
        store_client_call(app->store, "page_parts",
                          js_pack("{s:s, s:o}", "id", page_id, "principal", principal_to_js(who)),
                          NULL, 0, on_parts, call);
}

enum err_code app_start_views(struct app *app, struct err *err)
{
    static const char *const env[] = {"OMP_THREAD_LIMIT=1", "GLIBC_TUNABLES=glibc.malloc.hugetlb=1",
                                      NULL};
    struct worker_kind kind = {
        .name = "ocr", .memory_limit_mb = VIEW_MEMORY_MB, .recycle_after = 1, .env = env};
    return worker_new(app->loop, &kind, app->config->worker_dir, &app->view_worker, err);
}

void app_stop_views(struct app *app)
{
    worker_free(TAKE(app->view_worker));
    while (app->views) {
        AUTO(view) struct view *view = app->views;
        app->views = view->next;
        refuse(view->call, ERR_CANCELLED, "sohoad stops");
    }
}
