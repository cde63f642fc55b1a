#include "daemon/http/access.h"

#include "daemon/http/origin.h"

#include <string.h>
#include <strings.h>

bool content_type_is_json(const char *content_type)
{
    static const char json[] = "application/json";
    size_t size = strlen(json);
    if (!content_type || strncasecmp(content_type, json, size) != 0)
        return false;
    return strchr(" \t;", content_type[size]) != NULL; /* the NUL, too */
}

enum err_code access_check_address(const struct http_head *head, int port, struct err *err)
{
    if (head->repeated)
        return err_set(err, ERR_BAD_ARGUMENT, "a header of which there may be one came twice");
    if (head->from_unix)
        return ERR_OK;
    if (!host_is_ours(head->host, port))
        return err_set(err, ERR_FORBIDDEN, "Host is not this machine");
    if (head->origin && !origin_is_ours(head->origin, port))
        return err_set(err, ERR_FORBIDDEN, "Origin is a foreign page");
    return ERR_OK;
}

static bool changes_something(const struct route *route)
{
    return route->method != METHOD_GET;
}

/* A foreign page can neither set X-Sohoa nor send JSON without the browser asking us first, and an
 * Origin that got here is ours. */
static bool is_meant(const struct http_head *head)
{
    bool marked = head->marker && strcmp(head->marker, "1") == 0;
    return marked || (head->origin && content_type_is_json(head->content_type));
}

enum err_code access_decide(const struct http_head *head, const struct route *route,
                            struct sessions *sessions, int64_t now_us, uid_t own_uid,
                            struct principal *out, struct err *err)
{
    struct principal who = principal_anonymous();
    if (head->from_unix && head->uid == (uid_t)-1)
        return err_set(err, ERR_UNAUTHENTICATED, "the peer of the socket is not known");
    if (head->from_unix)
        who = principal_of_uid(head->uid, own_uid);
    else if (route->flags & ROUTE_UNIX_ONLY)
        return err_set(err, ERR_FORBIDDEN, "only on the Unix socket");
    else
        sessions_find(sessions, head->cookie, now_us, &who);

    if (who.role == ROLE_ANY && route->role != ROLE_ANY)
        return err_set(err, ERR_UNAUTHENTICATED, "no live session");
    if (who.role < route->role)
        return err_set(err, ERR_FORBIDDEN, "role %s wanted", role_name(route->role));
    if (!head->from_unix && changes_something(route) && !is_meant(head))
        return err_set(err, ERR_FORBIDDEN, "a change needs X-Sohoa: 1, or JSON with our Origin");
    *out = who;
    return ERR_OK;
}
