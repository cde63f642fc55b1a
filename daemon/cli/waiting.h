#ifndef SOHOA_CLI_WAITING_H
#define SOHOA_CLI_WAITING_H

#include <stdbool.h>

/* Waiting for what the daemon does: Ctrl-C (and TERM) end the waiting, not the daemon's work. */

void cli_catch_interrupts(void);
bool cli_was_interrupted(void);
/* Ends early when interrupted. */
void cli_pause(int ms);

#endif
