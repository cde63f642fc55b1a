#include "daemon/workers/store_ops.h"

#include "queue/store/line.h"
#include "queue/store/urgent.h"
#include "queue/store/view.h"

static enum err_code line_set_op(struct store_call *call, struct js **out, struct err *err)
{
    struct line_state state = {.came_back = js_bool_or(call->args, "came_back", false)};
    (void)out;
    enum err_code code = arg_text(call->args, "target", TEXT_MAX, &state.target, err);
    if (!code)
        code = arg_int(call->args, "down_since_us", 0, INT64_MAX, &state.down_since_us, err);
    if (!code)
        code = arg_int(call->args, "served_us", INT64_MIN, INT64_MAX, &state.served_us, err);
    return code ? code : line_set(call->store, &state, err);
}

static enum err_code line_list_op(struct store_call *call, struct js **out, struct err *err)
{
    AUTO(js) struct js *lines = NULL;
    AUTO(js) struct js *disk = NULL;
    const struct js *targets;
    enum err_code code = js_get_array(call->args, "targets", &targets, err);
    if (!code)
        code = line_list(call->store, targets, &lines, err);
    if (!code && js_bool_or(call->args, "disk", false))
        code = line_disk(call->store, &disk, err);
    if (code)
        return code;
    *out = js_pack("{s:O, s:o}", "lines", lines, "disk", disk ? js_ref(disk) : js_null());
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "lines");
}

static enum err_code delivery_urgent_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    struct js *delivery = NULL;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = delivery_set_urgent(call->store, id, js_bool_or(call->args, "urgent", true),
                                   call->by, err);
    if (!code)
        code = view_delivery(call->store, id, &delivery, err);
    return code ? code : answer_with("delivery", delivery, out, err);
}

static enum err_code dossier_urgent_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    int64_t count;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = dossier_set_urgent(call->store, id, js_bool_or(call->args, "urgent", true), call->by,
                                  &count, err);
    return code ? code : answer_with("deliveries", js_int(count), out, err);
}

const struct store_op store_ops_line[] = {
    {"line_set", OP_CHANGES, line_set_op},
    {"line_list", OP_ASKS, line_list_op},
    {"delivery_urgent", OP_CHANGES, delivery_urgent_op},
    {"dossier_urgent", OP_CHANGES, dossier_urgent_op},
    {0},
};
