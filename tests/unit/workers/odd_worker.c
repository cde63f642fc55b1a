#include "daemon/workers/worker_main.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* Answers, dies, hangs, ignores signals or talks nonsense, as asked. */

static enum err_code echo(void *self, struct worker_call *call, struct worker_answer *answer,
                          struct err *err)
{
    (void)self;
    for (size_t i = 0; i < call->message->fd_count; i++)
        if (ipc_take_fd(call->message, i, &answer->fds[answer->fd_count++], err))
            return err->code;
    struct rlimit memory;
    getrlimit(RLIMIT_AS, &memory);
    answer->ok = js_pack("{s:O, s:i, s:s?, s:I}", "args", call->args, "pid", (int)getpid(), "env",
                         getenv("ODD"), "memory_mb", (int64_t)(memory.rlim_cur >> 20));
    return ERR_OK;
}

static enum err_code recycle(void *self, struct worker_call *call, struct worker_answer *answer,
                             struct err *err)
{
    answer->recycle = true;
    return echo(self, call, answer, err);
}

static enum err_code refuse(void *self, struct worker_call *call, struct worker_answer *answer,
                            struct err *err)
{
    (void)self;
    (void)call;
    (void)answer;
    return err_set(err, ERR_FEEDER_JAM, "as asked");
}

static enum err_code count(void *self, struct worker_call *call, struct worker_answer *answer,
                           struct err *err)
{
    (void)self;
    (void)answer;
    for (int i = 1; i <= 3; i++)
        if (worker_event(call, "progress", js_pack("{s:i}", "n", i), err))
            return err->code;
    return ERR_OK;
}

static enum err_code die(void *self, struct worker_call *call, struct worker_answer *answer,
                         struct err *err)
{
    (void)self;
    (void)call;
    (void)answer;
    (void)err;
    abort();
}

static enum err_code hang(void *self, struct worker_call *call, struct worker_answer *answer,
                          struct err *err)
{
    (void)self;
    (void)answer;
    if (js_bool_or(call->args, "stubborn", false))
        signal(SIGTERM, SIG_IGN);
    worker_cancel_reset();
    while (!worker_cancelled() || js_bool_or(call->args, "stubborn", false))
        usleep(1000);
    return err_set(err, ERR_CANCELLED, "as asked");
}

static enum err_code babble(void *self, struct worker_call *call, struct worker_answer *answer,
                            struct err *err)
{
    (void)self;
    (void)answer;
    (void)err;
    if (send(call->socket, "not a message at all", 20, 0) < 0)
        return ERR_IO;
    for (;;)
        pause();
}

int main(void)
{
    static const struct worker_op ops[] = {
        {"echo", echo}, {"recycle", recycle}, {"refuse", refuse}, {"count", count},
        {"die", die},   {"hang", hang},       {"babble", babble}, {0}};
    return worker_serve("sohoa-odd-worker", ops, NULL);
}
