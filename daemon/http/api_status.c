#include "daemon/http/api.h"
#include "daemon/http/call.h"

void api_status_get(struct call *call)
{
    const struct http *http = call->http;
    if (call_wait(call, 200, NULL))
        http->calls->status(http->app, call_done, call);
}

void api_events_get(struct call *call)
{
    call->reply.kind = REPLY_EVENTS;
    call->reply.status = 200;
    call->reply.type = "text/event-stream";
    call_replied(call);
}
