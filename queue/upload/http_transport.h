#ifndef SOHOA_UPLOAD_HTTP_TRANSPORT_H
#define SOHOA_UPLOAD_HTTP_TRANSPORT_H

#include "daemon/base/err.h"
#include "queue/upload/http_message.h"

/*
 * Carries one request to a receiving system and its reply back. It judges no status: that is the
 * target's. Redirects are not followed and answers are not believed beyond their bytes;
 * certificates are always checked.
 *
 * Errors: TARGET_UNREACHABLE (name, connection, cut, no progress), TARGET_CERTIFICATE (who answers
 * is not who it should be, or does not know us), TARGET_BAD_REPLY (no HTTP, or too much of it).
 */

struct http_transport;

struct http_transport_ops {
    enum err_code (*exchange)(struct http_transport *transport, const struct http_request *request,
                              struct http_reply *out, struct err *err);
    void (*free)(struct http_transport *transport);
};

struct http_transport {
    const struct http_transport_ops *ops;
};

void http_transport_free(struct http_transport *transport); /* NULL is fine */
AUTO_DEFINE(http_transport, struct http_transport *, http_transport_free);

/* BAD_ARGUMENT for a request that is not whole (http_request_ok). */
enum err_code http_exchange(struct http_transport *transport, const struct http_request *request,
                            struct http_reply *out, struct err *err);

#endif
