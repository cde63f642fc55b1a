#ifndef SOHOA_UPLOAD_TUS_H
#define SOHOA_UPLOAD_TUS_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "queue/upload/http_message.h"

/* tus 1.0.0 resumable uploads (tus.io): core protocol and creation, as requests and replies. Pure.
 */

#define TUS_URL_SIZE 2000

/* `metadata` {key: text}: Upload-Metadata. */
enum err_code tus_build_creation(const char *url, uint64_t size, const struct js *metadata,
                                 struct http_request *out, struct err *err);
enum err_code tus_build_question(const char *url, struct http_request *out, struct err *err);
/* `size` bytes of fd from `offset` on, where the upload stands. */
enum err_code tus_build_piece(const char *url, int fd, uint64_t offset, uint64_t size,
                              struct http_request *out, struct err *err);

/* Errors of all three: TARGET_BUSY, TARGET_AUTH, TARGET_FULL (507), TARGET_REFUSED (other 4xx: too
 * large, say), TARGET_BAD_REPLY (no tus server answers). */
enum err_code tus_read_creation(const struct http_reply *reply, char out_location[TUS_URL_SIZE],
                                struct err *err);
/* How far it is. NOT_FOUND: there is no such upload any more, or one of another size. */
enum err_code tus_read_offset(const struct http_reply *reply, uint64_t size, uint64_t *out_offset,
                              struct err *err);
/* *out_moved: it stands elsewhere than we said, ask anew. NOT_FOUND as above. */
enum err_code tus_read_piece(const struct http_reply *reply, uint64_t sent_to, bool *out_moved,
                             struct err *err);

#endif
