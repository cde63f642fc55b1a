#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/cli/sync_follow.h"
#include "daemon/pipeline/schedule_rules.h"

/* Sends what waits, and stays until it has gone where that is asked for. */

const struct cli_option cmd_sync_now_options[] = {
    {"until", 'u', "HH:MM", "send until then, day or night; else until all has gone"},
    {"then", 't', "WHAT", "poweroff: then the station is switched off; stay: it is not",
     "poweroff stay"},
    {"wait", 'w', NULL, "stay until it is over; the exit status tells whether all went"},
    {0},
};

static struct js *wish_of(const struct cli_args *args)
{
    const char *until = args_text(args, "until"), *then = args_text(args, "then");
    AUTO(js) struct js *wish = js_object();
    bool fits = (!until || js_set(wish, "until", js_text(until))) &&
                (!then || js_set(wish, "then", js_text(then)));
    return fits ? TAKE(wish) : NULL;
}

int cmd_sync_now(const struct cli *cli, const struct cli_args *args)
{
    int minute;
    struct err err = ERR_INIT;
    const char *until = args_text(args, "until");
    if (until && !schedule_minute_from_text(until, &minute)) {
        err_set(&err, ERR_USAGE, "--until wants a time of day, HH:MM");
        return cli_problem(&err);
    }
    if (!args_has(args, "wait"))
        return cli_call(cli, "POST", "/v1/sync", wish_of(args), show_values);
    AUTO(js) struct js *begun = NULL;
    int exit_status = cli_ask(cli, "POST", "/v1/sync", wish_of(args), &begun);
    return exit_status ? exit_status : sync_follow(cli);
}
