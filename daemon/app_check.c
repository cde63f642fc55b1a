#include "daemon/app_inside.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/workers/supervisor.h"

#include <systemd/sd-event.h>

static void on_checked(void *payload, struct ipc_message *message, const struct js *ok,
                       const struct err *err)
{
    (void)message, (void)ok;
    struct app *app = payload;
    if (err && err->code == ERR_CANCELLED)
        return; /* sohoad ends */
    if (!err) {
        log_line(LOG_LEVEL_INFO, NULL, "the store was read through: it is sound");
        return;
    }
    if (err->code != ERR_STORE_CORRUPT) {
        log_err(err, NULL, "the store could not be read through, continuing");
        return;
    }
    app->failed = *err;
    sd_event_exit(app->loop, 0);
}

enum err_code app_start_check(struct app *app, struct err *err)
{
    static const char *const no_env[] = {NULL};
    if (app->store_is_checked)
        return ERR_OK;
    app->check_folder = mem_printf("%s/store", app->config->state_dir);
    if (!app->check_folder)
        return err_set(err, ERR_NO_MEMORY, "check of the store");
    const char *const argv[] = {"sohoa-store-worker", "--folder", app->check_folder, "--check"};
    for (size_t i = 0; i < sizeof argv / sizeof *argv; i++)
        app->check_argv[i] = argv[i];
    struct worker_kind kind = {
        .name = "store", .argv = app->check_argv, .env = no_env, .recycle_after = 1};
    enum err_code code =
        worker_new(app->loop, &kind, app->config->worker_dir, &app->check_worker, err);
    return code ? code
                : worker_request(app->check_worker, "check", js_object(), NULL, 0, 0, on_checked,
                                 NULL, app, err);
}

void app_stop_check(struct app *app)
{
    worker_free(app->check_worker);
    mem_free(app->check_folder);
}
