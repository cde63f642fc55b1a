#include "daemon/cli/waiting.h"

#include <signal.h>
#include <time.h>

static volatile sig_atomic_t interrupted;

static void note_interrupt(int signal_number)
{
    interrupted = signal_number;
}

void cli_catch_interrupts(void)
{
    struct sigaction note = {.sa_handler = note_interrupt};
    interrupted = 0;
    sigaction(SIGINT, &note, NULL);
    sigaction(SIGTERM, &note, NULL);
}

bool cli_was_interrupted(void)
{
    return interrupted != 0;
}

void cli_pause(int ms)
{
    struct timespec moment = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    if (!interrupted)
        nanosleep(&moment, NULL);
}
