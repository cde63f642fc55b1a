#include "daemon/base/hash.h"
#include "daemon/base/sys.h"
#include "daemon/workers/confine.h"
#include "daemon/workers/import_catalog.h"
#include "daemon/workers/import_page.h"
#include "daemon/workers/import_pages.h"
#include "daemon/workers/import_register.h"
#include "daemon/workers/worker_main.h"
#include "drivers/folder/watched_folder.h"

#include <string.h>
#include <unistd.h>

/*
 * sohoa-import-worker: paper that comes as files. Everything that can block (network folders) or be
 * attacked (what lies in them); README.md has the answers.
 *
 *   configure {folders}: which folders there are; replaces the earlier ones
 *   look {folder, cursor?, limit?, hash?}: what lies there, and what is whole
 *   take {folder, path, size_bytes, mtime_us, sha256?} [blob]: copies one file, checks its hash
 *   pages {first?, max_pages?} [file]: what a taken file consists of
 *   page {page, file} [file, blob]: writes that page as an image of its own
 *   catalog {kind} [file]: the rows of a catalogue
 *   register {said?, kept?} [file]: the rows of a register kept beside old scans
 *
 * look and take announce themselves by "progress" {"bytes"} while the folder answers; the folder's
 * own deadline (configure) ends them with TIMEOUT when it does not.
 */

#define PROGRAM "sohoa-import-worker"
#define MAX_FOLDERS 32
#define DEFAULT_LIMIT 200
#define PROGRESS_EVERY_US 200000

struct import {
    struct watched_folder *folders[MAX_FOLDERS];
    size_t count;
    struct templates *templates;
    struct page_source page_source;
    struct worker_call *call; /* the one under way */
    int64_t bytes, told_us;
};

static void folders_free(struct import *import)
{
    for (size_t i = 0; i < import->count; i++)
        watched_folder_free(import->folders[i]);
    import->count = 0;
}

static inline void folders_auto(struct import *place)
{
    folders_free(place);
}

static void tell_progress(void *payload, int64_t bytes)
{
    struct import *import = payload;
    int64_t now_us = sys_monotonic_us();
    import->bytes += bytes;
    if (now_us - import->told_us < PROGRESS_EVERY_US)
        return;
    import->told_us = now_us;
    /* a daemon that is gone shows at the reply */
    worker_event(import->call, "progress", js_pack("{s:I}", "bytes", (long long)import->bytes),
                 NULL);
}

/* A child that hangs must not keep the daemon's socket open. */
static void leave_daemon(void)
{
    close(WORKER_SOCKET_FD);
}

/* --- configure ------------------------------------------------------------------------------- */

static enum err_code folder_from_args(const struct js *args, struct watched_folder **out,
                                      struct err *err)
{
    struct folder_config config = {
        .settle_ms = (int)js_int_or(args, "settle_ms", 0),
        .deadline_ms = (int)js_int_or(args, "deadline_ms", 0),
        .max_bytes = (uint64_t)js_int_or(args, "max_bytes", 0),
        .share = js_bool_or(args, "share", false),
    };
    const char *kind = NULL;
    enum err_code code = js_get_text(args, "name", &config.name, err);
    if (!code)
        code = js_get_text(args, "path", &config.path, err);
    if (!code)
        code = js_get_text(args, "kind", &kind, err);
    if (!code)
        code = folder_kind_from_name(kind, &config.kind, err);
    return code ? code : watched_folder_new(&config, out, err);
}

static enum err_code run_configure(void *self, struct worker_call *call,
                                   struct worker_answer *answer, struct err *err)
{
    (void)answer;
    struct import *import = self;
    AUTO(folders) struct import fresh = {0};
    const struct js *folders = NULL;
    enum err_code code = js_get_array(call->args, "folders", &folders, err);
    if (!code && js_count(folders) > MAX_FOLDERS)
        code = err_set(err, ERR_BAD_CONFIG, "more than %d folders", MAX_FOLDERS);
    for (size_t i = 0; !code && i < js_count(folders); i++) {
        code = folder_from_args(js_item(folders, i), &fresh.folders[i], err);
        if (code)
            return err_context(err, code, "folders[%zu]", i);
        fresh.count = i + 1;
        struct bounded_call *bounds = watched_folder_call(fresh.folders[i]);
        bounds->on_progress = tell_progress;
        bounds->is_cancelled = worker_cancelled;
        bounds->in_child = leave_daemon;
        bounds->payload = import;
    }
    if (code)
        return code;
    folders_free(import);
    memcpy(import->folders, fresh.folders, sizeof import->folders);
    import->count = TAKE(fresh.count);
    return ERR_OK;
}

/* --- look, take, pages ----------------------------------------------------------------------- */

static enum err_code begin(struct import *import, struct worker_call *call,
                           struct watched_folder **out, struct err *err)
{
    const char *name = NULL;
    enum err_code code = js_get_text(call->args, "folder", &name, err);
    import->call = call;
    import->bytes = import->told_us = 0;
    worker_cancel_reset();
    for (size_t i = 0; !code && i < import->count; i++)
        if (strcmp(watched_folder_name(import->folders[i]), name) == 0) {
            *out = import->folders[i];
            return ERR_OK;
        }
    return code ? code : err_set(err, ERR_NOT_FOUND, "no folder of that name is configured");
}

static enum err_code run_look(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    struct watched_folder *folder = NULL;
    struct look_options options = {
        .cursor = js_text_or(call->args, "cursor", NULL),
        .limit = (int)js_int_or(call->args, "limit", DEFAULT_LIMIT),
        .hash = js_bool_or(call->args, "hash", false),
    };
    enum err_code code = begin(self, call, &folder, err);
    return code ? code : watched_folder_look(folder, &options, &answer->ok, err);
}

static enum err_code run_take(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    struct watched_folder *folder = NULL;
    AUTO(fd) int out = -1;
    const char *path = NULL;
    int64_t size = 0;
    struct take_expected expected = {.sha256 = js_text_or(call->args, "sha256", NULL)};
    enum err_code code = begin(self, call, &folder, err);
    if (!code)
        code = js_get_text(call->args, "path", &path, err);
    if (!code)
        code = js_get_int(call->args, "size_bytes", &size, err);
    if (!code)
        code = js_get_int(call->args, "mtime_us", &expected.mtime_us, err);
    if (!code && (size < 0 || (expected.sha256 && !hash_is_hex(expected.sha256))))
        code = err_set(err, ERR_BAD_ARGUMENT, "size or hash");
    if (!code)
        code = ipc_take_fd(call->message, 0, &out, err);
    if (code)
        return code;
    expected.size_bytes = (uint64_t)size;
    return watched_folder_take(folder, path, &expected, out, &answer->ok, err);
}

static enum err_code need_templates(struct import *import, struct err *err)
{
    enum err_code code = import->templates ? ERR_OK : templates_load(NULL, &import->templates, err);
    import->page_source.templates = import->templates;
    return code;
}

static enum err_code run_pages(void *self, struct worker_call *call, struct worker_answer *answer,
                               struct err *err)
{
    struct import *import = self;
    enum err_code code = need_templates(import, err);
    return code ? code : import_pages(import->templates, call, answer, err);
}

static enum err_code run_page(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    struct import *import = self;
    enum err_code code = need_templates(import, err);
    return code ? code : import_page(&import->page_source, call, answer, err);
}

static enum err_code run_catalog(void *self, struct worker_call *call, struct worker_answer *answer,
                                 struct err *err)
{
    (void)self;
    return import_catalog(call, answer, err);
}

static enum err_code run_register(void *self, struct worker_call *call,
                                  struct worker_answer *answer, struct err *err)
{
    (void)self;
    return import_register(call, answer, err);
}

int main(void)
{
    static const struct worker_op ops[] = {
        {"configure", run_configure}, {"look", run_look}, {"take", run_take},
        {"pages", run_pages},         {"page", run_page}, {"catalog", run_catalog},
        {"register", run_register},   {NULL, NULL},
    };
    struct import import = {0};
    confine_worker(PROGRAM, NULL);
    int status = worker_serve(PROGRAM, ops, &import);
    folders_free(&import);
    page_source_done(&import.page_source);
    templates_free(import.templates);
    return status;
}
