#ifndef SOHOA_HTTP_CALL_H
#define SOHOA_HTTP_CALL_H

#include "daemon/base/buf.h"
#include "daemon/http/access.h"
#include "daemon/http/app.h"
#include "daemon/http/args.h"
#include "daemon/http/events.h"
#include "daemon/http/reply.h"
#include "daemon/http/routes.h"
#include "daemon/http/web.h"

/*
 * One request from its head to its reply, without a socket: server.c feeds it, handlers end it.
 *
 *   call_new ──▶ call_admit ──▶ call_receive… ──▶ call_run ──▶ handler ──▶ app ──▶ call_done_*
 *                    │ refused        │ too large      │ bad JSON               │
 *                    └────────────────┴────────────────┴──── call_fail ◀────────┤ error, or
 *                                                              │                │ call_expire
 *                                                              ▼                ▼
 *                                                            reply ──▶ ready(), server.c sends it
 *
 * The browser may leave, and the server stop, while the app still works: the call stays until both
 * the connection (call_leave) and the app (done) have let go.
 */

#define CALL_WAITING_MAX 128        /* calls the app has not answered; above it TOO_MANY */
#define CALL_FILES_MAX 4            /* bodies that are files, at once: they lie in memory */
#define CALL_SWALLOW_MAX (1u << 20) /* bytes of a refused body read so that the refusal arrives */

struct http {
    const struct app_calls *calls;
    struct app *app;
    struct sessions *sessions;
    struct events *events;
    struct web *web;
    int port; /* of the TCP socket, 0 = none */
    uid_t own_uid;
    int64_t app_deadline_us; /* how long the app may take */
    size_t file_max;         /* bytes of a ROUTE_FILE */
    unsigned file_count;     /* calls that hold one */
    struct call *waiting;    /* list */
    unsigned waiting_count;
};

typedef void call_answer_fn(struct call *call, const struct js *ok, int fd);
typedef void call_ready_fn(void *self);

struct call {
    struct http *http; /* NULL once the server is gone */
    struct http_head head;
    enum http_method method;
    const struct route *route;
    char param[ROUTE_PARAM_SIZE], second[ROUTE_PARAM_SIZE];
    struct principal who;
    struct buf bytes; /* body so far */
    int file;         /* the body of a ROUTE_FILE, -1: none (yet); sealed for the handler */
    size_t file_size;
    bool holds_file; /* counted in http->file_count until the call is over */
    size_t swallowed;
    struct js *body; /* NULL: none was sent */
    struct reply reply;
    bool replied;
    call_answer_fn *answer;
    int ok_status;
    bool answer_is_record; /* of a document's files */
    int64_t deadline_us;   /* monotonic; 0 = the app has nothing to answer */
    call_ready_fn *ready;
    void *ready_self;
    unsigned owners;
    struct call *next, *previous; /* in http->waiting */
};

/* For server.c. */
struct call *call_new(struct http *http, const struct http_head *head, call_ready_fn *ready,
                      void *ready_self); /* NULL when out of memory */
void call_leave(struct call *call);      /* the connection lets go */
void call_admit(struct call *call);
bool call_refuses_body(const struct call *call); /* reply before the body comes */
/* False: drop the connection, the peer goes on sending what was refused. */
bool call_receive(struct call *call, const char *bytes, size_t size);
void call_run(struct call *call);
void call_expire(struct call *call); /* the app took too long: TIMEOUT */
void http_forget_calls(struct http *http);

/* For handlers: each ends in exactly one of these, now or through the app. */
void call_fail(struct call *call, const struct err *err);
void call_fail_no_memory(struct call *call);
void call_reply_json(struct call *call, int status, const struct js *body);
/* Takes the descriptor over: a regular file or memfd, shown in the browser as "<param>.<ending>".
 */
void call_reply_file(struct call *call, const char *type, const char *ending, int fd);
void call_replied(struct call *call); /* after filling call->reply oneself */

/* The app works for the call from here on. NULL: refused, already answered. Afterwards hand
 * call_done and the call to the app. `answer` NULL: the ok object as JSON. */
struct call *call_wait(struct call *call, int ok_status, call_answer_fn *answer);
void call_done(void *call, const struct js *ok, int fd, const struct err *err);

/* A store command with {"id": param} when the route has one, plus what `rules` (may be NULL) takes
 * from the body, plus the principal. */
void call_store(struct call *call, const char *op, const struct arg_rule *rules, int ok_status);
/* The same with arguments already made (taken over). */
void call_store_args(struct call *call, const char *op, struct js *args, int ok_status,
                     call_answer_fn *answer);
/* What call_store passes, but for the principal; NULL: refused, already answered. */
struct js *call_args(struct call *call, const struct arg_rule *rules);
const char *call_query(const struct call *call, const char *name);
/* The query's "file" into args, without folders: it is told to people and kept, it is no path.
 * FILE_NAME_BAD */
enum err_code call_take_file_name(const struct call *call, struct js *args, struct err *err);

#endif
