#include "daemon/base/id.h"
#include "daemon/base/mem.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/model/doc_state.h"

#include <stdio.h>
#include <string.h>

#define QUEUE_MAX 1000 /* the daemon's, of one answer */
#define QUEUE_DEFAULT 200

const struct cli_option cmd_queue_list_options[] = {
    {"before", 0, "DELIVERY", "those behind this one: the next page"},
    {"limit", 'n', "N", "at most so many (200), trouble first"},
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
                                     "REMOTE NAME", "NEXT TRY", "REASON", NULL);
    for (size_t i = 0; i < js_count(deliveries); i++) {
        const struct js *delivery = js_item(deliveries, i);
        const char *state = js_text_or(delivery, "state", "");
        bool is_waiting = strcmp(state, "queued") == 0;
        table_cell(table, js_text_or(delivery, "id", ""));
        table_cell(table, js_text_or(delivery, "dossier_code", "-"));
        table_cell(table, js_text_or(delivery, "target", ""));
        table_cellf(table, "%s (%s)", state, state_label(MACHINE_delivery, state));
        table_cell(table, show_scalar(js_at(delivery, "attempts")).text);
        table_cell(table, js_text_or(delivery, "remote_name", "-"));
        table_cell(table, is_waiting ? cli_when(delivery, "not_before_us").text : "");
        table_cell(table,
                   js_text_or(delivery, "held.reason", js_text_or(delivery, "problem.code", "")));
    }
    show_table_end(table);
}

/* A list behind the delivery `before`; state and before may be NULL. */
static int ask_list(const struct cli *cli, long limit, const char *state, const char *before,
                    struct js **out_reply)
{
    char path[160];
    snprintf(path, sizeof path, "/v1/queue?limit=%ld%s%s%s%s", limit, state ? "&state=" : "",
             state ? state : "", before ? "&before=" : "", before ? before : "");
    return cli_ask(cli, "GET", path, NULL, out_reply);
}

int cmd_queue_list(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    const char *state = args_text(args, "state"), *before = args_text(args, "before");
    long limit;
    args_number(args, "limit", 1, QUEUE_MAX, QUEUE_DEFAULT, &limit, &err);
    if (state && !state_exists(MACHINE_delivery, state))
        err_set(&err, ERR_USAGE, "there is no state %s of a delivery", state);
    if (before && !id_is_valid(before))
        err_set(&err, ERR_USAGE, "--before wants the id of a delivery");
    if (err.code)
        return cli_problem(&err);
    AUTO(js)
    struct js *reply = NULL;
    int exit_status = ask_list(cli, limit, state, before, &reply);
    if (exit_status)
        return exit_status;
    cli_answer(cli, reply, show_deliveries);
    size_t count = js_count(js_at(reply, "deliveries"));
    const struct js *last = js_item(js_at(reply, "deliveries"), count - 1);
    if (!cli->json && count == (size_t)limit)
        fprintf(stderr, "sohoa: there may be more: --before %s\n",
                show_scalar(js_at(last, "id")).text);
    return CLI_DONE;
}

/* Among those of one state, list by list. NULL in *out: not there. */
static int find_in_state(const struct cli *cli, const char *state, const char *id, struct js **out)
{
    char before[ID_SIZE] = "";
    for (size_t count = QUEUE_MAX; count == QUEUE_MAX;) {
        AUTO(js)
        struct js *reply = NULL;
        int exit_status = ask_list(cli, QUEUE_MAX, state, *before ? before : NULL, &reply);
        if (exit_status)
            return exit_status;
        const struct js *deliveries = js_at(reply, "deliveries");
        count = js_count(deliveries);
        const char *last = "";
        for (size_t i = 0; i < count; i++) {
            last = js_text_or(js_item(deliveries, i), "id", "");
            if (strcmp(last, id) == 0) {
                *out = js_ref(js_item(deliveries, i));
                return CLI_DONE;
            }
        }
        if (strcmp(last, before) == 0) /* one that cannot go on */
            return CLI_DONE;
        snprintf(before, sizeof before, "%s", last);
    }
    return CLI_DONE;
}

/* The daemon has no question about one delivery. */
int cmd_queue_show(const struct cli *cli, const struct cli_args *args)
{
    for (size_t i = 0; i < state_row_count; i++) {
        AUTO(js)
        struct js *delivery = NULL;
        if (state_rows[i].machine != MACHINE_delivery)
            continue;
        int exit_status = find_in_state(cli, state_rows[i].name, args->operand[0], &delivery);
        if (exit_status)
            return exit_status;
        if (!delivery)
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
