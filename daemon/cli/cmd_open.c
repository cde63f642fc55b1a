#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"

#include <stdio.h>

static void show_link(const struct js *reply)
{
    puts(show_scalar(js_at(reply, "url")).text);
}

int cmd_open(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    return cli_call(cli, "POST", "/v1/open", NULL, show_link);
}
