#include "drivers/simulator/acting.h"

#include "drivers/simulator/acted.h"
#include "drivers/simulator/plug.h"

#include <errno.h>
#include <sane/sane.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define STEP_S 0.005

/* Signals wake a sleeper; this one goes to sleep again. */
static void sleep_s(double seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    long long ns = until.tv_nsec + (long long)(seconds * 1e9);
    until.tv_sec += (time_t)(ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        continue;
}

static int act_stall(const struct acting *acting, double seconds)
{
    for (double waited = 0; seconds == 0 || waited < seconds; waited += STEP_S) {
        if (acting->cancelled && *acting->cancelled)
            return SANE_STATUS_CANCELLED;
        sleep_s(STEP_S);
    }
    return SANE_STATUS_GOOD;
}

static int act_hang(double seconds)
{
    sleep_s(seconds);
    while (seconds == 0)
        pause();
    return SANE_STATUS_GOOD;
}

int acting_line(const struct acting *acting, size_t index)
{
    const struct sim_fault *fault = &acting->script.list[index];
    if (!acted_is_due(acting->state, &acting->script, index))
        return SANE_STATUS_GOOD;
    switch (fault->kind) {
    case SIM_FAULT_STATUS:
        return fault->status;
    case SIM_FAULT_SHORT:
        return SANE_STATUS_EOF;
    case SIM_FAULT_STALL:
        return act_stall(acting, fault->seconds);
    case SIM_FAULT_HANG:
        return act_hang(fault->seconds);
    case SIM_FAULT_SLOW:
        sleep_s(fault->seconds);
        return SANE_STATUS_GOOD;
    case SIM_FAULT_VANISH:
        plug_pull(acting->state, fault->seconds, fault->port);
        return SANE_STATUS_IO_ERROR;
    case SIM_FAULT_CRASH:
        abort();
    default: /* a look of the page, see page.c */
        return SANE_STATUS_GOOD;
    }
}

bool acting_refresh(struct acting *acting)
{
    return !sim_script_is_stale(acting->state, &acting->script) ||
           sim_script_load(acting->state, &acting->script);
}

int acting_call(const struct acting *acting, enum sim_call call)
{
    int status = SANE_STATUS_GOOD;
    for (size_t i = 0; i < acting->script.count && status == SANE_STATUS_GOOD; i++)
        if (acting->script.list[i].call == call)
            status = acting_line(acting, i);
    return status;
}

int acting_start(const struct acting *acting, int sheet, bool back, bool sheet_is_taken)
{
    int status = SANE_STATUS_GOOD;
    for (size_t i = 0; i < acting->script.count && status == SANE_STATUS_GOOD; i++) {
        const struct sim_fault *fault = &acting->script.list[i];
        if (fault->at_unit == SIM_AT_START && sim_fault_is_on(fault, sheet, back) &&
            sim_fault_spares_sheet(fault) != sheet_is_taken)
            status = acting_line(acting, i);
    }
    return status;
}
