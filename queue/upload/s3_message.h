#ifndef SOHOA_UPLOAD_S3_MESSAGE_H
#define SOHOA_UPLOAD_S3_MESSAGE_H

#include "queue/upload/http_message.h"
#include "queue/upload/sigv4.h"
#include "queue/upload/transport.h"

/*
 * Requests to an S3-compatible store and what its replies mean. Pure: no network, no clock, no
 * state. Judged by Ceph RGW and Swift's s3api. Source: Amazon S3 API Reference.
 */

struct s3_place {
    const char *endpoint; /* "https://s3.tinh.gov.vn:8443", may have a path; no '/' at its end */
    const char *bucket;
    bool virtual_style; /* https://bucket.host/key instead of https://host/bucket/key */
    struct sigv4_keys keys;
    const char *session_token; /* NULL: none */
};

struct s3_call {
    const char *method;
    const char *key;            /* NULL: the bucket itself */
    const char *query;          /* each part percent-encoded; NULL: none */
    int fd;                     /* -1: no body of a file */
    uint64_t offset, size;      /* of it */
    const char *payload_sha256; /* of the file's part; NULL without one */
    const char *text;           /* NULL: no body of text */
    const char *content_md5;    /* base64; where object lock is, stores want one. NULL: none */
    bool if_absent;             /* If-None-Match: * */
    bool once;                  /* must not reach the store twice */
    bool fresh;                 /* over a new connection */
    bool hash_reply;
};

enum err_code s3_build(const struct s3_place *place, const struct s3_call *call, int64_t now_us,
                       struct http_request *out, struct err *err);

/* ERR_OK for 2xx of a store. Errors: NOT_FOUND (no such object), TARGET_BUSY, TARGET_AUTH,
 * TARGET_CLOCK, TARGET_MISSING (no such bucket), TARGET_READ_ONLY, TARGET_FULL, TARGET_MISMATCH
 * (the bytes changed on their way), TARGET_BAD_REPLY (no S3 store answers here, or one that refuses
 * what it should know). The two answers to if_absent that are no failure are asked for before. */
enum err_code s3_read(const struct http_reply *reply, struct err *err);
bool s3_stored(const struct http_reply *reply);           /* 2xx of a store */
bool s3_keeps_versions(const struct http_reply *reply);   /* the bucket of that object */
bool s3_exists(const struct http_reply *reply);           /* 412: the name is taken */
bool s3_lacks_conditions(const struct http_reply *reply); /* 501: put without one, after a look */

/* One page of a listing (version 2) of at most `max` objects; `prefix` and `after` unencoded, after
 * NULL: from the first. Pages are asked for by name, so that one can be gone on with days later. */
char *s3_list_query(const char *prefix, const char *after, size_t max);
/* Calls `entry` for each object; *out_more: there are further pages. */
enum err_code s3_read_list(const struct http_reply *reply, transport_entry_fn *entry, void *payload,
                           bool *out_more, struct err *err);

/* Multipart uploads. Numbers go from 1 to S3_PARTS_MAX. */
#define S3_PARTS_MAX 10000
#define S3_UPLOAD_ID_SIZE 400
struct s3_part {
    char tag[TRANSPORT_TAG_SIZE]; /* "" : not there */
    uint64_t size;
};
/* The newest upload of exactly this key, "" when there is none. */
enum err_code s3_read_uploads(const struct http_reply *reply, const char *key,
                              char out_id[S3_UPLOAD_ID_SIZE], struct err *err);
/* The id of an upload just begun. */
enum err_code s3_read_begun(const struct http_reply *reply, char out_id[S3_UPLOAD_ID_SIZE],
                            struct err *err);
/* A store may say 200 first and what went wrong in the body. */
enum err_code s3_read_completed(const struct http_reply *reply, struct err *err);
/* Fills parts[number - 1] of those below `count`; *out_next: "part-number-marker" of the next page,
 * 0 at the end. */
enum err_code s3_read_parts(const struct http_reply *reply, struct s3_part *parts, size_t count,
                            int *out_next, struct err *err);
/* The body that completes an upload; NULL when out of memory. */
char *s3_completion(const struct s3_part *parts, size_t count);

#endif
