#include "daemon/http/api.h"
#include "daemon/http/call.h"

#include <string.h>

static const struct arg_rule sync_rules[] = {
    {"target", ARG_TEXT, 0, .min = 1, .max = 100},
    {"reconcile", ARG_BOOL, 0},
    {"until", ARG_TEXT, 0, .min = 5, .max = 5},
    {"then", ARG_WORD, 0, .words = "poweroff stay"},
    {0},
};

static const struct arg_rule urgent_rules[] = {{"urgent", ARG_BOOL, 0}, {0}};

static bool is_time_of_day(const char *text)
{
    bool digits = strspn(text, "0123456789:") == 5 && text[2] == ':' && !strchr(text + 3, ':');
    return digits && strncmp(text, "24", 2) < 0 && text[3] < '6' && text[0] != ':' &&
           text[1] != ':';
}

void api_sync_start(struct call *call)
{
    const struct http *http = call->http;
    AUTO(js)
    struct js *args = call_args(call, sync_rules);
    if (args && !is_time_of_day(js_text_or(args, "until", "00:00"))) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_BAD_ARGUMENT, "until: not HH:MM");
        call_fail(call, &err);
        return;
    }
    if (args && call_wait(call, 200, NULL))
        http->calls->sync(http->app, TAKE(args), &call->who, call_done, call);
}

void api_sync_get(struct call *call)
{
    const struct http *http = call->http;
    if (call_wait(call, 200, NULL))
        http->calls->sync_show(http->app, call_done, call);
}

static void set_urgent(struct call *call, const char *op)
{
    AUTO(js)
    struct js *args = call_args(call, urgent_rules);
    if (args)
        call_store_args(call, op, TAKE(args), 200, NULL);
}

void api_queue_urgent(struct call *call)
{
    set_urgent(call, "delivery_urgent");
}

void api_dossiers_urgent(struct call *call)
{
    set_urgent(call, "dossier_urgent");
}
