#ifndef SOHOA_UPLOAD_MAPPING_REPLY_H
#define SOHOA_UPLOAD_MAPPING_REPLY_H

#include "queue/upload/http_message.h"
#include "queue/upload/mapping.h"

/*
 * What a receiver's answer means, by the "replies" of the operation and of the mapping, then by its
 * HTTP status. Pure.
 */

enum mapping_meaning {
    MAPPING_OK,
    MAPPING_EXISTS,    /* it has something under that key already */
    MAPPING_NOT_FOUND, /* it has nothing of the kind */
    MAPPING_LOGIN,     /* it does not know us any more: log in again */
};

/* *out_body: the parsed answer, NULL where it has none. An answer that is no success is an error:
 * TARGET_REFUSED, TARGET_BUSY, TARGET_AUTH, TARGET_FULL, TARGET_BAD_REPLY (not from the receiver:
 * a login page of the network, say); err->said has the receiver's words, err->retry_after_us how
 * long it asks to wait. */
enum err_code mapping_read(const struct mapping *mapping, const struct js *operation,
                           const struct http_reply *reply, enum mapping_meaning *out,
                           struct js **out_body, struct err *err);

/* Of the list "in" the entry for which all of "where" is true and "unless" is not; of several such
 * {"in", "where", "unless"} the first that has one. Borrowed from `roots`, whose "reply" it is in;
 * NULL: none. */
enum err_code mapping_find_entry(const struct mapping *mapping, const struct js *find,
                                 const struct js *roots, const struct js **out, struct err *err);

#endif
