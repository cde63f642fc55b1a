#include "daemon/http/api.h"
#include "daemon/http/call.h"

static void ask(struct call *call, const char *device, bool test)
{
    const struct http *http = call->http;
    if (call_wait(call, 200, NULL))
        http->calls->devices(http->app, device, test, call_done, call);
}

void api_devices_list(struct call *call)
{
    ask(call, NULL, false);
}

void api_devices_get(struct call *call)
{
    ask(call, call->param, false);
}

void api_devices_test(struct call *call)
{
    ask(call, call->param, true);
}
