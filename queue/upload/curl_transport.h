#ifndef SOHOA_UPLOAD_CURL_TRANSPORT_H
#define SOHOA_UPLOAD_CURL_TRANSPORT_H

#include "queue/upload/flow.h"
#include "queue/upload/http_transport.h"

/*
 * HTTP/1.1 through libcurl; the connection is kept from one exchange to the next. http:// and
 * https:// only. An exchange has no fixed length: it ends when nothing moved for `idle_s`.
 */

struct curl_options {
    const char *ca_file;   /* NULL: the system's authorities */
    const char *cert_file; /* client certificate (PEM); NULL: none */
    const char *key_file;  /* its key (PEM); NULL: in cert_file */
    const char *proxy;     /* "http://host:port"; NULL: none. The environment's is not used */
    int connect_s, idle_s; /* 1 and more */
    struct flow *flow;     /* how fast, and who is told; borrowed, NULL: nobody */
};

/* BAD_CONFIG: a file that cannot be read. */
enum err_code curl_transport_new(const struct curl_options *options, struct http_transport **out,
                                 struct err *err);

#endif
