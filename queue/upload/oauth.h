#ifndef SOHOA_UPLOAD_OAUTH_H
#define SOHOA_UPLOAD_OAUTH_H

#include "daemon/base/err.h"
#include "queue/upload/http_message.h"

/* OAuth 2.0 client credentials (RFC 6749 4.4) as request and reply. Pure. */

struct oauth_client {
    const char *url, *id, *secret;
    const char *scope; /* NULL: none asked for */
    bool in_body;      /* id and secret in the body instead of HTTP Basic */
};

enum err_code oauth_build(const struct oauth_client *client, struct http_request *out,
                          struct err *err);

/* *out_token is the caller's, to be wiped; *out_lives_s 0: the server did not say. TARGET_AUTH (it
 * does not know the client), TARGET_BUSY, TARGET_BAD_REPLY */
enum err_code oauth_read(const struct http_reply *reply, char **out_token, int64_t *out_lives_s,
                         struct err *err);

#endif
