#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/workers/worker_main.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Every worker of the pipeline in one program. args "do": "die", "hang", "bare" (no descriptors),
 * or a code to answer with. Texts travel in the descriptors, each step puts its name before them. A
 * page has as many words as it got cores.
 */

static struct js *targets;

static enum err_code misbehave(const struct js *args, struct err *err)
{
    const char *what = js_text_or(args, "do", "");
    if (strcmp(what, "die") == 0)
        abort();
    if (strcmp(what, "hang") == 0)
        for (;;)
            pause();
    if (*what && strcmp(what, "bare") != 0)
        return err_set(err, err_from_name(what), "as asked");
    return ERR_OK;
}

static enum err_code hand_back(struct worker_call *call, const char *what,
                               struct worker_answer *answer, struct err *err)
{
    char *text;
    size_t size;
    if (call->message->fd_count != 1)
        return err_set(err, ERR_BAD_ARGUMENT, "%zu descriptors", call->message->fd_count);
    if (file_read_fd(call->message->fds[0], 1000, &text, &size, err))
        return err->code;
    AUTO(mem) char *owned = text;
    AUTO(mem) char *said = mem_printf("%s of %s", what, text);
    return file_memfd(what, said, strlen(said), &answer->fds[answer->fd_count++], err);
}

static enum err_code op_read(void *self, struct worker_call *call, struct worker_answer *answer,
                             struct err *err)
{
    (void)self;
    enum err_code code = misbehave(call->args, err);
    if (!code)
        code = hand_back(call, "levelled", answer, err);
    if (!code && strcmp(js_text_or(call->args, "do", ""), "bare") != 0)
        code = hand_back(call, "thumb", answer, err);
    answer->ok = js_pack("{s:{s:O?}, s:[], s:i}", "page", "do", js_at(call->args, "later"), "zones",
                         "images", 1);
    return code;
}

static enum err_code op_recognise(void *self, struct worker_call *call,
                                  struct worker_answer *answer, struct err *err)
{
    (void)self;
    enum err_code code = misbehave(js_at(call->args, "page"), err);
    if (!code)
        code = hand_back(call, "words", answer, err);
    answer->ok = js_pack("{s:i, s:f}", "words", (int)js_int_or(call->args, "cores", 0),
                         "mean_confidence", 0.9);
    return code;
}

/* Bytes that move: args {"tells", "tell_us"}. */
static void tell(struct worker_call *call)
{
    int64_t tells = js_int_or(call->args, "tells", 0);
    for (int64_t i = 1; i <= tells; i++) {
        usleep((useconds_t)js_int_or(call->args, "tell_us", 0));
        worker_event(call, "progress", js_pack("{s:I, s:I}", "moved", i, "total", tells), NULL);
    }
}

static enum err_code op_echo(void *self, struct worker_call *call, struct worker_answer *answer,
                             struct err *err)
{
    (void)self;
    usleep((useconds_t)js_int_or(call->args, "us", 0));
    tell(call);
    answer->ok = js_pack("{s:O, s:O?}", "args", call->args, "targets", targets);
    return misbehave(call->args, err);
}

static enum err_code op_configure(void *self, struct worker_call *call,
                                  struct worker_answer *answer, struct err *err)
{
    (void)self;
    (void)answer;
    (void)err;
    js_free(targets);
    targets = js_ref(js_at(call->args, "targets"));
    return ERR_OK;
}

int main(void)
{
    static const struct worker_op ops[] = {{"read", op_read},
                                           {"recognise", op_recognise},
                                           {"understand", op_echo},
                                           {"compose", op_echo},
                                           {"sign", op_echo},
                                           {"unlock", op_echo},
                                           {"import", op_echo},
                                           {"configure", op_configure},
                                           {"send", op_echo},
                                           {"verify", op_echo},
                                           {0}};
    return worker_serve("stage-worker", ops, NULL);
}
