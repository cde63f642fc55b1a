#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"

#include <string.h>

/* In which form a paper was handed in, and what the supervisor said of a copy. */

const struct cli_option cmd_document_copy_options[] = {
    {"by", 0, "NAME", "the supervisor who decided"},
    {"reason", 'r', "TEXT", "why"},
    {0},
};

static void show_form(const struct js *reply)
{
    show_values(js_at(reply, "document"));
}

int cmd_document_form(const struct cli *cli, const struct cli_args *args)
{
    const char *form = args->operand[1];
    struct js *body = js_pack("{s:s?}", "submitted_form", strcmp(form, "none") == 0 ? NULL : form);
    return cli_call_on(cli, "POST", "/v1/documents/%s/form", args->operand[0], body, show_form);
}

int cmd_document_copy(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    const char *word = args->operand[1], *by = args_text(args, "by");
    const char *reason = args_text(args, "reason");
    bool yes = strcmp(word, "yes") == 0;
    if (!yes && strcmp(word, "no") != 0)
        err_set(&err, ERR_USAGE, "'%s' is neither yes nor no", word);
    else if (!by || !reason)
        err_set(&err, ERR_USAGE, "--by and --reason say who decided and why");
    if (err.code)
        return cli_problem(&err);
    struct js *body = js_pack("{s:b, s:s, s:s}", "allowed", yes, "decider", by, "reason", reason);
    return cli_call_on(cli, "POST", "/v1/documents/%s/form", args->operand[0], body, show_form);
}
