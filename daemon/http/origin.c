#include "daemon/http/origin.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *const origin_paired[] = {NULL};

static const char *const own_names[] = {"127.0.0.1", "localhost"};
#define OWN_NAME_COUNT (sizeof own_names / sizeof own_names[0])

/* What stands behind the name, NULL when it is another name. */
static const char *behind_own_name(const char *text)
{
    for (size_t i = 0; i < OWN_NAME_COUNT; i++) {
        size_t size = strlen(own_names[i]);
        if (strncasecmp(text, own_names[i], size) == 0)
            return text + size;
    }
    return NULL;
}

static bool is_own_port(const char *text, int port)
{
    char expected[16];
    snprintf(expected, sizeof expected, ":%d", port);
    return strcmp(text, expected) == 0;
}

bool host_is_ours(const char *host, int port)
{
    const char *rest = host ? behind_own_name(host) : NULL;
    return rest && (!*rest || is_own_port(rest, port));
}

bool origin_is_ours(const char *origin, int port)
{
    static const char scheme[] = "http://";
    if (!origin)
        return false;
    for (size_t i = 0; origin_paired[i]; i++)
        if (strcmp(origin, origin_paired[i]) == 0)
            return true;
    if (strncmp(origin, scheme, strlen(scheme)) != 0)
        return false;
    const char *rest = behind_own_name(origin + strlen(scheme));
    return rest && is_own_port(rest, port);
}
