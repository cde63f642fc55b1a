#include "daemon/workers/store_ops.h"
#include "queue/store/conflict.h"
#include "queue/store/handover.h"
#include "queue/store/incident.h"
#include "queue/store/view.h"
#include "queue/store/withdraw.h"

/* What is taken back, what is kept from citizens until it is handed over, and what went wrong. */

/* The document with its deliveries, as a person wants to see it now. */
static enum err_code answer_document(struct store_call *call, const char *id, struct js **out,
                                     struct err *err)
{
    AUTO(js) struct js *document = NULL;
    AUTO(js) struct js *deliveries = NULL;
    enum err_code code = view_document(call->store, id, &document, err);
    if (!code)
        code = view_deliveries_of_document(call->store, id, &deliveries, err);
    if (code)
        return code;
    *out = js_pack("{s:O, s:O}", "document", document, "deliveries", deliveries);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code document_withdraw_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *reason;
    bool wrong_person = js_bool_or(call->args, "wrong_person", false);
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_text(call->args, "reason", TEXT_MAX, &reason, err);
    if (!code)
        code = document_withdraw(call->store, id, reason, wrong_person, call->by, err);
    return code ? code : answer_document(call, id, out, err);
}

static enum err_code withdraw_undo_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = document_withdraw_undo(call->store, id, call->by, err);
    return code ? code : answer_document(call, id, out, err);
}

static enum err_code handed_over_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    struct js *dossier = NULL;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = dossier_handed_over(call->store, id, call->by, err);
    if (!code)
        code = view_dossier(call->store, id, &dossier, err);
    return code ? code : answer_with("dossier", dossier, out, err);
}

static enum err_code keep_theirs_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    struct js *delivery = NULL;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = delivery_keep_theirs(call->store, id, call->by, err);
    if (!code)
        code = view_delivery(call->store, id, &delivery, err);
    return code ? code : answer_with("delivery", delivery, out, err);
}

static enum err_code report_incidents_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *from, *to;
    struct js *list = NULL;
    enum err_code code = arg_text(call->args, "from", TEXT_MAX, &from, err);
    if (!code)
        code = arg_text(call->args, "to", TEXT_MAX, &to, err);
    if (!code)
        code = incident_list(call->store, from, to, &list, err);
    return code ? code : answer_with("incidents", list, out, err);
}

const struct store_op store_ops_withdraw[] = {
    {"document_withdraw", OP_CHANGES, document_withdraw_op},
    {"document_withdraw_undo", OP_CHANGES, withdraw_undo_op},
    {"dossier_handed_over", OP_CHANGES, handed_over_op},
    {"delivery_keep_theirs", OP_CHANGES, keep_theirs_op},
    {"report_incidents", OP_READS, report_incidents_op, "station", "report of incidents"},
    {0},
};
