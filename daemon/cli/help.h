#ifndef SOHOA_CLI_HELP_H
#define SOHOA_CLI_HELP_H

#include "daemon/cli/cli.h"

#include <stdbool.h>
#include <stdio.h>

/* Help and shell completion, both from the command table. */

void help_print_all(const struct cli_command *commands);
/* false: there is no such noun. */
bool help_print_noun(const struct cli_command *commands, const char *noun, FILE *out);
void help_print_command(const struct cli_command *command);
void help_print_usage(const struct cli_command *command, FILE *out);
/* A bash completion script. */
void help_print_completion(const struct cli_command *commands);

#endif
