#ifndef SOHOA_HTTP_ROUTES_H
#define SOHOA_HTTP_ROUTES_H

#include "daemon/http/principal.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The one table of what can be asked. A pattern has at most two parameters, which are checked here:
 *   {id} {job}  UUID          {name}  device name, percent-decoded
 *   {token}     64 hex digits {file}  the rest of the path, a safe relative file name
 * A path whose parameter does not hold names nothing: 404.
 */

enum http_method {
    METHOD_OTHER = 0,
    METHOD_GET = 1,
    METHOD_POST = 2,
    METHOD_PATCH = 4,
    METHOD_DELETE = 8,
    METHOD_HEAD = 16
};

enum route_flag {
    ROUTE_UNIX_ONLY = 1, /* not from a browser */
    ROUTE_PAGE = 2,      /* people read the answer: HEAD allowed */
    ROUTE_ALWAYS = 4,    /* answered even when too many requests wait */
    ROUTE_FILE = 8       /* the body is a file's bytes, up to the server's own ceiling */
};

struct call;
typedef void route_handler(struct call *call);

struct route {
    enum http_method method;
    const char *pattern;
    enum role role;
    size_t body_max;
    route_handler *handle;
    unsigned flags;
};

#define ROUTE_PARAM_SIZE 256

struct route_match {
    const struct route *route; /* NULL: not found, or only with other methods */
    unsigned allowed;          /* methods the path knows; 0 = not found */
    char param[ROUTE_PARAM_SIZE], second[ROUTE_PARAM_SIZE]; /* "": the pattern has none */
};

extern const struct route routes[];
extern const size_t route_count;

enum http_method method_from_name(const char *name);
const char *method_name(enum http_method method); /* "" for METHOD_OTHER */

/* One decoded value of a path or query; false: bad escapes, control characters, no UTF-8, empty or
 * too long. */
bool routes_decode(const char *text, size_t size, char out[ROUTE_PARAM_SIZE]);

/* path: as sent, without the query, nothing decoded. */
void routes_find(enum http_method method, const char *path, struct route_match *out);

#endif
