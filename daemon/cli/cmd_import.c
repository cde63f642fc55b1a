#include "daemon/base/mem.h"
#include "daemon/cli/client.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/model/import_item.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMIT_MAX 1000
#define LIMIT_DEFAULT 200

const struct cli_option cmd_import_show_options[] = {
    {"state", 's', "STATE", "only these",
     "found stable taken paged done duplicate refused waiting"},
    {"limit", 'n', "N", "at most so many (200), newest first"},
    {0},
};

const struct cli_option cmd_import_add_options[] = {
    {"dossier", 'd', "DOSSIER", "the dossier they belong to"},
    {"document", 'D', "DOCUMENT", "their pages go behind this one's; else each is a document"},
    {0},
};

const struct cli_option cmd_import_feed_options[] = {
    {"none", 0, NULL, "feed no dossier"},
    {"waiting", 'w', "WHAT", "files that came before: into this dossier, or left waiting",
     "take leave"},
    {0},
};

/* What lies there and is no file that can be imported; what computers leave lying is none. */
static int64_t passed_over(const struct js *folder)
{
    return js_int_or(folder, "passed_over.special", 0) + js_int_or(folder, "passed_over.links", 0) +
           js_int_or(folder, "passed_over.deep", 0) + js_int_or(folder, "passed_over.closed", 0);
}

static void show_folders(const struct js *reply)
{
    const struct js *folders = js_at(reply, "imports");
    struct table *table = show_table("FOLDER", "FOUND", "IMPORTED", "DUPLICATE", "REFUSED",
                                     "WAITING", "PASSED OVER", "LAST LOOK", "PROBLEM", NULL);
    for (size_t i = 0; i < js_count(folders); i++) {
        const struct js *folder = js_item(folders, i);
        table_cell(table, js_text_or(folder, "name", ""));
        table_cell(table, show_scalar(js_at(folder, "balance.found")).text);
        table_cell(table, show_scalar(js_at(folder, "balance.imported")).text);
        table_cell(table, show_scalar(js_at(folder, "balance.duplicate")).text);
        table_cell(table, show_scalar(js_at(folder, "balance.refused")).text);
        table_cell(table, show_scalar(js_at(folder, "balance.waiting")).text);
        table_cellf(table, "%lld", (long long)passed_over(folder));
        table_cell(table, cli_when(folder, "looked_us").text);
        table_cell(table, js_text_or(folder, "problem.code", ""));
    }
    show_table_end(table);
}

static void show_items(const struct js *reply)
{
    const struct js *items = js_at(reply, "items");
    struct table *table = show_table("ITEM", "FILE", "STATE", "PAGES", "DOCUMENT", "PROBLEM", NULL);
    for (size_t i = 0; i < js_count(items); i++) {
        const struct js *item = js_item(items, i);
        table_cell(table, js_text_or(item, "id", ""));
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

static char *upload_path(const char *name, const struct cli_args *args)
{
    const char *slash = strrchr(name, '/'), *document = args_text(args, "document");
    AUTO(mem) char *shown = client_encode(slash ? slash + 1 : name);
    AUTO(mem) char *dossier_id = client_encode(args_text(args, "dossier"));
    AUTO(mem) char *document_id = client_encode(document ? document : "");
    if (!shown || !dossier_id || !document_id)
        return NULL;
    return mem_printf("/v1/imports/upload?name=%s&dossier_id=%s%s%s", shown, dossier_id,
                      document ? "&document_id=" : "", document_id);
}

static int add_file(const struct cli *cli, const char *name, const struct cli_args *args,
                    struct js *items)
{
    struct err err = ERR_INIT;
    struct stat info;
    AUTO(js) struct js *reply = NULL;
    AUTO(mem) char *path = upload_path(name, args);
    AUTO(fd) int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (!path)
        err_set(&err, ERR_NO_MEMORY, "path");
    else if (fd < 0)
        err_set_errno(&err, ERR_IO, errno, "%s", name);
    else if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
        err_set(&err, ERR_USAGE, "%s is no file", name);
    if (err.code)
        return cli_problem(&err);
    int exit_status = cli_ask_with_file(cli, path, fd, &reply);
    if (exit_status == CLI_DONE)
        js_push(items, js_ref(js_at(reply, "item")));
    return exit_status;
}

/* Those before one that is refused are there; it and all behind it are named. */
int cmd_import_add(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    AUTO(js) struct js *items = js_array();
    int exit_status = CLI_DONE;
    if (!args_text(args, "dossier")) {
        err_set(&err, ERR_USAGE, "--dossier is missing");
        return cli_problem(&err);
    }
    for (size_t i = 0; i < args->operand_count; i++) {
        if (exit_status == CLI_DONE)
            exit_status = add_file(cli, args->operand[i], args, items);
        if (exit_status != CLI_DONE)
            fprintf(stderr, "  not taken: %s\n", args->operand[i]);
    }
    AUTO(js) struct js *told = js_pack("{s:O}", "items", items);
    if (js_count(items))
        cli_answer(cli, told, show_items);
    return exit_status;
}

static void show_item(const struct js *reply)
{
    AUTO(js) struct js *told = js_pack("{s:[O]}", "items", js_at(reply, "item"));
    show_items(told);
}

int cmd_import_retry(const struct cli *cli, const struct cli_args *args)
{
    AUTO(mem) char *item = client_encode(args->operand[1]);
    AUTO(mem) char *format = item ? mem_printf("/v1/imports/%%s/items/%s/retry", item) : NULL;
    struct err err = ERR_INIT;
    if (!format) {
        err_set(&err, ERR_NO_MEMORY, "path");
        return cli_problem(&err);
    }
    return cli_call_on(cli, "POST", format, args->operand[0], NULL, show_item);
}

int cmd_import_text(const struct cli *cli, const struct cli_args *args)
{
    AUTO(mem) char *folder = client_encode(args->operand[0]);
    AUTO(mem) char *item = client_encode(args->operand[1]);
    AUTO(mem)
    char *path = folder && item ? mem_printf("/v1/imports/%s/items/%s/text", folder, item) : NULL;
    AUTO(client_answer) struct client_answer answer = {0};
    struct err err = ERR_INIT;
    struct client_request request = {
        .socket_path = cli->socket_path, .method = "GET", .path = path};
    if (!path)
        err_set(&err, ERR_NO_MEMORY, "path");
    else
        client_fetch(&request, STDOUT_FILENO, &answer, &err);
    if (err.code)
        return cli_problem(&err);
    if (answer.status == 200)
        return CLI_DONE;
    cli_print_refusal(answer.json);
    return CLI_FAILED;
}

static void show_feed(const struct js *reply)
{
    const struct js *feed = js_at(reply, "feed");
    if (!js_is_object(feed))
        puts("feeds no dossier");
    else
        printf("feeds dossier %s until %s, or its next file\n", js_text_or(feed, "dossier_id", ""),
               cli_when(feed, "until_us").text);
}

int cmd_import_feed(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    const char *dossier = args->operand[1];
    if ((dossier != NULL) == args_has(args, "none")) {
        err_set(&err, ERR_USAGE, "name a dossier, or --none");
        return cli_problem(&err);
    }
    struct js *body = js_pack("{s:s?}", "dossier_id", dossier);
    const char *waiting = args_text(args, "waiting");
    if (waiting)
        js_set(body, "waiting", js_text(waiting));
    return cli_call_on(cli, "POST", "/v1/imports/%s/feed", args->operand[0], body, show_feed);
}

int cmd_import_rescan(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "GET", "/v1/imports/%s/items?rescan=1&limit=1000", args->operand[0],
                       NULL, show_rescan);
}
