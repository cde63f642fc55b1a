#include "daemon/pipeline/breaker.h"

#include "daemon/pipeline/retry.h"

#define FAILURES_COUNTED 1000000

enum breaker_state breaker_state(const struct breaker *breaker, int64_t monotonic_us)
{
    if (!breaker->down_since_us)
        return BREAKER_CLOSED;
    bool waits = monotonic_us < breaker->not_before_us;
    return waits || breaker->probing ? BREAKER_OPEN : BREAKER_ONE;
}

bool breaker_is_line_failure(enum err_code code)
{
    switch (code) {
    case ERR_TARGET_UNREACHABLE:
    case ERR_TARGET_READ_ONLY:
    case ERR_TARGET_FULL:
    case ERR_TARGET_MISSING:
    case ERR_TARGET_AUTH:
    case ERR_TARGET_CLOCK:
    case ERR_TARGET_CERTIFICATE:
    case ERR_TARGET_PROXY:
    case ERR_TARGET_BUSY:
    case ERR_TARGET_BAD_REPLY:
    case ERR_TARGET_UNKNOWN:
    case ERR_BAD_CONFIG:
    case ERR_WORKER_HUNG: /* a mounted share that does not answer */
        return true;
    default:
        return false;
    }
}

bool breaker_is_silent(enum err_code code)
{
    switch (code) {
    case ERR_CANCELLED:
    case ERR_WORKER_DIED:
    case ERR_WORKER_MISSING:
    case ERR_BAD_MESSAGE:
    case ERR_NO_MEMORY:
    case ERR_INTERNAL:
    case ERR_IO:
    case ERR_DISK_FULL:
    case ERR_READ_ONLY:
    case ERR_BLOB_DAMAGED:
    case ERR_BAD_ARGUMENT:
    case ERR_STATE_CHANGED:
        return true;
    default:
        return false;
    }
}

static int64_t wait_of(unsigned failures)
{
    int64_t wait = BREAKER_WAIT_FIRST_US;
    for (unsigned i = BREAKER_FAILURES; i < failures && wait < BREAKER_WAIT_MAX_US; i++)
        wait *= 2;
    return wait < BREAKER_WAIT_MAX_US ? wait : BREAKER_WAIT_MAX_US;
}

static void open_or_count(struct breaker *breaker, bool was_probe, int64_t asked_us,
                          const struct breaker_clock *clock)
{
    if (breaker->failures == 0)
        breaker->first_us = clock->now_us > 0 ? clock->now_us : 1;
    bool counts = !breaker->down_since_us || was_probe; /* not those that left before it opened */
    if (counts && breaker->failures < FAILURES_COUNTED)
        breaker->failures++;
    bool opens = breaker->down_since_us || asked_us > 0 || breaker->failures >= BREAKER_FAILURES;
    if (!opens)
        return;
    if (!breaker->down_since_us)
        breaker->down_since_us = breaker->first_us;
    if (asked_us > BREAKER_ASKED_MAX_US)
        asked_us = BREAKER_ASKED_MAX_US;
    int64_t wait = wait_of(breaker->failures);
    /* half of it for sure, the rest by chance: two hundred stations do not come back together */
    int64_t own_us = wait / 2 + retry_spread_us(wait / 2, clock->random);
    int64_t asked_spread_us =
        asked_us ? asked_us + retry_spread_us(asked_us / 4, clock->random) : 0;
    int64_t until_us = clock->monotonic_us + (own_us > asked_spread_us ? own_us : asked_spread_us);
    if (until_us > breaker->not_before_us)
        breaker->not_before_us = until_us;
}

void breaker_note(struct breaker *breaker, enum err_code code, int64_t asked_us,
                  const struct breaker_clock *clock)
{
    bool was_probe = breaker->probing;
    breaker->probing = false;
    if (breaker_is_line_failure(code))
        open_or_count(breaker, was_probe, asked_us, clock);
    else if (!breaker_is_silent(code))
        *breaker = (struct breaker){0};
    else if (breaker->down_since_us)
        breaker->not_before_us = clock->monotonic_us + BREAKER_WAIT_FIRST_US;
}

void breaker_try_now(struct breaker *breaker)
{
    breaker->not_before_us = 0;
}
