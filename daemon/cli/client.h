#ifndef SOHOA_CLI_CLIENT_H
#define SOHOA_CLI_CLIENT_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/cli/http_reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Small HTTP/1.1 client of sohoad over its Unix socket: one connection a request. What comes back
 * is data: garbage is BAD_MESSAGE, silence is TIMEOUT, nobody there is DAEMON_UNREACHABLE.
 */

#define CLIENT_TIMEOUT_MS                                                                          \
    60000 /* silence, not the whole answer: a slow disk is not a dead daemon */
#define CLIENT_ANSWER_MAX JS_MAX_BYTES      /* JSON answers */
#define CLIENT_FILE_MAX (UINT64_C(2) << 30) /* PDF files */

struct client_request {
    const char *socket_path;
    const char *method;    /* "GET" */
    const char *path;      /* with query, already percent-encoded */
    const struct js *body; /* NULL: none */
    int file;              /* instead of a body, the bytes of this file; 0: none */
    int timeout_ms;        /* 0: CLIENT_TIMEOUT_MS */
};

struct client_answer {
    int status;
    char *body; /* caller's, NUL behind the end, never NULL after success */
    size_t size;
    struct js *json; /* NULL when the body is no JSON */
};

void client_answer_done(struct client_answer *answer);

static inline void client_answer_auto(struct client_answer *place)
{
    client_answer_done(place);
}

/* ERR_OK for every whole answer, whatever its status. */
enum err_code client_ask(const struct client_request *request, struct client_answer *out,
                         struct err *err);

/* Answers of status 200 go to to_fd; of any other into *out as above. */
enum err_code client_fetch(const struct client_request *request, int to_fd,
                           struct client_answer *out, struct err *err);

/* A connection that stays: server-sent events. */
struct client_stream;
enum err_code client_stream_open(const struct client_request *request,
                                 void (*event)(void *context, const char *name, const char *data),
                                 void *context, struct client_stream **out, struct err *err);
/* Waits at most timeout_ms for something to read, then hands out the events it got. A signal ends
 * the wait early with ERR_OK. Any error means that the stream is over. */
enum err_code client_stream_wait(struct client_stream *stream, int timeout_ms, struct err *err);
void client_stream_close(struct client_stream *stream);

/* Percent-encodes one path segment or query value (RFC 3986 unreserved stay). Caller's; NULL when
 * out of memory. */
char *client_encode(const char *text);

#endif
