#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"

const struct cli_option cmd_queue_urgent_options[] = {
    {"dossier", 'd', NULL, "the id is a dossier's: all its records, those to come, too"},
    {"off", 0, NULL, "not urgent any more"},
    {0},
};

int cmd_queue_urgent(const struct cli *cli, const struct cli_args *args)
{
    const char *path = args_has(args, "dossier") ? "/v1/dossiers/%s/urgent" : "/v1/queue/%s/urgent";
    struct js *body = js_pack("{s:b}", "urgent", (int)!args_has(args, "off"));
    return cli_call_on(cli, "POST", path, args->operand[0], body, show_values);
}
