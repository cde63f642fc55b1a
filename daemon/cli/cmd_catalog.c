#include "daemon/base/buf.h"
#include "daemon/base/mem.h"
#include "daemon/cli/client.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/model/catalog_kind.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define FOUND_MAX 50
#define FOUND_DEFAULT 20

const struct cli_option cmd_catalog_import_options[] = {
    {"valid-from", 'f', "DATE", "day from which it holds (today)"},
    {"source", 's', "TEXT", "who published it"},
    {"sheet", 0, "SHEET", "of a workbook that one, by name or number (the first)"},
    {"dry-run", 0, NULL, "say what would change, keep nothing"},
    {"insist", 0, NULL, "take it though it looks like another list"},
    {0},
};

const struct cli_option cmd_catalog_show_options[] = {
    {"on", 0, "DATE", "as it holds on that day (today)"},
    {0},
};

const struct cli_option cmd_catalog_find_options[] = {
    {"limit", 'n', "N", "at most so many (20)"},
    {0},
};

static int usage(const char *what, const char *text)
{
    struct err err = ERR_INIT;
    err_set(&err, ERR_USAGE, "%s %s", what, text);
    return cli_problem(&err);
}

static int no_memory(void)
{
    struct err err = ERR_INIT;
    err_set(&err, ERR_NO_MEMORY, "catalogue");
    return cli_problem(&err);
}

/* CLI_DONE, or the problem is told. */
static int check_kind(const char *kind)
{
    struct err err = ERR_INIT;
    if (catalog_kind_find(kind))
        return CLI_DONE;
    err_set(&err, ERR_USAGE, "there is no catalogue %s; there are %s", kind, catalog_kind_names);
    return cli_problem(&err);
}

static int check_day(const char *option, const char *text, char out[11])
{
    out[0] = 0;
    return !text || catalog_date(text, false, out) ? CLI_DONE
                                                   : usage(option, "wants a day, 2025-07-01");
}

/* ---- import ---- */

static void show_told(const struct js *reply, const char *list, const char *count, const char *head)
{
    const struct js *told = js_at(reply, list);
    for (size_t i = 0; i < js_count(told); i++) {
        const struct js *one = js_item(told, i);
        const char *column = js_text_or(one, "column", "");
        int64_t line = js_int_or(one, "line", 0);
        printf("%s: ", head);
        if (line) /* 0: of the whole file */
            printf("line %lld%s%s: ", (long long)line, *column ? " " : "", column);
        puts(js_text_or(one, "why", ""));
    }
    int64_t more = js_int_or(reply, count, 0) - (int64_t)js_count(told);
    if (more > 0)
        printf("%s: %lld more\n", head, (long long)more);
}

/* "gone: H03, H22 … and 12 more" */
static void show_keys(const struct js *reply, const char *head, const char *keys, const char *count)
{
    const struct js *list = js_at(reply, keys);
    if (!js_count(list))
        return;
    printf("%s:", head);
    for (size_t i = 0; i < js_count(list); i++)
        printf("%s %s", i ? "," : "", js_text_or(js_item(list, i), "", ""));
    int64_t more = js_int_or(reply, count, 0) - (int64_t)js_count(list);
    if (more > 0)
        printf(" and %lld more", (long long)more);
    putchar('\n');
}

static void show_compared(const struct js *reply)
{
    const struct js *doubts = js_at(reply, "compared.doubts");
    show_keys(reply, "changed", "compared.changed_keys", "compared.changed");
    show_keys(reply, "gone", "compared.removed_keys", "compared.removed");
    for (size_t i = 0; i < js_count(doubts); i++)
        printf("doubt: %s\n", js_text_or(js_item(doubts, i), "", ""));
}

static void show_import(const struct js *reply)
{
    show_told(reply, "problems", "problem_count", "problem");
    show_told(reply, "notes", "note_count", "note");
    show_sheets(reply);
    show_compared(reply);
    printf("%lld rows", (long long)js_int_or(reply, "row_count", 0));
    if (js_has(reply, "compared"))
        printf(": %lld new, %lld changed, %lld gone",
               (long long)js_int_or(reply, "compared.added", 0),
               (long long)js_int_or(reply, "compared.changed", 0),
               (long long)js_int_or(reply, "compared.removed", 0));
    if (js_bool_or(reply, "already", false))
        fputs("; this version is there already", stdout);
    else if (js_has(reply, "version"))
        printf("; holds from %s", js_text_or(reply, "version.valid_from", ""));
    else
        fputs("; nothing was kept", stdout);
    putchar('\n');
}

static char *import_path(const struct cli_args *args, const char *day)
{
    const char *file = args->operand[1], *slash = strrchr(file, '/');
    const char *source = args_text(args, "source");
    AUTO(mem) char *name = client_encode(slash ? slash + 1 : file);
    AUTO(mem) char *said = client_encode(source ? source : "");
    const char *wanted = args_text(args, "sheet");
    AUTO(mem) char *sheet = client_encode(wanted ? wanted : "");
    if (!name || !said || !sheet)
        return NULL;
    return mem_printf("/v1/catalogs/%s?file=%s%s%s%s%s%s%s%s%s", args->operand[0], name,
                      wanted ? "&sheet=" : "", sheet, *day ? "&valid_from=" : "", day,
                      source ? "&source=" : "", said, args_has(args, "dry-run") ? "&dry_run=1" : "",
                      args_has(args, "insist") ? "&insist=1" : "");
}

int cmd_catalog_import(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    struct stat info;
    char day[11];
    AUTO(js) struct js *reply = NULL;
    if (check_kind(args->operand[0]) ||
        check_day("--valid-from", args_text(args, "valid-from"), day))
        return CLI_USAGE;
    AUTO(mem) char *path = import_path(args, day);
    AUTO(fd) int fd = open(args->operand[1], O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (!path)
        return no_memory();
    if (fd < 0)
        err_set_errno(&err, ERR_IO, errno, "%s", args->operand[1]);
    else if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
        err_set(&err, ERR_USAGE, "%s is no file", args->operand[1]);
    if (err.code)
        return cli_problem(&err);
    int exit_status = cli_ask_with_file(cli, path, fd, &reply);
    if (exit_status)
        return exit_status;
    cli_answer(cli, reply, show_import);
    bool doubtful = !args_has(args, "insist") && js_count(js_at(reply, "compared.doubts"));
    bool refused = js_int_or(reply, "problem_count", 0) || (doubtful && !js_has(reply, "version"));
    return refused ? CLI_FAILED : CLI_DONE;
}

/* ---- what there is ---- */

static void show_versions(const struct js *reply)
{
    const struct js *versions = js_at(reply, "versions");
    struct table *table = show_table("CATALOGUE", "HOLDS FROM", "ROWS", "NOW", "IMPORTED", "BY",
                                     "FILE", "SOURCE", NULL);
    for (size_t i = 0; i < js_count(versions); i++) {
        const struct js *version = js_item(versions, i);
        table_cell(table, js_text_or(version, "kind", ""));
        table_cell(table, js_text_or(version, "valid_from", ""));
        table_cell(table, show_scalar(js_at(version, "rows")).text);
        table_cell(table, js_bool_or(version, "active", false) ? "yes" : "");
        table_cell(table, cli_when(version, "imported_us").text);
        table_cell(table, js_text_or(version, "imported_by", ""));
        table_cell(table, js_text_or(version, "file", ""));
        table_cell(table, js_text_or(version, "source", "-"));
    }
    show_table_end(table);
}

int cmd_catalog_list(const struct cli *cli, const struct cli_args *args)
{
    const char *kind = args->operand[0];
    if (!kind)
        return cli_call(cli, "GET", "/v1/catalogs", NULL, show_versions);
    if (check_kind(kind))
        return CLI_USAGE;
    return cli_call_on(cli, "GET", "/v1/catalogs/%s", kind, NULL, show_versions);
}

static void show_rows(const struct js *reply)
{
    const struct js *rows = js_at(reply, "rows");
    for (size_t i = 0; i < js_count(rows); i++) {
        if (i)
            putchar('\n');
        show_values(js_item(rows, i));
    }
}

int cmd_catalog_show(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    char day[11];
    if (check_kind(args->operand[0]) || check_day("--on", args_text(args, "on"), day))
        return CLI_USAGE;
    AUTO(mem) char *row_code = client_encode(args->operand[1]);
    AUTO(mem)
    char *path = row_code ? mem_printf("/v1/catalogs/%s/rows?code=%s%s%s", args->operand[0],
                                       row_code, *day ? "&on=" : "", day)
                          : NULL;
    AUTO(js) struct js *reply = NULL;
    if (!path)
        return no_memory();
    int exit_status = cli_ask(cli, "GET", path, NULL, &reply);
    if (exit_status)
        return exit_status;
    if (!js_count(js_at(reply, "rows"))) {
        err_set(&err, ERR_NOT_FOUND, "%s has no code %s %s", args->operand[0], args->operand[1],
                js_bool_or(reply, "gap", false) ? "(nothing is imported)"
                : *day                          ? "on that day"
                                                : "today; --on DATE asks for another day");
        return cli_problem(&err);
    }
    cli_answer(cli, reply, show_rows);
    return CLI_DONE;
}

static void show_found(const struct js *reply)
{
    const struct js *rows = js_at(reply, "rows");
    struct table *table = show_table("CODE", "NAME", NULL);
    for (size_t i = 0; i < js_count(rows); i++) {
        const struct js *row = js_item(rows, i);
        const char *row_code = js_text_or(row, "code", js_text_or(row, "cccd_prefix", ""));
        table_cell(table, js_text_or(row, "procedure", row_code));
        table_cell(table, js_text_or(row, "name", "-"));
    }
    if (js_count(rows)) {
        show_table_end(table);
        return;
    }
    table_free(table);
    puts(js_bool_or(reply, "gap", false) ? "nothing is imported yet" : "nothing found");
}

int cmd_catalog_find(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    long limit;
    AUTO(buf) struct buf words;
    buf_init(&words, 4096);
    if (check_kind(args->operand[0]))
        return CLI_USAGE;
    if (args_number(args, "limit", 1, FOUND_MAX, FOUND_DEFAULT, &limit, &err))
        return cli_problem(&err);
    for (size_t i = 1; i < args->operand_count; i++)
        buf_printf(&words, "%s%s", i > 1 ? " " : "", args->operand[i]);
    AUTO(mem) char *encoded = buf_ok(&words) ? client_encode(words.bytes) : NULL;
    AUTO(mem)
    char *path = encoded ? mem_printf("/v1/catalogs/%s/rows?q=%s&limit=%ld", args->operand[0],
                                      encoded, limit)
                         : NULL;
    return path ? cli_call(cli, "GET", path, NULL, show_found) : no_memory();
}

/* ---- for IT staff ---- */

static void show_findings(const struct js *reply)
{
    const struct js *findings = js_at(reply, "findings");
    struct table *table = show_table("CATALOGUE", "CODE", "FINDING", NULL);
    for (size_t i = 0; i < js_count(findings); i++) {
        table_cell(table, js_text_or(js_item(findings, i), "kind", ""));
        table_cell(table, js_text_or(js_item(findings, i), "code", "-"));
        table_cell(table, js_text_or(js_item(findings, i), "why", ""));
    }
    if (js_count(findings))
        show_table_end(table);
    else
        table_free(table);
    printf("%lld versions, %lld findings\n", (long long)js_int_or(reply, "versions", 0),
           (long long)js_int_or(reply, "finding_count", 0));
}

int cmd_catalog_verify(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    AUTO(js) struct js *reply = NULL;
    int exit_status = cli_ask(cli, "GET", "/v1/catalogs/verify", NULL, &reply);
    if (exit_status)
        return exit_status;
    cli_answer(cli, reply, show_findings);
    return js_int_or(reply, "finding_count", 0) ? CLI_FAILED : CLI_DONE;
}

static void show_gaps(const struct js *reply)
{
    const struct js *gaps = js_at(reply, "gaps");
    struct table *table = show_table("CATALOGUE", "CODE", "TIMES", "FIRST", "LAST", NULL);
    for (size_t i = 0; i < js_count(gaps); i++) {
        const struct js *gap = js_item(gaps, i);
        const char *row_code = js_text_or(gap, "code", "");
        table_cell(table, js_text_or(gap, "kind", ""));
        table_cell(table, *row_code ? row_code : "(all)");
        table_cell(table, show_scalar(js_at(gap, "times")).text);
        table_cell(table, cli_when(gap, "first_us").text);
        table_cell(table, cli_when(gap, "last_us").text);
    }
    show_table_end(table);
}

int cmd_catalog_gaps(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    return cli_call(cli, "GET", "/v1/catalogs/gaps", NULL, show_gaps);
}
