#ifndef SOHOA_CLI_CMD_PROCESS_H
#define SOHOA_CLI_CMD_PROCESS_H

#include "daemon/cli/args.h"

/* For completion; the command reads its own command line. */
extern const struct cli_option cmd_process_options[];

/* `sohoa process INPUT… --out DIR`: the pipeline over files, without daemon. argv[0] is "process".
 * Returns the exit status: 0 all done, 1 some input failed, 2 usage. */
int cmd_process(int argc, char **argv);

#endif
