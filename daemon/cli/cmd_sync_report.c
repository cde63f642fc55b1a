#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/model/doc_state.h"
#include "daemon/model/work_days.h"

#include <stdio.h>
#include <string.h>

/* The morning report, and what is too old. */

const struct cli_option cmd_sync_report_options[] = {
    {"day", 'd', "DAY", "of that day, 2026-11-23 (else since the last working day began)"},
    {0},
};
const struct cli_option cmd_sync_late_options[] = {
    {"all", 'a', NULL, "whatever its age, and those of a backlog, too"},
    {0},
};

/* A text of the daemon as it is, made printable. */
static void put(const char *before, const char *text)
{
    char clean[1600];
    text_printable(text, clean, sizeof clean);
    printf("%s%s\n", before, clean);
}

static const char *who_of(const struct js *task)
{
    return strcmp(js_text_or(task, "who", ""), "clerk") == 0 ? "Cán bộ" : "Kỹ thuật";
}

static void show_report(const struct js *reply)
{
    const struct js *lines = js_at(reply, "lines"), *tasks = js_at(reply, "tasks");
    for (size_t i = 0; i < js_count(lines); i++)
        put("", js_text_or(js_item(lines, i), "text", ""));
    for (size_t i = 0; i < js_count(tasks); i++) {
        const struct js *task = js_item(tasks, i);
        printf("\n%zu. %s: ", i + 1, who_of(task));
        put("", js_text_or(task, "text", ""));
        put("   ", js_text_or(task, "help", ""));
        put("   $ ", js_text_or(task, "command", ""));
    }
}

/* The figures of a report say what happened: they are no failure, alarms or not. */
int cmd_sync_report(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    const char *day = args_text(args, "day");
    char path[60] = "/v1/sync/report";
    if (day && work_days_parse(day) < 0) {
        err_set(&err, ERR_USAGE, "--day wants a day, 2026-11-23");
        return cli_problem(&err);
    }
    if (day)
        snprintf(path, sizeof path, "/v1/sync/report?day=%s", day);
    return cli_call(cli, "GET", path, NULL, show_report);
}

/* ---- what is too old ---- */

static void show_late(const struct js *reply)
{
    const struct js *late = js_at(reply, "late");
    struct table *table =
        show_table("ID", "DOSSIER", "DOSSIER CODE", "TYPE", "STATE", "SINCE", "REASON", NULL);
    for (size_t i = 0; i < js_count(late); i++) {
        const struct js *row = js_item(late, i);
        table_cell(table, js_text_or(row, "id", ""));
        table_cell(table, js_text_or(row, "dossier_id", ""));
        table_cell(table, js_text_or(row, "dossier_code", "-"));
        table_cell(table, js_text_or(row, "type", "-"));
        table_cell(table, js_text_or(row, "state", ""));
        table_cell(table, cli_when(row, "since_us").text);
        table_cell(table, js_text_or(row, "reason", ""));
    }
    show_table_end(table);
}

int cmd_sync_late(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    enum machine machine;
    const char *kind = args->operand[0], *state = args->operand[1];
    if (!machine_from_name(kind, &machine) || machine == MACHINE_delivery)
        err_set(&err, ERR_USAGE, "page or document; deliveries are in sohoa queue list");
    else if (!state_exists(machine, state))
        err_set(&err, ERR_USAGE, "there is no state %s of a %s", state, kind);
    if (err.code)
        return cli_problem(&err);
    AUTO(mem)
    char *path = mem_printf("/v1/sync/late?machine=%s&state=%s%s", kind, state,
                            args_has(args, "all") ? "&all=1" : "");
    return path ? cli_call(cli, "GET", path, NULL, show_late) : CLI_FAILED;
}
