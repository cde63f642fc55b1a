#include "daemon/pipeline/import_step.h"

#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/ipc/store_client.h"
#include "daemon/workers/supervisor.h"

#include <stdio.h>
#include <string.h>

#define TAKE_MS 60000 /* without a sign of life */
#define PAGES_MS 600000
#define PAGE_MS 600000
#define FOLDER_NAME_SIZE 64
#define BLOB_NAME_SIZE 128

struct import_step {
    struct worker *worker;
    struct store_client *store;
    bool closed;
    import_stepped_fn *done;
    void *payload;
    /* the step under way */
    char folder[FOLDER_NAME_SIZE], item[ID_SIZE], page_id[ID_SIZE], blob[BLOB_NAME_SIZE];
    int64_t page, position;
};

static void end(struct import_step *step, bool more, const struct err *err)
{
    step->done(step->payload, more, err);
}

static void on_kept(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *err)
{
    (void)message;
    (void)ok;
    end(payload, true, err);
}

static void drop_blob(struct import_step *step)
{
    if (!step->blob[0])
        return;
    struct js *args =
        js_pack("{s:s, s:o}", "blob", step->blob, "principal", store_client_machine());
    store_client_call(step->store, "page_abort", args, NULL, 0, NULL, NULL);
}

/* ---- what is wrong with a file ------------------------------------------------------------------
 */

/* A file that is gone or has changed is the next look's business. */
static const char *how_it_ends(enum err_code code)
{
    switch (code) {
    case ERR_FORBIDDEN:
    case ERR_TOO_LARGE:
    case ERR_FORMAT_UNKNOWN:
    case ERR_IMAGE_EMPTY:
    case ERR_IMAGE_UNREADABLE:
    case ERR_IMAGE_TOO_LARGE:
    case ERR_PDF_UNREADABLE:
    case ERR_PDF_ENCRYPTED:
    case ERR_PDF_RESTRICTED:
        return "refuse";
    default:
        return "later";
    }
}

static void fail_item(struct import_step *step, const struct err *err)
{
    log_err(err,
            LOG_FIELDS(LOG_FIELD("SOHOA_STEP", "import"), LOG_FIELD("SOHOA_DOC", step->item),
                       LOG_FIELD("SOHOA_FOLDER", step->folder)),
            "a file was not imported, continuing");
    drop_blob(step);
    struct js *args = js_pack("{s:s, s:s, s:s, s:o}", "id", step->item, "code", err_name(err->code),
                              "how", how_it_ends(err->code), "principal", store_client_machine());
    store_client_call(step->store, "import_fail", args, NULL, 0, on_kept, step);
}

/* ---- take, count, page --------------------------------------------------------------------------
 */

static void on_taken(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *err)
{
    (void)message;
    struct import_step *step = payload;
    if (step->closed)
        return;
    if (err) {
        fail_item(step, err);
        return;
    }
    struct js *args =
        js_pack("{s:s, s:s, s:O?, s:O?, s:O?, s:o}", "id", step->item, "blob", step->blob, "sha256",
                js_at(ok, "sha256"), "size_bytes", js_at(ok, "size_bytes"), "facts",
                js_at(ok, "facts"), "principal", store_client_machine());
    store_client_call(step->store, "import_took", args, NULL, 0, on_kept, step);
}

static void on_take_event(void *payload, struct ipc_message *message, const char *event,
                          const struct js *data)
{
    (void)message;
    (void)event;
    (void)data;
    struct import_step *step = payload;
    worker_extend(step->worker, TAKE_MS);
}

/* A Word text or a register is no copy of a paper: what it says is kept, and a person decides. */
static bool keep_text(struct import_step *step, struct ipc_message *message, const struct js *ok)
{
    const char *kind = js_text_or(ok, "kind", "");
    bool word = strcmp(kind, "docx") == 0;
    if ((!word && strcmp(kind, "xlsx") != 0) || !message->fd_count)
        return false;
    struct js *args = js_pack("{s:s, s:s, s:o}", "id", step->item, "code",
                              err_name(word ? ERR_FILE_WORD : ERR_FILE_SHEET), "principal",
                              store_client_machine());
    store_client_call(step->store, "import_keep_text", args, message->fds, 1, on_kept, step);
    return true;
}

static void on_counted(void *payload, struct ipc_message *message, const struct js *ok,
                       const struct err *problem)
{
    struct import_step *step = payload;
    struct err err = ERR_INIT;
    if (step->closed)
        return;
    if (!problem && keep_text(step, message, ok))
        return;
    int64_t pages = js_int_or(ok, "pages", 0);
    if (!problem && pages < 1)
        err_set(&err, ERR_FORMAT_UNKNOWN, "no page in it");
    if (problem || err.code) {
        fail_item(step, problem ? problem : &err);
        return;
    }
    const struct js *signatures = js_at(ok, "signatures");
    struct js *args = js_pack("{s:s, s:I, s:o}", "id", step->item, "pages", pages, "principal",
                              store_client_machine());
    if (js_count(js_at(signatures, "list")))
        js_set(args, "signatures", js_ref(signatures));
    store_client_call(step->store, "import_counted", args, NULL, 0, on_kept, step);
}

static void on_page_kept(void *payload, struct ipc_message *message, const struct js *ok,
                         const struct err *err)
{
    struct import_step *step = payload;
    if (err)
        drop_blob(step);
    on_kept(step, message, ok, err);
}

static void keep_layer(struct import_step *step, struct ipc_message *message)
{
    if (!message->fd_count)
        return;
    struct js *args =
        js_pack("{s:s, s:o}", "page_id", step->page_id, "principal", store_client_machine());
    store_client_call(step->store, "import_layer", args, message->fds, 1, NULL, NULL);
}

/* Its exceptions and its text first: a page that counts never lacks them. */
static void on_page(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *err)
{
    struct import_step *step = payload;
    char device[FOLDER_NAME_SIZE + 8];
    if (step->closed)
        return;
    if (err) {
        fail_item(step, err);
        return;
    }
    const struct js *exceptions = js_at(ok, "facts.exceptions");
    struct js *args;
    if (js_count(exceptions)) {
        args = js_pack("{s:s, s:I, s:O, s:o}", "id", step->item, "page", step->page, "exceptions",
                       exceptions, "principal", store_client_machine());
        store_client_call(step->store, "import_except", args, NULL, 0, NULL, NULL);
    }
    keep_layer(step, message);
    snprintf(device, sizeof device, "import/%s", step->folder);
    args = js_pack("{s:s, s:s, s:O?, s:s, s:s, s:I, s:o}", "page_id", step->page_id, "blob",
                   step->blob, "image", js_at(ok, "image"), "device", device, "side", "front",
                   "sheet", step->page, "principal", store_client_machine());
    if (step->position)
        js_set(args, "position", js_int(step->position));
    store_client_call(step->store, "page_commit", args, NULL, 0, on_page_kept, step);
}

static struct js *take_args(const struct import_step *step, const struct js *item)
{
    return js_pack("{s:s, s:O?, s:O?, s:O?}", "folder", step->folder, "path", js_at(item, "path"),
                   "size_bytes", js_at(item, "size_bytes"), "mtime_us", js_at(item, "mtime_us"));
}

static enum err_code ask_worker(struct import_step *step, const struct js *ok,
                                struct ipc_message *message, struct err *err)
{
    const char *what = js_text_or(ok, "step", "");
    const struct js *item = js_at(ok, "item");
    if (strcmp(what, "take") == 0)
        return worker_request(step->worker, "take", take_args(step, item), message->fds,
                              message->fd_count, TAKE_MS, on_taken, on_take_event, step, err);
    if (strcmp(what, "count") == 0)
        return worker_request(step->worker, "pages", js_object(), message->fds, message->fd_count,
                              PAGES_MS, on_counted, NULL, step, err);
    struct js *args = js_pack("{s:I, s:O?}", "page", step->page, "file", js_at(item, "sha256"));
    return worker_request(step->worker, "page", args, message->fds, message->fd_count, PAGE_MS,
                          on_page, NULL, step, err);
}

static void on_next(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *problem)
{
    struct import_step *step = payload;
    struct err err = ERR_INIT;
    if (problem || !js_has(ok, "step")) {
        end(step, false, problem);
        return;
    }
    snprintf(step->item, sizeof step->item, "%s", js_text_or(ok, "item.id", ""));
    snprintf(step->page_id, sizeof step->page_id, "%s", js_text_or(ok, "page_id", ""));
    snprintf(step->blob, sizeof step->blob, "%s", js_text_or(ok, "blob", ""));
    step->page = js_int_or(ok, "page", 0);
    step->position = js_int_or(ok, "position", 0);
    if (!ask_worker(step, ok, message, &err))
        return;
    drop_blob(step);
    end(step, false, &err);
}

void import_step_run(struct import_step *step, const char *folder, import_stepped_fn *done,
                     void *payload)
{
    snprintf(step->folder, sizeof step->folder, "%s", folder);
    step->done = done;
    step->payload = payload;
    struct js *args = js_pack("{s:s, s:o}", "folder", folder, "principal", store_client_machine());
    store_client_call(step->store, "import_next", args, NULL, 0, on_next, step);
}

enum err_code import_step_new(struct worker *worker, struct store_client *store,
                              struct import_step **out, struct err *err)
{
    struct import_step *step = mem_alloc(sizeof *step);
    if (!step)
        return err_set(err, ERR_NO_MEMORY, "importer");
    step->worker = worker;
    step->store = store;
    *out = step;
    return ERR_OK;
}

void import_step_close(struct import_step *step)
{
    if (step)
        step->closed = true;
}

void import_step_free(struct import_step *step)
{
    mem_free(step);
}
