#ifndef SOHOA_CLI_CLI_H
#define SOHOA_CLI_CLI_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/cli/args.h"

#include <stdbool.h>

/*
 * What every command shares: asking the daemon, its answer on stdout, its problem on stderr, and
 * the exit status. A command is a row of the table in commands.c; its function gets the parsed
 * arguments and returns one of enum cli_exit.
 */

enum cli_exit { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_UNREACHABLE = 3 };

struct cli {
    const char *socket_path;
    bool json;
};

struct cli_command {
    const char *noun;
    const char *verb;     /* NULL: the noun alone is the command */
    const char *operands; /* "" none; "DOSSIER [PAGE]" */
    const struct cli_option *options;
    const char *summary; /* one line of help */
    int (*run)(const struct cli *cli, const struct cli_args *args);
    int (*run_raw)(int argc, char **argv); /* instead of run: reads its own command line */
};

/* Runs one command line; the whole program but for main(). The table ends with a NULL noun. */
int cli_run(const struct cli_command *commands, int argc, char **argv);

/* Prints the problem to stderr and returns its exit status. */
int cli_problem(const struct err *err);

/*
 * Asks the daemon. `body` is taken over. When the daemon refuses or cannot be reached, the problem
 * is on stderr and its exit status is returned; on CLI_DONE *out_reply is the caller's and never
 * NULL.
 */
int cli_ask(const struct cli *cli, const char *method, const char *path, struct js *body,
            struct js **out_reply);

/* The same with a file as body. */
int cli_ask_with_file(const struct cli *cli, const char *path, int file, struct js **out_reply);

/* cli_ask, then the answer on stdout: raw with --json, else by `show`. */
typedef void cli_show(const struct js *reply);
int cli_call(const struct cli *cli, const char *method, const char *path, struct js *body,
             cli_show *show);

/* The same for a path with one id in it, "/v1/documents/%s/finish"; the id is percent-encoded. */
int cli_call_on(const struct cli *cli, const char *method, const char *path_format, const char *id,
                struct js *body, cli_show *show);

/* The answer on stdout: JSON with --json, else by `show`. */
void cli_answer(const struct cli *cli, const struct js *reply, cli_show *show);

/* The path with the percent-encoded id in place of %s. Caller's; NULL when out of memory. */
char *cli_path(const char *path_format, const char *id);

/* "sohoa: CODE: message (ref X)" from the daemon's error object, on stderr. */
void cli_print_refusal(const struct js *error);

/* Short texts for tables. */
struct cli_text {
    char text[160];
};
struct cli_text cli_state(const char *machine, const struct js *row); /* "read (Chờ đối chiếu)" */
struct cli_text cli_when(const struct js *row, const char *key); /* local time, "" when never */

#endif
