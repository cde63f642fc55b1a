#ifndef SOHOA_HTTP_ACCESS_H
#define SOHOA_HTTP_ACCESS_H

#include "daemon/base/err.h"
#include "daemon/http/head.h"
#include "daemon/http/principal.h"
#include "daemon/http/routes.h"
#include "daemon/http/session.h"

#include <stdbool.h>
#include <stdint.h>

/* Before routing. On TCP: Host must be ours and Origin, when there is one. FORBIDDEN otherwise. */
enum err_code access_check_address(const struct http_head *head, int port, struct err *err);

/* Who asks, and whether they may use the route: UNAUTHENTICATED without session where the route
 * wants one, FORBIDDEN for a lower role, a change without the token against forged requests, or the
 * wrong socket. */
enum err_code access_decide(const struct http_head *head, const struct route *route,
                            struct sessions *sessions, int64_t now_us, uid_t own_uid,
                            struct principal *out, struct err *err);

bool content_type_is_json(const char *content_type); /* parameters allowed; NULL is not */

#endif
