#include "daemon/base/mem.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"

#include <stdio.h>
#include <string.h>

const struct cli_option cmd_queue_list_options[] = {
    {"state", 's', "STATE", "only these: queued, sending, sent, accepted, held, failed…"},
    {0},
};
const struct cli_option cmd_queue_hold_options[] = {
    {"reason", 'r', "TEXT", "why"},
    {0},
};

static void show_deliveries(const struct js *reply)
{
    const struct js *deliveries = js_at(reply, "deliveries");
    struct table *table = show_table("DELIVERY", "DOSSIER CODE", "TARGET", "STATE", "ATTEMPTS",
                                     "REMOTE NAME", "NEXT TRY", NULL);
    for (size_t i = 0; i < js_count(deliveries); i++) {
        const struct js *delivery = js_item(deliveries, i);
        bool is_waiting = strcmp(js_text_or(delivery, "state", ""), "queued") == 0;
        table_cell(table, js_text_or(delivery, "id", ""));
        table_cell(table, js_text_or(delivery, "dossier_code", "-"));
        table_cell(table, js_text_or(delivery, "target", ""));
        table_cell(table, cli_state("delivery", delivery).text);
        table_cell(table, show_scalar(js_at(delivery, "attempts")).text);
        table_cell(table, js_text_or(delivery, "remote_name", "-"));
        table_cell(table, is_waiting ? cli_when(delivery, "not_before_us").text : "");
    }
    show_table_end(table);
}

int cmd_queue_list(const struct cli *cli, const struct cli_args *args)
{
    const char *state = args_text(args, "state");
    if (state)
        return cli_call_on(cli, "GET", "/v1/queue?state=%s", state, NULL, show_deliveries);
    return cli_call(cli, "GET", "/v1/queue", NULL, show_deliveries);
}

int cmd_queue_show(const struct cli *cli, const struct cli_args *args)
{
    AUTO(js)
    struct js *reply = NULL;
    int exit_status = cli_ask(cli, "GET", "/v1/queue", NULL, &reply);
    if (exit_status)
        return exit_status;
    const struct js *deliveries = js_at(reply, "deliveries");
    for (size_t i = 0; i < js_count(deliveries); i++) {
        const struct js *delivery = js_item(deliveries, i);
        if (strcmp(js_text_or(delivery, "id", ""), args->operand[0]) != 0)
            continue;
        cli_answer(cli, delivery, show_values);
        return CLI_DONE;
    }
    struct err err = ERR_INIT;
    err_set(&err, ERR_NOT_FOUND, "no delivery %s in the queue", args->operand[0]);
    return cli_problem(&err);
}

int cmd_queue_retry(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "POST", "/v1/queue/%s/retry", args->operand[0], NULL, show_values);
}

int cmd_queue_hold(const struct cli *cli, const struct cli_args *args)
{
    const char *reason = args_text(args, "reason");
    struct js *body = reason ? js_pack("{s:s}", "reason", reason) : NULL;
    return cli_call_on(cli, "POST", "/v1/queue/%s/hold", args->operand[0], body, show_values);
}

int cmd_queue_release(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "POST", "/v1/queue/%s/release", args->operand[0], NULL, show_values);
}
