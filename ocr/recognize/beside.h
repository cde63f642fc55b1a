#ifndef SOHOA_RECOGNIZE_BESIDE_H
#define SOHOA_RECOGNIZE_BESIDE_H

#include "daemon/base/buf.h"
#include "daemon/base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * A part of a request's work done beside it, on a core that is idle: by a copy of this process,
 * which has its models, limits and confinement, no descriptor but its result's, and dies with it.
 * Whatever becomes of the copy, the caller can do the work itself: only time is lost.
 */

#define BESIDE_RESULT_MAX (64u << 20)

/* Runs in the copy; what it appends is the result. */
typedef enum err_code beside_fn(void *payload, struct buf *out, struct err *err);

struct beside {
    pid_t pid; /* 0: none */
    int result;
    int64_t began_us;
};

/* An error (INTERNAL: this process has threads) means that nothing runs beside. Every one begun is
 * taken or dropped. */
enum err_code beside_begin(beside_fn *work, void *payload, struct beside *out, struct err *err);

/* Waits for the copy as long as it may still be at work: three times what has passed since it began
 * and some seconds. *out_bytes is the caller's (mem_free). WORKER_DIED, WORKER_HUNG, and CANCELLED
 * when is_cancelled (may be NULL) says so: the copy is gone then, too. */
enum err_code beside_take(struct beside *beside, bool (*is_cancelled)(void), char **out_bytes,
                          size_t *out_size, struct err *err);
/* Ends it; nothing when there is none. */
void beside_drop(struct beside *beside);

static inline void beside_auto(struct beside *place)
{
    beside_drop(place);
}

#endif
