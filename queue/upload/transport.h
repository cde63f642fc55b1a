#ifndef SOHOA_UPLOAD_TRANSPORT_H
#define SOHOA_UPLOAD_TRANSPORT_H

#include "daemon/base/err.h"
#include "daemon/base/hash.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * How bytes reach a warehouse: whole objects under names such as "H41-0001/H41-0001.001.pdf". A
 * transport knows no records, numbers or receipts; those are the target's (target.h).
 *
 * Errors of every transport: TARGET_UNREACHABLE (may succeed with time), TARGET_READ_ONLY,
 * TARGET_FULL; those over HTTP also what http_transport.h and s3_message.h name. A transport object
 * is the first member of the real one.
 */

struct transport;

/* Differs when the bytes do, and costs no reading: a store's ETag, a file's time. "" when a
 * transport has none. */
#define TRANSPORT_TAG_SIZE 100

/* What is to be stored: all bytes of fd from offset 0. */
struct transport_body {
    int fd; /* borrowed, seekable */
    uint64_t size_bytes;
    const char *sha256;
};

/* What the far side holds. */
struct transport_held {
    char sha256[HASH_HEX_SIZE];
    uint64_t size_bytes;
    char tag[TRANSPORT_TAG_SIZE];
};

/* One listed object; `name` and `tag` are borrowed for the call. Not ERR_OK ends the listing with
 * that code. */
struct transport_entry {
    const char *name, *tag;
    uint64_t size_bytes;
};
typedef enum err_code transport_entry_fn(void *payload, const struct transport_entry *entry,
                                         struct err *err);

/* What a listing is asked for. Names of others may be longer and odder than ours. */
#define TRANSPORT_KEY_SIZE 1100
struct transport_page {
    const char *prefix; /* of names */
    const char *after;  /* "": from the first name; else as out_next said */
    size_t max;         /* objects looked at, more than 0 */
};

struct transport_ops {
    /* Stores the body under `name`, durably and all or nothing, unless the name is taken: then
     * *out_created is false and nothing was changed. `owner` names who writes, so that leftovers of
     * a killed try can be told. */
    enum err_code (*put_if_absent)(struct transport *transport, const char *name, const char *owner,
                                   const struct transport_body *body, bool *out_created,
                                   struct err *err);
    /* Reads all of what the far side really holds. NOT_FOUND. */
    enum err_code (*hash_back)(struct transport *transport, const char *name,
                               struct transport_held *out, struct err *err);
    /* The same of a small object, as text. NOT_FOUND, TOO_LARGE. */
    enum err_code (*text_back)(struct transport *transport, const char *name, size_t max_bytes,
                               char **out, size_t *out_size, struct err *err);
    /* A page of the objects whose names start with the prefix, in byte order of their names, from
     * behind `after` on; bookkeeping objects left out. *out_next: `after` of the next page, "" at
     * the end. What comes and goes meanwhile may be missed, nothing else. */
    enum err_code (*list)(struct transport *transport, const struct transport_page *page,
                          transport_entry_fn *entry, void *payload,
                          char out_next[TRANSPORT_KEY_SIZE], struct err *err);
    /* Removes what killed tries of `owner` left half-written beside `name`. */
    enum err_code (*sweep)(struct transport *transport, const char *name, const char *owner,
                           struct err *err);
    /* Takes the object away, all versions of it; fine when it is not there. TARGET_READ_ONLY where
     * the far side keeps what it has. */
    enum err_code (*remove)(struct transport *transport, const char *name, struct err *err);
    void (*free)(struct transport *transport);
};

struct transport {
    const struct transport_ops *ops;
};

void transport_free(struct transport *transport); /* NULL is fine */

/* A name any transport can take: parts of [A-Za-z0-9._-] joined by '/', none of them "." or "..",
 * at most TRANSPORT_NAME_SIZE - 1 bytes. Names from outside are checked with this first. */
#define TRANSPORT_NAME_SIZE 300
bool transport_name_is_safe(const char *name);

#endif
