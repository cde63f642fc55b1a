#ifndef SOHOA_TESTS_LOOP_H
#define SOHOA_TESTS_LOOP_H

#include "tests/harness/test.h"

#include <signal.h>
#include <stdbool.h>
#include <systemd/sd-event.h>

/* An event loop as sohoad has it: it hears of children that ended, and a peer that is gone is an
 * error of the call. False: there is none. */
static inline bool loop_open(sd_event **out)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    signal(SIGPIPE, SIG_IGN);
    return sd_event_new(out) >= 0;
}

#endif
