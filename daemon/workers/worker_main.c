#include "daemon/workers/worker_main.h"

#include "daemon/base/log.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t cancelled;
static void (*volatile cancel_hook)(void);

static void on_cancel_signal(int number)
{
    (void)number;
    cancelled = 1;
    if (cancel_hook)
        cancel_hook();
}

bool worker_cancelled(void)
{
    return cancelled != 0;
}

void worker_cancel_reset(void)
{
    cancelled = 0;
}

void worker_on_cancel(void (*hook)(void))
{
    cancel_hook = hook;
}

enum err_code worker_event(struct worker_call *call, const char *event, struct js *data,
                           struct err *err)
{
    AUTO(js) struct js *body = ipc_make_event(call->id, event, data);
    return ipc_send(call->socket, body, NULL, 0, err);
}

static enum err_code run_op(const struct worker_op *ops, void *self, struct worker_call *call,
                            struct worker_answer *answer, struct err *err)
{
    const char *name;
    enum err_code code = ipc_request(call->message, &name, &call->args, err);
    if (code)
        return code;
    for (const struct worker_op *op = ops; op->name; op++)
        if (strcmp(op->name, name) == 0)
            return op->run(self, call, answer, err);
    return err_set(err, ERR_BAD_MESSAGE, "no operation of that name");
}

enum err_code worker_reply(int socket, uint64_t id, enum err_code code,
                           struct worker_answer *answer, const struct err *problem, struct err *err)
{
    struct js *ok = answer->ok ? answer->ok : js_object();
    answer->ok = NULL;
    AUTO(js) struct js *body = NULL;
    if (code) {
        js_free(ok);
        body = ipc_make_err(id, problem);
    } else {
        body = ipc_make_ok(id, ok);
    }
    if (answer->recycle && !js_set(body, "recycle", js_bool(true)))
        return err_set(err, ERR_NO_MEMORY, "answer");
    enum err_code sent = ipc_send(socket, body, answer->fds, code ? 0 : answer->fd_count, err);
    for (size_t i = 0; i < answer->fd_count; i++)
        fd_close(answer->fds[i]);
    return sent;
}

static enum err_code serve_one(const struct worker_op *ops, void *self, int socket, bool *out_end,
                               struct err *err)
{
    struct ipc_message message;
    struct err problem = ERR_INIT;
    struct worker_answer answer = {0};
    enum err_code code = ipc_receive(socket, &message, &problem);
    if (code && code != ERR_BAD_MESSAGE && code != ERR_NO_MEMORY)
        return err_set(err, code, "%s", problem.detail);
    *out_end = !code && !message.body;
    if (*out_end)
        return ERR_OK;
    struct worker_call call = {.message = &message, .id = message.id, .socket = socket};
    if (!code)
        code = run_op(ops, self, &call, &answer, &problem);
    code = worker_reply(socket, message.id, code, &answer, &problem, err);
    ipc_message_done(&message);
    return code;
}

void worker_begin(const char *program)
{
    log_open(program);
    signal(SIGPIPE, SIG_IGN);
    struct sigaction action = {.sa_handler = on_cancel_signal};
    sigaction(SIGUSR1, &action, NULL);
}

int worker_serve(const char *program, const struct worker_op *ops, void *self)
{
    worker_begin(program);
    bool end = false;
    while (!end) {
        struct err err = ERR_INIT;
        if (serve_one(ops, self, WORKER_SOCKET_FD, &end, &err)) {
            log_err(&err, NULL, "worker lost its daemon");
            return 1;
        }
    }
    return 0;
}
