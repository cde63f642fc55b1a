#include "daemon/http/api.h"
#include "daemon/http/call.h"

#define LIST_MAX 1000
#define LIST_DEFAULT 50

static void ask(struct call *call, const char *verb, struct js *args)
{
    const struct http *http = call->http;
    AUTO(js) struct js *owned = args;
    if (!owned)
        call_fail_no_memory(call);
    else if (call_wait(call, 200, NULL))
        http->calls->reconciles(http->app, verb, TAKE(owned), &call->who, call_done, call);
}

void api_reconciles_list(struct call *call)
{
    struct err err = ERR_INIT;
    int64_t limit = LIST_DEFAULT;
    const char *wanted = call_query(call, "limit");
    if (wanted && args_number("limit", wanted, 1, LIST_MAX, &limit, &err))
        call_fail(call, &err);
    else
        ask(call, "list", js_pack("{s:I}", "limit", limit));
}

void api_reconciles_get(struct call *call)
{
    call_store(call, "reconcile_show", NULL, 200);
}

void api_sync_restored(struct call *call)
{
    ask(call, "restored", js_object());
}
