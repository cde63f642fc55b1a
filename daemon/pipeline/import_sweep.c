#include "daemon/pipeline/import_sweep.h"

#include "daemon/base/hash.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/ipc/store_client.h"
#include "daemon/model/import_papers.h"
#include "daemon/pipeline/import_passed.h"
#include "daemon/workers/supervisor.h"

#include <stdio.h>
#include <string.h>

#define LOOK_MS 60000 /* without a sign of life; the worker's own deadline is shorter */
#define LOOK_LIMIT 200

struct import_sweep {
    struct import_sweep_seat seat;
    const char *name;
    bool closed, missing;
    int64_t looked_us;         /* wall clock */
    char noted[HASH_HEX_SIZE]; /* digest of the sweep the store knows */
    struct js *passed_over;    /* by the last whole sweep; NULL before it */
    int64_t whole_us;          /* when that ended */
    /* the sweep under way */
    bool noting;
    int64_t sweep, files;
    struct js *passing_over;
    struct hash *digest;
    char *cursor;
};

static void look(struct import_sweep *sweep);

static void drop(struct import_sweep *sweep)
{
    hash_free(TAKE(sweep->digest));
    mem_free(TAKE(sweep->cursor));
    js_free(TAKE(sweep->passing_over));
}

static void end(struct import_sweep *sweep, const struct err *problem)
{
    drop(sweep);
    sweep->looked_us = sys_now_us();
    sweep->seat.done(sweep->seat.payload, problem);
}

static void begin(struct import_sweep *sweep, bool noting)
{
    struct err err = ERR_INIT;
    drop(sweep);
    sweep->noting = noting;
    sweep->files = 0;
    sweep->sweep = sys_now_us();
    sweep->digest = hash_new();
    if (sweep->digest) {
        look(sweep);
        return;
    }
    err_set(&err, ERR_NO_MEMORY, "sweep");
    end(sweep, &err);
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
    struct import_sweep *sweep = payload;
    if (err)
        sweep->noted[0] = 0;
    end(sweep, err);
}

/* The folder was seen whole: nothing new, or it is gone through again and noted. */
static void close_sweep(struct import_sweep *sweep)
{
    char digest[HASH_HEX_SIZE];
    js_free(sweep->passed_over);
    sweep->passed_over = TAKE(sweep->passing_over);
    sweep->whole_us = sys_now_us();
    hash_finish(sweep->digest, digest);
    bool known = strcmp(digest, sweep->noted) == 0;
    if (!sweep->noting && known) {
        end(sweep, NULL);
        return;
    }
    if (!sweep->noting) {
        begin(sweep, true);
        return;
    }
    memcpy(sweep->noted, digest, sizeof digest);
    struct js *args = js_pack("{s:s, s:I, s:I, s:o}", "folder", sweep->name, "sweep", sweep->sweep,
                              "files", sweep->files, "principal", store_client_machine());
    store_client_call(sweep->seat.store, "import_swept", args, NULL, 0, on_swept, sweep);
}

static void go_on(struct import_sweep *sweep)
{
    if (sweep->cursor)
        look(sweep);
    else
        close_sweep(sweep);
}

static void on_noted(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *err)
{
    (void)message;
    (void)ok;
    struct import_sweep *sweep = payload;
    if (!err) {
        go_on(sweep);
        return;
    }
    sweep->noted[0] = 0;
    end(sweep, err);
}

static void take_files(struct import_sweep *sweep, const struct js *files)
{
    const struct js *config = sweep->seat.config;
    for (size_t i = 0; i < js_count(files); i++)
        digest_file(sweep->digest, js_item(files, i));
    sweep->files += (int64_t)js_count(files);
    if (!sweep->noting || !js_count(files)) {
        go_on(sweep);
        return;
    }
    struct js *args =
        js_pack("{s:s, s:I, s:O, s:b, s:s, s:o}", "folder", sweep->name, "sweep", sweep->sweep,
                "files", files, "fed", (int)import_sweep_is_fed(config), "papers",
                js_text_or(config, "papers", import_papers_name(PAPERS_FILE)), "principal",
                store_client_machine());
    store_client_call(sweep->seat.store, "import_seen", args, NULL, 0, on_noted, sweep);
}

static enum err_code take_look(struct import_sweep *sweep, const struct js *ok, struct err *err)
{
    sweep->missing = js_bool_or(ok, "missing", false);
    if (sweep->missing)
        return err_set(err, ERR_FOLDER_MISSING, "folder '%s'", sweep->name);
    mem_free(TAKE(sweep->cursor));
    const char *cursor = js_text_or(ok, "cursor", NULL);
    sweep->cursor = cursor ? mem_strdup(cursor) : NULL;
    if (cursor && !sweep->cursor)
        return err_set(err, ERR_NO_MEMORY, "sweep");
    return import_passed_add(&sweep->passing_over, js_at(ok, "passed_over"), err);
}

static void on_looked(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *problem)
{
    (void)message;
    struct import_sweep *sweep = payload;
    struct err err = ERR_INIT;
    if (sweep->closed)
        return;
    if (problem)
        sweep->missing = false;
    else if (take_look(sweep, ok, &err))
        problem = &err;
    if (problem)
        end(sweep, problem);
    else
        take_files(sweep, js_at(ok, "files"));
}

static void on_look_event(void *payload, struct ipc_message *message, const char *event,
                          const struct js *data)
{
    (void)message;
    (void)event;
    (void)data;
    struct import_sweep *sweep = payload;
    worker_extend(sweep->seat.worker, LOOK_MS);
}

static void look(struct import_sweep *sweep)
{
    struct err err = ERR_INIT;
    struct js *args = js_pack("{s:s, s:s?, s:i}", "folder", sweep->name, "cursor", sweep->cursor,
                              "limit", LOOK_LIMIT);
    if (worker_request(sweep->seat.worker, "look", args, NULL, 0, LOOK_MS, on_looked, on_look_event,
                       sweep, &err))
        end(sweep, &err);
}

void import_sweep_run(struct import_sweep *sweep, bool again)
{
    begin(sweep, again || !sweep->noted[0]);
}

bool import_sweep_is_fed(const struct js *config)
{
    return strcmp(js_text_or(config, "kind", ""), "scan") == 0;
}

bool import_sweep_tell(const struct import_sweep *sweep, struct js *out)
{
    const struct js *passed = sweep->passed_over;
    return js_set(out, "missing", js_bool(sweep->missing)) &&
           js_set(out, "passed_over",
                  passed ? import_passed_to_js(passed, sweep->whole_us) : js_null()) &&
           js_set(out, "looked_us", sweep->looked_us ? js_int(sweep->looked_us) : js_null());
}

enum err_code import_sweep_new(const struct import_sweep_seat *seat, struct import_sweep **out,
                               struct err *err)
{
    struct import_sweep *sweep = mem_alloc(sizeof *sweep);
    if (!sweep)
        return err_set(err, ERR_NO_MEMORY, "sweep");
    *sweep = (struct import_sweep){.seat = *seat, .name = js_text_or(seat->config, "name", "")};
    *out = sweep;
    return ERR_OK;
}

void import_sweep_close(struct import_sweep *sweep)
{
    if (sweep)
        sweep->closed = true;
}

void import_sweep_free(struct import_sweep *sweep)
{
    if (!sweep)
        return;
    drop(sweep);
    js_free(sweep->passed_over);
    mem_free(sweep);
}
