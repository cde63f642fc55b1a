#include "daemon/http/api.h"
#include "daemon/http/call.h"

static const struct arg_rule unlock_rules[] = {
    {"password", ARG_TEXT, ARG_REQUIRED, .min = 0, .max = 1024}, {0}};

static void ask(struct call *call, const char *verb, const struct arg_rule *rules)
{
    const struct http *http = call->http;
    AUTO(js)
    struct js *args = call_args(call, rules);
    if (args && call_wait(call, 200, NULL))
        http->calls->signer(http->app, verb, TAKE(args), &call->who, call_done, call);
}

void api_signer_show(struct call *call)
{
    ask(call, "show", NULL);
}

void api_signer_unlock(struct call *call)
{
    ask(call, "unlock", unlock_rules);
}

void api_signer_lock(struct call *call)
{
    ask(call, "lock", NULL);
}
