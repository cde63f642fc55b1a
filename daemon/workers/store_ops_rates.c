#include "daemon/workers/store_ops.h"

#include "queue/store/rates.h"

static enum err_code report_rates_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *first, *last;
    enum err_code code = arg_text(call->args, "from", TEXT_MAX, &first, err);
    if (!code)
        code = arg_text(call->args, "to", TEXT_MAX, &last, err);
    return code ? code : rates_over(call->store, first, last, out, err);
}

static enum err_code dossier_flags_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    enum err_code code = arg_id(call->args, "id", &id, err);
    return code ? code : rates_of_dossier(call->store, id, out, err);
}

const struct store_op store_ops_rates[] = {
    {"report_rates", OP_READS, report_rates_op, "station", "report of rates"},
    {"dossier_flags", OP_READS, dossier_flags_op, "dossier", "flags"},
    {0},
};
