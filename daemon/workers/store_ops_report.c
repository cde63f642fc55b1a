#include "daemon/workers/store_ops.h"

#include "queue/store/alarm.h"
#include "queue/store/audit.h"
#include "queue/store/hold_many.h"
#include "queue/store/report.h"
#include "queue/store/view.h"

#define HISTORY_MAX 200
#define LATE_MAX 500

static enum err_code alarms_op(struct store_call *call, struct js **out, struct err *err)
{
    return store_alarms(call->store, call->args, out, err);
}

/* to_us missing: until now. */
static enum err_code sync_report_op(struct store_call *call, struct js **out, struct err *err)
{
    int64_t from_us, to_us;
    AUTO(js) struct js *span = NULL;
    AUTO(js) struct js *open = NULL;
    enum err_code code = arg_int(call->args, "from_us", 0, INT64_MAX, &from_us, err);
    if (!code)
        code = arg_int_or(call->args, "to_us", 0, INT64_MAX, 0, &to_us, err);
    if (!code)
        code = store_report_span(call->store, from_us, to_us, &span, err);
    if (!code)
        code = store_report_open(call->store, &open, err);
    if (code)
        return code;
    *out = js_pack("{s:O, s:O}", "span", span, "open", open);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code queue_show_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    AUTO(js) struct js *delivery = NULL;
    AUTO(js) struct js *history = NULL;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = view_delivery(call->store, id, &delivery, err);
    if (!code)
        code = audit_last(call->store, id, HISTORY_MAX, &history, err);
    if (code)
        return code;
    *out = js_pack("{s:O, s:O}", "delivery", delivery, "history", history);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code late_list_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *machine, *state;
    int64_t before_us, limit;
    struct js *list = NULL;
    enum err_code code = arg_text(call->args, "machine", TEXT_MAX, &machine, err);
    if (!code)
        code = arg_text(call->args, "state", TEXT_MAX, &state, err);
    if (!code)
        code = arg_int(call->args, "before_us", 0, INT64_MAX, &before_us, err);
    if (!code)
        code = arg_int_or(call->args, "limit", 1, LATE_MAX, LATE_MAX, &limit, err);
    if (!code)
        code = store_late(call->store, machine, state, before_us,
                          js_bool_or(call->args, "all", false), limit, &list, err);
    return code ? code : answer_with("late", list, out, err);
}

/* Many deliveries at once: verb retry, release or hold; reason, target: only those; dry_run: only
 * their number. */
static enum err_code deliveries_change_op(struct store_call *call, struct js **out, struct err *err)
{
    struct delivery_choice choice = {.reason = js_text_or(call->args, "reason", NULL),
                                     .target = js_text_or(call->args, "target", NULL),
                                     .dry_run = js_bool_or(call->args, "dry_run", false)};
    const char *verb;
    int64_t count, left;
    enum err_code code = arg_text(call->args, "verb", TEXT_MAX, &verb, err);
    if (!code && js_has(call->args, "why"))
        code = arg_text(call->args, "why", TEXT_MAX, &choice.why, err);
    if (!code)
        code = deliveries_change(call->store, verb, &choice, call->by, &count, &left, err);
    if (code)
        return code;
    *out = js_pack("{s:I, s:I}", "count", count, "left", left);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

const struct store_op store_ops_report[] = {
    {"alarms", OP_ASKS, alarms_op},
    {"sync_report", OP_READS, sync_report_op, "station", "report"},
    {"queue_show", OP_READS, queue_show_op, "delivery", "view"},
    {"late_list", OP_READS, late_list_op, "station", "list"},
    {"deliveries_change", OP_CHANGES, deliveries_change_op},
    {0},
};
