#include "daemon/http/head.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LENGTH_DIGITS_MAX 18

enum { SINGLE = 1 };

static const char **place_of(struct http_head *head, const char *name, unsigned *out_flags)
{
    const struct {
        const char *name;
        const char **place;
        unsigned flags;
    } known[] = {
        {"Host", &head->host, SINGLE},
        {"Origin", &head->origin, SINGLE},
        {"Content-Length", &head->length, SINGLE},
        {"Transfer-Encoding", &head->encoding, SINGLE},
        {"Content-Type", &head->content_type, SINGLE},
        {"Cookie", &head->cookie, 0},
        {"X-Sohoa", &head->marker, 0},
        {"If-None-Match", &head->if_none_match, 0},
        {"Last-Event-ID", &head->last_event_id, 0},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcasecmp(known[i].name, name) == 0) {
            *out_flags = known[i].flags;
            return known[i].place;
        }
    }
    return NULL;
}

void http_head_take(struct http_head *head, const char *name, const char *value)
{
    const char *text = value ? value : "";
    unsigned flags = 0;
    if (strcasecmp(name, "Expect") == 0)
        head->expects_continue = strcasecmp(text, "100-continue") == 0;
    const char **place = place_of(head, name, &flags);
    if (!place)
        return;
    head->repeated |= *place && (flags & SINGLE);
    *place = text;
    head->repeated |= head->length && head->encoding;
}

int64_t http_head_body_size(const struct http_head *head)
{
    if (head->encoding)
        return -1;
    if (!head->length)
        return 0;
    size_t size = strlen(head->length);
    if (!size || size > LENGTH_DIGITS_MAX || strspn(head->length, "0123456789") != size)
        return INT64_MAX;
    return atoll(head->length);
}
