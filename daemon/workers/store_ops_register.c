#include "daemon/workers/store_ops.h"

#include "daemon/base/hash.h"
#include "queue/store/register.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FOLDER_BYTES 60
#define CHUNK_MAX_BYTES (32 << 20)
#define LIST_MAX 1000
#define LIST_DEFAULT 200
#define LINE_MAX 10000000

static enum err_code arg_folder(struct store_call *call, const char **out, struct err *err)
{
    return arg_text(call->args, "folder", FOLDER_BYTES, out, err);
}

static enum err_code register_map_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *folder;
    enum err_code code = arg_folder(call, &folder, err);
    return code ? code : register_map(call->store, folder, out, err);
}

static enum err_code register_begin_op(struct store_call *call, struct js **out, struct err *err)
{
    struct register_import import = {0};
    enum err_code code = arg_id(call->args, "id", &import.id, err);
    if (!code)
        code = arg_folder(call, &import.folder, err);
    if (!code)
        code = arg_text(call->args, "name", TEXT_MAX, &import.name, err);
    if (!code)
        code = arg_text(call->args, "file", TEXT_MAX, &import.file, err);
    if (!code)
        code = js_get_text(call->args, "sha256", &import.file_sha256, err);
    if (!code && !hash_is_hex(import.file_sha256))
        code = err_set(err, ERR_BAD_ARGUMENT, "'sha256' is not a SHA-256");
    if (!code)
        code = js_get_object(call->args, "map", &import.map, err);
    return code ? code : register_begin(call->store, &import, call->by, out, err);
}

static enum err_code read_chunk(struct store_call *call, char **out, size_t *out_size,
                                struct err *err)
{
    AUTO(fd) int fd = -1;
    int64_t offset, size;
    enum err_code code = arg_int(call->args, "offset", 0, INT64_MAX, &offset, err);
    if (!code)
        code = arg_int(call->args, "size", 1, CHUNK_MAX_BYTES, &size, err);
    if (!code)
        code = ipc_take_fd(call->message, 0, &fd, err);
    if (code)
        return code;
    AUTO(mem) char *bytes = mem_alloc((size_t)size + 1);
    if (!bytes)
        return err_set(err, ERR_NO_MEMORY, "register");
    if (pread(fd, bytes, (size_t)size, offset) != size)
        return err_set(err, ERR_BAD_MESSAGE, "rows of a register are not there");
    *out = TAKE(bytes);
    *out_size = (size_t)size;
    return ERR_OK;
}

static enum err_code register_add_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    AUTO(mem) char *lines = NULL;
    size_t size = 0;
    (void)out;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = read_chunk(call, &lines, &size, err);
    return code ? code : register_add(call->store, id, lines, size, err);
}

static enum err_code register_use_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    enum err_code code = arg_id(call->args, "id", &id, err);
    return code ? code : register_use(call->store, id, call->by, out, err);
}

static enum err_code register_work_op(struct store_call *call, struct js **out, struct err *err)
{
    bool more;
    enum err_code code = register_work(call->store, &more, err);
    return code ? code : answer_with("more", js_bool(more), out, err);
}

static enum err_code register_again_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *folder;
    (void)out;
    enum err_code code = arg_folder(call, &folder, err);
    return code ? code : register_again(call->store, folder, call->by, err);
}

static enum err_code register_status_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *folder;
    enum err_code code = arg_folder(call, &folder, err);
    return code ? code : register_status(call->store, folder, out, err);
}

static enum err_code register_list_op(struct store_call *call, struct js **out, struct err *err)
{
    struct register_query query;
    enum err_code code = arg_folder(call, &query.folder, err);
    if (!code)
        code = arg_text(call->args, "list", TEXT_MAX, &query.list, err);
    if (!code)
        code = arg_int_or(call->args, "limit", 1, LIST_MAX, LIST_DEFAULT, &query.limit, err);
    if (!code)
        code = arg_int_or(call->args, "offset", 0, INT32_MAX, 0, &query.offset, err);
    if (code)
        return code;
    snprintf(call->seen, sizeof call->seen, "%.40s: %.30s", query.folder, query.list);
    return register_list(call->store, &query, out, err);
}

/* register_id: that row; null: no row; "auto": as the machine finds. */
static enum err_code say(struct store_call *call, const char *id, struct err *err)
{
    const char *said = js_text_or(call->args, "register_id", NULL), *row;
    int64_t line;
    if (said && strcmp(said, "auto") == 0)
        return register_let(call->store, id, call->by, err);
    if (!said)
        return register_say(call->store, id, NULL, 0, call->by, err);
    enum err_code code = arg_id(call->args, "register_id", &row, err);
    if (!code)
        code = arg_int(call->args, "line", 1, LINE_MAX, &line, err);
    return code ? code : register_say(call->store, id, row, line, call->by, err);
}

static enum err_code document_register_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    struct js *seen = NULL;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = say(call, id, err);
    if (!code)
        code = register_view(call->store, id, &seen, err);
    return code ? code : answer_with("register", seen, out, err);
}

const struct store_op store_ops_register[] = {
    {.name = "register_map", .kind = OP_ASKS, .run = register_map_op},
    {.name = "register_begin", .kind = OP_CHANGES, .run = register_begin_op},
    {.name = "register_add", .kind = OP_CHANGES, .run = register_add_op},
    {.name = "register_use", .kind = OP_CHANGES, .run = register_use_op},
    {.name = "register_work", .kind = OP_CHANGES, .run = register_work_op},
    {.name = "register_again", .kind = OP_CHANGES, .run = register_again_op},
    {.name = "register_status", .kind = OP_ASKS, .run = register_status_op},
    {.name = "register_list",
     .kind = OP_READS,
     .run = register_list_op,
     .subject_kind = "register"},
    {.name = "document_register", .kind = OP_CHANGES, .run = document_register_op},
    {0},
};
