#include "daemon/ipc/ipc.h"

#include "daemon/base/text.h"
#include "daemon/ipc/frame.h"

#include <errno.h>
#include <sys/socket.h>

void ipc_message_done(struct ipc_message *message)
{
    if (!message)
        return;
    for (size_t i = 0; i < message->fd_count; i++)
        fd_close(message->fds[i]);
    mem_free(message->fds);
    js_free(message->body);
    *message = (struct ipc_message){0};
}

enum err_code ipc_take_fd(struct ipc_message *message, size_t index, int *out_fd, struct err *err)
{
    if (index >= message->fd_count || message->fds[index] < 0)
        return err_set(err, ERR_BAD_MESSAGE, "descriptor %zu is not there", index);
    *out_fd = TAKE_FD(message->fds[index]);
    return ERR_OK;
}

enum err_code ipc_request(const struct ipc_message *message, const char **out_op,
                          const struct js **out_args, struct err *err)
{
    const char *op;
    const struct js *args;
    if (js_get_text(message->body, "op", &op, err) ||
        js_get_object(message->body, "args", &args, err)) {
        if (err)
            err->code = ERR_BAD_MESSAGE;
        return ERR_BAD_MESSAGE;
    }
    *out_op = op;
    *out_args = args;
    return ERR_OK;
}

enum err_code ipc_reply(const struct ipc_message *message, const struct js **out_ok,
                        struct err *err)
{
    const struct js *problem = js_at(message->body, "err");
    if (js_is_object(problem)) {
        enum err_code code = err_from_name(js_text_or(problem, "code", "INTERNAL"));
        err_set(err, code, "%s", js_text_or(problem, "detail", ""));
        if (err) {
            err->sys_errno = (int)js_int_or(problem, "errno", 0);
            err->retry_after_us = js_int_or(problem, "retry_after_us", 0);
            err_set_said(err, js_text_or(problem, "said", ""));
        }
        return code;
    }
    const struct js *ok;
    if (js_get_object(message->body, "ok", &ok, err)) {
        if (err)
            err->code = ERR_BAD_MESSAGE;
        return ERR_BAD_MESSAGE;
    }
    *out_ok = ok;
    return ERR_OK;
}

enum err_code ipc_pair(int out_pair[2], struct err *err)
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, out_pair) != 0)
        return err_set_errno(err, ERR_IO, errno, "socket pair");
    return ERR_OK;
}

enum err_code ipc_send(int socket, const struct js *body, const int *fds, size_t fd_count,
                       struct err *err)
{
    struct frame_writer writer;
    enum err_code code = frame_writer_init(&writer, body, fds, fd_count, err);
    bool done = false;
    while (!code && !done)
        code = frame_write(&writer, socket, 0, &done, err);
    frame_writer_done(&writer);
    return code;
}

enum err_code ipc_receive(int socket, struct ipc_message *out, struct err *err)
{
    struct frame_reader reader = {0};
    bool whole = false, end = false;
    enum err_code code = ERR_OK;
    while (!code && !whole && !end)
        code = frame_read(&reader, socket, 0, &whole, &end, err);
    if (code || end) {
        frame_reader_done(&reader);
        *out = (struct ipc_message){0};
        return code;
    }
    *out = reader.message;
    return ERR_OK;
}

struct js *ipc_make_request(uint64_t id, const char *op, struct js *args)
{
    return js_pack("{s:I, s:s, s:o}", "id", (int64_t)id, "op", op, "args", args);
}

struct js *ipc_make_event(uint64_t id, const char *event, struct js *data)
{
    return js_pack("{s:I, s:s, s:o}", "id", (int64_t)id, "event", event, "data", data);
}

struct js *ipc_make_ok(uint64_t id, struct js *ok)
{
    return js_pack("{s:I, s:o}", "id", (int64_t)id, "ok", ok);
}

struct js *ipc_make_err(uint64_t id, const struct err *err)
{
    char detail[sizeof err->detail];
    text_printable(err->detail, detail, sizeof detail);
    AUTO(js) struct js *problem = js_pack("{s:s, s:i, s:s}", "code", err_name(err->code), "errno",
                                          err->sys_errno, "detail", detail);
    bool fits = (!*err->said || js_set(problem, "said", js_text(err->said))) &&
                (!err->retry_after_us ||
                 js_set(problem, "retry_after_us", js_int(err->retry_after_us)));
    return fits ? js_pack("{s:I, s:O}", "id", (int64_t)id, "err", problem) : NULL;
}
