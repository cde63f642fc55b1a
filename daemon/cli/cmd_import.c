#include "daemon/base/mem.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/model/import_item.h"

#include <stdio.h>

#define LIMIT_MAX 1000
#define LIMIT_DEFAULT 200

const struct cli_option cmd_import_show_options[] = {
    {"state", 's', "STATE", "only these",
     "found stable taken paged done duplicate refused waiting"},
    {"limit", 'n', "N", "at most so many (200), newest first"},
    {0},
};

static void show_folders(const struct js *reply)
{
    const struct js *folders = js_at(reply, "imports");
    struct table *table = show_table("FOLDER", "FOUND", "IMPORTED", "DUPLICATE", "REFUSED",
                                     "WAITING", "LAST LOOK", "PROBLEM", NULL);
    for (size_t i = 0; i < js_count(folders); i++) {
        const struct js *folder = js_item(folders, i);
        table_cell(table, js_text_or(folder, "name", ""));
        table_cell(table, show_scalar(js_at(folder, "balance.found")).text);
        table_cell(table, show_scalar(js_at(folder, "balance.imported")).text);
        table_cell(table, show_scalar(js_at(folder, "balance.duplicate")).text);
        table_cell(table, show_scalar(js_at(folder, "balance.refused")).text);
        table_cell(table, show_scalar(js_at(folder, "balance.waiting")).text);
        table_cell(table, cli_when(folder, "looked_us").text);
        table_cell(table, js_text_or(folder, "problem.code", ""));
    }
    show_table_end(table);
}

static void show_items(const struct js *reply)
{
    const struct js *items = js_at(reply, "items");
    struct table *table = show_table("FILE", "STATE", "PAGES", "DOCUMENT", "PROBLEM", NULL);
    for (size_t i = 0; i < js_count(items); i++) {
        const struct js *item = js_item(items, i);
        table_cell(table, js_text_or(item, "path", ""));
        table_cell(table, js_text_or(item, "state", ""));
        table_cell(table, show_scalar(js_at(item, "pages")).text);
        table_cell(table, js_text_or(item, "document_id", "-"));
        table_cell(table, js_text_or(item, "problem.code", ""));
    }
    show_table_end(table);
}

static void show_rescan(const struct js *reply)
{
    static const char *const names[] = {"bilevel", "low_resolution", "resolution_missing",
                                        "resolution_lying"};
    const struct js *items = js_at(reply, "items");
    struct table *table = show_table("FILE", "DOCUMENT", "EXCEPTION", "PAGES", NULL);
    for (size_t i = 0; i < js_count(items); i++)
        for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
            const struct js *item = js_item(items, i);
            const struct js *pages = js_at(js_at(item, "exceptions"), names[n]);
            if (!js_count(pages))
                continue;
            table_cell(table, js_text_or(item, "path", ""));
            table_cell(table, js_text_or(item, "document_id", "-"));
            table_cell(table, names[n]);
            table_cellf(table, "%zu", js_count(pages));
        }
    show_table_end(table);
}

int cmd_import_list(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    return cli_call(cli, "GET", "/v1/imports", NULL, show_folders);
}

int cmd_import_show(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    const char *state = args_text(args, "state");
    enum import_state known;
    long limit;
    args_number(args, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &limit, &err);
    if (state && !import_state_from_name(state, &known))
        err_set(&err, ERR_USAGE, "there is no state %s of a file", state);
    if (err.code)
        return cli_problem(&err);
    char format[96];
    snprintf(format, sizeof format, "/v1/imports/%%s/items?limit=%ld%s%s", limit,
             state ? "&state=" : "", state ? state : "");
    return cli_call_on(cli, "GET", format, args->operand[0], NULL, show_items);
}

int cmd_import_look(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "POST", "/v1/imports/%s/look", args->operand[0], NULL, show_folders);
}

int cmd_import_rescan(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "GET", "/v1/imports/%s/items?rescan=1&limit=1000", args->operand[0],
                       NULL, show_rescan);
}
