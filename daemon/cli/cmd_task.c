#include "daemon/base/id.h"
#include "daemon/cli/client.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"

#include <stdio.h>

const struct cli_option cmd_task_list_options[] = {
    {"all", 'a', NULL, "closed ones, too"},
    {"before", 0, "TASK", "those behind this one: the next page"},
    {"kind", 'k', "KIND", "only these: missing, extra, different…"},
    {"limit", 'n', "N", "at most so many (200), newest first"},
    {0},
};

const struct cli_option cmd_task_close_options[] = {
    {"note", 0, "TEXT", "what was agreed"},
    {0},
};

static void show_tasks(const struct js *reply)
{
    const struct js *tasks = js_at(reply, "tasks");
    struct table *table =
        show_table("TASK", "SINCE", "TARGET", "DOSSIER CODE", "WHAT", "COMMAND", NULL);
    for (size_t i = 0; i < js_count(tasks); i++) {
        const struct js *task = js_item(tasks, i);
        table_cell(table, js_text_or(task, "id", ""));
        table_cell(table, cli_when(task, "opened_us").text);
        table_cell(table, js_text_or(task, "target", "-"));
        table_cell(table, js_text_or(task, "dossier_code", "-"));
        table_cell(table, js_text_or(task, "title", ""));
        table_cell(table, js_text_or(task, "closed_how", js_text_or(task, "command", "")));
    }
    show_table_end(table);
}

int cmd_task_list(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    char path[200];
    const char *kind = args_text(args, "kind"), *before = args_text(args, "before");
    long limit;
    args_number(args, "limit", 1, 1000, 200, &limit, &err);
    if (before && !id_is_valid(before))
        err_set(&err, ERR_USAGE, "--before wants the id of a task");
    if (err.code)
        return cli_problem(&err);
    AUTO(mem) char *encoded = kind ? client_encode(kind) : NULL;
    snprintf(path, sizeof path, "/v1/tasks?limit=%ld%s%s%s%s%s", limit,
             args_has(args, "all") ? "&closed=1" : "", kind ? "&kind=" : "", encoded ? encoded : "",
             before ? "&before=" : "", before ? before : "");
    return cli_call(cli, "GET", path, NULL, show_tasks);
}

static void show_task(const struct js *reply)
{
    const struct js *task = js_at(reply, "task"), *closings = js_at(task, "closings");
    printf("%s\n%s\n%s\n\n", js_text_or(task, "title", ""), js_text_or(task, "happened", ""),
           js_text_or(task, "to_do", ""));
    for (size_t i = 0; i < js_count(closings) && !js_has(task, "closed_us"); i++)
        printf("  sohoa task close %s %s    %s\n", js_text_or(task, "id", ""),
               js_text_or(js_item(closings, i), "how", ""),
               js_text_or(js_item(closings, i), "label", ""));
    puts("");
    show_values(task);
}

int cmd_task_show(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "GET", "/v1/tasks/%s", args->operand[0], NULL, show_task);
}

static void show_closed(const struct js *reply)
{
    printf("closed: %s (%s)\n", js_text_or(reply, "task.title", ""),
           js_text_or(reply, "task.closed_how", ""));
}

int cmd_task_close(const struct cli *cli, const struct cli_args *args)
{
    const char *note = args_text(args, "note");
    struct js *body = js_pack("{s:s, s:s*}", "how", args->operand[1], "note", note);
    return cli_call_on(cli, "POST", "/v1/tasks/%s/close", args->operand[0], body, show_closed);
}
