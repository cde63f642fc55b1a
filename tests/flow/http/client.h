#ifndef TESTS_FLOW_HTTP_CLIENT_H
#define TESTS_FLOW_HTTP_CLIENT_H

#include "tests/flow/http/fake_app.h"

#include <stdbool.h>
#include <stddef.h>

/* A client that can also be rude: it sends the bytes it is told to. */

enum via { VIA_UNIX, VIA_UNIX_NOBODY, VIA_TCP };

int client_connect(const struct fake_server *server, enum via via);
void client_send(int fd, const char *bytes, size_t size); /* gives up when the server closed */
/* Reads until the end, the text is met, or timeout_ms of silence; NUL behind. Bytes read. */
size_t client_read(int fd, char *out, size_t size, const char *until, int timeout_ms);

struct answer {
    int status; /* 0: none came */
    char head[4096];
    char *body;
    size_t body_size;
};

/* One request on a connection of its own. line: "GET /v1/status"; headers: NULL or lines ending in
 * \r\n, added to Host and Connection: close; body may be NULL. */
struct answer client_ask(const struct fake_server *server, enum via via, const char *line,
                         const char *headers, const char *body);
/* Bytes as they are. */
struct answer client_ask_raw(const struct fake_server *server, enum via via, const char *bytes,
                             size_t size);
void answer_done(struct answer *answer);
bool answer_has(const struct answer *answer, const char *header_line_part);
/* Opens a session through a link; "Cookie: …\r\n". */
void client_open_session(const struct fake_server *server, char *out, size_t size);

#define JSON "Content-Type: application/json\r\n"
#define MARKED "X-Sohoa: 1\r\n"

#endif
