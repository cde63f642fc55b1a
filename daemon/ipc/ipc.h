#ifndef SOHOA_IPC_IPC_H
#define SOHOA_IPC_IPC_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Messages between sohoad and its workers, over a SOCK_SEQPACKET pair: one JSON object plus
 * descriptors. Three shapes:
 *   request  {"id": 7, "op": "read", "args": {…}}
 *   event    {"id": 7, "event": "progress", "data": {…}}      any number, belongs to request 7
 *   reply    {"id": 7, "ok": {…}}  or  {"id": 7, "err": {"code", "errno", "detail"}}
 *
 * A body too large for one packet travels in a sealed memfd, many descriptors in follow-up packets;
 * both are invisible above this line. What comes from the other side is data: anything odd is
 * BAD_MESSAGE, never an assertion.
 */

#define IPC_MAX_FDS 2048u

struct ipc_message {
    uint64_t id;
    struct js *body; /* the whole object, owned */
    int *fds;        /* owned; a taken one is set to -1 */
    size_t fd_count;
};

void ipc_message_done(struct ipc_message *message);
/* Takes descriptor `index` over from the message; BAD_MESSAGE when it is not there. */
enum err_code ipc_take_fd(struct ipc_message *message, size_t index, int *out_fd, struct err *err);
/* "request" shape: op and args; BAD_MESSAGE otherwise. Borrowed. */
enum err_code ipc_request(const struct ipc_message *message, const char **out_op,
                          const struct js **out_args, struct err *err);
/* "reply" shape: ok object borrowed, or the peer's error put into *err and its code returned. */
enum err_code ipc_reply(const struct ipc_message *message, const struct js **out_ok,
                        struct err *err);

enum err_code ipc_pair(int out_pair[2], struct err *err); /* both close-on-exec */

/* Blocking send; the body is borrowed, the descriptors stay the caller's. */
enum err_code ipc_send(int socket, const struct js *body, const int *fds, size_t fd_count,
                       struct err *err);
/* Blocking receive of one whole message. At the end of the stream: ERR_OK with body NULL. */
enum err_code ipc_receive(int socket, struct ipc_message *out, struct err *err);

/* Body builders, new reference; NULL when out of memory. `args`, `data`, `ok` are taken over. */
struct js *ipc_make_request(uint64_t id, const char *op, struct js *args);
struct js *ipc_make_event(uint64_t id, const char *event, struct js *data);
struct js *ipc_make_ok(uint64_t id, struct js *ok);
struct js *ipc_make_err(uint64_t id, const struct err *err);

/*
 * The daemon's end: never blocks. Outgoing messages queue up (ceiling IPC_MAX_QUEUE), incoming ones
 * are assembled over several wake-ups.
 */
struct ipc_channel;

enum err_code ipc_channel_new(int socket, struct ipc_channel **out, struct err *err); /* takes it */
void ipc_channel_free(struct ipc_channel *channel);
int ipc_channel_fd(const struct ipc_channel *channel);
/* Queues; descriptors are duplicated. TOO_MANY above the ceiling. */
#define IPC_MAX_QUEUE 256
enum err_code ipc_channel_send(struct ipc_channel *channel, const struct js *body, const int *fds,
                               size_t fd_count, struct err *err);
bool ipc_channel_wants_write(const struct ipc_channel *channel);
enum err_code ipc_channel_flush(struct ipc_channel *channel, struct err *err);
/* Next whole message if there is one. *out_any false: nothing (yet). *out_end true: peer is gone.
 */
enum err_code ipc_channel_next(struct ipc_channel *channel, struct ipc_message *out, bool *out_any,
                               bool *out_end, struct err *err);

#endif
