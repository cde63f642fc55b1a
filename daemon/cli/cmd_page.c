#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"

#include <stdio.h>

static void show_page(const struct js *reply)
{
    const struct js *page = js_at(reply, "page");
    printf("page: %s\ndocument: %s\nposition: %s\nstate: %s\n", show_scalar(js_at(page, "id")).text,
           show_scalar(js_at(page, "document_id")).text, show_scalar(js_at(page, "position")).text,
           cli_state("page", page).text);
}

int cmd_page_answer(const struct cli *cli, const struct cli_args *args)
{
    struct js *body = js_pack("{s:s, s:s}", "code", args->operand[1], "answer", args->operand[2]);
    return cli_call_on(cli, "POST", "/v1/pages/%s/answer", args->operand[0], body, show_page);
}

int cmd_page_restore(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "POST", "/v1/pages/%s/restore", args->operand[0], NULL, show_page);
}

int cmd_page_release(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "POST", "/v1/pages/%s/release", args->operand[0], NULL, show_page);
}
