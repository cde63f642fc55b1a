#include "daemon/app_inside.h"

#include "daemon/base/file.h"
#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/config_role.h"
#include "daemon/http/listen.h"
#include "daemon/http/server.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/asker.h"
#include "daemon/pipeline/device_book.h"
#include "daemon/pipeline/devices.h"
#include "daemon/pipeline/hot_plug.h"
#include "daemon/pipeline/importer.h"
#include "daemon/pipeline/learner.h"
#include "daemon/pipeline/pipeline.h"
#include "daemon/pipeline/reconciler.h"
#include "daemon/pipeline/scanners.h"
#include "daemon/pipeline/stage.h"
#include "daemon/pipeline/store_source.h"
#include "daemon/review/signer.h"
#include "daemon/workers/supervisor.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <unistd.h>

/* Waiting work is looked for at least this often, whatever was or was not announced. */
#define TICK_US (5 * 1000000ull)
#define STATUS_MAX_AGE_US 500000

static void release_claims(struct app *app);

/* ---- what changes in the store ------------------------------------------------------------------
 */

static void on_secrets_purged(void *payload, struct ipc_message *message, const struct js *ok,
                              const struct err *err)
{
    (void)payload, (void)message, (void)ok;
    if (err)
        log_err(err, NULL, "papers with a mark nobody answered are not removed, trying again");
}

static void purge_due_secrets(struct app *app)
{
    store_client_call(app->store, "secret_purge_due",
                      js_pack("{s:o}", "principal", store_client_machine()), NULL, 0,
                      on_secrets_purged, NULL);
}

static void on_status(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    (void)message;
    struct app *app = payload;
    app->status_asked = false;
    if (err) {
        log_err(err, NULL, "store status cannot be read, continuing");
        return;
    }
    js_free(app->store_status);
    app->store_status = js_ref(ok);
    app->store_status_us = sys_monotonic_us();
    app_follow_templates(app, js_text_or(ok, "due.templates", ""));
    if (js_bool_or(ok, "due.registers", false))
        app_join_registers(app);
    if (js_bool_or(ok, "due.secrets", false))
        purge_due_secrets(app);
    if (app->asker && js_bool_or(ok, "due.look_ups", false))
        asker_due(app->asker);
    sd_notify(0, "WATCHDOG=1"); /* only from here: the loop turns and the store answers */
}

static void ask_status(struct app *app)
{
    if (app->status_asked)
        return;
    app->status_asked = true;
    store_client_call(app->store, "status", js_pack("{s:o}", "principal", store_client_machine()),
                      NULL, 0, on_status, app);
}

static void on_changed(void *payload, const struct js *changed)
{
    struct app *app = payload;
    for (size_t i = 0; app->http && i < js_count(changed); i++)
        http_event(app->http, "changed", js_item(changed, i));
    if (app->pipeline)
        pipeline_kick_for(app->pipeline, changed);
}

static int on_tick(sd_event_source *source, uint64_t now_us, void *payload)
{
    struct app *app = payload;
    ask_status(app);
    if (app->release_again)
        release_claims(app);
    pipeline_kick(app->pipeline);
    app_sync_tick(app);
    reconciler_tick(app->reconciler);
    app_watch_tick(app);
    learner_tick(app->learner);
    scanners_watch(app->scanners, http_server_listeners(app->http));
    sd_event_source_set_time(source, now_us + TICK_US);
    return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* no free spot at the top of page 1, the visible block lies on something. */
static void log_covering_block(const struct job *job)
{
    double covers_mm2 = js_real_or(job->result, "signature.block_covers_mm2", 0);
    if (covers_mm2 > 0)
        log_line(LOG_LEVEL_WARNING, LOG_FIELDS(LOG_FIELD("SOHOA_DOC", job->id)),
                 "visible signature block covers %.0f mm2 of the page, continuing", covers_mm2);
}

static void on_step_ended(void *payload, const struct job *job, const struct err *err)
{
    struct app *app = payload;
    if (job->stage->remote)
        app_sync_ended(app, job, err);
    if (err || strcmp(job->stage->name, "seal") != 0)
        return;
    log_covering_block(job);
    signer_touch(app->signer);
}

static void on_scanner_event(void *payload, const char *name, const struct js *data)
{
    struct app *app = payload;
    if (app->http)
        http_event(app->http, name, data);
}

static void on_signer_unlocked(void *payload)
{
    static const char *const reasons[] = {"SIGNER_LOCKED", "SIGNER_OTHER_PERSON"};
    struct app *app = payload;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        struct js *args = js_pack("{s:s, s:s, s:o}", "kind", "document", "reason", reasons[i],
                                  "principal", store_client_machine());
        store_client_call(app->store, "release_reason", args, NULL, 0, NULL, NULL);
    }
}

/* The copier signs his own copies, also when another person unlocked the key meanwhile. */
static enum err_code check_owner_signs(const struct app *app, const char *who, struct err *err)
{
    if (signer_is_of_other(app->signer, who))
        return err_set(err, ERR_SIGNER_OTHER_PERSON, "the unlocked key is another person's");
    return ERR_OK;
}

static enum err_code may_sign(void *payload, const char *copied_by, struct err *err)
{
    return check_owner_signs(payload, copied_by, err);
}

/* ---- what HTTP asks -----------------------------------------------------------------------------
 */

struct http_call *app_call_new(struct app *app, app_done_fn *done, void *payload)
{
    struct http_call *call = mem_alloc(sizeof *call);
    struct err err = {.code = ERR_NO_MEMORY};
    if (call)
        *call = (struct http_call){app, done, payload};
    else
        done(payload, NULL, -1, &err);
    return call;
}

void app_on_store_answer(void *payload, struct ipc_message *message, const struct js *ok,
                         const struct err *err)
{
    struct http_call call = *(struct http_call *)payload;
    int fd = -1;
    mem_free(payload);
    if (!err && message->fd_count)
        ipc_take_fd(message, 0, &fd, NULL);
    call.done(call.payload, ok, fd, err);
}

/* A site's journal tells which case a person's question is about, without telling the case. */
static void log_dossier(const struct js *dossier)
{
    const char *code = js_text_or(dossier, "code", NULL);
    if (code)
        log_line(LOG_LEVEL_INFO,
                 LOG_FIELDS(LOG_FIELD("SOHOA_DOSSIER", js_text_or(dossier, "id", NULL)),
                            LOG_MASKED("SOHOA_DOSSIER_CODE", code)),
                 "dossier has a code");
}

static void on_dossier_changed(void *payload, struct ipc_message *message, const struct js *ok,
                               const struct err *err)
{
    if (!err)
        log_dossier(js_at(ok, "dossier"));
    app_on_store_answer(payload, message, ok, err);
}

/* The copy names a person: whoever's key is unlocked, else the configured copier. */
static bool name_copier(const struct app *app, struct js *args)
{
    const char *name = signer_name(app->signer);
    if (!name && *app->config->copier)
        name = app->config->copier;
    return !name || js_set(args, "copier", js_text(name));
}

/* What the store cannot know: which document paper is running into, and whose key is unlocked. */
static enum err_code refuse(const struct app *app, const char *op, struct js *args, struct err *err)
{
    bool ends = strcmp(op, "document_finish_scan") == 0 || strcmp(op, "document_reject") == 0;
    if (ends && scanners_fill(app->scanners, js_text_or(args, "id", "")))
        return err_set(err, ERR_SCAN_RUNNING, "pages are still coming into this document");
    if (strcmp(op, "document_confirm") != 0)
        return ERR_OK;
    enum err_code code = check_owner_signs(app, js_text_or(args, "principal.id", ""), err);
    if (code)
        return code;
    return name_copier(app, args) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "copier");
}

static void app_store(struct app *app, const char *op, struct js *args, app_done_fn *done,
                      void *payload)
{
    struct err err = ERR_INIT;
    if (refuse(app, op, args, &err)) {
        js_free(args);
        done(payload, NULL, -1, &err);
        return;
    }
    struct http_call *call = app_call_new(app, done, payload);
    if (call && app_looks_up(app) && strcmp(op, "dossier_close") == 0) {
        app_close_asked(call, args);
        return;
    }
    bool names_dossier = strcmp(op, "dossier_create") == 0 || strcmp(op, "dossier_update") == 0;
    if (call)
        store_client_call(app->store, op, args, NULL, 0,
                          names_dossier ? on_dossier_changed : app_on_store_answer, call);
    else
        js_free(args);
}

void app_on_answer(void *payload, const struct js *ok, const struct err *err)
{
    struct http_call call = *(struct http_call *)payload;
    mem_free(payload);
    call.done(call.payload, ok, -1, err);
}

/* Who used the key when; a failed attempt, too. */
static void note_signer(struct app *app, const char *event, const struct principal *who)
{
    struct js *args = js_pack("{s:s, s:s, s:o}", "subject", "signer", "event", event, "principal",
                              principal_to_js(who));
    store_client_call(app->store, "station_note", args, NULL, 0, NULL, NULL);
}

static void show_signer(struct app *app, app_done_fn *done, void *payload)
{
    struct err err = ERR_INIT;
    AUTO(js) struct js *shown = signer_show(app->signer);
    err_set(&err, ERR_NO_MEMORY, "signer");
    done(payload, shown, -1, shown ? NULL : &err);
}

static void unlock_signer(struct app *app, const struct js *args, const struct principal *who,
                          app_done_fn *done, void *payload)
{
    struct err err = ERR_INIT;
    const char *password;
    if (js_get_text(args, "password", &password, &err)) {
        done(payload, NULL, -1, &err);
        return;
    }
    struct http_call *call = app_call_new(app, done, payload);
    if (call)
        signer_unlock(app->signer, password, who->id, app_on_answer, call);
}

static void app_signer(struct app *app, const char *verb, struct js *args,
                       const struct principal *who, app_done_fn *done, void *payload)
{
    AUTO(js) struct js *owned = args;
    if (strcmp(verb, "show") == 0) {
        show_signer(app, done, payload);
        return;
    }
    note_signer(app, verb, who);
    if (strcmp(verb, "unlock") == 0) {
        unlock_signer(app, owned, who, done, payload);
        return;
    }
    struct http_call *call = app_call_new(app, done, payload);
    if (call)
        signer_lock(app->signer, app_on_answer, call);
}

struct js *app_status_to_js(const struct app *app)
{
    int64_t now_us = sys_monotonic_us();
    int64_t age_ms = app->store_status ? (now_us - app->store_status_us) / 1000 : -1;
    struct js *store = app->store_status ? js_ref(app->store_status) : js_null();
    return js_pack(
        "{s:s, s:i, s:I, s:o, s:I, s:I, s:o, s:b, s:o, s:o, s:O, s:I}", "version", SOHOA_VERSION,
        "pid", (int)getpid(), "uptime_s", (now_us - app->started_us) / 1000000, "store", store,
        "store_age_ms", age_ms, "store_waiting", (int64_t)store_client_waiting(app->store),
        "signer", signer_show(app->signer), "scanning", (int)scanners_are_busy(app->scanners),
        "job", scanners_running_job(app->scanners), "scanners", scanners_to_js(app->scanners),
        "alarms", app_watch_alarms(app), "worker_crashes",
        (int64_t)(pipeline_crash_count(app->pipeline) + scanners_crash_count(app->scanners) +
                  importer_crash_count(app->importer) + asker_crash_count(app->asker) +
                  worker_crash_count(app->store_worker)));
}

static void app_status(struct app *app, app_done_fn *done, void *payload)
{
    struct err err = ERR_INIT;
    if (sys_monotonic_us() - app->store_status_us > STATUS_MAX_AGE_US)
        ask_status(app); /* for the next one who asks; nobody waits for the store here */
    AUTO(js) struct js *status = app_status_to_js(app);
    err_set(&err, ERR_NO_MEMORY, "status");
    done(payload, status, -1, status ? NULL : &err);
}

static const struct app_calls calls = {
    .store = app_store,
    .devices = app_devices,
    .scan = app_scan,
    .job = app_job,
    .preview = app_preview,
    .signer = app_signer,
    .sync = app_sync,
    .sync_show = app_sync_show,
    .reconciles = app_reconciles,
    .sticks = app_sticks,
    .watch = app_watch,
    .status = app_status,
    .imports = app_imports,
    .upload = app_upload,
    .catalog = app_catalog,
    .registers = app_registers,
    .models = app_models,
    .joined = app_joined,
    .look_up = app_look_up,
};

/* ---- start and stop -----------------------------------------------------------------------------
 */

static enum err_code store_arguments(struct app *app, struct err *err)
{
    const struct config *config = app->config;
    size_t count = 0;
    char **argv = app->store_argv;
    argv[count++] = mem_strdup("sohoa-store-worker");
    argv[count++] = mem_strdup("--folder");
    argv[count++] = mem_printf("%s/store", config->state_dir);
    argv[count++] = mem_strdup("--reserve-mb");
    argv[count++] = mem_printf("%d", config->reserve_mb);
    argv[count++] = mem_strdup("--secret-wait-min");
    argv[count++] = mem_printf("%d", config->secret_wait_min);
    if (*config->code_template) {
        argv[count++] = mem_strdup("--code-template");
        argv[count++] = mem_strdup(config->code_template);
    }
    if (*config->component_code_template) {
        argv[count++] = mem_strdup("--component-code-template");
        argv[count++] = mem_strdup(config->component_code_template);
    }
    argv[count++] = mem_strdup("--unknown-validity");
    argv[count++] = mem_strdup(config->unknown_validity);
    if (config->codes_are_provisional)
        argv[count++] = mem_strdup("--provisional-codes");
    for (size_t i = 0; i < js_count(config->targets) && count + 3 < STORE_ARGV_MAX; i++) {
        if (!config_role_takes_records(js_item(config->targets, i)))
            continue;
        argv[count++] = mem_strdup("--target");
        argv[count++] = mem_strdup(js_text_or(js_item(config->targets, i), "name", ""));
    }
    config_role_arguments(config->targets, argv, STORE_ARGV_MAX, &count);
    count = app_look_up_arguments(config, argv, count);
    for (size_t i = 0; i < count; i++)
        if (!argv[i])
            return err_set(err, ERR_NO_MEMORY, "store worker");
    return ERR_OK;
}

static void on_released(void *payload, struct ipc_message *message, const struct js *ok,
                        const struct err *err)
{
    (void)message;
    (void)ok;
    struct app *app = payload;
    app->opened = true;
    app->release_again = err && err->code == ERR_DISK_FULL;
    if (app->release_again)
        log_err(err, NULL, "old claims are released when there is room, continuing");
    else if (err)
        app->open_err = *err;
}

static void release_claims(struct app *app)
{
    struct js *args =
        js_pack("{s:s, s:o}", "owner", app->owner, "principal", store_client_machine());
    store_client_call(app->store, "release_claims", args, NULL, 0, on_released, app);
}

static void on_hello(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *err)
{
    (void)message;
    struct app *app = payload;
    if (err) {
        app->opened = true;
        app->open_err = *err;
        return;
    }
    app->store_is_checked = js_bool_or(ok, "checked", false);
    release_claims(app);
}

static enum err_code open_store(struct app *app, struct err *err)
{
    static const char *const no_env[] = {NULL};
    struct worker_kind kind = {.name = "store",
                               .argv = (const char *const *)app->store_argv,
                               .env = no_env,
                               .outstanding = WORKER_OUTSTANDING_MAX};
    AUTO(mem) char *folder = mem_printf("%s/store", app->config->state_dir);
    if (!folder)
        return err_set(err, ERR_NO_MEMORY, "store");
    enum err_code code = file_make_folders(folder, 0700, err);
    if (!code)
        code = store_arguments(app, err);
    if (!code)
        code = worker_new(app->loop, &kind, app->config->worker_dir, &app->store_worker, err);
    if (!code)
        code = store_client_new(app->store_worker, on_changed, app, &app->store, err);
    if (code)
        return code;
    store_client_call(app->store, "hello", js_pack("{s:o}", "principal", store_client_machine()),
                      NULL, 0, on_hello, app);
    while (!app->opened)
        if (sd_event_run(app->loop, UINT64_MAX) < 0)
            return err_set(err, ERR_INTERNAL, "event loop");
    if (app->open_err.code)
        *err = app->open_err;
    return app->open_err.code;
}

static enum err_code make_witnesses(struct app *app, struct err *err)
{
    app->witnesses = mem_printf("%s/targets", app->config->state_dir);
    return app->witnesses ? file_make_folders(app->witnesses, 0700, err)
                          : err_set(err, ERR_NO_MEMORY, "targets");
}

/* Folders alone gain nothing by being written at the same time, and numbers within a dossier keep
 * the order of its papers. */
static int upload_workers(const struct config *config)
{
    for (size_t i = 0; i < js_count(config->targets); i++)
        if (!js_has(js_item(config->targets, i), "path"))
            return config->upload_jobs;
    return 1;
}

static enum err_code start_pipeline(struct app *app, struct err *err)
{
    enum err_code code = make_witnesses(app, err);
    if (code)
        return code;
    struct pipeline_config config = {.worker_dir = app->config->worker_dir,
                                     .ocr_workers = app->config->ocr_workers,
                                     .upload_workers = upload_workers(app->config),
                                     .recognise_ms = app->config->page_seconds * 1000,
                                     .lang = app->config->lang,
                                     .witnesses = app->witnesses,
                                     .targets = app->config->targets,
                                     .may_sign = may_sign,
                                     .may_sign_payload = app,
                                     .moved = app_sync_moved,
                                     .moved_payload = app};
    code = store_source_new(app->store, app->owner, &app->source, err);
    if (!code)
        code = app_start_sync(app, err);
    if (!code)
        code = app_start_watch(app, err);
    if (code)
        return code;
    struct job_source jobs = store_source_jobs(app->source);
    code = pipeline_new(app->loop, &config, &jobs, on_step_ended, app, &app->pipeline, err);
    return code ? code : app_start_reconcile(app, err);
}

static void on_devices_listed(void *payload, const struct js *ok, const struct err *err)
{
    struct app *app = payload;
    if (err)
        log_err(err, NULL, "scanners cannot be listed, continuing");
    else if (app->http)
        http_event(app->http, "devices", ok);
}

/* A look that nobody asked for: the page shows what came and went, and the first scan of the day
 * need not wait for a list. */
static void look_for_devices(void *payload)
{
    struct app *app = payload;
    device_book_list(app->book, on_devices_listed, app);
}

static void watch_devices(struct app *app)
{
    struct err err = ERR_INIT;
    if (hot_plug_new(app->loop, look_for_devices, app, &app->hot_plug, &err))
        log_err(&err, NULL, "no news of scanners plugged in or out, continuing");
    look_for_devices(app);
}

static enum err_code start_scanner(struct app *app, struct err *err)
{
    enum err_code code = devices_new(app->loop, app->config->worker_dir, &app->config->scan_limits,
                                     &app->devices, err);
    if (code)
        return code;
    code = device_book_new(app->devices, app->store, &app->book, err);
    if (code)
        return code;
    device_book_load(app->book);
    struct scanners_config config = {.worker_dir = app->config->worker_dir,
                                     .limits = &app->config->scan_limits,
                                     .book = app->book,
                                     .default_device = app->config->scanner,
                                     .panels = app->config->buttons};
    code = scanners_new(app->loop, &config, app->store, on_scanner_event, app, &app->scanners, err);
    if (!code)
        watch_devices(app);
    return code;
}

static enum err_code start_signer(struct app *app, struct err *err)
{
    return signer_new(app->loop, pipeline_seal_worker(app->pipeline), app->config->signer_p12,
                      app->config->signer_idle_min, on_signer_unlocked, app, &app->signer, err);
}

/* Clerks reach the socket by their group. */
static enum err_code open_socket_to_group(const struct config *config, struct err *err)
{
    if (!*config->socket_group)
        return ERR_OK;
    struct group *group = getgrnam(config->socket_group);
    if (!group)
        return err_set(err, ERR_BAD_CONFIG, "no group '%s'", config->socket_group);
    if (chown(config->socket_path, (uid_t)-1, group->gr_gid) != 0)
        return err_set_errno(err, ERR_BAD_CONFIG, errno, "give the socket to group '%s'",
                             config->socket_group);
    return ERR_OK;
}

static enum err_code start_http(struct app *app, struct err *err)
{
    struct http_config http = {.loop = app->loop,
                               .unix_fd = -1,
                               .tcp_fd = -1,
                               .web_dir = app->config->web_dir,
                               .calls = &calls,
                               .app = app,
                               .limits = {.file_mb = app->config->upload_max_mb}};
    AUTO(mem) char *folder = mem_strdup(app->config->socket_path);
    if (!folder || !strrchr(folder, '/'))
        return err_set(err, ERR_BAD_CONFIG, "socket path");
    *strrchr(folder, '/') = 0;
    int port;
    enum err_code code = file_make_folders(folder, 0700, err);
    if (!code)
        code = listen_unix(app->config->socket_path, 0660, &http.unix_fd, err);
    if (!code)
        code = open_socket_to_group(app->config, err);
    if (!code)
        code = listen_loopback(app->config->port, &http.tcp_fd, &port, err);
    if (code) {
        fd_close(http.unix_fd);
        return code;
    }
    return http_server_new(&http, &app->http, err);
}

static enum err_code start(struct app *app, struct err *err)
{
    enum err_code code = open_store(app, err);
    if (!code)
        code = start_pipeline(app, err);
    if (!code)
        code = start_scanner(app, err);
    if (!code)
        code = app_start_asker(app, err);
    if (!code)
        code = start_signer(app, err);
    if (!code)
        code = app_start_views(app, err);
    if (!code)
        code = app_start_catalogs(app, err);
    if (!code)
        code = app_start_learning(app, err);
    if (!code)
        code = importer_new(app->loop, app->config->worker_dir, app->config->imports, app->store,
                            &app->importer, err);
    if (!code)
        code = start_http(app, err);
    if (!code)
        code = app_start_check(app, err);
    if (!code && sd_event_add_time_relative(app->loop, &app->tick, CLOCK_MONOTONIC, 0, 1000,
                                            on_tick, app) < 0)
        code = err_set(err, ERR_INTERNAL, "timer");
    if (!code)
        pipeline_kick(app->pipeline);
    return code;
}

enum err_code app_start(sd_event *loop, const struct config *config, struct app **out,
                        struct err *err)
{
    struct app *app = mem_alloc(sizeof *app);
    if (!app)
        return err_set(err, ERR_NO_MEMORY, "app");
    app->loop = sd_event_ref(loop);
    app->config = config;
    app->started_us = sys_monotonic_us();
    id_new(app->owner);
    enum err_code code = start(app, err);
    if (code) {
        app_stop(app);
        return code;
    }
    *out = app;
    return ERR_OK;
}

void app_stop(struct app *app)
{
    if (!app)
        return;
    sd_event_source_disable_unref(app->tick);
    http_server_free(app->http);
    app->http = NULL;
    if (app->store)
        store_client_close(app->store);
    hot_plug_free(app->hot_plug);
    app_stop_views(app);
    app_stop_catalogs(app);
    app_stop_learning(app);
    app_stop_reconcile(app);
    importer_free(app->importer);
    asker_free(app->asker);
    scanners_free(app->scanners);
    devices_free(app->devices);
    device_book_free(app->book);
    pipeline_free(app->pipeline);
    app->pipeline = NULL;
    signer_free(app->signer);
    app_stop_sync(app);
    app_stop_watch(app);
    store_source_free(app->source);
    app_stop_check(app);
    worker_free(app->store_worker);
    store_client_free(app->store);
    for (size_t i = 0; i < STORE_ARGV_MAX; i++)
        mem_free(app->store_argv[i]);
    mem_free(app->witnesses);
    js_free(app->store_status);
    sd_event_unref(app->loop);
    mem_free(app);
}

enum err_code app_failed(const struct app *app, struct err *err)
{
    if (app->failed.code && err)
        *err = app->failed;
    return app->failed.code;
}

int app_port(const struct app *app)
{
    return http_server_port(app->http);
}
