#include "daemon/workers/store_ops.h"

#include "queue/store/model.h"

#include <string.h>

static enum err_code arg_add(struct store_call *call, struct model_add *out, struct err *err)
{
    enum err_code code = arg_id(call->args, "id", &out->id, err);
    if (!code)
        code = arg_text(call->args, "origin", TEXT_MAX, &out->origin, err);
    if (!code && strcmp(out->origin, "trained") != 0 && strcmp(out->origin, "imported") != 0)
        code = err_set(err, ERR_BAD_ARGUMENT, "'origin' is not trained or imported");
    if (!code)
        code = js_get_bool(call->args, "used", &out->used, err);
    if (!code)
        code = arg_int(call->args, "from_papers", 0, INT64_MAX, &out->from_papers, err);
    return code ? code : js_get_object(call->args, "figures", &out->figures, err);
}

static enum err_code model_add_op(struct store_call *call, struct js **out, struct err *err)
{
    AUTO(fd) int fd = -1;
    struct model_add add = {0};
    struct js *model = NULL;
    enum err_code code = arg_add(call, &add, err);
    if (!code && add.used)
        code = ipc_take_fd(call->message, 0, &fd, err);
    add.fd = fd;
    if (!code)
        code = model_add(call->store, &add, call->by, &model, err);
    return code ? code : answer_with("model", model, out, err);
}

static enum err_code model_roll_back_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    struct js *model = NULL;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = model_roll_back(call->store, id, call->by, &model, err);
    return code ? code : answer_with("in_use", model, out, err);
}

static enum err_code model_in_use_op(struct store_call *call, struct js **out, struct err *err)
{
    struct js *model = NULL;
    int fd = -1;
    enum err_code code = model_in_use(call->store, &model, &fd, err);
    if (!code && fd >= 0)
        code = answer_fd(call, fd, err);
    return code ? code : answer_with("model", model, out, err);
}

static enum err_code model_status_op(struct store_call *call, struct js **out, struct err *err)
{
    return model_status(call->store, out, err);
}

static enum err_code model_papers_op(struct store_call *call, struct js **out, struct err *err)
{
    struct js *papers = NULL;
    enum err_code code = model_papers(call->store, &papers, err);
    return code ? code : answer_with("papers", papers, out, err);
}

/* Words that go to a worker and to nobody else are no read by somebody, like those of a claim. */
static enum err_code model_words_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    int fd = -1;
    (void)out;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = model_words(call->store, id, &fd, err);
    return code || fd < 0 ? code : answer_fd(call, fd, err);
}

const struct store_op store_ops_model[] = {
    {.name = "model_add", .kind = OP_CHANGES, .run = model_add_op},
    {.name = "model_roll_back", .kind = OP_CHANGES, .run = model_roll_back_op},
    {.name = "model_in_use", .kind = OP_ASKS, .run = model_in_use_op},
    {.name = "model_status", .kind = OP_ASKS, .run = model_status_op},
    {.name = "model_papers", .kind = OP_ASKS, .run = model_papers_op},
    {.name = "model_words", .kind = OP_ASKS, .run = model_words_op},
    {0},
};
