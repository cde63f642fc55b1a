#ifndef SOHOA_SIMULATOR_ACTING_H
#define SOHOA_SIMULATOR_ACTING_H

#include "drivers/simulator/script.h"

#include <signal.h>

/* Acts out what the script says about a call of SANE or a sheet of paper. Every answer is a status
 * of SANE by its number, as everywhere between the parts of this backend. */
struct acting {
    const char *state;                      /* borrowed */
    const volatile sig_atomic_t *cancelled; /* NULL: there is no scan to cancel */
    struct sim_script script;
};

/* Reads the script where it was written since. False: it makes no sense; the old one stays. */
bool acting_refresh(struct acting *acting);

/* GOOD: go on with the call. Anything else is its answer; a scanner that was pulled out meanwhile
 * answers IO_ERROR. Signal-safe for SIM_CALL_CANCEL. */
int acting_call(const struct acting *acting, enum sim_call call);
/* sane_start of that side, before or after the rollers took the sheet. */
int acting_start(const struct acting *acting, int sheet, bool back, bool sheet_is_taken);
/* One line of the script, when its place on the page is reached. */
int acting_line(const struct acting *acting, size_t index);

#endif
