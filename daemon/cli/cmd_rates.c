#include "daemon/base/mem.h"
#include "daemon/cli/cmd_dossier.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/model/catalog_kind.h"

#include <stdio.h>
#include <string.h>

const struct cli_option cmd_report_rates_options[] = {
    {"from", 'f', "DATE", "first day of reception"},
    {"to", 't', "DATE", "last day of reception"},
    {0},
};

static const struct {
    const char *name, *label;
} lacks[] = {
#define LACK(name, counts_nowhere, label) {#name, label},
#include "daemon/model/rates.def"
};

static const char *label_of(const char *name)
{
    for (size_t i = 0; i < sizeof lacks / sizeof *lacks; i++)
        if (strcmp(lacks[i].name, name) == 0)
            return lacks[i].label;
    return name;
}

static struct cli_text percent(const struct js *rate, const char *key)
{
    struct cli_text out = {"-"};
    if (js_has(rate, key))
        snprintf(out.text, sizeof out.text, "%.1f %%", 100 * js_real_or(rate, key, 0));
    return out;
}

static void show_lacking(const struct js *reply)
{
    const struct js *lacking = js_at(reply, "lacking");
    if (!js_count(lacking))
        return;
    putchar('\n');
    struct table *table = show_table("DOSSIER", "CODE", "COUNTS", "LACKS", NULL);
    for (size_t i = 0; i < js_count(lacking); i++) {
        const struct js *one = js_item(lacking, i), *names = js_at(one, "lacks");
        char why[600] = "";
        for (size_t k = 0; k < js_count(names); k++)
            snprintf(why + strlen(why), sizeof why - strlen(why), "%s%s", k ? "; " : "",
                     label_of(js_text_or(js_item(names, k), "", "")));
        table_cell(table, js_text_or(one, "dossier_id", ""));
        table_cell(table, js_text_or(one, "code", "-"));
        table_cell(table, js_bool_or(one, "is_counted", false) ? "yes" : "NO");
        table_cell(table, why);
    }
    show_table_end(table);
    int64_t more = js_int_or(reply, "lacking_total", 0) - (int64_t)js_count(lacking);
    if (more > 0)
        printf("%lld more\n", (long long)more);
}

static void show_rates(const struct js *reply)
{
    const struct js *rates = js_at(reply, "rates");
    printf("%lld cases, %lld of them count\n\n", (long long)js_int_or(reply, "cases", 0),
           (long long)js_int_or(reply, "counted", 0));
    struct table *table =
        show_table("RATE", "LABEL", "CASES", "OF", "SHARE", "FULL AT", "POINTS", NULL);
    for (size_t i = 0; i < js_count(rates); i++) {
        const struct js *rate = js_item(rates, i);
        table_cell(table, js_text_or(rate, "name", ""));
        table_cell(table, js_text_or(rate, "label", ""));
        table_cell(table, show_scalar(js_at(rate, "count")).text);
        table_cell(table, show_scalar(js_at(rate, "of")).text);
        table_cell(table, percent(rate, "share").text);
        table_cell(table, percent(rate, "full_at").text);
        table_cell(table, percent(rate, "points").text);
    }
    show_table_end(table);
    show_lacking(reply);
}

static bool is_day(const char *text, char out[11])
{
    return text && catalog_date(text, false, out);
}

int cmd_report_rates(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    char first[11], last[11], path[80];
    if (!is_day(args_text(args, "from"), first) || !is_day(args_text(args, "to"), last)) {
        err_set(&err, ERR_USAGE, "--from and --to want days, 2026-01-31");
        return cli_problem(&err);
    }
    snprintf(path, sizeof path, "/v1/reports/rates?from=%s&to=%s", first, last);
    return cli_call(cli, "GET", path, NULL, show_rates);
}

static void show_flags(const struct js *reply)
{
    const struct js *names = js_at(reply, "lacks");
    show_values(reply);
    for (size_t i = 0; i < js_count(names); i++)
        printf("! %s\n", label_of(js_text_or(js_item(names, i), "", "")));
}

int cmd_dossier_flags(const struct cli *cli, const struct cli_args *args)
{
    AUTO(mem) char *id = NULL;
    int exit_status = cmd_dossier_find(cli, args->operand[0], &id);
    return exit_status ? exit_status
                       : cli_call_on(cli, "GET", "/v1/dossiers/%s/flags", id, NULL, show_flags);
}
