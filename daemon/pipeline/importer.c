#include "daemon/pipeline/importer.h"

#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/base/messages.h"
#include "daemon/base/sys.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/import_step.h"
#include "daemon/pipeline/import_sweep.h"
#include "daemon/workers/supervisor.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

#define CONFIGURE_MS 10000

/* A person wants the folder to feed another dossier, or none. */
struct feed_wish {
    char dossier_id[ID_SIZE]; /* "": none */
    char waiting[8];          /* "take", "leave", "": not said */
    struct js *principal;
    importer_fed_fn *done; /* NULL: nobody asks */
    void *payload;
    struct err problem; /* why it could not be looked through */
};

struct folder {
    struct importer *importer;
    const struct js *config; /* borrowed */
    const char *name;
    struct import_sweep *sweep;
    int64_t look_at_us;   /* monotonic */
    bool may_work, again; /* again: a person wants everything noted anew */
    struct err problem;
    struct feed_wish feed;
    bool armed; /* the sweep under way began after `feed` was asked */
};

struct importer {
    sd_event *loop;
    const struct js *config;
    struct js *work_config; /* the same for the worker */
    struct js *upload;      /* as one of config */
    struct store_client *store;
    struct worker *worker;
    struct import_step *step;
    struct folder *folders;
    size_t count, turn;
    int configured_pid;
    bool busy, closing;
    sd_event_source *later;
};

static void run(struct importer *importer);

/* ---- problems -----------------------------------------------------------------------------------
 */

static void tell_problem(struct folder *folder, const struct err *err)
{
    bool told = folder->problem.code == err->code;
    folder->problem = *err;
    if (!told)
        log_err(
            err,
            LOG_FIELDS(LOG_FIELD("SOHOA_STEP", "import"), LOG_FIELD("SOHOA_FOLDER", folder->name)),
            "import folder cannot be worked on, it is tried again, continuing");
}

static void forget_problem(struct folder *folder)
{
    if (folder->problem.code)
        log_line(LOG_LEVEL_INFO, LOG_FIELDS(LOG_FIELD("SOHOA_FOLDER", folder->name)),
                 "import folder can be worked on again");
    folder->problem = (struct err)ERR_INIT;
}

/* Nobody looks into it: its files are handed over. */
static bool is_upload(const struct folder *folder)
{
    return folder == &folder->importer->folders[folder->importer->count - 1];
}

static int64_t interval_us(const struct folder *folder)
{
    return js_int_or(folder->config, "interval_s", 30) * 1000000;
}

static void end_turn(struct folder *folder)
{
    folder->importer->busy = false;
    run(folder->importer);
}

/* ---- the dossier a copier feeds
 * ------------------------------------------------------------------
 */

static void on_fed(void *payload, struct ipc_message *message, const struct js *ok,
                   const struct err *err)
{
    (void)message;
    struct folder *folder = payload;
    struct feed_wish wish = folder->feed;
    if (folder->importer->closing)
        return;
    folder->feed = (struct feed_wish){0};
    folder->may_work = true; /* what waited for a dossier */
    if (!err && wish.problem.code)
        err = &wish.problem;
    wish.done(wish.payload, err ? NULL : ok, err);
    run(folder->importer);
}

/* Seen is what lay there before. Without a look it feeds nothing: better a file that waits. */
static void feed_now(struct folder *folder, const struct err *problem)
{
    struct feed_wish *wish = &folder->feed;
    bool wanted = wish->dossier_id[0] && !problem;
    folder->armed = false;
    if (problem && wish->dossier_id[0])
        wish->problem = *problem;
    struct js *args = js_pack("{s:s, s:s?, s:s?, s:I, s:o}", "folder", folder->name, "dossier_id",
                              wanted ? wish->dossier_id : NULL, "waiting",
                              wish->waiting[0] ? wish->waiting : NULL, "idle_us",
                              js_int_or(folder->config, "feed_idle_s", 600) * 1000000, "principal",
                              TAKE(wish->principal));
    store_client_call(folder->importer->store, "import_feed", args, NULL, 0, on_fed, folder);
}

/* ---- a sweep ------------------------------------------------------------------------------------
 */

static void on_swept(void *payload, const struct err *problem)
{
    struct folder *folder = payload;
    if (folder->armed)
        feed_now(folder, problem);
    folder->look_at_us = sys_monotonic_us() + interval_us(folder);
    folder->may_work = !problem;
    if (problem)
        tell_problem(folder, problem);
    else
        forget_problem(folder);
    end_turn(folder);
}

static void begin_sweep(struct folder *folder)
{
    folder->armed = folder->feed.done != NULL;
    import_sweep_run(folder->sweep, TAKE(folder->again));
}

/* ---- whose turn it is ---------------------------------------------------------------------------
 */

static struct folder *due_folder(struct importer *importer)
{
    int64_t now_us = sys_monotonic_us();
    for (size_t i = 0; i < importer->count; i++) {
        struct folder *folder = &importer->folders[i];
        if (!is_upload(folder) && (folder->again || folder->look_at_us <= now_us))
            return folder;
    }
    return NULL;
}

/* There is nothing to look into; what is to be tried later is tried then. */
static void wake_upload(struct importer *importer)
{
    struct folder *folder = &importer->folders[importer->count - 1];
    int64_t now_us = sys_monotonic_us();
    if (folder->look_at_us > now_us)
        return;
    folder->look_at_us = now_us + interval_us(folder);
    folder->may_work = true;
}

/* A folder of years must not keep the others waiting. */
static struct folder *folder_with_work(struct importer *importer)
{
    for (size_t i = 0; i < importer->count; i++) {
        importer->turn = (importer->turn + 1) % importer->count;
        if (importer->folders[importer->turn].may_work)
            return &importer->folders[importer->turn];
    }
    return NULL;
}

static int on_later(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct importer *importer = payload;
    importer->later = sd_event_source_disable_unref(importer->later);
    run(importer);
    return 0;
}

static void sleep_until_due(struct importer *importer)
{
    int64_t due_us = INT64_MAX, now_us = sys_monotonic_us();
    for (size_t i = 0; i < importer->count; i++)
        if (importer->folders[i].look_at_us < due_us)
            due_us = importer->folders[i].look_at_us;
    importer->later = sd_event_source_disable_unref(importer->later);
    if (importer->count)
        sd_event_add_time_relative(importer->loop, &importer->later, CLOCK_MONOTONIC,
                                   due_us > now_us ? (uint64_t)(due_us - now_us) : 0, 10000,
                                   on_later, importer);
}

static void on_stepped(void *payload, bool more, const struct err *err)
{
    struct folder *folder = payload;
    folder->may_work = more && !err;
    if (err)
        tell_problem(folder, err);
    end_turn(folder);
}

static void on_configured(void *payload, struct ipc_message *message, const struct js *ok,
                          const struct err *err)
{
    (void)message;
    (void)ok;
    struct importer *importer = payload;
    if (importer->closing)
        return;
    importer->busy = false;
    importer->configured_pid = err ? 0 : worker_pid(importer->worker);
    for (size_t i = 0; err && i < importer->count; i++) {
        if (importer->folders[i].feed.done)
            feed_now(&importer->folders[i], err);
        tell_problem(&importer->folders[i], err);
        importer->folders[i].may_work = false;
        importer->folders[i].look_at_us = sys_monotonic_us() + interval_us(&importer->folders[i]);
    }
    run(importer);
}

static bool is_configured(const struct importer *importer)
{
    return worker_is_alive(importer->worker) && importer->configured_pid > 0 &&
           importer->configured_pid == worker_pid(importer->worker);
}

static void configure(struct importer *importer)
{
    struct err err = ERR_INIT;
    struct ipc_message none = {0};
    importer->busy = true;
    if (worker_request(importer->worker, "configure",
                       js_pack("{s:O}", "folders", importer->work_config), NULL, 0, CONFIGURE_MS,
                       on_configured, NULL, importer, &err))
        on_configured(importer, &none, NULL, &err);
}

static void run(struct importer *importer)
{
    if (importer->busy || importer->closing)
        return;
    wake_upload(importer);
    struct folder *due = due_folder(importer);
    struct folder *work = due ? NULL : folder_with_work(importer);
    if (!due && !work) {
        sleep_until_due(importer);
        return;
    }
    if (!(work && is_upload(work)) && !is_configured(importer)) {
        configure(importer);
        return;
    }
    importer->busy = true;
    if (due)
        begin_sweep(due);
    else
        import_step_run(importer->step, work->name, on_stepped, work);
}

/* ---- for the daemon -----------------------------------------------------------------------------
 */

/* To the worker a copier's folder is one to watch. */
static bool make_work_config(struct importer *importer, const struct js *folders)
{
    importer->work_config = js_array();
    for (size_t i = 0; i < js_count(folders); i++) {
        AUTO(js) struct js *folder = js_copy(js_item(folders, i));
        if (import_sweep_is_fed(folder) && !js_set(folder, "kind", js_text("watch")))
            return false;
        if (!js_push(importer->work_config, js_ref(folder)))
            return false;
    }
    return importer->work_config != NULL;
}

static enum err_code make_folder(struct importer *importer, size_t i, struct err *err)
{
    bool last = i + 1 == importer->count;
    const struct js *config = last ? importer->upload : js_item(importer->config, i);
    struct folder *folder = &importer->folders[i];
    *folder = (struct folder){.importer = importer,
                              .config = config,
                              .name = js_text_or(config, "name", ""),
                              .may_work = last};
    struct import_sweep_seat seat = {.worker = importer->worker,
                                     .store = importer->store,
                                     .config = config,
                                     .done = on_swept,
                                     .payload = folder};
    return import_sweep_new(&seat, &folder->sweep, err);
}

enum err_code importer_new(sd_event *loop, const char *worker_dir, const struct js *folders,
                           struct store_client *store, struct importer **out, struct err *err)
{
    static const struct worker_kind kind = {
        .name = "import", .memory_limit_mb = 3000, .recycle_after = 0};
    struct importer *importer = mem_alloc(sizeof *importer);
    if (!importer)
        return err_set(err, ERR_NO_MEMORY, "importer");
    importer->loop = sd_event_ref(loop);
    importer->config = folders;
    importer->store = store;
    importer->count = js_count(folders) + 1;
    importer->folders = mem_alloc(importer->count * sizeof *importer->folders);
    importer->upload = js_pack("{s:s, s:s}", "name", "upload", "kind", "upload");
    bool made = importer->folders && importer->upload && make_work_config(importer, folders);
    enum err_code code = made ? ERR_OK : err_set(err, ERR_NO_MEMORY, "importer");
    if (!code)
        code = worker_new(loop, &kind, worker_dir, &importer->worker, err);
    for (size_t i = 0; !code && i < importer->count; i++)
        code = make_folder(importer, i, err);
    if (!code)
        code = import_step_new(importer->worker, store, &importer->step, err);
    if (code) {
        importer_free(importer);
        return code;
    }
    sleep_until_due(importer);
    *out = importer;
    return ERR_OK;
}

void importer_free(struct importer *importer)
{
    if (!importer)
        return;
    importer->closing = true;
    importer->later = sd_event_source_disable_unref(importer->later);
    import_step_close(importer->step);
    for (size_t i = 0; importer->folders && i < importer->count; i++)
        import_sweep_close(importer->folders[i].sweep);
    worker_free(importer->worker);
    import_step_free(importer->step);
    for (size_t i = 0; importer->folders && i < importer->count; i++) {
        import_sweep_free(importer->folders[i].sweep);
        js_free(importer->folders[i].feed.principal);
    }
    mem_free(importer->folders);
    js_free(importer->work_config);
    js_free(importer->upload);
    sd_event_unref(importer->loop);
    mem_free(importer);
}

static struct folder *find(const struct importer *importer, const char *name)
{
    for (size_t i = 0; i < importer->count; i++)
        if (strcmp(importer->folders[i].name, name) == 0)
            return &importer->folders[i];
    return NULL;
}

enum err_code importer_find(const struct importer *importer, const char *name, struct err *err)
{
    return find(importer, name) ? ERR_OK
                                : err_set(err, ERR_NOT_FOUND, "no import folder of that name");
}

void importer_look(struct importer *importer, const char *name)
{
    struct folder *folder = find(importer, name);
    if (!folder)
        return;
    folder->again = !is_upload(folder);
    folder->may_work = folder->may_work || is_upload(folder);
    run(importer);
}

void importer_work(struct importer *importer, const char *name)
{
    struct folder *folder = find(importer, name);
    if (!folder)
        return;
    folder->may_work = true;
    run(importer);
}

void importer_feed(struct importer *importer, const char *name, const char *dossier_id,
                   const char *waiting, struct js *principal, importer_fed_fn *done, void *payload)
{
    AUTO(js) struct js *who = principal;
    struct err err = ERR_INIT;
    struct folder *folder = find(importer, name);
    if (!folder)
        err_set(&err, ERR_NOT_FOUND, "no import folder of that name");
    else if (!import_sweep_is_fed(folder->config))
        err_set(&err, ERR_BAD_ARGUMENT, "the folder is not of kind scan");
    else if (folder->feed.done)
        err_set(&err, ERR_TOO_MANY, "another dossier is being chosen for it");
    if (err.code) {
        done(payload, NULL, &err);
        return;
    }
    folder->feed = (struct feed_wish){.principal = TAKE(who), .done = done, .payload = payload};
    snprintf(folder->feed.dossier_id, sizeof folder->feed.dossier_id, "%s",
             dossier_id ? dossier_id : "");
    snprintf(folder->feed.waiting, sizeof folder->feed.waiting, "%s", waiting ? waiting : "");
    folder->again = true;
    run(importer);
}

static struct js *folder_to_js(const struct folder *folder)
{
    AUTO(js) struct js *out = js_copy(folder->config);
    enum err_code code = folder->problem.code;
    struct js *problem = code ? js_pack("{s:s, s:s}", "code", err_name(code), "message",
                                        message_text(code, MESSAGE_VI))
                              : js_null();
    bool fits = js_set(out, "problem", problem) && import_sweep_tell(folder->sweep, out);
    return fits ? TAKE(out) : NULL;
}

struct js *importer_to_js(const struct importer *importer)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < importer->count; i++)
        if (!js_push(list, folder_to_js(&importer->folders[i])))
            return NULL;
    return TAKE(list);
}

unsigned importer_crash_count(const struct importer *importer)
{
    return worker_crash_count(importer->worker);
}
