#ifndef SOHOA_SIMULATOR_ACTED_H
#define SOHOA_SIMULATOR_ACTED_H

#include "drivers/simulator/script.h"

/*
 * STATE/acted: how often each line of the script has come and since when, so that "once" and
 * "for 5 s" hold for every process that opens the scanner, also after the one before was killed.
 *
 * Begins anew when the script is written again; lines about sheets of the feeder begin anew with
 * every load of it. Uses no memory and no stdio files: sane_cancel is called from signal handlers.
 */

/* Is line `index` due once more? Then it is counted, durably, before the answer. */
bool acted_is_due(const char *state, const struct sim_script *script, size_t index);
void acted_forget_sheets(const char *state, const struct sim_script *script);

#endif
