#ifndef SOHOA_FOLDER_BOUNDED_CALL_H
#define SOHOA_FOLDER_BOUNDED_CALL_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

#include <sys/types.h>

/*
 * Work on a disk that may never answer. A share that is gone holds its reader inside the kernel,
 * sometimes beyond the reach of SIGKILL; so the work runs in a forked child, and the caller gets
 * TIMEOUT when the child says nothing for deadline_ms. A child that cannot be ended is remembered,
 * and further calls fail at once until it is gone: at most one hangs.
 */

struct bounded_call {
    int deadline_ms;
    void (*on_progress)(void *payload, int64_t amount); /* may be NULL */
    bool (*is_cancelled)(void);                         /* asked after signals; may be NULL */
    void (*in_child)(void);                             /* first thing in the child; may be NULL */
    void *payload;
    pid_t stuck; /* 0, or the child that would not end */
};

/* Runs in the child: no descriptor of it but those it inherits, and *out goes back by value. */
typedef enum err_code bounded_work_fn(void *work, struct js **out, struct err *err);

/* TIMEOUT, CANCELLED, WORKER_DIED (the child crashed), or what `work` returned. */
enum err_code bounded_call(struct bounded_call *call, bounded_work_fn *run, void *work,
                           struct js **out, struct err *err);
/* In the child: still alive; `amount` is for on_progress. */
void bounded_progress(int64_t amount);

#endif
