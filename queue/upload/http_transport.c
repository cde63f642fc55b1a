#include "queue/upload/http_transport.h"

void http_transport_free(struct http_transport *transport)
{
    if (transport)
        transport->ops->free(transport);
}

enum err_code http_exchange(struct http_transport *transport, const struct http_request *request,
                            struct http_reply *out, struct err *err)
{
    if (!http_request_ok(request))
        return err_set(err, ERR_BAD_ARGUMENT, "a request that is not whole");
    return transport->ops->exchange(transport, request, out, err);
}
