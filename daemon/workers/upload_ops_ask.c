#include "daemon/workers/upload_ops.h"

typedef enum err_code ask_fn(struct target *target, const struct js *question, struct js **out,
                             struct err *err);

static enum err_code ask(void *self, struct worker_call *call, const char *key, ask_fn *fn,
                         struct worker_answer *answer, struct err *err)
{
    struct target *target = NULL;
    const struct js *question = NULL;
    enum err_code code = upload_find_target(self, call, answer, &target, err);
    if (!code)
        code = js_get_object(call->args, key, &question, err);
    return code ? code : fn(target, question, &answer->ok, err);
}

enum err_code upload_look_up(void *self, struct worker_call *call, struct worker_answer *answer,
                             struct err *err)
{
    return ask(self, call, "question", target_look_up, answer, err);
}

enum err_code upload_reserve_code(void *self, struct worker_call *call,
                                  struct worker_answer *answer, struct err *err)
{
    return ask(self, call, "about", target_reserve_code, answer, err);
}

enum err_code upload_fetch_held(void *self, struct worker_call *call, struct worker_answer *answer,
                                struct err *err)
{
    struct target *target = NULL;
    struct transport_held held;
    enum err_code code = upload_find_target(self, call, answer, &target, err);
    if (!code)
        code = target_fetch(target, call->args, &held, err);
    if (code)
        return code;
    answer->ok =
        js_pack("{s:s, s:I}", "sha256", held.sha256, "size_bytes", (long long)held.size_bytes);
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for the answer");
}
