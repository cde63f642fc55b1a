#ifndef SOHOA_UPLOAD_HTTP_SESSION_H
#define SOHOA_UPLOAD_HTTP_SESSION_H

#include "queue/upload/http_transport.h"
#include "queue/upload/mapping.h"
#include "queue/upload/mapping_reply.h"
#include "queue/upload/transport.h"

/*
 * One receiver as a mapping describes it: logs in when it has to (a session, or OAuth 2.0 client
 * credentials; kept until it ends or the receiver forgets it), asks, and reads what is answered.
 * What proves who we are goes to the endpoint's own host only.
 */

struct http_session;

struct http_session_options {
    const char *endpoint;             /* "https://host[:port][/path]", no '/' at its end */
    struct mapping *mapping;          /* taken over in every case */
    struct js *constants, *secrets;   /* taken over in every case; objects */
    struct http_transport *transport; /* taken over in every case */
};

enum err_code http_session_new(const struct http_session_options *options,
                               struct http_session **out, struct err *err);
void http_session_free(struct http_session *session); /* NULL is fine */
AUTO_DEFINE(http_session, struct http_session *, http_session_free);

const struct mapping *http_session_mapping(const struct http_session *session);

/* Names that every template may use: "constants", "now", once logged in "token". NULL: no memory.
 */
struct js *http_session_roots(const struct http_session *session);

/* One operation of the mapping: its request built from `roots`, to which the answer is added as
 * "reply" and what the operation takes from it to `keep` ("remote", "file"; NULL: nothing), once it
 * means MAPPING_OK. Errors: those of mapping_build, mapping_read, http_transport.h; TARGET_AUTH
 * when logging in is refused. */
enum err_code http_session_call(struct http_session *session, const struct js *operation,
                                struct js *roots, const char *keep, enum mapping_meaning *out,
                                struct err *err);

/* The same of an operation whose answer is a file: read to its end and hashed. */
enum err_code http_session_download(struct http_session *session, const struct js *operation,
                                    struct js *roots, enum mapping_meaning *out,
                                    struct transport_held *out_held, struct err *err);

/* A request that was built elsewhere (tus.h, multipart.h): gets the fields of the mapping; where
 * the receiver does not know us (401) it goes out a second time after another login. */
enum err_code http_session_exchange(struct http_session *session, struct http_request *request,
                                    struct http_reply *out, struct err *err);

/* "/path", a URL, or a text that begins with the place a receiver named ("{remote.url}"), with its
 * values in place. FIELD_MISSING; TARGET_BAD_REPLY: a place that is none, or not over there. */
enum err_code http_session_url(const struct http_session *session, const char *pattern,
                               const struct js *roots, char **out, struct err *err);
/* Of what a receiver named, against the URL that it answered on. */
enum err_code http_session_named_url(const struct http_session *session, const char *base,
                                     const char *place, char **out, struct err *err);

#endif
