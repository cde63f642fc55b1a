#include "daemon/pipeline/retry.h"

#define RETRY_NOW_TRIES 2 /* what kills its worker twice is held for a person */
#define LATER_FIRST_US (5 * 1000000ll)
#define REMOTE_LEAST_US 500000 /* whatever chance says */
#define LATER_MAX_US                                                                               \
    (15 * 60 * 1000000ll) /* a line that is down for a weekend still heals alone                   \
                           */

/* What the whole machine lacks is not this page's fault, and is mended without coming back to it.
 */
static bool is_machine_wide(enum err_code code)
{
    return code == ERR_IO || code == ERR_DISK_FULL || code == ERR_READ_ONLY ||
           code == ERR_WORKER_MISSING || code == ERR_MODEL_MISSING;
}

static int64_t later_us(unsigned attempts)
{
    int64_t wait = LATER_FIRST_US;
    for (unsigned i = 0; i < attempts && wait < LATER_MAX_US; i++)
        wait *= 2;
    return wait < LATER_MAX_US ? wait : LATER_MAX_US;
}

struct retry_decision retry_decide(enum err_code code, unsigned attempts, bool remote)
{
    struct retry_decision hold = {RETRY_HOLD, 0};
    switch (err_help_of(code)) {
    case HELP_RETRY_NOW:
        if (attempts + 1 < RETRY_NOW_TRIES)
            return (struct retry_decision){RETRY_AGAIN, 0};
        return remote ? (struct retry_decision){RETRY_AGAIN, later_us(attempts)} : hold;
    case HELP_RETRY_LATER:
        return (struct retry_decision){RETRY_AGAIN, later_us(attempts)};
    case HELP_IT:
        /* a full or read-only warehouse is mended over there, nobody has to come back here */
        return remote || is_machine_wide(code)
                   ? (struct retry_decision){RETRY_AGAIN, later_us(attempts)}
                   : hold;
    default:
        return hold;
    }
}

int64_t retry_spread_us(int64_t longest_us, uint32_t random)
{
    /* in milliseconds, so that the product fits */
    return longest_us / 1000 * (int64_t)(random >> 1) / INT32_MAX * 1000;
}

int64_t retry_remote_us(struct retry_decision decision, int64_t asked_us, uint32_t random)
{
    if (!decision.after_us && !asked_us)
        return 0;
    int64_t wait = REMOTE_LEAST_US + retry_spread_us(decision.after_us, random);
    if (asked_us > LATER_MAX_US)
        asked_us = LATER_MAX_US;
    if (wait < asked_us)
        wait = asked_us;
    return wait < LATER_MAX_US ? wait : LATER_MAX_US;
}
