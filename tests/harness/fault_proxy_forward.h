#ifndef TESTS_FAULT_PROXY_FORWARD_H
#define TESTS_FAULT_PROXY_FORWARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a client says to a forward proxy: CONNECT host:port, or requests in absolute form with a
 * Content-Length. Whatever the host, the port is loopback's.
 */

#define FORWARD_HEAD_MAX (16 * 1024)

struct forward {
    bool tunnel;        /* behind a CONNECT: bytes pass as they are */
    uint64_t body_left; /* of the request under way */
    size_t size;
    char head[FORWARD_HEAD_MAX];
};

/* How many of these bytes belong to the body under way, or the tunnel. */
size_t forward_body(struct forward *forward, size_t size);
/* Takes bytes of a head; *out_used of them were its. true: the head is whole. */
bool forward_take_head(struct forward *forward, const char *bytes, size_t size, size_t *out_used);
/* Reads the whole head. `login`: base64 of "user:password" that it has to show, NULL: none.
 * out: what goes to the server ("" behind a CONNECT). 0, or the status of the refusal. */
int forward_read_head(struct forward *forward, const char *login, int *out_port,
                      char out[FORWARD_HEAD_MAX]);

#endif
