#include "daemon/pipeline/scan_limits.h"

#include <stddef.h>
#include <string.h>

const struct scan_limits scan_limits_default = {
    .init_ms = 20000,
    .list_ms = 60000,
    .open_ms = 30000,
    .option_ms = 5000,
    .start_ms = 60000,
    .read_ms = 30000,
    .cancel_ms = 10000,
    .close_ms = 10000,
    .own_ms = 60000,
    .busy_ms = 120000,
    .idle_ms = 120000,
    .lease_ms = 600000,
    .lease_idle_ms = 120000,
    .poll_ms = 700,
    .buttons = BUTTONS_PAGE,
};

static int limit_of(const struct scan_limits *limits, const char *call)
{
    const struct {
        const char *call;
        int limit_ms;
    } calls[] = {
        {"init", limits->init_ms},     {"list", limits->list_ms},      {"open", limits->open_ms},
        {"option", limits->option_ms}, {"start", limits->start_ms},    {"read", limits->read_ms},
        {"cancel", limits->cancel_ms}, {"control", limits->option_ms}, {"close", limits->close_ms},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(calls[i].call, call) == 0)
            return calls[i].limit_ms;
    return limits->own_ms;
}

int scan_limit_first(const struct scan_limits *limits)
{
    return limits->init_ms + limits->own_ms;
}

int scan_limit_heard(const struct scan_limits *limits, const char *event, const struct js *data)
{
    if (strcmp(event, "call") != 0)
        return 0;
    bool before = strcmp(js_text_or(data, "phase", ""), "before") == 0;
    return before ? limit_of(limits, js_text_or(data, "name", "")) : limits->own_ms;
}
