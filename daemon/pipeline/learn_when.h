#ifndef SOHOA_PIPELINE_LEARN_WHEN_H
#define SOHOA_PIPELINE_LEARN_WHEN_H

#include <stdbool.h>
#include <stdint.h>

/* When a station teaches its model by itself. */

enum learn_when {
    LEARN_NIGHT, /* from 20:00 to 5:00, Vietnam time, when nothing was to be done for a while; at a
                    station that is off at night as LEARN_IDLE once papers waited three days */
    LEARN_IDLE,  /* at any time when nothing was to be done for a while */
    LEARN_NEVER  /* only when somebody asks */
};

struct learn_limits {
    enum learn_when when;
    int corrections; /* types that people put right since the last time; or ten times as many papers
                      */
    int idle_min;    /* so long nothing was to be done */
};

const char *learn_when_name(enum learn_when when); /* "night", "idle", "never" */
bool learn_when_from_name(const char *name, enum learn_when *out);

/* Was nothing to be done for long enough, where it may ever be by itself? */
bool learn_is_idle(const struct learn_limits *limits, int64_t idle_us);
/* May it be now? waiting_since_us: since when there is something to learn from, UTC; 0: nothing. */
bool learn_may(const struct learn_limits *limits, int64_t now_utc_us, int64_t waiting_since_us);
/* Is it worth while? */
bool learn_is_due(const struct learn_limits *limits, int64_t corrections, int64_t papers);

#endif
