#include "daemon/workers/store_ops.h"

#include "queue/store/secret.h"

/* Papers that may not be digitized as they are: secret ones. */

static enum err_code page_secret_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *reason = NULL;
    bool is_secret;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = js_get_bool(call->args, "secret", &is_secret, err);
    if (!code && js_has(call->args, "reason"))
        code = arg_text(call->args, "reason", TEXT_MAX, &reason, err);
    if (!code)
        code = secret_answer(call->store, id, is_secret, reason, call->by, err);
    if (code == ERR_NOT_FOUND && is_secret) /* the machine saw none; a person did */
        code = secret_told(call->store, id, call->by, err);
    return code ? code : answer_page(call, id, out, err);
}

static enum err_code secret_purge_due_op(struct store_call *call, struct js **out, struct err *err)
{
    int64_t count = 0;
    enum err_code code = secret_purge_due(call->store, call->by, &count, err);
    if (code)
        return code;
    *out = js_pack("{s:I}", "purged", count);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

const struct store_op store_ops_secret[] = {
    {"page_secret", OP_CHANGES, page_secret_op},
    {"secret_purge_due", OP_CHANGES, secret_purge_due_op},
    {0},
};
