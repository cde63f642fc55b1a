#include "daemon/base/mem.h"
#include "daemon/cli/cmd_dossier.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/scan_follow.h"
#include "daemon/model/scan_reason.h"

const struct cli_option cmd_scan_options[] = {
    {"device", 'd', "DEVICE", "label, identity or SANE name (default: the configured one)"},
    {"profile", 0, "PROFILE",
     "a kept way of scanning (default: the device's; a locked one fixes what it names)"},
    {"source", 's', "SOURCE", "flatbed, adf or duplex (default: where the machine sees paper)",
     "flatbed adf duplex"},
    {"mode", 0, "MODE", "color, gray or lineart", "color gray lineart"},
    {"resolution", 'r', "DPI", "dots per inch"},
    {"paper", 0, "PAPER", "a3, a4, a5, id1 or auto", "a3 a4 a5 id1 auto"},
    {"sheets", 'n', "N", "so many sheets are in the feeder; fewer is an error"},
    {"document", 0, "DOCUMENT", "add pages to this document (default: a new one)"},
    {"position", 0, "N", "insert them there (default: behind the last page)"},
    {"replaces", 0, "PAGE", "the new page takes the place of this one"},
    {"backs", 0, "ORDER", "the back sides of --document, pile turned over: reversed or same",
     "reversed same"},
    {"hands-free", 0, NULL, "page after page from the glass; Enter = next page, q = finished"},
    {"interval", 0, "S", "with --hands-free: the next page after S seconds without Enter"},
    {"turn-second", 0, NULL, "with --hands-free: every second page lies upside down"},
    {"keep-open", 0, NULL, "more pages of the same paper will follow"},
    {"for", 0, "CODE", "which wanted paper comes (dossier papers lists them)"},
    {"stage", 0, "STAGE", "with --for: where a code is in several", "component output result"},
    {"reason", 0, "CODE", "with --for: why, though it is held or need not be digitized",
     scan_reason_words},
    {"reason-note", 0, "TEXT", "the same in words"},
    {"holder", 0, "NAME", "with --reason: who holds the data that cannot be used"},
    {0},
};

static const struct {
    const char *option, *key;
} texts[] = {{"device", "device"},     {"profile", "profile"}, {"source", "source"},
             {"mode", "mode"},         {"paper", "paper"},     {"document", "document_id"},
             {"replaces", "replaces"}, {"backs", "backs"},     {"for", "paper_code"},
             {"stage", "stage"},       {"reason", "reason"},   {"reason-note", "reason_note"},
             {"holder", "holder"}},
  flags[] = {{"hands-free", "hands_free"}, {"turn-second", "turn_second"}};

static const struct {
    const char *option, *key;
    long min, max;
} numbers[] = {{"resolution", "resolution_dpi", 50, 1200},
               {"sheets", "sheets", 1, 9999},
               {"position", "position", 1, 9999},
               {"interval", "interval_s", 1, 600}};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static enum err_code check_together(const struct cli_args *args, struct err *err)
{
    static const struct {
        const char *option, *wants;
    } pairs[] = {{"interval", "hands-free"}, {"turn-second", "hands-free"},
                 {"backs", "document"},      {"stage", "for"},
                 {"reason", "for"},          {"reason-note", "reason"},
                 {"holder", "reason"}};
    for (size_t i = 0; i < COUNT(pairs); i++)
        if (args_has(args, pairs[i].option) && !args_has(args, pairs[i].wants))
            return err_set(err, ERR_USAGE, "--%s goes with --%s", pairs[i].option, pairs[i].wants);
    return ERR_OK;
}

static enum err_code put_numbers(const struct cli_args *args, struct js *body, struct err *err)
{
    for (size_t i = 0; i < COUNT(numbers); i++) {
        long number;
        enum err_code code =
            args_number(args, numbers[i].option, numbers[i].min, numbers[i].max, 0, &number, err);
        if (code)
            return code;
        if (number && !js_set(body, numbers[i].key, js_int(number)))
            return err_set(err, ERR_NO_MEMORY, "request");
    }
    return ERR_OK;
}

static int make_body(const struct cli_args *args, struct js **out_body)
{
    struct err err = ERR_INIT;
    AUTO(js)
    struct js *body = js_object();
    bool ok = js_set(body, "finish", js_bool(!args_has(args, "keep-open")));
    for (size_t i = 0; i < COUNT(texts); i++) {
        const char *text = args_text(args, texts[i].option);
        ok = ok && (!text || js_set(body, texts[i].key, js_text(text)));
    }
    for (size_t i = 0; i < COUNT(flags); i++)
        ok = ok && (!args_has(args, flags[i].option) || js_set(body, flags[i].key, js_bool(true)));
    if (!ok)
        err_set(&err, ERR_BAD_ARGUMENT, "an option is no UTF-8 text");
    else if (!check_together(args, &err))
        put_numbers(args, body, &err);
    if (err.code)
        return cli_problem(&err);
    *out_body = TAKE(body);
    return CLI_DONE;
}

int cmd_scan(const struct cli *cli, const struct cli_args *args)
{
    AUTO(js)
    struct js *body = NULL;
    AUTO(mem)
    char *dossier = NULL;
    int exit_status = make_body(args, &body);
    if (exit_status == CLI_DONE)
        exit_status = cmd_dossier_find(cli, args->operand[0], &dossier);
    if (exit_status)
        return exit_status;
    AUTO(mem)
    char *path = cli_path("/v1/dossiers/%s/scan", dossier);
    return path ? scan_follow(cli, "POST", path, TAKE(body)) : CLI_FAILED;
}

int cmd_scan_continue(const struct cli *cli, const struct cli_args *args)
{
    AUTO(mem)
    char *path = cli_path("/v1/jobs/%s/continue", args->operand[0]);
    return path ? scan_follow(cli, "POST", path, NULL) : CLI_FAILED;
}

int cmd_scan_next(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "POST", "/v1/jobs/%s/next", args->operand[0], NULL, scan_show_job);
}

int cmd_scan_finish(const struct cli *cli, const struct cli_args *args)
{
    return cli_call_on(cli, "POST", "/v1/jobs/%s/finish", args->operand[0], NULL, scan_show_job);
}
