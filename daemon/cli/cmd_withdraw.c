#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/model/catalog_kind.h"

#include <stdio.h>
#include <string.h>

const struct cli_option cmd_document_withdraw_options[] = {
    {"reason", 'r', "TEXT", "why (kept with the document, never sent)"},
    {"wrong-person", 0, NULL, "somebody saw it whom it is not about: a data incident"},
    {"undo", 0, NULL, "as it was; only until the first warehouse was told"},
    {0},
};
const struct cli_option cmd_report_incidents_options[] = {
    {"from", 'f', "DATE", "first day"},
    {"to", 't', "DATE", "last day"},
    {0},
};

/* What the target answered, in few words. */
static const char *receipt_of(const struct js *delivery)
{
    const struct js *receipt = js_at(delivery, "withdrawal.receipt");
    if (!js_has(delivery, "withdrawal.ended_us"))
        return "";
    if (js_bool_or(receipt, "kept_theirs", false))
        return "theirs stays";
    if (js_bool_or(receipt, "asked", false))
        return "the receiver answered";
    if (!js_has(delivery, "withdrawal.receipt"))
        return "nothing had been sent";
    return js_bool_or(receipt, "removed", false) ? "told, files removed" : "told, files stay";
}

static void show_withdrawn(const struct js *reply)
{
    const struct js *deliveries = js_at(reply, "deliveries");
    printf("document: %s\nstate: %s\n", js_text_or(reply, "document.id", ""),
           cli_state("document", js_at(reply, "document")).text);
    struct table *table = show_table("TARGET", "STATE", "RECEIPT", "HASH", NULL);
    for (size_t i = 0; i < js_count(deliveries); i++) {
        const struct js *delivery = js_item(deliveries, i);
        table_cell(table, js_text_or(delivery, "target", ""));
        table_cell(table, cli_state("delivery", delivery).text);
        table_cell(table, receipt_of(delivery));
        table_cellf(table, "%.12s", js_text_or(delivery, "withdrawal.receipt.sha256", ""));
    }
    show_table_end(table);
    if (js_bool_or(reply, "document.withdrawal.may_undo", false))
        printf("may be undone until the first warehouse is told: sohoa document withdraw %s "
               "--undo\n",
               js_text_or(reply, "document.id", ""));
}

int cmd_document_withdraw(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    const char *reason = args_text(args, "reason");
    bool undo = args_has(args, "undo"), wrong_person = args_has(args, "wrong-person");
    if (undo && (reason || wrong_person))
        err_set(&err, ERR_USAGE, "--undo goes without --reason and --wrong-person");
    else if (!undo && (!reason || !*reason))
        err_set(&err, ERR_USAGE, "--reason is missing");
    if (err.code)
        return cli_problem(&err);
    if (undo)
        return cli_call_on(cli, "POST", "/v1/documents/%s/withdraw/undo", args->operand[0], NULL,
                           show_withdrawn);
    struct js *body = js_pack("{s:s, s:b}", "reason", reason, "wrong_person", (int)wrong_person);
    if (!body) {
        err_set(&err, ERR_USAGE, "--reason is no UTF-8 text");
        return cli_problem(&err);
    }
    return cli_call_on(cli, "POST", "/v1/documents/%s/withdraw", args->operand[0], body,
                       show_withdrawn);
}

static void show_delivery(const struct js *reply)
{
    show_values(js_at(reply, "delivery"));
}

int cmd_queue_keep_theirs(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "POST", "/v1/queue/%s/keep-theirs", args->operand[0], NULL,
                       show_delivery);
}

static void show_incidents(const struct js *reply)
{
    const struct js *incidents = js_at(reply, "incidents");
    struct table *table =
        show_table("NOTED", "NOTIFY BEFORE", "DOSSIER CODE", "DOCUMENT", "BY", "REASON", NULL);
    for (size_t i = 0; i < js_count(incidents); i++) {
        const struct js *incident = js_item(incidents, i);
        table_cell(table, cli_when(incident, "noted_us").text);
        table_cell(table, cli_when(incident, "notify_before_us").text);
        table_cell(table, js_text_or(incident, "dossier_code", "-"));
        table_cell(table, js_text_or(incident, "document_id", ""));
        table_cell(table, js_text_or(incident, "noted_by", ""));
        table_cell(table, js_text_or(incident, "reason", ""));
    }
    show_table_end(table);
}

int cmd_report_incidents(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    const char *from = args_text(args, "from"), *to = args_text(args, "to");
    char first[11], last[11], path[80];
    if (!from || !to || !catalog_date(from, false, first) || !catalog_date(to, false, last)) {
        err_set(&err, ERR_USAGE, "--from and --to want days, 2026-01-31");
        return cli_problem(&err);
    }
    snprintf(path, sizeof path, "/v1/reports/incidents?from=%s&to=%s", first, last);
    return cli_call(cli, "GET", path, NULL, show_incidents);
}
