#ifndef SOHOA_HTTP_SERVER_H
#define SOHOA_HTTP_SERVER_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "daemon/http/app.h"

typedef struct sd_event sd_event;

/*
 * The HTTP server of sohoad inside its event loop, without threads: one listener for the Unix
 * socket and one for loopback TCP, so that browsers cannot use up what the command line needs.
 * Nothing here blocks but reading the files it sends.
 */

/* 0 takes the default. */
struct http_limits {
    int connections; /* per listener: 256 */
    int idle_s;      /* nothing read or written: 30 */
    int head_ms;     /* from the connection to a whole request head: 30000 */
    int body_ms;     /* from the head to the end of the body: 60000 */
    int reply_ms;    /* to take a reply: 600000 */
    int app_ms;      /* for the application to answer: 120000 */
    int beat_ms;     /* between heartbeats of an event stream: 15000 */
    int streams;     /* open event streams: 64 */
    int file_mb;     /* a file as body: 100 */
};

struct http_config {
    sd_event *loop;
    int unix_fd, tcp_fd; /* listening, -1 = none; taken over, also on failure */
    const char *web_dir; /* NULL: no web page */
    const struct app_calls *calls;
    struct app *app;
    struct http_limits limits;
};

struct http_server;

enum err_code http_server_new(const struct http_config *config, struct http_server **out,
                              struct err *err);
/* Ends all connections. Calls the application still works for may be done later; they are ignored.
 */
void http_server_free(struct http_server *server);
AUTO_DEFINE(http_server, struct http_server *, http_server_free);

int http_server_port(const struct http_server *server); /* 0 without TCP */
/* Open event streams: pages of clerks, and whoever else follows. */
int http_server_listeners(const struct http_server *server);

/* Tells all open event streams: "changed", "progress", "job". data is borrowed. */
void http_event(struct http_server *server, const char *name, const struct js *data);

#endif
