#ifndef SOHOA_HTTP_LISTEN_H
#define SOHOA_HTTP_LISTEN_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <sys/types.h>

/* The two sockets sohoad listens on; both close-on-exec and non-blocking, the caller's. */

/* The folder must exist. A socket left behind by a dead daemon is replaced; CONFLICT when one is
 * still answered. Paths longer than a socket address holds (108 bytes) work, too. */
enum err_code listen_unix(const char *path, mode_t mode, int *out_fd, struct err *err);

/* 127.0.0.1 only; port 0 takes any free one. */
enum err_code listen_loopback(int port, int *out_fd, int *out_port, struct err *err);
/* Port of a listening TCP socket; 0 for -1 and for other sockets. */
int listen_port(int fd);

/* Who sits at the other end of a connection. On TCP SO_PEERCRED succeeds, too, and says nonsense,
 * so the family decides. */
struct peer {
    bool from_unix;
    uid_t uid; /* -1 on TCP, or when not known */
};
struct peer peer_of(int fd);

#endif
