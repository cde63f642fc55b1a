#include "daemon/pipeline/learn_when.h"

#include <string.h>

#define MINUTE_US (60 * INT64_C(1000000))
#define HOUR_US (60 * MINUTE_US)
#define VIETNAM_HOURS 7
#define NIGHT_FROM 20
#define NIGHT_TO 5
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

bool learn_may(const struct learn_limits *limits, int64_t now_utc_us, int64_t idle_us)
{
    int64_t hour = (now_utc_us / HOUR_US + VIETNAM_HOURS) % 24;
    bool night = hour >= NIGHT_FROM || hour < NIGHT_TO;
    if (limits->when == LEARN_NEVER || (limits->when == LEARN_NIGHT && !night))
        return false;
    return idle_us >= limits->idle_min * MINUTE_US;
}

bool learn_is_due(const struct learn_limits *limits, int64_t corrections, int64_t papers)
{
    return corrections >= limits->corrections ||
           papers >= (int64_t)limits->corrections * PAPERS_FOR_A_CORRECTION;
}
