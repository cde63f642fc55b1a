#include "daemon/workers/store_ops.h"

#include "queue/store/task.h"

#define LIST_MAX 1000

static enum err_code task_list_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *kind = NULL, *before = NULL;
    int64_t limit;
    AUTO(js) struct js *tasks = NULL;
    AUTO(js) struct js *open = NULL;
    enum err_code code = arg_int_or(call->args, "limit", 1, LIST_MAX, 200, &limit, err);
    if (!code && js_has(call->args, "kind"))
        code = arg_text(call->args, "kind", TEXT_MAX, &kind, err);
    if (!code && js_has(call->args, "before"))
        code = arg_id(call->args, "before", &before, err);
    if (!code)
        code = task_list(call->store, !js_bool_or(call->args, "closed", false), kind, before, limit,
                         &tasks, err);
    if (!code)
        code = task_count(call->store, &open, err);
    if (code)
        return code;
    *out = js_pack("{s:O, s:O}", "tasks", tasks, "open", open);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code answer_task(struct store_call *call, const char *id, struct js **out,
                                 struct err *err)
{
    struct js *task = NULL;
    enum err_code code = task_show(call->store, id, &task, err);
    return code ? code : answer_with("task", task, out, err);
}

static enum err_code task_show_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    enum err_code code = arg_id(call->args, "id", &id, err);
    return code ? code : answer_task(call, id, out, err);
}

static enum err_code task_close_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *how, *note = NULL;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_text(call->args, "how", TEXT_MAX, &how, err);
    if (!code && js_has(call->args, "note"))
        code = arg_text(call->args, "note", TEXT_MAX, &note, err);
    if (!code)
        code = task_close(call->store, id, how, note, call->by, err);
    return code ? code : answer_task(call, id, out, err);
}

const struct store_op store_ops_task[] = {
    {"task_list", OP_READS, task_list_op, "station", "tasks"},
    {"task_show", OP_READS, task_show_op, "task", "task"},
    {"task_close", OP_CHANGES, task_close_op},
    {0},
};
