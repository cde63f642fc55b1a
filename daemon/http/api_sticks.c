#include "daemon/http/api.h"
#include "daemon/http/call.h"

/* Records carried on a stick: a folder that sohoad may write, or the receipts that came back. */

static const struct arg_rule folder_rules[] = {
    {"target", ARG_TEXT, ARG_REQUIRED, .min = 1, .max = 100},
    {"folder", ARG_TEXT, ARG_REQUIRED, .min = 2, .max = 1000},
    {0},
};

static void ask(struct call *call, const char *verb, const struct arg_rule *rules, int status)
{
    const struct http *http = call->http;
    AUTO(js) struct js *args = rules ? call_args(call, rules) : js_object();
    if (args && call_wait(call, status, NULL))
        http->calls->sticks(http->app, verb, TAKE(args), &call->who, call_done, call);
}

void api_sticks_list(struct call *call)
{
    ask(call, "list", NULL, 200);
}

void api_sticks_export(struct call *call)
{
    ask(call, "export", folder_rules, 202);
}

void api_sticks_take(struct call *call)
{
    ask(call, "take", folder_rules, 202);
}

/* The stick is gone, or is not to be waited for. */
void api_sticks_lost(struct call *call)
{
    call_store_args(call, "stick_end", js_pack("{s:s, s:s}", "id", call->param, "how", "lost"), 200,
                    NULL);
}

void api_sticks_receipts(struct call *call)
{
    struct err err = ERR_INIT;
    const char *stick;
    const struct js *receipts;
    if (js_get_text(call->body, "stick", &stick, &err) ||
        js_get_array(call->body, "receipts", &receipts, &err)) {
        call_fail(call, &err);
        return;
    }
    call_store_args(call, "stick_receipts",
                    js_pack("{s:s, s:O}", "stick", stick, "receipts", receipts), 200, NULL);
}
