#include "daemon/cli/cli.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"
#include "daemon/base/when.h"
#include "daemon/cli/client.h"
#include "daemon/cli/help.h"
#include "daemon/model/doc_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERVICE_SOCKET "/run/sohoa/sohoad.sock" /* sohoad run by systemd */
#define STATE_SOCKET "/var/lib/sohoa/run/sohoad.sock"

static void print_problem(const char *code, const char *text, const char *ref)
{
    char line[2048];
    snprintf(line, sizeof line, "%s: %s", code, text);
    text_printable(line, line, sizeof line);
    fprintf(stderr, "sohoa: %s", line);
    if (ref && *ref) {
        char shown[64];
        text_printable(ref, shown, sizeof shown);
        fprintf(stderr, " (ref %s)", shown);
    }
    fputc('\n', stderr);
}

int cli_problem(const struct err *err)
{
    print_problem(err_name(err->code), err->detail, NULL);
    if (err->code == ERR_USAGE)
        return CLI_USAGE;
    return err->code == ERR_DAEMON_UNREACHABLE || err->code == ERR_TIMEOUT ? CLI_UNREACHABLE
                                                                           : CLI_FAILED;
}

void cli_print_refusal(const struct js *error)
{
    const char *code = js_text_or(error, "code", "UNKNOWN");
    print_problem(code, js_text_or(error, "message", code), js_text_or(error, "ref", NULL));
    if (js_has(error, "detail")) {
        char detail[512];
        text_printable(js_text_or(error, "detail", ""), detail, sizeof detail);
        fprintf(stderr, "  %s\n", detail);
    }
}

static int ask(const struct client_request *request, struct js **out_reply)
{
    AUTO(client_answer)
    struct client_answer answer = {0};
    struct err err = ERR_INIT;
    if (client_ask(request, &answer, &err))
        return cli_problem(&err);
    if (answer.status >= 300) {
        if (js_has(answer.json, "code"))
            cli_print_refusal(answer.json);
        else
            fprintf(stderr, "sohoa: BAD_MESSAGE: HTTP %d without a reason\n", answer.status);
        return CLI_FAILED;
    }
    struct js *reply = answer.size ? TAKE(answer.json) : js_object();
    if (!js_is_object(reply)) {
        js_free(reply);
        err_set(&err, ERR_BAD_MESSAGE, "the answer is no JSON object");
        return cli_problem(&err);
    }
    *out_reply = reply;
    return CLI_DONE;
}

int cli_ask(const struct cli *cli, const char *method, const char *path, struct js *body,
            struct js **out_reply)
{
    AUTO(js)
    struct js *owned_body = body;
    struct client_request request = {
        .socket_path = cli->socket_path, .method = method, .path = path, .body = owned_body};
    return ask(&request, out_reply);
}

int cli_ask_with_file(const struct cli *cli, const char *path, int file, struct js **out_reply)
{
    struct client_request request = {
        .socket_path = cli->socket_path, .method = "POST", .path = path, .file = file};
    return ask(&request, out_reply);
}

void cli_answer(const struct cli *cli, const struct js *reply, cli_show *show)
{
    if (!cli->json && show) {
        show(reply);
    } else if (cli->json) {
        AUTO(mem)
        char *text = js_dump_pretty(reply);
        fputs(text ? text : "", stdout);
    }
}

int cli_call(const struct cli *cli, const char *method, const char *path, struct js *body,
             cli_show *show)
{
    AUTO(js)
    struct js *reply = NULL;
    int exit_status = cli_ask(cli, method, path, body, &reply);
    if (exit_status == CLI_DONE)
        cli_answer(cli, reply, show);
    return exit_status;
}

char *cli_path(const char *path_format, const char *id)
{
    AUTO(mem)
    char *encoded = client_encode(id);
    const char *place = strstr(path_format, "%s");
    if (!encoded || !place)
        return NULL;
    return mem_printf("%.*s%s%s", (int)(place - path_format), path_format, encoded, place + 2);
}

int cli_call_on(const struct cli *cli, const char *method, const char *path_format, const char *id,
                struct js *body, cli_show *show)
{
    AUTO(mem)
    char *path = cli_path(path_format, id);
    if (!path) {
        js_free(body);
        struct err err = ERR_INIT;
        err_set(&err, ERR_NO_MEMORY, "path");
        return cli_problem(&err);
    }
    return cli_call(cli, method, path, body, show);
}

struct cli_text cli_state(const char *machine, const struct js *row)
{
    struct cli_text out = {0};
    const char *state = js_text_or(row, "state", "");
    enum machine kind;
    const char *label = machine_from_name(machine, &kind) ? state_label(kind, state) : "";
    const char *reason = js_text_or(row, "held.reason", NULL);
    snprintf(out.text, sizeof out.text, "%s%s%s%s%s%s", state, *label ? " (" : "", label,
             *label ? ")" : "", reason ? " " : "", reason ? reason : "");
    return out;
}

struct cli_text cli_when(const struct js *row, const char *key)
{
    struct cli_text out = {0};
    int64_t time_us = js_int_or(row, key, 0);
    if (time_us > 0)
        when_iso_local(time_us, out.text);
    return out;
}

static const char *socket_path(const struct cli_args *before, const struct cli_args *after)
{
    const char *asked = args_text(after, "socket");
    if (!asked)
        asked = args_text(before, "socket");
    if (!asked)
        asked = getenv("SOHOA_SOCKET");
    if (asked && *asked)
        return asked;
    return access(SERVICE_SOCKET, F_OK) == 0 ? SERVICE_SOCKET : STATE_SOCKET;
}

/* Words before the noun: only the common options. */
static int count_leading_options(int argc, char **argv)
{
    int count = 0;
    while (count < argc && argv[count][0] == '-') {
        bool takes_next = strcmp(argv[count], "--socket") == 0;
        count += takes_next ? 2 : 1;
    }
    return count < argc ? count : argc;
}

static const struct cli_command *find_command(const struct cli_command *commands, const char *noun,
                                              const char *verb)
{
    for (const struct cli_command *row = commands; row->noun; row++) {
        bool is_verb = !row->verb || (verb && strcmp(row->verb, verb) == 0);
        if (strcmp(row->noun, noun) == 0 && is_verb)
            return row;
    }
    return NULL;
}

static int run_command(const struct cli_command *command, const struct cli_args *before, int argc,
                       char **argv)
{
    struct cli_args args;
    struct err err = ERR_INIT;
    if (args_parse(command->operands, command->options, argc, argv, &args, &err)) {
        int exit_status = cli_problem(&err);
        help_print_usage(command, stderr);
        return exit_status;
    }
    if (args_has(&args, "help")) {
        help_print_command(command);
        return CLI_DONE;
    }
    struct cli cli = {.socket_path = socket_path(before, &args),
                      .json = args_has(before, "json") || args_has(&args, "json")};
    return command->run(&cli, &args);
}

/* Before the noun, and nowhere else. */
static const struct cli_option leading_options[] = {
    {"version", 0, NULL, "version of this program"},
    {0},
};

static int run_version(const struct cli_command *commands, const struct cli_args *before)
{
    const struct cli_command *command = find_command(commands, "version", NULL);
    return run_command(command, before, 0, NULL);
}

static int dispatch(const struct cli_command *commands, int argc, char **argv)
{
    struct cli_args before;
    struct err err = ERR_INIT;
    int leading = count_leading_options(argc, argv);
    if (args_parse("", leading_options, leading, argv, &before, &err))
        return cli_problem(&err);
    argc -= leading;
    argv += leading;
    if (args_has(&before, "help") || (argc > 0 && strcmp(argv[0], "help") == 0)) {
        help_print_all(commands);
        return CLI_DONE;
    }
    if (args_has(&before, "version"))
        return run_version(commands, &before);
    if (argc == 0) {
        err_set(&err, ERR_USAGE, "which command? See sohoa --help");
        return cli_problem(&err);
    }

    const char *noun = argv[0], *verb = argc > 1 ? argv[1] : NULL;
    const struct cli_command *command = find_command(commands, noun, verb);
    if (command && command->run_raw)
        return command->run_raw(argc, argv);
    if (command)
        return run_command(command, &before, argc - (command->verb ? 2 : 1),
                           argv + (command->verb ? 2 : 1));
    bool asks_help = verb && (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0);
    if (asks_help && help_print_noun(commands, noun, stdout))
        return CLI_DONE;
    err_set(&err, ERR_USAGE, "no such command: %s%s%s", noun, verb ? " " : "", verb ? verb : "");
    int exit_status = cli_problem(&err);
    if (!help_print_noun(commands, noun, stderr))
        fputs("See sohoa --help\n", stderr);
    return exit_status;
}

int cli_run(const struct cli_command *commands, int argc, char **argv)
{
    int exit_status = dispatch(commands, argc - 1, argv + 1);
    if ((fflush(stdout) != 0 || ferror(stdout)) && exit_status == CLI_DONE) {
        perror("sohoa: IO: stdout");
        return CLI_FAILED;
    }
    return exit_status;
}
