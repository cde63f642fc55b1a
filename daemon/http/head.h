#ifndef SOHOA_HTTP_HEAD_H
#define SOHOA_HTTP_HEAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The request line and the headers we read, as values borrowed from the connection. */
struct http_head {
    const char *method, *path; /* path without query, undecoded */
    const char *host, *origin, *cookie, *content_type, *marker /* X-Sohoa */;
    const char *if_none_match, *last_event_id;
    const char *length, *encoding; /* Content-Length, Transfer-Encoding */
    bool repeated;                 /* one that must be single came twice, or both of these */
    bool expects_continue;
    bool from_unix; /* else TCP */
    uid_t uid;      /* of the peer, from_unix only; -1 unknown */
    const char *(*query)(void *self, const char *name); /* NULL: not given; undecoded */
    void *query_self;
};

/* Takes a header in, if it is one we read. value NULL counts as "". */
void http_head_take(struct http_head *head, const char *name, const char *value);
/* Body size as announced: 0 none, -1 not said (chunked), INT64_MAX when absurd. */
int64_t http_head_body_size(const struct http_head *head);

#endif
