#ifndef SOHOA_PIPELINE_BREAKER_H
#define SOHOA_PIPELINE_BREAKER_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The circuit breaker of one target, as a plain value.
 *
 *            BREAKER_FAILURES in a row, or "come back later"
 *   closed ───────────────────────────────────────────────────▶ open ──wait is over──▶ one record
 *     ▲                                                           ▲                      │    │
 *     └────────────────────────── it answers ─────────────────────┴── it does not, wait doubles
 *
 * Only what concerns the whole target is a failure of the line; a target that refuses one record
 * has answered. Waits are measured by a clock that only goes forward, so that setting the time
 * neither prolongs nor ends them; since when it is down is told in UTC.
 */

#define BREAKER_FAILURES 3
#define BREAKER_WAIT_FIRST_US (5 * INT64_C(1000000))
#define BREAKER_WAIT_MAX_US (5 * 60 * INT64_C(1000000))
/* What a target may ask for: a wrong "come back next year" costs an hour. */
#define BREAKER_ASKED_MAX_US (60 * 60 * INT64_C(1000000))

struct breaker {
    unsigned failures;     /* in a row */
    int64_t down_since_us; /* UTC; 0: closed */
    int64_t first_us;      /* UTC of the first of those failures */
    int64_t not_before_us; /* monotonic; of an open one */
    bool probing;          /* one record is on its way */
};

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_ONE /* record may be tried */ };

enum breaker_state breaker_state(const struct breaker *breaker, int64_t monotonic_us);

/* The whole target cannot be used, whatever is sent. */
bool breaker_is_line_failure(enum err_code code);
/* It says nothing about the target: our own trouble, or the try was given up. */
bool breaker_is_silent(enum err_code code);

struct breaker_clock {
    int64_t now_us, monotonic_us;
    uint32_t random;
};

/* A try ended with that code (ERR_OK: it worked). asked_us: the target wants to be left alone that
 * long, 0 when it says nothing. */
void breaker_note(struct breaker *breaker, enum err_code code, int64_t asked_us,
                  const struct breaker_clock *clock);
/* Somebody wants it tried now. */
void breaker_try_now(struct breaker *breaker);

#endif
