#include "daemon/http/api.h"
#include "daemon/http/call.h"

static void ask(struct call *call, bool cancel)
{
    const struct http *http = call->http;
    if (call_wait(call, 200, NULL))
        http->calls->job(http->app, call->param, cancel, call_done, call);
}

void api_jobs_get(struct call *call)
{
    ask(call, false);
}

void api_jobs_cancel(struct call *call)
{
    ask(call, true);
}
