#include "daemon/base/mem.h"
#include "daemon/workers/worker_main.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A store that echoes. args: "us" waits first; "do": "die", a code to refuse with, or "die once":
 * the file "mark" tells a later process that one died already. A sweep of temps is its death. */

static enum err_code echo(void *self, struct worker_call *call, struct worker_answer *answer,
                          struct err *err)
{
    (void)self;
    const char *what = js_text_or(call->args, "do", "");
    usleep((useconds_t)js_int_or(call->args, "us", 0));
    if (strcmp(what, "die") == 0)
        abort();
    if (strcmp(what, "die once") == 0) {
        int mark = open(js_text_or(call->args, "mark", ""), O_CREAT | O_EXCL | O_WRONLY, 0600);
        if (mark >= 0)
            abort();
    } else if (*what) {
        return err_set(err, err_from_name(what), "as asked");
    }
    if (call->message->fd_count && ipc_take_fd(call->message, 0, &answer->fds[0], err))
        return err->code;
    answer->fd_count = call->message->fd_count;
    answer->ok = js_pack("{s:O, s:O?}", "args", call->args, "changed", js_at(call->args, "change"));
    return ERR_OK;
}

static enum err_code die(void *self, struct worker_call *call, struct worker_answer *answer,
                         struct err *err)
{
    (void)self, (void)call, (void)answer, (void)err;
    abort();
}

int main(void)
{
    static const struct worker_op ops[] = {{"status", echo},          {"page_commit", echo},
                                           {"document_create", echo}, {"release_claims", echo},
                                           {"release_temps", die},    {0}};
    return worker_serve("slow-store-worker", ops, NULL);
}
