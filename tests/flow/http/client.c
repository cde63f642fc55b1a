#include "tests/flow/http/client.h"

#include "daemon/base/js.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE_MS 10000

int client_connect(const struct fake_server *server, enum via via)
{
    bool tcp = via == VIA_TCP;
    struct sockaddr_un unix_at = {.sun_family = AF_UNIX};
    struct sockaddr_in tcp_at = {.sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)server->port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    snprintf(unix_at.sun_path, sizeof unix_at.sun_path, "%s", server->socket_path);
    int fd = socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (via == VIA_UNIX_NOBODY && seteuid(NOBODY) < 0)
        abort();
    int r = tcp ? connect(fd, (struct sockaddr *)&tcp_at, sizeof tcp_at)
                : connect(fd, (struct sockaddr *)&unix_at, sizeof unix_at);
    if (via == VIA_UNIX_NOBODY && seteuid(0) < 0)
        abort();
    if (r < 0)
        abort();
    return fd;
}

void client_send(int fd, const char *bytes, size_t size)
{
    while (size) {
        ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        bytes += n;
        size -= (size_t)n;
    }
}

size_t client_read(int fd, char *out, size_t size, const char *until, int timeout_ms)
{
    size_t got = 0;
    out[0] = 0;
    while (got + 1 < size) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (poll(&ready, 1, timeout_ms) <= 0)
            break;
        ssize_t n = recv(fd, out + got, size - got - 1, 0);
        if (n <= 0)
            break;
        got += (size_t)n;
        out[got] = 0;
        if (until && strstr(out, until))
            break;
    }
    return got;
}

static struct answer parse(char *bytes, size_t size)
{
    struct answer answer = {0};
    char *end = strstr(bytes, "\r\n\r\n");
    while (end && strncmp(bytes, "HTTP/1.1 100", 12) == 0) {
        size -= (size_t)(end + 4 - bytes);
        memmove(bytes, end + 4, size + 1);
        end = strstr(bytes, "\r\n\r\n");
    }
    if (!end || sscanf(bytes, "HTTP/1.%*d %d", &answer.status) != 1) {
        free(bytes);
        return answer;
    }
    snprintf(answer.head, sizeof answer.head, "%.*s\r\n", (int)(end - bytes), bytes);
    answer.body_size = size - (size_t)(end + 4 - bytes);
    memmove(bytes, end + 4, answer.body_size + 1);
    answer.body = bytes;
    return answer;
}

struct answer client_ask_raw(const struct fake_server *server, enum via via, const char *bytes,
                             size_t size)
{
    int fd = client_connect(server, via);
    client_send(fd, bytes, size);
    size_t room = 1 << 20;
    char *reply = calloc(1, room);
    size_t got = client_read(fd, reply, room, NULL, PATIENCE_MS);
    close(fd);
    return parse(reply, got);
}

struct answer client_ask(const struct fake_server *server, enum via via, const char *line,
                         const char *headers, const char *body)
{
    char *bytes = NULL;
    char length[64] = "";
    if (body)
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", strlen(body));
    int size =
        asprintf(&bytes, "%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n%s%s\r\n%s",
                 line, server->port, length, headers ? headers : "", body ? body : "");
    struct answer answer = client_ask_raw(server, via, bytes, (size_t)size);
    free(bytes);
    return answer;
}

void answer_done(struct answer *answer)
{
    free(answer->body);
    *answer = (struct answer){0};
}

bool answer_has(const struct answer *answer, const char *header_line_part)
{
    return strcasestr(answer->head, header_line_part) != NULL;
}

void client_open_session(const struct fake_server *server, char *out, size_t size)
{
    struct answer link = client_ask(server, VIA_UNIX, "POST /v1/open", NULL, NULL);
    char path[200] = "GET ", cookie[200] = "";
    const char *at = link.body ? strstr(link.body, "/open/") : NULL;
    sscanf(at ? at : "", "%150[^\"]", path + 4);
    answer_done(&link);
    struct answer opened = client_ask(server, VIA_TCP, path, NULL, NULL);
    at = strcasestr(opened.head, "Set-Cookie: ");
    sscanf(at ? at + 12 : "", "%150[^;]", cookie);
    snprintf(out, size, "Cookie: %s\r\n", cookie);
    answer_done(&opened);
}
