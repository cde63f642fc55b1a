#include "daemon/pipeline/importer.h"

#include "daemon/base/hash.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/base/messages.h"
#include "daemon/base/sys.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/import_step.h"
#include "daemon/workers/supervisor.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

#define CONFIGURE_MS 10000
#define LOOK_MS 60000 /* without a sign of life; the worker's own deadline is shorter */
#define LOOK_LIMIT 200

struct folder {
    struct importer *importer;
    const struct js *config; /* borrowed */
    const char *name;
    int64_t look_at_us, looked_us; /* monotonic; wall clock */
    bool may_work, missing, again; /* again: a person wants everything noted anew */
    struct err problem;
    char noted[HASH_HEX_SIZE]; /* digest of the sweep the store knows */
    /* the sweep under way */
    bool noting;
    int64_t sweep, files;
    struct hash *digest;
    char *cursor;
};

struct importer {
    sd_event *loop;
    const struct js *config;
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

static int64_t interval_us(const struct folder *folder)
{
    return js_int_or(folder->config, "interval_s", 30) * 1000000;
}

static void end_turn(struct folder *folder)
{
    folder->importer->busy = false;
    run(folder->importer);
}

/* ---- a sweep ------------------------------------------------------------------------------------
 */

static void look(struct folder *folder);

static void drop_sweep(struct folder *folder)
{
    hash_free(TAKE(folder->digest));
    mem_free(TAKE(folder->cursor));
}

static void end_sweep(struct folder *folder, const struct err *problem)
{
    drop_sweep(folder);
    folder->look_at_us = sys_monotonic_us() + interval_us(folder);
    folder->looked_us = sys_now_us();
    folder->may_work = !problem;
    if (problem)
        tell_problem(folder, problem);
    else
        forget_problem(folder);
    end_turn(folder);
}

static void begin_sweep(struct folder *folder, bool noting)
{
    struct err err = ERR_INIT;
    drop_sweep(folder);
    folder->noting = noting;
    folder->files = 0;
    folder->sweep = sys_now_us();
    folder->digest = hash_new();
    if (folder->digest) {
        look(folder);
        return;
    }
    err_set(&err, ERR_NO_MEMORY, "sweep");
    end_sweep(folder, &err);
}

static void digest_file(struct hash *digest, const struct js *file)
{
    char facts[120];
    const char *path = js_text_or(file, "path", "");
    snprintf(facts, sizeof facts, "%lld %lld %d %s", (long long)js_int_or(file, "size_bytes", 0),
             (long long)js_int_or(file, "mtime_us", 0), js_bool_or(file, "stable", false),
             js_text_or(file, "kind", ""));
    hash_update(digest, path, strlen(path) + 1);
    hash_update(digest, facts, strlen(facts) + 1);
}

static void on_swept(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *err)
{
    (void)message;
    (void)ok;
    struct folder *folder = payload;
    if (err)
        folder->noted[0] = 0;
    end_sweep(folder, err);
}

/* The folder was seen whole: nothing new, or it is gone through again and noted. */
static void close_sweep(struct folder *folder)
{
    char digest[HASH_HEX_SIZE];
    hash_finish(folder->digest, digest);
    bool known = strcmp(digest, folder->noted) == 0;
    if (!folder->noting && known) {
        end_sweep(folder, NULL);
        return;
    }
    if (!folder->noting) {
        begin_sweep(folder, true);
        return;
    }
    memcpy(folder->noted, digest, sizeof digest);
    struct js *args =
        js_pack("{s:s, s:I, s:I, s:o}", "folder", folder->name, "sweep", folder->sweep, "files",
                folder->files, "principal", store_client_machine());
    store_client_call(folder->importer->store, "import_swept", args, NULL, 0, on_swept, folder);
}

static void go_on_looking(struct folder *folder)
{
    if (folder->cursor)
        look(folder);
    else
        close_sweep(folder);
}

static void on_noted(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *err)
{
    (void)message;
    (void)ok;
    struct folder *folder = payload;
    if (!err) {
        go_on_looking(folder);
        return;
    }
    folder->noted[0] = 0;
    end_sweep(folder, err);
}

static void take_files(struct folder *folder, const struct js *files)
{
    for (size_t i = 0; i < js_count(files); i++)
        digest_file(folder->digest, js_item(files, i));
    folder->files += (int64_t)js_count(files);
    if (!folder->noting || !js_count(files)) {
        go_on_looking(folder);
        return;
    }
    struct js *args = js_pack("{s:s, s:I, s:O, s:o}", "folder", folder->name, "sweep",
                              folder->sweep, "files", files, "principal", store_client_machine());
    store_client_call(folder->importer->store, "import_seen", args, NULL, 0, on_noted, folder);
}

static void on_looked(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *problem)
{
    (void)message;
    struct folder *folder = payload;
    struct err err = ERR_INIT;
    if (folder->importer->closing)
        return;
    folder->missing = !problem && js_bool_or(ok, "missing", false);
    if (folder->missing) {
        err_set(&err, ERR_FOLDER_MISSING, "folder '%s'", folder->name);
        problem = &err;
    }
    mem_free(TAKE(folder->cursor));
    const char *cursor = problem ? NULL : js_text_or(ok, "cursor", NULL);
    folder->cursor = cursor ? mem_strdup(cursor) : NULL;
    if (cursor && !folder->cursor) {
        err_set(&err, ERR_NO_MEMORY, "sweep");
        problem = &err;
    }
    if (problem)
        end_sweep(folder, problem);
    else
        take_files(folder, js_at(ok, "files"));
}

static void on_look_event(void *payload, struct ipc_message *message, const char *event,
                          const struct js *data)
{
    (void)message;
    (void)event;
    (void)data;
    struct folder *folder = payload;
    worker_extend(folder->importer->worker, LOOK_MS);
}

static void look(struct folder *folder)
{
    struct err err = ERR_INIT;
    struct js *args = js_pack("{s:s, s:s?, s:i}", "folder", folder->name, "cursor", folder->cursor,
                              "limit", LOOK_LIMIT);
    if (worker_request(folder->importer->worker, "look", args, NULL, 0, LOOK_MS, on_looked,
                       on_look_event, folder, &err))
        end_sweep(folder, &err);
}

/* ---- whose turn it is ---------------------------------------------------------------------------
 */

static struct folder *due_folder(struct importer *importer)
{
    int64_t now_us = sys_monotonic_us();
    for (size_t i = 0; i < importer->count; i++)
        if (importer->folders[i].again || importer->folders[i].look_at_us <= now_us)
            return &importer->folders[i];
    return NULL;
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
    if (worker_request(importer->worker, "configure", js_pack("{s:O}", "folders", importer->config),
                       NULL, 0, CONFIGURE_MS, on_configured, NULL, importer, &err))
        on_configured(importer, &none, NULL, &err);
}

static void run(struct importer *importer)
{
    if (importer->busy || importer->closing)
        return;
    struct folder *due = due_folder(importer);
    struct folder *work = due ? NULL : folder_with_work(importer);
    if (!due && !work) {
        sleep_until_due(importer);
        return;
    }
    if (!is_configured(importer)) {
        configure(importer);
        return;
    }
    importer->busy = true;
    if (due)
        begin_sweep(due, TAKE(due->again) || !due->noted[0]);
    else
        import_step_run(importer->step, work->name, on_stepped, work);
}

/* ---- for the daemon -----------------------------------------------------------------------------
 */

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
    importer->count = js_count(folders);
    importer->folders = mem_alloc((importer->count + 1) * sizeof *importer->folders);
    enum err_code code = importer->folders ? ERR_OK : err_set(err, ERR_NO_MEMORY, "importer");
    for (size_t i = 0; !code && i < importer->count; i++)
        importer->folders[i] = (struct folder){.importer = importer,
                                               .config = js_item(folders, i),
                                               .name = js_text_or(js_item(folders, i), "name", "")};
    if (!code)
        code = worker_new(loop, &kind, worker_dir, &importer->worker, err);
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
    worker_free(importer->worker);
    import_step_free(importer->step);
    for (size_t i = 0; importer->folders && i < importer->count; i++)
        drop_sweep(&importer->folders[i]);
    mem_free(importer->folders);
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
    bool fits = js_set(out, "missing", js_bool(folder->missing)) &&
                js_set(out, "problem", problem) &&
                js_set(out, "looked_us", folder->looked_us ? js_int(folder->looked_us) : js_null());
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
