#ifndef TESTS_FLOW_HTTP_FAKE_APP_H
#define TESTS_FLOW_HTTP_FAKE_APP_H

#include "daemon/http/server.h"

#include <sys/types.h>

/*
 * The real server in a process of its own, over an application that only echoes:
 *   store       {"op", "args"}; some ids answer otherwise, see below
 *   others      {"what", "args", "who"}, never a password
 *   status      {"rss_kb", "cpu_ms"}
 *   dossier_create with papers = n: n events "changed" {"n": 1…n} first
 */
#define ID_SLOW "019a0000-0000-7000-8000-000000000001"  /* answers after SLOW_MS */
#define ID_NEVER "019a0000-0000-7000-8000-000000000002" /* answers when the server is gone */
#define ID_GONE "019a0000-0000-7000-8000-000000000003"  /* NOT_FOUND */
#define ID_PIPE "019a0000-0000-7000-8000-000000000004"  /* its file is a pipe */
#define ID_PLAIN "019a0000-0000-7000-8000-000000000009"
#define SLOW_MS 600
#define NOBODY 65534

struct fake_server {
    pid_t pid;
    int port;
    char folder[64];      /* holds everything, removed at the end */
    char socket_path[96]; /* anybody may connect */
    char web_dir[96];
    char log_path[96]; /* its stderr */
};

void fake_server_start(struct fake_server *server, struct http_limits limits);
/* SIGTERM; the exit status, 0 when it ended well. */
int fake_server_stop(struct fake_server *server);

#endif
