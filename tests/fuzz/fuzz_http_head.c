#include "daemon/http/access.h"
#include "daemon/http/events.h"
#include "daemon/http/origin.h"
#include "daemon/http/session.h"
#include "daemon/http/web.h"

#include <stdlib.h>
#include <string.h>

/* What of a request's head is read by us: a method, a path and "Name: value" lines. */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void read_path(const char *method, const char *path)
{
    struct route_match match;
    routes_find(method_from_name(method), path, &match);
    must(!match.route || match.allowed & (unsigned)match.route->method);
    must(strlen(match.param) < ROUTE_PARAM_SIZE);
    if (web_name_is_safe(path))
        must(path[0] != '.' && path[0] != '/' && !strstr(path, "/."));
}

static void read_values(const struct http_head *head)
{
    static struct sessions *sessions;
    static struct events *events;
    struct principal who;
    struct events_reader reader;
    char value[TOKEN_SIZE];
    if (!sessions)
        sessions = sessions_new();
    if (!events)
        events = events_new();
    const char *cursor = head->cookie;
    while (cookie_next(&cursor, SESSION_COOKIE, value, sizeof value))
        must(strlen(value) < sizeof value);
    must(!sessions_find(sessions, head->cookie, 1, &who));
    must(http_head_body_size(head) >= -1);
    host_is_ours(head->host, 8443);
    origin_is_ours(head->origin, 8443);
    content_type_is_json(head->content_type);
    events_reader_start(events, head->last_event_id, NULL, &reader);
    must(events_read(events, &reader, value, sizeof value) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1), *rest = NULL;
    memcpy(text, bytes, size);
    text[size] = 0;
    char *line = strtok_r(text, "\r\n", &rest);
    char *path = line ? strchr(line, ' ') : NULL;
    if (path)
        *path++ = 0;
    read_path(line ? line : "", path ? path : "");

    struct http_head head = {.from_unix = size % 2, .uid = (uid_t)size};
    while (line && (line = strtok_r(NULL, "\r\n", &rest))) {
        char *value = strstr(line, ": ");
        if (!value)
            continue;
        *value = 0;
        http_head_take(&head, line, value + 2);
    }
    read_values(&head);
    free(text);
    return 0;
}
