#include "daemon/http/api.h"
#include "daemon/http/call.h"

static const struct arg_rule lease_rules[] = {{"to", ARG_TEXT, 0, .min = 0, .max = 47},
                                              {"take", ARG_BOOL, 0},
                                              {"dossier_id", ARG_ID, 0},
                                              {"document_id", ARG_ID, 0},
                                              {0}};

static const struct arg_rule set_rules[] = {
    {"label", ARG_TEXT, ARG_NULLABLE, .min = 1, .max = 60},
    {"profile", ARG_TEXT, ARG_NULLABLE, .min = 1, .max = 60},
    {0}};

static const struct arg_rule profile_rules[] = {
    {"name", ARG_TEXT, ARG_REQUIRED, .min = 1, .max = 60},
    {"source", ARG_WORD, 0, .words = "flatbed adf duplex"},
    {"mode", ARG_WORD, 0, .words = "color gray lineart"},
    {"resolution_dpi", ARG_INT, 0, .min = 50, .max = 1200},
    {"paper", ARG_WORD, 0, .words = "a3 a4 a5 id1 auto"},
    {"separators", ARG_TEXT, .max = 40},
    {"split", ARG_TEXT, .max = 20},
    {"button", ARG_WORD, 0, .words = "scan tell off"},
    {"locked", ARG_BOOL, 0},
    {0}};

static void ask(struct call *call, const char *verb, const char *device, struct js *args)
{
    const struct http *http = call->http;
    if (call_wait(call, 200, NULL))
        http->calls->devices(http->app, verb, device, args, &call->who, call_done, call);
    else
        js_free(args);
}

void api_devices_list(struct call *call)
{
    ask(call, "list", NULL, NULL);
}

void api_devices_get(struct call *call)
{
    ask(call, "show", call->param, NULL);
}

void api_devices_test(struct call *call)
{
    ask(call, "test", call->param, NULL);
}

void api_devices_reset(struct call *call)
{
    ask(call, "reset", call->param, NULL);
}

void api_devices_lease(struct call *call)
{
    struct js *args = call_args(call, lease_rules);
    if (args)
        ask(call, "lease", call->param, args);
}

void api_devices_set(struct call *call)
{
    struct js *args = call_args(call, set_rules);
    if (args)
        ask(call, "set", call->param, args);
}

void api_profiles_list(struct call *call)
{
    ask(call, "profiles", NULL, NULL);
}

void api_profiles_set(struct call *call)
{
    struct js *args = call_args(call, profile_rules);
    if (args)
        ask(call, "profile_set", NULL, args);
}

void api_profiles_remove(struct call *call)
{
    bool force = call_query(call, "force") != NULL;
    ask(call, "profile_remove", NULL,
        js_pack("{s:s, s:b}", "name", call->param, "force", (int)force));
}
