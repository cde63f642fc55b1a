#include "daemon/workers/store_ops.h"

#include "daemon/base/hash.h"
#include "drivers/folder/file_kind.h"
#include "queue/store/import.h"
#include "queue/store/page_layer.h"

#include <string.h>

#define NAME_BYTES 60
#define PATH_BYTES 16384
#define LIST_MAX 1000
#define PAGES_MAX 1000000

static enum err_code arg_folder(struct store_call *call, const char **out, struct err *err)
{
    return arg_text(call->args, "folder", NAME_BYTES, out, err);
}

static enum err_code see_one(struct store_call *call, const char *folder, int64_t sweep,
                             const struct js *value, struct err *err)
{
    struct import_file file = {.kind = js_text_or(value, "kind", "unknown"),
                               .stable = js_bool_or(value, "stable", false),
                               .fed = js_bool_or(call->args, "fed", false)};
    const char *papers = js_text_or(call->args, "papers", import_papers_name(PAPERS_FILE));
    enum err_code code = arg_text(value, "path", PATH_BYTES, &file.path, err);
    if (!code && !import_papers_from_name(papers, &file.papers))
        code = err_set(err, ERR_BAD_ARGUMENT, "'papers' is not file, folder, name or split");
    if (!code)
        code = arg_int(value, "size_bytes", 0, INT64_MAX, &file.size_bytes, err);
    if (!code)
        code = js_get_int(value, "mtime_us", &file.mtime_us, err);
    return code ? code : import_see(call->store, folder, sweep, &file, call->by, err);
}

static enum err_code import_seen_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *folder;
    int64_t sweep;
    const struct js *files;
    (void)out;
    enum err_code code = arg_folder(call, &folder, err);
    if (!code)
        code = arg_int(call->args, "sweep", 1, INT64_MAX, &sweep, err);
    if (!code)
        code = js_get_array(call->args, "files", &files, err);
    for (size_t i = 0; !code && i < js_count(files); i++)
        code = see_one(call, folder, sweep, js_item(files, i), err);
    return code;
}

static enum err_code import_swept_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *folder;
    int64_t sweep, files;
    (void)out;
    enum err_code code = arg_folder(call, &folder, err);
    if (!code)
        code = arg_int(call->args, "sweep", 1, INT64_MAX, &sweep, err);
    if (!code)
        code = arg_int(call->args, "files", 0, INT64_MAX, &files, err);
    return code ? code : import_swept(call->store, folder, sweep, files, call->by, err);
}

static enum err_code answer_step(struct store_call *call, struct import_step *step, struct js **out,
                                 struct err *err)
{
    static const char *const names[] = {[IMPORT_NOTHING] = NULL,
                                        [IMPORT_TAKE] = "take",
                                        [IMPORT_COUNT] = "count",
                                        [IMPORT_PAGE] = "page"};
    enum err_code code = ERR_OK;
    if (step->file_fd >= 0)
        code = answer_fd(call, TAKE_FD(step->file_fd), err);
    if (!code && step->temp_fd >= 0)
        code = answer_fd(call, TAKE_FD(step->temp_fd), err);
    if (code)
        return code;
    *out = js_pack("{s:s?, s:o, s:s, s:s, s:I, s:I}", "step", names[step->what], "item",
                   step->item ? js_ref(step->item) : js_null(), "blob", step->temp, "page_id",
                   step->page_id, "page", step->page, "position", step->position);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code import_next_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *folder;
    struct import_step step = {.file_fd = -1, .temp_fd = -1};
    enum err_code code = arg_folder(call, &folder, err);
    if (!code)
        code = import_next(call->store, folder, call->by, &step, err);
    if (!code)
        code = answer_step(call, &step, out, err);
    import_step_done(&step);
    return code;
}

static enum err_code import_took_op(struct store_call *call, struct js **out, struct err *err)
{
    struct import_take take = {0};
    const struct js *facts = js_at(call->args, "facts");
    (void)out;
    enum err_code code = arg_id(call->args, "id", &take.id, err);
    if (!code)
        code = arg_text(call->args, "blob", TEXT_MAX, &take.temp, err);
    if (!code)
        code = js_get_text(call->args, "sha256", &take.sha256, err);
    if (!code && !hash_is_hex(take.sha256))
        code = err_set(err, ERR_BAD_ARGUMENT, "'sha256' is not a SHA-256");
    if (!code)
        code = arg_int(call->args, "size_bytes", 1, INT64_MAX, &take.size_bytes, err);
    take.facts = js_is_object(facts) ? facts : NULL;
    return code ? code : import_took(call->store, &take, call->by, err);
}

static enum err_code import_counted_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    int64_t pages;
    const struct js *signatures = js_at(call->args, "signatures");
    (void)out;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_int(call->args, "pages", 1, PAGES_MAX, &pages, err);
    signatures = js_is_object(signatures) ? signatures : NULL;
    return code ? code : import_counted(call->store, id, pages, signatures, call->by, err);
}

static enum err_code import_except_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    int64_t page;
    const struct js *exceptions;
    (void)out;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_int(call->args, "page", 1, PAGES_MAX, &page, err);
    if (!code)
        code = js_get_array(call->args, "exceptions", &exceptions, err);
    return code ? code : import_except(call->store, id, page, exceptions, err);
}

static enum err_code import_layer_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *page_id;
    AUTO(fd) int words = -1;
    (void)out;
    enum err_code code = arg_id(call->args, "page_id", &page_id, err);
    if (!code)
        code = ipc_take_fd(call->message, 0, &words, err);
    return code ? code : page_layer_keep(call->store, page_id, words, err);
}

static enum err_code import_keep_text_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *why;
    AUTO(fd) int text = -1;
    (void)out;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_text(call->args, "code", TEXT_MAX, &why, err);
    if (!code)
        code = ipc_take_fd(call->message, 0, &text, err);
    return code ? code : import_keep_text(call->store, id, why, text, call->by, err);
}

static enum err_code import_text_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *folder, *id;
    int64_t size;
    int fd;
    enum err_code code = arg_folder(call, &folder, err);
    if (!code)
        code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = import_text_of(call->store, folder, id, &fd, &size, err);
    if (!code)
        code = answer_fd(call, fd, err);
    if (code)
        return code;
    *out = js_pack("{s:I}", "size", size);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code import_fail_op(struct store_call *call, struct js **out, struct err *err)
{
    static const char *const names[] = {
        [IMPORT_REFUSE] = "refuse", [IMPORT_WAIT] = "wait", [IMPORT_LATER] = "later"};
    const char *id, *why, *how;
    int failure = IMPORT_REFUSE;
    (void)out;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_text(call->args, "code", TEXT_MAX, &why, err);
    if (!code)
        code = arg_text(call->args, "how", TEXT_MAX, &how, err);
    if (code)
        return code;
    while (failure <= IMPORT_LATER && strcmp(names[failure], how) != 0)
        failure++;
    if (failure > IMPORT_LATER)
        return err_set(err, ERR_BAD_ARGUMENT, "'how' is not refuse, wait or later");
    return import_fail(call->store, id, why, (enum import_failure)failure, call->by, err);
}

static enum err_code import_again_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *folder;
    (void)out;
    enum err_code code = arg_folder(call, &folder, err);
    return code ? code : import_again(call->store, folder, call->by, err);
}

static enum err_code import_retry_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *folder, *id;
    struct js *item = NULL;
    enum err_code code = arg_folder(call, &folder, err);
    if (!code)
        code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = import_retry(call->store, folder, id, call->by, err);
    if (!code)
        code = import_item(call->store, id, &item, err);
    return code ? code : answer_with("item", item, out, err);
}

static enum err_code arg_waiting(const struct js *args, enum feed_waiting *out, struct err *err)
{
    const char *word = js_text_or(args, "waiting", NULL);
    *out = FEED_WAITING_UNSAID;
    if (!word)
        return ERR_OK;
    if (strcmp(word, "take") && strcmp(word, "leave"))
        return err_set(err, ERR_BAD_ARGUMENT, "waiting: must be one of: take leave");
    *out = strcmp(word, "take") == 0 ? FEED_WAITING_TAKE : FEED_WAITING_LEAVE;
    return ERR_OK;
}

static enum err_code import_feed_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *folder, *dossier_id = NULL;
    int64_t idle_us;
    enum feed_waiting waiting;
    struct js *feed = NULL;
    enum err_code code = arg_folder(call, &folder, err);
    if (!code && js_has(call->args, "dossier_id"))
        code = arg_id(call->args, "dossier_id", &dossier_id, err);
    if (!code)
        code = arg_int(call->args, "idle_us", 1, INT64_MAX / 4, &idle_us, err);
    if (!code)
        code = arg_waiting(call->args, &waiting, err);
    if (!code)
        code = import_feed(call->store, folder, dossier_id, waiting, idle_us, call->by, err);
    if (!code)
        code = import_feed_to_js(call->store, folder, &feed, err);
    return code ? code : answer_with("feed", feed, out, err);
}

static enum err_code answer_upload(struct js *item, bool again, struct js **out, struct err *err)
{
    *out = js_pack("{s:o, s:b}", "item", item, "duplicate", (int)again);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code import_upload_op(struct store_call *call, struct js **out, struct err *err)
{
    AUTO(fd) int fd = -1;
    struct import_upload upload = {0};
    struct js *item = NULL;
    bool again = false;
    enum err_code code = arg_text(call->args, "name", PATH_BYTES, &upload.name, err);
    if (!code)
        code = arg_id(call->args, "dossier_id", &upload.dossier_id, err);
    if (!code && js_has(call->args, "document_id"))
        code = arg_id(call->args, "document_id", &upload.document_id, err);
    if (!code)
        code = ipc_take_fd(call->message, 0, &fd, err);
    upload.fd = fd;
    upload.kind = code ? "unknown" : file_kind_name(file_kind_of(fd));
    if (!code)
        code = import_upload(call->store, &upload, call->by, &item, &again, err);
    return code ? code : answer_upload(item, again, out, err);
}

static enum err_code import_list_op(struct store_call *call, struct js **out, struct err *err)
{
    struct import_query query = {.exceptions = js_bool_or(call->args, "exceptions", false)};
    struct js *list = NULL;
    enum import_state state;
    enum err_code code = arg_folder(call, &query.folder, err);
    if (!code && js_has(call->args, "state"))
        code = arg_text(call->args, "state", TEXT_MAX, &query.state, err);
    if (!code && query.state && !import_state_from_name(query.state, &state))
        code = err_set(err, ERR_BAD_ARGUMENT, "'state' is none of an import item");
    if (!code && js_has(call->args, "before"))
        code = arg_id(call->args, "before", &query.before, err);
    if (!code)
        code = arg_int_or(call->args, "limit", 1, LIST_MAX, 200, &query.limit, err);
    if (!code)
        code = import_list(call->store, &query, &list, err);
    return code ? code : answer_with("items", list, out, err);
}

static enum err_code import_balance_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *folder;
    enum err_code code = arg_folder(call, &folder, err);
    return code ? code : import_balance_of(call->store, folder, out, err);
}

const struct store_op store_ops_import[] = {
    {.name = "import_seen", .kind = OP_CHANGES, .run = import_seen_op},
    {.name = "import_swept", .kind = OP_CHANGES, .run = import_swept_op},
    {.name = "import_next", .kind = OP_CHANGES, .run = import_next_op},
    {.name = "import_took", .kind = OP_CHANGES, .run = import_took_op},
    {.name = "import_counted", .kind = OP_CHANGES, .run = import_counted_op},
    {.name = "import_except", .kind = OP_CHANGES, .run = import_except_op},
    {.name = "import_keep_text", .kind = OP_CHANGES, .run = import_keep_text_op},
    {.name = "import_text",
     .kind = OP_READS,
     .run = import_text_op,
     .subject_kind = "import",
     .seen = "text"},
    {.name = "import_layer", .kind = OP_CHANGES, .run = import_layer_op},
    {.name = "import_fail", .kind = OP_CHANGES, .run = import_fail_op},
    {.name = "import_again", .kind = OP_CHANGES, .run = import_again_op},
    {.name = "import_retry", .kind = OP_CHANGES, .run = import_retry_op},
    {.name = "import_feed", .kind = OP_CHANGES, .run = import_feed_op},
    {.name = "import_upload", .kind = OP_CHANGES, .run = import_upload_op},
    {.name = "import_list",
     .kind = OP_READS,
     .run = import_list_op,
     .subject_kind = "import",
     .seen = "items"},
    {.name = "import_balance", .kind = OP_ASKS, .run = import_balance_op},
    {0},
};
