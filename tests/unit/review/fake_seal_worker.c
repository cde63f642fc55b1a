#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/workers/worker_main.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A key whose password is what its file holds. */

static enum err_code op_unlock(void *self, struct worker_call *call, struct worker_answer *answer,
                               struct err *err)
{
    (void)self;
    char *text;
    size_t size;
    const char *password = js_text_or(call->args, "password", "");
    if (strcmp(password, "die") == 0)
        abort();
    if (call->message->fd_count != 1 || file_read_fd(call->message->fds[0], 100, &text, &size, err))
        return err_set(err, ERR_CERTIFICATE_UNREADABLE, "no file");
    AUTO(mem) char *owned = text;
    if (strcmp(text, password) != 0)
        return err_set(err, ERR_WRONG_PASSWORD, "as it is");
    answer->ok = js_pack("{s:{s:s, s:s}}", "signer", "name", "Trần Thị Thử", "serial", "7");
    return ERR_OK;
}

static enum err_code op_sign(void *self, struct worker_call *call, struct worker_answer *answer,
                             struct err *err)
{
    (void)self;
    (void)answer;
    (void)err;
    usleep((useconds_t)js_int_or(call->args, "us", 0));
    if (js_bool_or(call->args, "die", false))
        abort();
    return ERR_OK;
}

int main(void)
{
    static const struct worker_op ops[] = {{"unlock", op_unlock}, {"sign", op_sign}, {0}};
    return worker_serve("fake-seal-worker", ops, NULL);
}
