#ifndef SOHOA_STORE_HOLD_MANY_H
#define SOHOA_STORE_HOLD_MANY_H

#include "queue/store/store.h"

/* Retry, release or hold of many deliveries by one word of a person. */

#define HOLD_MANY_MAX 1000 /* of one call: nobody else waits for the store longer than that */

struct delivery_choice {
    const char *reason; /* held for that, or waiting because of that code; NULL: any */
    const char *target; /* NULL: any */
    const char *why;    /* of a hold */
    bool dry_run;       /* nothing is changed, *out_count says how many it would be */
};

/*
 * verb: "release" what is held, "retry" that and what waits for its next attempt, "hold" what is
 * queued. *out_count: how many were changed; *out_left: how many more there are, for the next call
 * (a call that changed none has done what could be done). BAD_ARGUMENT: another verb, a hold
 * without why.
 */
enum err_code deliveries_change(struct store *store, const char *verb,
                                const struct delivery_choice *choice, struct principal by,
                                int64_t *out_count, int64_t *out_left, struct err *err);

#endif
