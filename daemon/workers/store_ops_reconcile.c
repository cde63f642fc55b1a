#include "daemon/workers/store_ops.h"

#include "queue/store/due_purge.h"
#include "queue/store/reconcile.h"
#include "queue/store/restored.h"

#include <string.h>

/* Comparing with what the targets hold, and what follows from it: retention, a backup put back. */

#define LIST_MAX 1000
#define STEP_MAX 100
#define DAYS_MAX 36500
#define SPREAD_MAX_US (INT64_C(900) * 1000000) /* waits of more than 16 minutes count as none */

static enum err_code begin_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *target;
    struct js *run = NULL;
    enum err_code code = arg_text(call->args, "target", 100, &target, err);
    if (!code)
        code = reconcile_begin(call->store, target, call->by, &run, err);
    if (!code)
        *out = run;
    return code;
}

static enum err_code page_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *run;
    const struct js *entries;
    const struct js *owners = js_at(call->args, "owners");
    enum err_code code = arg_id(call->args, "run", &run, err);
    if (!code)
        code = js_get_array(call->args, "entries", &entries, err);
    if (!code)
        code = reconcile_page(call->store, run, entries, js_text_or(call->args, "next", NULL),
                              js_is_array(owners) ? owners : NULL, call->by, out, err);
    return code;
}

static enum err_code finish_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *run;
    enum err_code code = arg_id(call->args, "run", &run, err);
    return code ? code : reconcile_finish(call->store, run, call->by, out, err);
}

static enum err_code each_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *run;
    int64_t over_us;
    enum err_code code = arg_id(call->args, "run", &run, err);
    if (!code)
        code = arg_int_or(call->args, "over_us", 0, SPREAD_MAX_US, 0, &over_us, err);
    return code ? code : reconcile_each(call->store, run, over_us, call->by, out, err);
}

static enum err_code fail_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *run, *why;
    (void)out;
    enum err_code code = arg_id(call->args, "run", &run, err);
    if (!code)
        code = arg_text(call->args, "code", TEXT_MAX, &why, err);
    return code ? code : reconcile_fail(call->store, run, why, call->by, err);
}

static enum err_code list_op(struct store_call *call, struct js **out, struct err *err)
{
    int64_t limit;
    struct js *runs = NULL;
    enum err_code code = arg_int_or(call->args, "limit", 1, LIST_MAX, 50, &limit, err);
    if (!code)
        code = reconcile_list(call->store, limit, &runs, err);
    return code ? code : answer_with("reconciles", runs, out, err);
}

static enum err_code last_op(struct store_call *call, struct js **out, struct err *err)
{
    return reconcile_last(call->store, out, err);
}

static enum err_code show_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    struct js *run = NULL;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = reconcile_show(call->store, id, &run, err);
    return code ? code : answer_with("reconcile", run, out, err);
}

static enum err_code restored_op(struct store_call *call, struct js **out, struct err *err)
{
    return restored_by_person(call->store, call->by, out, err);
}

static enum err_code purge_step_op(struct store_call *call, struct js **out, struct err *err)
{
    int64_t days, most;
    enum err_code code = arg_int(call->args, "after_days", 0, DAYS_MAX, &days, err);
    if (!code)
        code = arg_int_or(call->args, "most", 1, STEP_MAX, 20, &most, err);
    return code ? code : due_purge_step(call->store, days, most, call->by, out, err);
}

const struct store_op store_ops_reconcile[] = {
    {"reconcile_begin", OP_CHANGES, begin_op},
    {"reconcile_page", OP_CHANGES, page_op},
    {"reconcile_finish", OP_CHANGES, finish_op},
    {"reconcile_each", OP_CHANGES, each_op},
    {"reconcile_fail", OP_CHANGES, fail_op},
    {"reconcile_list", OP_ASKS, list_op},
    {"reconcile_last", OP_ASKS, last_op},
    {"reconcile_show", OP_ASKS, show_op},
    {"restored_note", OP_CHANGES, restored_op},
    {"purge_step", OP_CHANGES, purge_step_op},
    {0},
};
