#include "daemon/base/mem.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POLL_US 300000
#define AT_ONCE 200 /* receipts of one request */

const struct cli_option cmd_sync_export_options[] = {
    {"target", 't', "TARGET", "whose waiting records; needed where there are several"},
    {0},
};

static int failed(enum err_code code, const char *what)
{
    struct err err = ERR_INIT;
    err_set(&err, code, "%s", what);
    return cli_problem(&err);
}

/* ---- writing and taking ---- */

static void show_end(const struct js *reply)
{
    const struct js *last = js_at(reply, "last");
    bool is_export = strcmp(js_text_or(last, "what", ""), "export") == 0;
    printf("%s: %lld records%s, stick %s\n", is_export ? "written" : "taken",
           (long long)js_int_or(last, "done", 0), is_export ? ", on their way" : "",
           js_text_or(last, "stick", ""));
    if (js_int_or(last, "refused", 0))
        printf("refused: %lld, the receipts say why\n", (long long)js_int_or(last, "refused", 0));
}

static int follow(const struct cli *cli)
{
    for (;;) {
        AUTO(js) struct js *reply = NULL;
        int exit_status = cli_ask(cli, "GET", "/v1/sticks", NULL, &reply);
        if (exit_status)
            return exit_status;
        const struct js *running = js_at(reply, "running");
        if (!js_is_null(running)) {
            if (isatty(STDERR_FILENO))
                fprintf(stderr, "\r\033[K%s: %lld", js_text_or(running, "what", ""),
                        (long long)js_int_or(running, "done", 0));
            usleep(POLL_US);
            continue;
        }
        if (isatty(STDERR_FILENO))
            fputs("\r\033[K", stderr);
        if (js_has(reply, "last.problem")) {
            fprintf(stderr, "sohoa: %s: %s\n", js_text_or(reply, "last.problem.code", ""),
                    js_text_or(reply, "last.problem.detail", ""));
            return CLI_FAILED;
        }
        cli_answer(cli, reply, show_end);
        return js_int_or(reply, "last.refused", 0) ? CLI_FAILED : CLI_DONE;
    }
}

static int carry(const struct cli *cli, const struct cli_args *args, const char *path)
{
    char folder[PATH_MAX];
    AUTO(js) struct js *begun = NULL;
    if (!realpath(args->operand[0], folder))
        return failed(ERR_NOT_FOUND, "there is no such folder");
    const char *target = args_text(args, "target");
    int exit_status = cli_ask(
        cli, "POST", path,
        js_pack("{s:s, s:s}", "target", target ? target : "warehouse", "folder", folder), &begun);
    return exit_status ? exit_status : follow(cli);
}

int cmd_sync_export(const struct cli *cli, const struct cli_args *args)
{
    return carry(cli, args, "/v1/sync/export");
}

int cmd_sync_take(const struct cli *cli, const struct cli_args *args)
{
    return carry(cli, args, "/v1/sync/take");
}

/* ---- receipts ---- */

static bool copy_part(const struct js *all, size_t from, struct js *part)
{
    for (size_t i = from; i < js_count(all) && i < from + AT_ONCE; i++)
        if (!js_push(part, js_ref(js_item(all, i))))
            return false;
    return true;
}

static void show_receipts(const struct js *total)
{
    printf("accepted: %lld, refused: %lld, not of this stick: %lld\n",
           (long long)js_int_or(total, "accepted", 0), (long long)js_int_or(total, "refused", 0),
           (long long)js_int_or(total, "unknown", 0));
}

static int send_receipts(const struct cli *cli, const struct js *file)
{
    const struct js *receipts = js_at(file, "receipts");
    int64_t accepted = 0, refused = 0, unknown = 0;
    for (size_t from = 0; from < js_count(receipts); from += AT_ONCE) {
        AUTO(js) struct js *part = js_array();
        AUTO(js) struct js *reply = NULL;
        if (!copy_part(receipts, from, part))
            return failed(ERR_NO_MEMORY, "receipts");
        int exit_status =
            cli_ask(cli, "POST", "/v1/sync/receipts",
                    js_pack("{s:s, s:O}", "stick", js_text_or(file, "stick", ""), "receipts", part),
                    &reply);
        if (exit_status)
            return exit_status;
        accepted += js_int_or(reply, "accepted", 0);
        refused += js_int_or(reply, "refused", 0);
        unknown += js_int_or(reply, "unknown", 0);
    }
    AUTO(js)
    struct js *total =
        js_pack("{s:I, s:I, s:I}", "accepted", accepted, "refused", refused, "unknown", unknown);
    cli_answer(cli, total, show_receipts);
    return refused ? CLI_FAILED : CLI_DONE;
}

int cmd_sync_import_receipts(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    AUTO(js) struct js *file = NULL;
    if (js_read_file(args->operand[0], &file, &err))
        return cli_problem(&err);
    if (strcmp(js_text_or(file, "schema", ""), "sohoa.receipts/1") != 0 ||
        !js_is_array(js_at(file, "receipts")))
        return failed(ERR_BAD_JSON, "that file has no receipts of a stick (receipts.json)");
    return send_receipts(cli, file);
}

/* ---- sticks ---- */

static const char *state_of(const struct js *stick)
{
    if (js_has(stick, "ended_how"))
        return js_text_or(stick, "ended_how", "");
    return js_has(stick, "written_us") ? "on its way" : "being written";
}

static void show_sticks(const struct js *reply)
{
    const struct js *sticks = js_at(reply, "sticks");
    struct table *table =
        show_table("STICK", "TARGET", "BEGUN", "RECORDS", "ON THE WAY", "STATE", NULL);
    for (size_t i = 0; i < js_count(sticks); i++) {
        const struct js *stick = js_item(sticks, i);
        table_cell(table, js_text_or(stick, "id", ""));
        table_cell(table, js_text_or(stick, "target", ""));
        table_cell(table, cli_when(stick, "begun_us").text);
        table_cell(table, show_scalar(js_at(stick, "records")).text);
        table_cell(table, show_scalar(js_at(stick, "on_the_way")).text);
        table_cell(table, state_of(stick));
    }
    show_table_end(table);
}

int cmd_sync_sticks(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    return cli_call(cli, "GET", "/v1/sticks", NULL, show_sticks);
}

static void show_lost(const struct js *reply)
{
    (void)reply;
    puts("its records wait to be sent again");
}

int cmd_sync_lost(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "POST", "/v1/sticks/%s/lost", args->operand[0], js_object(), show_lost);
}
