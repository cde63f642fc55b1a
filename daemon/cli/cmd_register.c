#include "daemon/base/buf.h"
#include "daemon/base/mem.h"
#include "daemon/cli/client.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/model/catalog_kind.h"
#include "daemon/model/register_column.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PAGE 1000
#define MAP_MAX_BYTES 6000

const struct cli_option cmd_import_register_options[] = {
    {"map", 'm', "COLUMN=FIELD", "that column is that field, path, type, or - for none; several"},
    {"name", 0, "NAME", "which register of the folder (the file's name)"},
    {"sheet", 's', "SHEET", "of a workbook that one, by name or number (the first)"},
    {"dry-run", 0, NULL, "say what would be read, keep nothing"},
    {"report", 'r', "LIST", "what did not join, and where they differ",
     "rows-alone documents-alone questions double-rows differing rows-purged"},
    {"csv", 0, NULL, "the report as CSV"},
    {"again", 0, NULL, "join all papers anew; what people said stays"},
    {0},
};

const struct cli_option cmd_document_register_options[] = {
    {"none", 0, NULL, "it has no row"},
    {"auto", 0, NULL, "as the machine finds"},
    {0},
};

static int problem(enum err_code code, const char *text)
{
    struct err err = ERR_INIT;
    err_set(&err, code, "%s", text);
    return cli_problem(&err);
}

/* ---- import ---- */

/* "Số, ký hiệu=number_symbol" to "so_ky_hieu:number_symbol". */
static bool add_pair(struct buf *out, const char *pair)
{
    const char *sign = strrchr(pair, '=');
    AUTO(mem) char *text = sign ? mem_strndup(pair, (size_t)(sign - pair)) : NULL;
    AUTO(mem) char *heading = text ? catalog_heading(text) : NULL;
    if (!heading || !*heading || register_column_from_key(sign + 1) == REGISTER_UNKNOWN)
        return false;
    buf_printf(out, "%s%s:%s", out->size ? "," : "", heading, sign + 1);
    return true;
}

/* CLI_DONE, or the problem is told. *out: "" when nothing was said. */
static int read_map(const struct cli_args *args, char **out)
{
    AUTO(buf) struct buf map;
    buf_init(&map, MAP_MAX_BYTES);
    buf_text(&map, "");
    for (size_t i = 0; args_nth(args, "map", i); i++)
        if (!add_pair(&map, args_nth(args, "map", i))) {
            struct err err = ERR_INIT;
            err_set(&err, ERR_USAGE, "--map %s: COLUMN=FIELD is wanted, FIELD one of %s",
                    args_nth(args, "map", i), register_column_keys);
            return cli_problem(&err);
        }
    *out = buf_take(&map);
    return *out ? CLI_DONE : problem(ERR_USAGE, "--map: too long");
}

static char *import_path(const struct cli_args *args, const char *map)
{
    const char *file = args->operand[1], *slash = strrchr(file, '/');
    const char *said = args_text(args, "name"), *wanted = args_text(args, "sheet");
    AUTO(mem) char *folder = client_encode(args->operand[0]);
    AUTO(mem) char *shown = client_encode(slash ? slash + 1 : file);
    AUTO(mem) char *name = client_encode(said ? said : "");
    AUTO(mem) char *sheet = client_encode(wanted ? wanted : "");
    if (!folder || !shown || !name || !sheet)
        return NULL;
    return mem_printf("/v1/imports/%s/register?file=%s%s%s%s%s%s%s%s", folder, shown,
                      said ? "&name=" : "", name, wanted ? "&sheet=" : "", sheet,
                      *map ? "&map=" : "", map, args_has(args, "dry-run") ? "&dry_run=1" : "");
}

static void show_notes(const struct js *reply)
{
    const struct js *notes = js_at(reply, "notes");
    for (size_t i = 0; i < js_count(notes); i++) {
        const struct js *note = js_item(notes, i);
        const char *column = js_text_or(note, "column", "");
        int64_t line = js_int_or(note, "line", 0);
        fputs("note: ", stdout);
        if (line)
            printf("line %lld", (long long)line);
        printf("%s%s%s%s\n", line && *column ? " " : "", column, line || *column ? ": " : "",
               js_text_or(note, "why", ""));
    }
    int64_t more = js_int_or(reply, "note_count", 0) - (int64_t)js_count(notes);
    if (more > 0)
        printf("note: %lld more\n", (long long)more);
}

static void show_import(const struct js *reply)
{
    const struct js *columns = js_at(reply, "columns");
    struct table *table = show_table("COLUMN", "FIELD", "BY", NULL);
    for (size_t i = 0; i < js_count(columns); i++) {
        const struct js *column = js_item(columns, i);
        table_cell(table, js_text_or(column, "heading", ""));
        table_cell(table, js_text_or(column, "field", "(not read)"));
        table_cell(table, js_text_or(column, "by", ""));
    }
    show_table_end(table);
    show_notes(reply);
    show_sheets(reply);
    const char *why = js_text_or(reply, "problem", NULL);
    if (why)
        printf("problem: %s\n", why);
    printf("%lld rows, %lld left out", (long long)js_int_or(reply, "rows", 0),
           (long long)js_int_or(reply, "left_out", 0));
    puts(js_bool_or(reply, "already", false) ? "; this register is in use already"
         : js_has(reply, "register")         ? "; in use now"
                                             : "; nothing was kept");
}

static int import_file(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    struct stat info;
    AUTO(js) struct js *reply = NULL;
    AUTO(mem) char *map = NULL;
    int exit_status = read_map(args, &map);
    if (exit_status)
        return exit_status;
    AUTO(mem) char *path = import_path(args, map);
    AUTO(fd) int fd = open(args->operand[1], O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (!path)
        err_set(&err, ERR_NO_MEMORY, "register");
    else if (fd < 0)
        err_set_errno(&err, ERR_IO, errno, "%s", args->operand[1]);
    else if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
        err_set(&err, ERR_USAGE, "%s is no file", args->operand[1]);
    if (err.code)
        return cli_problem(&err);
    exit_status = cli_ask_with_file(cli, path, fd, &reply);
    if (exit_status)
        return exit_status;
    cli_answer(cli, reply, show_import);
    return js_has(reply, "problem") ? CLI_FAILED : CLI_DONE;
}

/* ---- what there is ---- */

static void show_status(const struct js *reply)
{
    static const char *const keys[] = {"rows",        "documents",       "joined",
                                       "rows_alone",  "documents_alone", "questions",
                                       "double_rows", "differing",       "rows_purged"};
    const struct js *registers = js_at(reply, "registers"), *differs = js_at(reply, "differs");
    struct table *table = show_table("REGISTER", "FILE", "STATE", "ROWS", "IMPORTED", "BY", NULL);
    for (size_t i = 0; i < js_count(registers); i++) {
        const struct js *one = js_item(registers, i);
        table_cell(table, js_text_or(one, "name", ""));
        table_cell(table, js_text_or(one, "file", ""));
        table_cell(table, js_text_or(one, "state", ""));
        table_cell(table, show_scalar(js_at(one, "rows")).text);
        table_cell(table, cli_when(one, "imported_us").text);
        table_cell(table, js_text_or(one, "imported_by", ""));
    }
    show_table_end(table);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        printf("%s: %lld\n", keys[i], (long long)js_int_or(reply, keys[i], 0));
    for (void *it = js_iter(differs); it; it = js_iter_next(differs, it))
        printf("differs.%s: %s\n", js_iter_key(it), show_scalar(js_iter_value(it)).text);
    if (js_bool_or(reply, "joining", false))
        puts("papers are still being joined");
}

/* ---- reports ---- */

static bool is_of_rows(const char *list)
{
    return strstr(list, "rows") != NULL;
}

/* All of it, page by page, so that memory and answers have their limits. */
static int ask_list(const struct cli *cli, const struct cli_args *args, struct js *items)
{
    bool more = true;
    int exit_status = CLI_DONE;
    while (more && exit_status == CLI_DONE) {
        AUTO(js) struct js *reply = NULL;
        AUTO(mem) char *folder = client_encode(args->operand[0]);
        AUTO(mem)
        char *path =
            mem_printf("/v1/imports/%s/register/list?list=%s&limit=%d&offset=%zu",
                       folder ? folder : "", args_text(args, "report"), PAGE, js_count(items));
        exit_status = cli_ask(cli, "GET", path ? path : "", NULL, &reply);
        const struct js *page = js_at(reply, "items");
        for (size_t i = 0; i < js_count(page); i++)
            js_push(items, js_ref(js_item(page, i)));
        more = js_bool_or(reply, "more", false) && js_count(page);
    }
    return exit_status;
}

static const char *row_text(const struct js *row, const char *key)
{
    const char *value = js_text_or(js_at(row, "values"), key, NULL);
    return value ? value : js_text_or(js_at(row, "texts"), key, "");
}

static char *joined_texts(const struct js *list)
{
    AUTO(buf) struct buf out;
    buf_init(&out, 1u << 20);
    buf_text(&out, "");
    for (size_t i = 0; i < js_count(list); i++)
        buf_printf(&out, "%s%s", i ? ", " : "", js_text_or(js_item(list, i), "", ""));
    return buf_take(&out);
}

static void show_rows(const struct js *reply)
{
    const struct js *items = js_at(reply, "items");
    struct table *table = show_table("FILE", "LINE", "PATH", "NUMBER", "DATE", "OWNER", NULL);
    for (size_t i = 0; i < js_count(items); i++) {
        const struct js *row = js_item(items, i);
        table_cell(table, js_text_or(row, "file", ""));
        table_cell(table, show_scalar(js_at(row, "line")).text);
        table_cell(table, js_text_or(row, "path", ""));
        table_cell(table, row_text(row, "number_symbol"));
        table_cell(table, row_text(row, "issue_date"));
        table_cell(table, row_text(row, "owner_name"));
    }
    show_table_end(table);
}

static void show_documents(const struct js *reply)
{
    const struct js *items = js_at(reply, "items");
    struct table *table = show_table("DOCUMENT", "STATE", "FILES", "WHY", "DIFFERING", NULL);
    for (size_t i = 0; i < js_count(items); i++) {
        const struct js *paper = js_item(items, i);
        AUTO(mem) char *files = joined_texts(js_at(paper, "files"));
        AUTO(mem) char *fields = joined_texts(js_at(paper, "fields"));
        table_cell(table, js_text_or(paper, "document_id", ""));
        table_cell(table, js_text_or(paper, "state", ""));
        table_cell(table, files);
        table_cell(table, js_text_or(paper, "why", ""));
        table_cell(table, fields);
    }
    show_table_end(table);
}

/* RFC 4180. What a spreadsheet would take for a formula is text for it. */
static void print_cell(const char *text, bool first)
{
    printf("%s\"%s", first ? "" : ",", *text && strchr("=+@\t", *text) ? "'" : "");
    for (; *text; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    putchar('"');
}

static void print_row(const struct js *row)
{
    print_cell(js_text_or(row, "file", ""), true);
    print_cell(show_scalar(js_at(row, "line")).text, false);
    print_cell(js_text_or(row, "path", ""), false);
    for (int name = 0; name < FIELD_COUNT; name++)
        print_cell(row_text(row, field_key((enum field_name)name)), false);
    fputs("\r\n", stdout);
}

static void print_document(const struct js *paper)
{
    AUTO(mem) char *files = joined_texts(js_at(paper, "files"));
    AUTO(mem) char *fields = joined_texts(js_at(paper, "fields"));
    print_cell(js_text_or(paper, "document_id", ""), true);
    print_cell(js_text_or(paper, "state", ""), false);
    print_cell(files ? files : "", false);
    print_cell(js_text_or(paper, "why", ""), false);
    print_cell(fields ? fields : "", false);
    fputs("\r\n", stdout);
}

static void print_csv(const struct js *items, bool rows)
{
    fputs(rows ? "file,line,path" : "document,state,files,why,differing", stdout);
    for (int name = 0; rows && name < FIELD_COUNT; name++)
        printf(",%s", field_key((enum field_name)name));
    fputs("\r\n", stdout);
    for (size_t i = 0; i < js_count(items); i++)
        if (rows)
            print_row(js_item(items, i));
        else
            print_document(js_item(items, i));
}

static int report(const struct cli *cli, const struct cli_args *args)
{
    AUTO(js) struct js *items = js_array();
    bool rows = is_of_rows(args_text(args, "report"));
    int exit_status = ask_list(cli, args, items);
    if (exit_status)
        return exit_status;
    AUTO(js) struct js *reply = js_pack("{s:O}", "items", items);
    if (args_has(args, "csv") && !cli->json)
        print_csv(items, rows);
    else
        cli_answer(cli, reply, rows ? show_rows : show_documents);
    return CLI_DONE;
}

int cmd_import_register(const struct cli *cli, const struct cli_args *args)
{
    if (args->operand[1])
        return import_file(cli, args);
    if (args_has(args, "map") || args_has(args, "name") || args_has(args, "dry-run"))
        return problem(ERR_USAGE, "the register's FILE is missing");
    if (args_text(args, "report"))
        return report(cli, args);
    if (args_has(args, "again"))
        return cli_call_on(cli, "POST", "/v1/imports/%s/register/join", args->operand[0], NULL,
                           NULL);
    return cli_call_on(cli, "GET", "/v1/imports/%s/register", args->operand[0], NULL, show_status);
}

/* ---- one paper ---- */

static void show_paper(const struct js *reply)
{
    const struct js *seen = js_at(reply, "register");
    printf("%s", js_text_or(seen, "state", "its folder has no register"));
    if (js_has(seen, "row"))
        printf(" (%s): %s, line %lld", js_text_or(seen, "why", ""),
               js_text_or(seen, "row.file", ""), (long long)js_int_or(seen, "row.line", 0));
    putchar('\n');
}

int cmd_document_register(const struct cli *cli, const struct cli_args *args)
{
    const char *row = args->operand[1], *line = args->operand[2];
    bool none = args_has(args, "none"), let = args_has(args, "auto");
    char *end = NULL;
    long number = line ? strtol(line, &end, 10) : 0;
    if ((row != NULL) + none + let != 1 || (row && (!line || *end || number < 1)))
        return problem(ERR_USAGE, "REGISTER and LINE, --none or --auto");
    struct js *body = js_pack("{s:s?}", "register_id", let ? "auto" : row);
    if (row)
        js_set(body, "line", js_int(number));
    return cli_call_on(cli, "POST", "/v1/documents/%s/register", args->operand[0], body,
                       show_paper);
}
