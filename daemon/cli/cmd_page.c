#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"

#include <stdio.h>
#include <string.h>

const struct cli_option cmd_page_remove_options[] = {
    {"reason", 'r', "TEXT", "why (kept with the page)"},
    {0},
};
const struct cli_option cmd_page_secret_options[] = {
    {"reason", 'r', "TEXT", "why it is none; logged"},
    {0},
};
const struct cli_option cmd_page_turn_options[] = {
    {"degrees", 'd', "N", "clockwise: 0, 90, 180 or 270; without it the machine decides"},
    {0},
};
const struct cli_option cmd_page_move_options[] = {
    {"document", 'd', "DOCUMENT", "the paper it goes to"},
    {"to", 't', "N", "its place there, 0 for the first"},
    {0},
};
const struct cli_option cmd_page_pair_options[] = {
    {"with", 'w', "PAGE", "the page whose side it shows, too; without it, it is a side of its own"},
    {"kind", 'k', "KIND", "note (the default), overlap or detail"},
    {0},
};

static void show_page(const struct js *reply)
{
    const struct js *page = js_at(reply, "page");
    printf("page: %s\ndocument: %s\nposition: %s\nstate: %s\n", show_scalar(js_at(page, "id")).text,
           show_scalar(js_at(page, "document_id")).text, show_scalar(js_at(page, "position")).text,
           cli_state("page", page).text);
}

static void show_cut(const struct js *reply)
{
    const struct js *page = js_at(reply, "page"), *cut = js_at(page, "cut_mm");
    show_page(reply);
    if (js_is_array(cut))
        printf("cut: %.1f x %.1f mm\n", js_real_or(cut, "[2]", 0), js_real_or(cut, "[3]", 0));
    else
        printf("cut: %s\n", js_bool_or(page, "cut_off", false) ? "off" : "none found");
}

int cmd_page_answer(const struct cli *cli, const struct cli_args *args)
{
    struct js *body = js_pack("{s:s, s:s}", "code", args->operand[1], "answer", args->operand[2]);
    return cli_call_on(cli, "POST", "/v1/pages/%s/answer", args->operand[0], body, show_page);
}

int cmd_page_remove(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    const char *reason = args_text(args, "reason");
    if (!reason) {
        err_set(&err, ERR_USAGE, "--reason says why it is taken out");
        return cli_problem(&err);
    }
    return cli_call_on(cli, "POST", "/v1/pages/%s/remove", args->operand[0],
                       js_pack("{s:s}", "reason", reason), show_page);
}

int cmd_page_turn(const struct cli *cli, const struct cli_args *args)
{
    long degrees;
    struct err err = ERR_INIT;
    if (args_number(args, "degrees", 0, 270, -1, &degrees, &err))
        return cli_problem(&err);
    struct js *body =
        js_pack("{s:o}", "turned_deg", degrees < 0 ? js_null() : js_int((int64_t)degrees));
    return cli_call_on(cli, "POST", "/v1/pages/%s/turn", args->operand[0], body, show_page);
}

int cmd_page_cut(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    const char *word = args->operand[1];
    bool on = strcmp(word, "on") == 0;
    if (!on && strcmp(word, "off") != 0) {
        err_set(&err, ERR_USAGE, "'%s' is neither on nor off", word);
        return cli_problem(&err);
    }
    return cli_call_on(cli, "POST", "/v1/pages/%s/cut", args->operand[0],
                       js_pack("{s:b}", "on", on), show_cut);
}

int cmd_page_move(const struct cli *cli, const struct cli_args *args)
{
    long place;
    struct err err = ERR_INIT;
    const char *document = args_text(args, "document");
    if (!document || !args_has(args, "to"))
        err_set(&err, ERR_USAGE, "--document and --to say where it goes");
    else
        args_number(args, "to", 0, 100000, 0, &place, &err);
    if (err.code)
        return cli_problem(&err);
    struct js *body = js_pack("{s:s, s:I}", "document_id", document, "position", (int64_t)place);
    return cli_call_on(cli, "POST", "/v1/pages/%s/move", args->operand[0], body, show_page);
}

int cmd_page_pair(const struct cli *cli, const struct cli_args *args)
{
    const char *with = args_text(args, "with"), *kind = args_text(args, "kind");
    struct js *body = js_pack("{s:s?, s:s?}", "part_of", with, "part_kind",
                              !with  ? NULL
                              : kind ? kind
                                     : "note");
    return cli_call_on(cli, "POST", "/v1/pages/%s/pair", args->operand[0], body, show_page);
}

int cmd_page_restore(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "POST", "/v1/pages/%s/restore", args->operand[0], NULL, show_page);
}

int cmd_page_secret(const struct cli *cli, const struct cli_args *args)
{
    struct err err = ERR_INIT;
    const char *word = args->operand[1], *reason = args_text(args, "reason");
    bool yes = strcmp(word, "yes") == 0;
    if (!yes && strcmp(word, "no") != 0)
        err_set(&err, ERR_USAGE, "'%s' is neither yes nor no", word);
    else if (!yes && !reason)
        err_set(&err, ERR_USAGE, "--reason says why it is none; it is logged");
    if (err.code)
        return cli_problem(&err);
    struct js *body = js_pack("{s:b, s:s*}", "secret", yes, "reason", yes ? NULL : reason);
    return cli_call_on(cli, "POST", "/v1/pages/%s/secret", args->operand[0], body, show_page);
}

int cmd_page_release(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "POST", "/v1/pages/%s/release", args->operand[0], NULL, show_page);
}
