#ifndef SOHOA_WORKERS_SUPERVISOR_H
#define SOHOA_WORKERS_SUPERVISOR_H

#include "daemon/ipc/ipc.h"

typedef struct sd_event sd_event;

/*
 * The daemon's side of workers: exec, request, deadline, TERM, KILL, back-off, crash count.
 *
 *            spawn            reply
 *   absent ────────▶ idle ◀────────── busy ──deadline──▶ stopping(TERM) ──3 s──▶ KILL ─┐
 *     ▲                └────request────▶ │                                              │
 *     └──────back-off (0.2 s … 30 s)─────┴───────────── died ◀─────────────────────────┘
 *
 * One request at a time per worker, unless its kind says otherwise; when it dies all of them end in
 * WORKER_DIED, oldest first, and none is taken before each has heard. A worker is started by its
 * first request.
 */

struct worker_kind {
    const char *name;        /* "ocr": program is <worker_dir>/sohoa-ocr-worker */
    int memory_limit_mb;     /* RLIMIT_AS, 0 = none */
    int recycle_after;       /* a fresh process after that many requests, 0 = never */
    const char *const *env;  /* "NAME=value" pairs added, NULL-ended; may be NULL */
    const char *const *argv; /* whole argument list, NULL-ended; NULL = just the program */
    unsigned outstanding;    /* requests at once, at most WORKER_OUTSTANDING_MAX, 0 = one. More than
                              * one: answered in order, without deadline, cancel, recycling. */
};

#define WORKER_OUTSTANDING_MAX 32

struct worker;

/* `ok` is borrowed (NULL with an error), descriptors may be taken with ipc_take_fd. Called exactly
 * once per request, from the event loop, never from inside worker_request. */
typedef void worker_done_fn(void *payload, struct ipc_message *message, const struct js *ok,
                            const struct err *err);
typedef void worker_event_fn(void *payload, struct ipc_message *message, const char *event,
                             const struct js *data);

enum err_code worker_new(sd_event *loop, const struct worker_kind *kind, const char *worker_dir,
                         struct worker **out, struct err *err);
void worker_free(
    struct worker *worker); /* TERM, then KILL; calls back pending work with CANCELLED */

/* args is taken over; descriptors are duplicated. deadline_ms 0 = none. CONFLICT when busy.
 * on_event may be NULL. */
enum err_code worker_request(struct worker *worker, const char *op, struct js *args, const int *fds,
                             size_t fd_count, int deadline_ms, worker_done_fn *done,
                             worker_event_fn *on_event, void *payload, struct err *err);
bool worker_is_busy(const struct worker *worker);
bool worker_takes_more(const struct worker *worker); /* a request now would not be a CONFLICT */
bool worker_is_alive(const struct worker *worker);
/* The worker has shown a sign of life: the request at hand has that long from now. Nothing while the
 * worker is idle or already being ended or cancelled. */
void worker_extend(struct worker *worker, int deadline_ms);
/* SIGUSR1 to a busy worker; if no reply follows within grace_ms: TERM, then KILL. */
void worker_cancel(struct worker *worker, int grace_ms);
/* Asks an idle worker to end (closes its socket); a new request starts a new process. */
void worker_stop(struct worker *worker);
unsigned worker_crash_count(const struct worker *worker); /* deaths during a request, since start */
int worker_pid(const struct worker *worker);              /* 0 when absent */
int worker_next_pid(const struct worker *worker); /* who takes the next request; 0: a fresh one */

#endif
