#include "daemon/workers/store_ops.h"

#include "queue/store/stick.h"

#include <string.h>

#define LIST_MAX 1000

static enum err_code begin_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *target;
    enum err_code code = arg_text(call->args, "target", 100, &target, err);
    return code ? code : stick_begin(call->store, target, call->by, out, err);
}

static enum err_code add_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *stick, *claim;
    (void)out;
    enum err_code code = arg_id(call->args, "stick", &stick, err);
    if (!code)
        code = arg_id(call->args, "claim", &claim, err);
    return code ? code : stick_add(call->store, stick, claim, call->by, err);
}

static enum err_code manifest_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *stick;
    struct js *manifest = NULL;
    enum err_code code = arg_id(call->args, "stick", &stick, err);
    if (!code)
        code = stick_manifest(call->store, stick, &manifest, err);
    return code ? code : answer_with("manifest", manifest, out, err);
}

static enum err_code written_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *stick;
    (void)out;
    enum err_code code = arg_id(call->args, "stick", &stick, err);
    return code ? code : stick_written(call->store, stick, call->by, err);
}

/* Of one, or of all that an earlier daemon did not finish. */
static enum err_code end_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *stick, *how;
    (void)out;
    if (!js_has(call->args, "id"))
        return stick_end_unwritten(call->store, call->by, err);
    enum err_code code = arg_id(call->args, "id", &stick, err);
    if (!code)
        code = arg_text(call->args, "how", TEXT_MAX, &how, err);
    if (!code && strcmp(how, "lost") != 0 && strcmp(how, "failed") != 0)
        code = err_set(err, ERR_BAD_ARGUMENT, "'how' is not lost or failed");
    return code ? code : stick_end(call->store, stick, how, call->by, err);
}

static enum err_code receipts_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *stick;
    const struct js *receipts;
    enum err_code code = arg_id(call->args, "stick", &stick, err);
    if (!code)
        code = js_get_array(call->args, "receipts", &receipts, err);
    return code ? code : stick_receipts(call->store, stick, receipts, call->by, out, err);
}

static enum err_code list_op(struct store_call *call, struct js **out, struct err *err)
{
    int64_t limit;
    struct js *sticks = NULL;
    enum err_code code = arg_int_or(call->args, "limit", 1, LIST_MAX, 50, &limit, err);
    if (!code)
        code = stick_list(call->store, limit, &sticks, err);
    return code ? code : answer_with("sticks", sticks, out, err);
}

const struct store_op store_ops_stick[] = {
    {"stick_begin", OP_CHANGES, begin_op},    {"stick_add", OP_CHANGES, add_op},
    {"stick_manifest", OP_ASKS, manifest_op}, {"stick_written", OP_CHANGES, written_op},
    {"stick_end", OP_CHANGES, end_op},        {"stick_receipts", OP_CHANGES, receipts_op},
    {"stick_list", OP_ASKS, list_op},         {0},
};
