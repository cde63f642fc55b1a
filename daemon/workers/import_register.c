#include "daemon/workers/import_register.h"

#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "daemon/catalog/register_table.h"
#include "daemon/workers/list_file.h"

#include <stdio.h>

#define LINES_MAX (128u << 20)

/* What clerks are told of a picture or an upload that is refused does not help with a register. */
static enum err_code say_unfit(enum err_code code, struct err *err)
{
    char why[sizeof err->detail];
    if (code != ERR_TOO_LARGE && code != ERR_FORMAT_UNKNOWN && code != ERR_NOT_FOUND)
        return code;
    snprintf(why, sizeof why, "%s", err->detail);
    return err_set(err, ERR_REGISTER_BAD, "%s", why);
}

static enum err_code read_register(struct worker_call *call, int fd, struct buf *lines,
                                   struct js **out, struct err *err)
{
    AUTO(list_file) struct list_file file = {0};
    enum err_code code = list_file_read(fd, js_text_or(call->args, "sheet", NULL), &file, err);
    struct register_reading reading = {
        .maps = {.said = js_at(call->args, "said"), .kept = js_at(call->args, "kept")},
        .format = file.format,
        .sheets = (int)js_count(file.sheets)};
    if (!code)
        code = register_read(&reading, file.text, file.size, lines, out, err);
    if (!code && file.sheets && !js_set(*out, "sheet_names", js_ref(file.sheets)))
        code = err_set(err, ERR_NO_MEMORY, "sheets");
    return code ? say_unfit(code, err) : ERR_OK;
}

enum err_code import_register(struct worker_call *call, struct worker_answer *answer,
                              struct err *err)
{
    AUTO(fd) int fd = -1;
    AUTO(js) struct js *read = NULL;
    AUTO(buf) struct buf lines;
    char sha256[HASH_HEX_SIZE];
    uint64_t size;
    int out_fd;
    buf_init(&lines, LINES_MAX);
    enum err_code code = ipc_take_fd(call->message, 0, &fd, err);
    if (!code)
        code = hash_fd(fd, sha256, &size, err);
    if (!code)
        code = read_register(call, fd, &lines, &read, err);
    if (!code && !js_set(read, "sha256", js_text(sha256)))
        code = err_set(err, ERR_NO_MEMORY, "answer");
    if (!code)
        code = file_memfd("register", lines.bytes ? lines.bytes : "", lines.size, &out_fd, err);
    if (code)
        return code;
    answer->fds[answer->fd_count++] = out_fd;
    answer->ok = TAKE(read);
    return ERR_OK;
}
