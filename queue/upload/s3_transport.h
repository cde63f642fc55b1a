#ifndef SOHOA_UPLOAD_S3_TRANSPORT_H
#define SOHOA_UPLOAD_S3_TRANSPORT_H

#include "queue/upload/http_transport.h"
#include "queue/upload/s3_message.h"

/*
 * An S3-compatible store as a warehouse: objects "<prefix><name>" of one bucket, which is never
 * made. What was stored is compared by reading it back, whatever the store says of itself.
 *
 * An object over S3_PART_BYTES goes up in parts; a try that was cut is gone on with, from the parts
 * that the store already has.
 */
#define S3_PART_BYTES (UINT64_C(5) << 20)

/* `place` is copied; `prefix` is "" or ends with '/'. `http` is taken over, also on failure. */
enum err_code s3_transport_new(struct http_transport *http, const struct s3_place *place,
                               const char *prefix, struct transport **out, struct err *err);

#endif
