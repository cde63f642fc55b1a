#include "daemon/workers/store_ops.h"

#include "queue/store/secret.h"
#include "queue/store/submitted_form.h"
#include "queue/store/view.h"

/* Papers that may not be digitized as they are: secret ones, and copies. */

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

/* What was handed in, or what the supervisor said of it. */
static enum err_code document_form_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *form = NULL;
    struct js *document = NULL;
    struct copy_decision decision = {0};
    enum err_code code = arg_id(call->args, "id", &id, err);
    bool is_said = js_at(call->args, "submitted_form"), is_decided = js_has(call->args, "allowed");
    if (!code && js_has(call->args, "submitted_form"))
        code = arg_text(call->args, "submitted_form", TEXT_MAX, &form, err);
    if (!code && is_said == is_decided)
        code = err_set(err, ERR_BAD_ARGUMENT, "'submitted_form' or 'allowed', one of them");
    if (!code && is_said)
        code = form_say(call->store, id, form ? form : "", call->by, err);
    if (!code && is_decided)
        code = js_get_bool(call->args, "allowed", &decision.allowed, err);
    if (!code && is_decided)
        code = arg_text(call->args, "decider", TEXT_MAX, &decision.decider, err);
    if (!code && is_decided)
        code = arg_text(call->args, "reason", TEXT_MAX, &decision.reason, err);
    if (!code && is_decided)
        code = form_decide(call->store, id, &decision, call->by, err);
    if (!code)
        code = view_document(call->store, id, &document, err);
    return code ? code : answer_with("document", document, out, err);
}

const struct store_op store_ops_secret[] = {
    {"page_secret", OP_CHANGES, page_secret_op},
    {"document_form", OP_CHANGES, document_form_op},
    {"secret_purge_due", OP_CHANGES, secret_purge_due_op},
    {0},
};
