#ifndef SOHOA_CLI_CMD_DOSSIER_H
#define SOHOA_CLI_CMD_DOSSIER_H

#include "daemon/cli/cli.h"

/* The id of the dossier a person named by id or by code. *out_id is the caller's (mem_free). The
 * problem is on stderr when the exit status is not CLI_DONE. */
int cmd_dossier_find(const struct cli *cli, const char *name, char **out_id);

/* What was typed is no UTF-8: told on stderr; the exit status. */
int cmd_no_text(void);

#endif
