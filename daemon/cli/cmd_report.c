#include "daemon/base/mem.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/model/catalog_kind.h"

#include <stdio.h>
#include <string.h>

const struct cli_option cmd_report_unusable_options[] = {
    {"from", 'f', "DATE", "first day"},
    {"to", 't', "DATE", "last day"},
    {"csv", 0, NULL, "as CSV (UTF-8), for a spreadsheet"},
    {0},
};

/* RFC 4180; what a spreadsheet would take for a formula is text. */
static void csv_cell(const char *text, bool last)
{
    putchar('"');
    if (*text && strchr("=+-@", *text))
        putchar('\'');
    for (; *text; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    fputs(last ? "\"\r\n" : "\",", stdout);
}

static char *join_codes(const struct js *codes)
{
    char *all = mem_strdup("");
    for (size_t i = 0; all && i < js_count(codes); i++) {
        char *longer =
            mem_printf("%s%s%s", all, i ? " " : "", js_text_or(js_item(codes, i), "", ""));
        mem_free(all);
        all = longer;
    }
    return all;
}

static const struct {
    const char *heading, *key;
} columns[] = {{"REASON", "reason"}, {"PROCEDURE", "procedure_code"},
               {"STAGE", "stage"},   {"PAPER", "paper_code"},
               {"NAME", "paper"},    {"HOLDER", "holder"}};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

static void show_csv(const struct js *reply)
{
    const struct js *rows = js_at(reply, "rows");
    fputs("\xef\xbb\xbf", stdout); /* or spreadsheets take it for another encoding */
    for (size_t k = 0; k < COLUMN_COUNT; k++)
        csv_cell(columns[k].heading, false);
    csv_cell("COUNT", false);
    csv_cell("DOSSIERS", true);
    for (size_t i = 0; i < js_count(rows); i++) {
        const struct js *row = js_item(rows, i);
        AUTO(mem) char *codes = join_codes(js_at(row, "dossiers"));
        for (size_t k = 0; k < COLUMN_COUNT; k++)
            csv_cell(js_text_or(row, columns[k].key, ""), false);
        printf("%lld,", (long long)js_int_or(row, "count", 0));
        csv_cell(codes ? codes : "", true);
    }
}

static void show_table_of(const struct js *reply)
{
    const struct js *rows = js_at(reply, "rows");
    struct table *table = show_table("REASON", "PROCEDURE", "STAGE", "PAPER", "NAME", "HOLDER",
                                     "COUNT", "DOSSIERS", NULL);
    for (size_t i = 0; i < js_count(rows); i++) {
        const struct js *row = js_item(rows, i);
        AUTO(mem) char *codes = join_codes(js_at(row, "dossiers"));
        for (size_t k = 0; k < COLUMN_COUNT; k++)
            table_cell(table, js_text_or(row, columns[k].key, "-"));
        table_cellf(table, "%lld", (long long)js_int_or(row, "count", 0));
        table_cell(table, codes);
    }
    show_table_end(table);
}

static bool is_day(const char *text, char out[11])
{
    return text && catalog_date(text, false, out);
}

int cmd_report_unusable(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    char first[11], last[11], path[80];
    if (!is_day(args_text(args, "from"), first) || !is_day(args_text(args, "to"), last)) {
        err_set(&err, ERR_USAGE, "--from and --to want days, 2026-01-31");
        return cli_problem(&err);
    }
    snprintf(path, sizeof path, "/v1/reports/unusable?from=%s&to=%s", first, last);
    return cli_call(cli, "GET", path, NULL, args_has(args, "csv") ? show_csv : show_table_of);
}
