#ifndef SOHOA_UPLOAD_S3_INSIDE_H
#define SOHOA_UPLOAD_S3_INSIDE_H

#include "queue/upload/http_transport.h"
#include "queue/upload/s3_message.h"

/* What s3_transport.c and s3_parts.c share. */

/* Whether a put may rely on If-None-Match. A store without conditions says so (501); a bucket that
 * keeps versions may take a second writing in spite of one (Ceph 16), and says so by naming the
 * version it wrote. Before that is known, and there, is looked first. */
enum s3_condition {
    S3_CONDITION_UNKNOWN,
    S3_CONDITION_HOLDS,
    S3_CONDITION_FAILS,
    S3_CONDITION_NONE
};

struct s3_transport {
    struct transport transport;
    struct http_transport *http;
    struct s3_place place;
    char *prefix;
    enum s3_condition condition;
    bool doubts; /* the last put was not needed: what is read now may be a conflict, which no stray
                  * reply on a kept connection may decide about */
};

enum err_code s3_exchange(struct s3_transport *s3, const struct s3_call *call,
                          struct http_reply *out, struct err *err);

/* Content-MD5 of a body's part; mem_free. */
enum err_code s3_md5(int fd, uint64_t offset, uint64_t size, char **out, struct err *err);

/* Is there anything under that key? */
enum err_code s3_look(struct s3_transport *s3, const char *key, bool *out_there, struct err *err);

/* Ends what killed tries of that key began in parts. */
enum err_code s3_sweep_uploads(struct s3_transport *s3, const char *key, struct err *err);

/* Stores a large object in parts, from those on that an earlier try left there, and leaves none.
 * *out_created false: the key was taken before. */
enum err_code s3_put_parts(struct s3_transport *s3, const char *key,
                           const struct transport_body *body, bool *out_created, struct err *err);

#endif
