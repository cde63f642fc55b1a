#ifndef SOHOA_STORE_LINE_H
#define SOHOA_STORE_LINE_H

#include "queue/store/store.h"

/* What is known of the way to each target, and what waits for it (daemon/pipeline/schedule.h). */

struct line_state {
    const char *target;
    int64_t down_since_us; /* 0: it can be reached */
    int64_t served_us;
    bool came_back; /* what waits for its next try there is due now */
};

enum err_code line_set(struct store *store, const struct line_state *state, struct err *err);
/* Of each named target {"target", "waiting", "oldest_us"} and, where it was ever set,
 * "down_since_us", "served_us". Waiting is what nobody has to do anything about: it goes by itself.
 */
enum err_code line_list(struct store *store, const struct js *targets, struct js **out,
                        struct err *err);
/* {"free_bytes", "day_bytes"}: room above the reserve, and how much a day of the last week took. It
 * looks at every file once: for now and then. */
enum err_code line_disk(struct store *store, struct js **out, struct err *err);

#endif
