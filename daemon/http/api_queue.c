#include "daemon/http/api.h"
#include "daemon/http/call.h"
#include "daemon/model/doc_state.h"

#define LIST_MAX 1000
#define LIST_DEFAULT 200

/* The id is a delivery's unless the body says that it is a document's or a page's. */
static const struct arg_rule release_rules[] = {
    {"kind", ARG_WORD, 0, .words = "delivery document page"}, {0}};

static const struct arg_rule hold_rules[] = {
    {"kind", ARG_WORD, 0, .words = "delivery document page"},
    {"reason", ARG_TEXT, ARG_REQUIRED, .min = 1, .max = 1000},
    {0}};

void api_queue_list(struct call *call)
{
    struct err err = ERR_INIT;
    int64_t limit = LIST_DEFAULT;
    const char *wanted = call_query(call, "limit"), *state = call_query(call, "state");
    const char *before = call_query(call, "before");
    if (wanted && args_number("limit", wanted, 1, LIST_MAX, &limit, &err)) {
        call_fail(call, &err);
        return;
    }
    if (state && !state_exists(MACHINE_delivery, state)) {
        err_set(&err, ERR_BAD_ARGUMENT, "query state: no such state of a delivery");
        call_fail(call, &err);
        return;
    }
    if (before && !id_is_valid(before)) {
        err_set(&err, ERR_BAD_ARGUMENT, "query before: not an id");
        call_fail(call, &err);
        return;
    }
    AUTO(js)
    struct js *args = js_pack("{s:I}", "limit", limit);
    if ((state && !js_set(args, "state", js_text(state))) ||
        (before && !js_set(args, "before", js_text(before)))) {
        call_fail_no_memory(call);
        return;
    }
    call_store_args(call, "queue_list", TAKE(args), 200, NULL);
}

static void change_hold(struct call *call, const char *op, const struct arg_rule *rules)
{
    AUTO(js)
    struct js *args = call_args(call, rules);
    if (!args)
        return;
    if (!js_has(args, "kind") && !js_set(args, "kind", js_text("delivery"))) {
        call_fail_no_memory(call);
        return;
    }
    call_store_args(call, op, TAKE(args), 200, NULL);
}

void api_queue_release(struct call *call)
{
    change_hold(call, "release", release_rules);
}

void api_queue_hold(struct call *call)
{
    change_hold(call, "hold", hold_rules);
}
