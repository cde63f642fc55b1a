#ifndef SOHOA_WORKERS_WORKER_MAIN_H
#define SOHOA_WORKERS_WORKER_MAIN_H

#include "daemon/ipc/ipc.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The worker's side of a request: one table of operations, one blocking loop on descriptor 3.
 * A worker has no threads of its own and no state but what its table's `self` holds.
 */

#define WORKER_SOCKET_FD 3

struct worker_call {
    const struct js *args;       /* borrowed */
    struct ipc_message *message; /* ipc_take_fd(call->message, n, …) for the descriptors */
    uint64_t id;
    int socket;
};

/* What goes back: an object (taken over; NULL means {}) and descriptors (closed after sending). */
struct worker_answer {
    struct js *ok;
    int fds[IPC_MAX_FDS];
    size_t fd_count;
    bool recycle; /* the daemon is asked to take a fresh process for its next request */
};

struct worker_op {
    const char *name;
    enum err_code (*run)(void *self, struct worker_call *call, struct worker_answer *answer,
                         struct err *err);
};

/* Sends {"id", "event", "data"}; data is taken over. */
enum err_code worker_event(struct worker_call *call, const char *event, struct js *data,
                           struct err *err);

/* For a worker with a loop of its own: log and signals; then one reply to each request, which takes
 * the answer's contents over. */
void worker_begin(const char *program);
enum err_code worker_reply(int socket, uint64_t id, enum err_code code,
                           struct worker_answer *answer, const struct err *problem,
                           struct err *err);

/* Serves until the socket ends; returns the exit status for main. Unknown operations and malformed
 * requests are answered with an error. `ops` ends with a NULL name. */
int worker_serve(const char *program, const struct worker_op *ops, void *self);

/* SIGUSR1 is the daemon's "cancel": true once it came since worker_cancel_reset. Async-signal-safe
 * hook for libraries that can be cancelled from a handler (sane_cancel). */
bool worker_cancelled(void);
void worker_cancel_reset(void);
void worker_on_cancel(void (*hook)(void));

#endif
