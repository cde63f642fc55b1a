#include "daemon/base/mem.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Retry, release and hold: of named deliveries, or of all that one word chooses. */

#define YES "yes"

const struct cli_option cmd_queue_many_options[] = {
    {"reason", 'r', "CODE", "all that are held, or wait, because of that"},
    {"all", 'a', NULL, "all that are held, or wait for their next try"},
    {"target", 't', "NAME", "with --reason or --all: only those to this warehouse"},
    {YES, 'y', NULL, "do not ask on a terminal"},
    {0},
};
const struct cli_option cmd_queue_hold_options[] = {
    {"reason", 'r', "TEXT", "why"},
    {"all", 'a', NULL, "all that are queued"},
    {"target", 't', "NAME", "with --all: only those to this warehouse"},
    {YES, 'y', NULL, "do not ask on a terminal"},
    {0},
};

struct many {
    const struct cli *cli;
    const struct cli_args *args;
    const char *verb;
    bool is_hold;
    const char *reason; /* which are meant; of a hold it is why */
};

/* ---- named ones ---- */

static int change_named(const struct many *many)
{
    int exit_status = CLI_DONE;
    AUTO(mem) char *format = mem_printf("/v1/queue/%%s/%s", many->verb);
    for (size_t i = 0; format && i < many->args->operand_count; i++) {
        const char *id = many->args->operand[i];
        struct js *body =
            many->is_hold && many->reason ? js_pack("{s:s}", "reason", many->reason) : NULL;
        int one = cli_call_on(many->cli, "POST", format, id, body, show_values);
        if (one && many->args->operand_count > 1)
            fprintf(stderr, "  delivery %s\n", id);
        exit_status = one ? one : exit_status;
        if (one == CLI_UNREACHABLE)
            return one;
    }
    return format ? exit_status : CLI_FAILED;
}

/* ---- all that are meant ---- */

static struct js *wish_of(const struct many *many, bool dry_run)
{
    const char *target = args_text(many->args, "target");
    return js_pack("{s:s*, s:s*, s:s*, s:b}", "reason", many->is_hold ? NULL : many->reason, "why",
                   many->is_hold ? many->reason : NULL, "target", target, "dry_run", (int)dry_run);
}

static int ask_many(const struct many *many, bool dry_run, int64_t *out_count, int64_t *out_left)
{
    AUTO(js) struct js *reply = NULL;
    char path[40];
    snprintf(path, sizeof path, "/v1/queue/%s", many->verb);
    int exit_status = cli_ask(many->cli, "POST", path, wish_of(many, dry_run), &reply);
    if (exit_status)
        return exit_status;
    *out_count = js_int_or(reply, "count", 0);
    *out_left = js_int_or(reply, "left", 0);
    return CLI_DONE;
}

/* A person at a terminal says yes; a script has said what it wants. */
static bool is_wanted(const struct many *many, int64_t count)
{
    char answer[16] = "";
    bool asks = isatty(STDIN_FILENO) && isatty(STDERR_FILENO) && !args_has(many->args, YES);
    if (!asks)
        return true;
    fprintf(stderr, "%s %lld deliveries? [y/N] ", many->verb, (long long)count);
    fflush(stderr);
    return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static int change_all(const struct many *many)
{
    int64_t meant = 0, left = 0, changed = 0;
    int exit_status = ask_many(many, true, &meant, &left);
    if (exit_status)
        return exit_status;
    if (meant && !is_wanted(many, meant)) {
        fputs("sohoa: nothing was changed\n", stderr);
        return CLI_FAILED;
    }
    for (bool goes_on = meant > 0; goes_on;) {
        int64_t count = 0;
        exit_status = ask_many(many, false, &count, &left);
        if (exit_status)
            return exit_status;
        changed += count;
        goes_on = count > 0 && left > 0;
    }
    AUTO(js) struct js *told = js_pack("{s:I, s:I}", "changed", changed, "left", left);
    cli_answer(many->cli, told, show_values);
    return CLI_DONE;
}

static int change(const struct cli *cli, const struct cli_args *args, const char *verb)
{
    struct err err = ERR_INIT;
    struct many many = {.cli = cli,
                        .args = args,
                        .verb = verb,
                        .is_hold = strcmp(verb, "hold") == 0,
                        .reason = args_text(args, "reason")};
    bool all = args_has(args, "all") || (!many.is_hold && many.reason);
    if (all && args->operand_count)
        err_set(&err, ERR_USAGE, "deliveries by name, or by --reason or --all, not both");
    else if (!all && !args->operand_count)
        err_set(&err, ERR_USAGE,
                many.is_hold ? "which deliveries? name them, or --all"
                             : "which deliveries? name them, or --reason, --all");
    else if (args_has(args, "target") && !all)
        err_set(&err, ERR_USAGE, "--target goes with --reason or --all");
    else if (all && many.is_hold && !many.reason)
        err_set(&err, ERR_USAGE, "--reason wants to know why all are held");
    if (err.code)
        return cli_problem(&err);
    return all ? change_all(&many) : change_named(&many);
}

int cmd_queue_retry(const struct cli *cli, const struct cli_args *args)
{
    return change(cli, args, "retry");
}

int cmd_queue_hold(const struct cli *cli, const struct cli_args *args)
{
    return change(cli, args, "hold");
}

int cmd_queue_release(const struct cli *cli, const struct cli_args *args)
{
    return change(cli, args, "release");
}
