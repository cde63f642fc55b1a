#include "tests/harness/fault_proxy_forward.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

size_t forward_body(struct forward *forward, size_t size)
{
    if (forward->tunnel)
        return size;
    size_t taken = size < forward->body_left ? size : (size_t)forward->body_left;
    forward->body_left -= taken;
    return taken;
}

bool forward_take_head(struct forward *forward, const char *bytes, size_t size, size_t *out_used)
{
    size_t used = 0;
    bool whole = false;
    while (used < size && !whole && forward->size + 1 < sizeof forward->head) {
        forward->head[forward->size++] = bytes[used++];
        whole = forward->size >= 4 && memcmp(forward->head + forward->size - 4, "\r\n\r\n", 4) == 0;
    }
    forward->head[forward->size] = '\0';
    *out_used = used;
    return whole;
}

/* The value of that field of a line, NULL when it is another. */
static const char *field(const char *line, const char *name)
{
    size_t size = strlen(name);
    if (strncasecmp(line, name, size) != 0 || line[size] != ':')
        return NULL;
    return line + size + 1 + strspn(line + size + 1, " ");
}

static bool shows_login(const char *head, const char *login)
{
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        const char *value = field(line, "Proxy-Authorization");
        if (value && strncmp(value, "Basic ", 6) == 0)
            return strncmp(value + 6, login, strlen(login)) == 0;
    }
    return false;
}

/* The fields but those for the proxy itself. */
static void copy_fields(struct forward *forward, const char *line, char *out, size_t room)
{
    while (*line) {
        size_t size = strcspn(line, "\n") + 1;
        const char *length = field(line, "Content-Length");
        if (length)
            forward->body_left = strtoull(length, NULL, 10);
        if (strncasecmp(line, "Proxy-", 6) != 0) {
            int put = snprintf(out, room, "%.*s", (int)size, line);
            out += put;
            room -= (size_t)put;
        }
        line += size;
    }
}

int forward_read_head(struct forward *forward, const char *login, int *out_port,
                      char out[FORWARD_HEAD_MAX])
{
    char method[20], target[4096];
    int used = 0;
    forward->size = 0;
    if (login && !shows_login(forward->head, login))
        return 407;
    if (sscanf(forward->head, "%19s %4095s HTTP/1.1%n", method, target, &used) != 2 || !used)
        return 400;
    bool is_connect = strcmp(method, "CONNECT") == 0;
    const char *host = is_connect ? target : strstr(target, "://");
    if (!host)
        return 400;
    host += is_connect ? 0 : 3;
    const char *path = host + strcspn(host, "/");
    const char *port = memchr(host, ':', (size_t)(path - host));
    *out_port = port ? atoi(port + 1) : 80;
    *out = '\0';
    forward->tunnel = is_connect;
    if (is_connect)
        return 0;
    int put = snprintf(out, FORWARD_HEAD_MAX, "%s %s HTTP/1.1", method, *path ? path : "/");
    copy_fields(forward, forward->head + used, out + put, FORWARD_HEAD_MAX - (size_t)put);
    return 0;
}
