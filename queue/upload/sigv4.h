#ifndef SOHOA_UPLOAD_SIGV4_H
#define SOHOA_UPLOAD_SIGV4_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * AWS Signature Version 4: what an S3 store wants to see of a request that nobody changed on its
 * way. Pure. Source: AWS General Reference, "Create a signed AWS API request"; its published
 * vectors are the tests.
 *
 * libcurl's own signer (7.88) is not used: it neither sorts the query nor signs the payload's hash.
 */

struct sigv4_keys {
    const char *access_key, *secret_key;
    const char *region;  /* "us-east-1" where a store has none of its own */
    const char *service; /* "s3" */
};

struct sigv4_header {
    const char *name; /* any case */
    const char *value;
};

struct sigv4_request {
    const char *method;
    const char *path;  /* as sent, percent-encoded, from '/' on */
    const char *query; /* as sent, without '?', "" for none; each part percent-encoded */
    const struct sigv4_header *headers; /* all that are to be signed, Host and X-Amz-Date too */
    size_t header_count;
    const char *payload_hash; /* 64 hex digits, or "UNSIGNED-PAYLOAD" (over TLS only) */
};

#define SIGV4_DATE_SIZE 17   /* "20150830T123600Z" */
#define SIGV4_HEADERS_MAX 32 /* that one request may have signed */
#define SIGV4_QUERY_MAX 64   /* parts of a query */
#define SIGV4_AUTHORIZATION_MAX 2048

/* The value of X-Amz-Date. */
void sigv4_date(int64_t utc_us, char out[SIGV4_DATE_SIZE]);

/* The value of Authorization. `date` is X-Amz-Date's. BAD_ARGUMENT: more headers or query parts
 * than above. */
enum err_code sigv4_sign(const struct sigv4_keys *keys, const struct sigv4_request *request,
                         const char *date, char out[SIGV4_AUTHORIZATION_MAX], struct err *err);

/* Percent-encodes all but A-Z a-z 0-9 - . _ ~ and, where keep_slash, '/'. The caller's; NULL when
 * out of memory. */
char *sigv4_encode(const char *text, bool keep_slash);

#endif
