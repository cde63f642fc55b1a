#ifndef SOHOA_UPLOAD_HTTP_MESSAGE_H
#define SOHOA_UPLOAD_HTTP_MESSAGE_H

#include "daemon/base/hash.h"
#include "daemon/base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One HTTP request and its reply as plain values: what a target builds and reads (target_s3.c,
 * target_http.c) and a transport carries (http_transport.h). Names of fields: RFC 9110.
 */

#define HTTP_FIELDS_MAX 32
#define HTTP_TEXT_MAX (4u << 20) /* of a reply that is kept as text */
/* Of one that is hashed only: more than any record, less than for ever. */
#define HTTP_BODY_MAX (UINT64_C(4) << 30)

struct http_field {
    char *name, *value;
};

struct http_request {
    const char *method; /* static */
    char *url;
    struct http_field fields[HTTP_FIELDS_MAX];
    size_t field_count;
    bool failed; /* a field could not be added: http_request_ok tells */
    /* The body: body_size bytes of fd from offset on, or text where fd is -1. What frames a file
     * (multipart.h) stands before and behind it, NULL where nothing does. */
    int body_fd; /* borrowed */
    uint64_t body_offset, body_size;
    char *body_text, *body_before, *body_after;
    /* A reply of status 2xx is hashed and counted instead of kept. */
    bool hash_reply;
    /* A file that must not reach the server twice: it is not sent again by itself when a kept
     * connection turns out dead, the exchange fails. */
    bool once;
    /* Over a new connection: on a kept one a reply may be waiting that belongs to what was asked
     * before. */
    bool fresh;
};

struct http_reply {
    int status;
    struct http_field fields[HTTP_FIELDS_MAX]; /* further ones are dropped */
    size_t field_count;
    char *text; /* NUL-terminated, never NULL after a transport filled it */
    size_t text_size;
    char sha256[HASH_HEX_SIZE]; /* with hash_reply and 2xx */
    uint64_t size;              /* of the body as it came */
};

#define HTTP_REQUEST_INIT ((struct http_request){.body_fd = -1})

void http_request_done(struct http_request *request);
void http_reply_done(struct http_reply *reply);

static inline void http_request_auto(struct http_request *place)
{
    http_request_done(place);
}
static inline void http_reply_auto(struct http_reply *place)
{
    http_reply_done(place);
}

/* Adds a field; a failure (memory, too many, a line break in the value) sticks. */
void http_request_add(struct http_request *request, const char *name, const char *value);
bool http_request_ok(const struct http_request *request); /* URL and all fields are there */

/* Value of the last field of that name, any case; NULL when there is none. */
const char *http_reply_field(const struct http_reply *reply, const char *name);
/* "Name: value\r\n" as it came; what is no field is passed over. false: out of memory. */
bool http_reply_add_line(struct http_reply *reply, const char *line, size_t size);

/* Longest wait that a Retry-After is believed. */
#define HTTP_PUT_OFF_MAX_US (60 * 60 * INT64_C(1000000))
/* Notes in err how long the reply asks us to stay away (Retry-After: seconds, or a date, measured
 * against the reply's own Date rather than our clock); nothing without a Retry-After. */
void http_reply_put_off(const struct http_reply *reply, int64_t now_us, struct err *err);

#endif
