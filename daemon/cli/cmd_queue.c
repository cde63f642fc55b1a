#include "daemon/base/id.h"
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

/* ---- list ---- */

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

/* ---- one delivery in words ---- */

static void line(const char *name, const struct js *root, const char *path)
{
    if (js_has(root, path))
        printf("%s: %s\n", name, show_scalar(js_at(root, path)).text);
}

static void show_error(const struct js *error)
{
    if (!js_is_object(error))
        return;
    const char *ref = js_text_or(error, "ref", "");
    printf("last error: %s%s%s%s, %s\n", show_scalar(js_at(error, "code")).text,
           *ref ? " (ref " : "", show_scalar(js_at(error, "ref")).text, *ref ? ")" : "",
           cli_when(error, "at_us").text);
    line("  what happened", error, "text");
    line("  what to do", error, "help");
    line("  the warehouse says", error, "said");
    line("  detail", error, "detail");
}

static void show_receipt(const struct js *receipt)
{
    for (void *it = js_iter(receipt); it; it = js_iter_next(receipt, it))
        if (*show_scalar(js_iter_value(it)).text)
            printf("receipt %s: %s\n", js_iter_key(it), show_scalar(js_iter_value(it)).text);
}

static void show_states(const struct js *states)
{
    struct table *table = show_table("WHEN", "STATE", "LABEL", "EVENT", "BY", NULL);
    for (size_t i = 0; i < js_count(states); i++) {
        const struct js *row = js_item(states, i);
        table_cell(table, cli_when(row, "at_us").text);
        table_cell(table, js_text_or(row, "state", ""));
        table_cell(table, js_text_or(row, "label", ""));
        table_cell(table, js_text_or(row, "event", ""));
        table_cell(table, js_text_or(row, "by", ""));
    }
    putchar('\n');
    show_table_end(table);
}

static void show_delivery(const struct js *reply)
{
    const struct js *delivery = js_at(reply, "delivery");
    const char *state = js_text_or(delivery, "state", "");
    line("id", delivery, "id");
    line("document", delivery, "document_id");
    line("dossier code", delivery, "dossier_code");
    line("target", delivery, "target");
    line("state", delivery, "state");
    printf("meaning: %s\n", state_label(MACHINE_delivery, state));
    line("held", delivery, "held.reason");
    line("urgent", delivery, "urgent");
    line("attempts", delivery, "attempts");
    line("remote name", delivery, "remote_name");
    show_receipt(js_at(delivery, "receipt"));
    show_error(js_at(reply, "last_error"));
    line("next", reply, "next.text");
    if (js_has(reply, "next.at_us"))
        printf("next try: %s\n", cli_when(js_at(reply, "next"), "at_us").text);
    if (*js_text_or(reply, "command", ""))
        line("command", reply, "command");
    show_states(js_at(reply, "states"));
}

int cmd_queue_show(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "GET", "/v1/queue/%s", args->operand[0], NULL, show_delivery);
}
