#include "daemon/pipeline/learn_when.h"

#include <string.h>

#define MINUTE_US (60 * INT64_C(1000000))
#define HOUR_US (60 * MINUTE_US)
#define VIETNAM_HOURS 7
#define NIGHT_FROM 20
#define NIGHT_TO 5
#define NIGHTS_MISSED 3 /* in a row: the station is off then */
/* Papers that were told right teach, too, but less each. */
#define PAPERS_FOR_A_CORRECTION 10

static const char *const names[] = {
    [LEARN_NIGHT] = "night", [LEARN_IDLE] = "idle", [LEARN_NEVER] = "never"};

const char *learn_when_name(enum learn_when when)
{
    return names[when];
}

bool learn_when_from_name(const char *name, enum learn_when *out)
{
    for (int i = LEARN_NIGHT; i <= LEARN_NEVER; i++)
        if (strcmp(names[i], name) == 0) {
            *out = (enum learn_when)i;
            return true;
        }
    return false;
}

bool learn_is_idle(const struct learn_limits *limits, int64_t idle_us)
{
    return limits->when != LEARN_NEVER && idle_us >= limits->idle_min * MINUTE_US;
}

bool learn_may(const struct learn_limits *limits, int64_t now_utc_us, int64_t waiting_since_us)
{
    int64_t hour = (now_utc_us / HOUR_US + VIETNAM_HOURS) % 24;
    bool night = hour >= NIGHT_FROM || hour < NIGHT_TO;
    bool missed = waiting_since_us && now_utc_us - waiting_since_us > NIGHTS_MISSED * 24 * HOUR_US;
    return limits->when == LEARN_IDLE || (limits->when == LEARN_NIGHT && (night || missed));
}

bool learn_is_due(const struct learn_limits *limits, int64_t corrections, int64_t papers)
{
    return corrections >= limits->corrections ||
           papers >= (int64_t)limits->corrections * PAPERS_FOR_A_CORRECTION;
}
