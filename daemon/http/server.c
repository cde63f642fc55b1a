#include "daemon/http/server.h"

#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/http/call.h"
#include "daemon/http/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <systemd/sd-event.h>
#include <unistd.h>

/* Of one connection. A head that does not fit is refused by the library, in its own words: hence
 * much more than our ceilings. */
#define CONNECTION_MEMORY ((size_t)128 << 10)
#define HEAD_MAX ((size_t)32 << 10)
#define URI_MAX ((size_t)8 << 10)
#define STREAM_BLOCK 4096
#define TICK_US UINT64_C(250000)

struct listener {
    struct http_server *server;
    struct MHD_Daemon *daemon;
    sd_event_source *ready, *timer, *soon;
    bool resumed; /* a connection waits to be taken up again */
};

struct connection {
    struct listener *listener;
    int fd; /* libmicrohttpd's */
    struct peer peer;
    size_t uri_size;     /* of its latest request, with the query */
    int64_t deadline_us; /* of the phase it is in; 0 = none */
    struct exchange *exchange;
    struct connection *next, *previous;
};

struct exchange {
    struct connection *connection;
    struct MHD_Connection *handle;
    struct call *call;
    bool ran, suspended;
};

struct stream {
    struct listener *listener;
    struct MHD_Connection *handle;
    int fd;
    bool from_unix, suspended, ended;
    struct principal who;
    int64_t beat_us;
    struct events_reader reader;
    sd_event_source *hangup;
    struct stream *next, *previous;
};

struct http_server {
    sd_event *loop;
    struct http http;
    struct http_limits limits;
    struct listener unix_listener, tcp_listener;
    struct connection *connections;
    struct stream *streams;
    int stream_count;
    sd_event_source *tick;
};

static int64_t in_ms(int ms)
{
    return sys_monotonic_us() + (int64_t)ms * 1000;
}

/* The library takes it up in its next run, which on_listener_prepare sees to. */
static void resume(struct listener *listener, struct MHD_Connection *handle)
{
    listener->resumed = true;
    MHD_resume_connection(handle);
}

/* ---- event streams ----------------------------------------------- */

static void stream_wake(struct stream *stream)
{
    if (!stream->suspended)
        return;
    stream->suspended = false;
    resume(stream->listener, stream->handle);
}

static ssize_t stream_read(void *self, uint64_t position, char *out, size_t size)
{
    (void)position;
    struct stream *stream = self;
    ssize_t n = events_read(stream->listener->server->http.events, &stream->reader, out, size);
    if (n > 0)
        return n;
    if (n < 0 || stream->ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    stream->suspended = true;
    MHD_suspend_connection(stream->handle);
    return 0;
}

static void stream_free(void *self)
{
    struct stream *stream = self;
    if (stream->previous)
        stream->previous->next = stream->next;
    else
        stream->listener->server->streams = stream->next;
    if (stream->next)
        stream->next->previous = stream->previous;
    stream->listener->server->stream_count--;
    sd_event_source_disable_unref(stream->hangup);
    mem_free(stream);
}

/* libmicrohttpd does not watch suspended connections; without this a closed page would keep its
 * place until the next heartbeat. */
static int on_stream_hangup(sd_event_source *source, int fd, uint32_t events, void *self)
{
    (void)fd, (void)events;
    struct stream *stream = self;
    sd_event_source_set_enabled(source, SD_EVENT_OFF);
    stream->ended = true;
    stream_wake(stream);
    return 0;
}

static struct MHD_Response *make_stream(struct exchange *exchange)
{
    struct http_server *server = exchange->connection->listener->server;
    struct call *call = exchange->call;
    struct stream *stream = mem_alloc(sizeof *stream);
    if (!stream)
        return NULL;
    AUTO(js)
    struct js *who = principal_to_js(&call->who);
    stream->listener = exchange->connection->listener;
    stream->handle = exchange->handle;
    stream->fd = exchange->connection->fd;
    stream->from_unix = exchange->connection->peer.from_unix;
    stream->who = call->who;
    stream->beat_us = in_ms(server->limits.beat_ms);
    events_reader_start(server->http.events, call->head.last_event_id, who, &stream->reader);
    stream->next = server->streams;
    if (stream->next)
        stream->next->previous = stream;
    server->streams = stream;
    server->stream_count++;
    sd_event_add_io(server->loop, &stream->hangup, stream->fd, EPOLLRDHUP, on_stream_hangup,
                    stream);
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, STREAM_BLOCK, stream_read, stream, stream_free);
    if (!response)
        stream_free(stream);
    return response;
}

static void beat_streams(struct http_server *server, int64_t now_us)
{
    for (struct stream *stream = server->streams; stream; stream = stream->next) {
        if (now_us < stream->beat_us)
            continue;
        stream->beat_us = in_ms(server->limits.beat_ms);
        stream->ended |= !stream->from_unix &&
                         !sessions_knows(server->http.sessions, stream->who.id, sys_now_us());
        events_reader_beat(server->http.events, &stream->reader);
        stream_wake(stream);
    }
}

void http_event(struct http_server *server, const char *name, const struct js *data)
{
    events_publish(server->http.events, name, data);
    for (struct stream *stream = server->streams; stream; stream = stream->next) {
        if (stream->suspended)
            stream_wake(stream);
        else if (events_reader_is_lost(server->http.events, &stream->reader))
            shutdown(stream->fd, SHUT_RDWR);
    }
}

/* ---- replies ----------------------------------------------------- */

static struct MHD_Response *make_file(struct reply *reply)
{
    struct stat info;
    if (fstat(reply->fd, &info) < 0)
        return NULL;
    struct MHD_Response *response =
        MHD_create_response_from_fd64((uint64_t)info.st_size, reply->fd);
    if (response)
        reply->fd = -1;
    return response;
}

static struct MHD_Response *make_bytes(struct reply *reply)
{
    if (reply->fixed)
        return MHD_create_response_from_buffer(reply->size, (void *)(uintptr_t)reply->fixed,
                                               MHD_RESPMEM_PERSISTENT);
    struct MHD_Response *response =
        MHD_create_response_from_buffer_with_free_callback(reply->size, reply->bytes, mem_free);
    if (response)
        reply->bytes = NULL;
    return response;
}

static struct MHD_Response *make_response(struct exchange *exchange)
{
    struct reply *reply = &exchange->call->reply;
    if (reply->kind == REPLY_FILE)
        return make_file(reply);
    if (reply->kind == REPLY_EVENTS)
        return make_stream(exchange);
    return make_bytes(reply);
}

static void add_headers(struct MHD_Response *response, const struct reply *reply)
{
    const char *const headers[][2] = {
        {"Content-Type", reply->type},
        {"Cache-Control", reply->cache ? reply->cache : "private, no-store"},
        {"Content-Security-Policy", REPLY_POLICY},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        MHD_add_response_header(response, headers[i][0], headers[i][1]);
    for (size_t i = 0; i < reply->header_count; i++)
        MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
}

static enum MHD_Result send_reply(struct exchange *exchange)
{
    struct http_server *server = exchange->connection->listener->server;
    struct call *call = exchange->call;
    if (call->reply.kind == REPLY_EVENTS && server->stream_count >= server->limits.streams) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_TOO_MANY, "%d event streams are open", server->stream_count);
        call_fail(call, &err);
    }
    struct MHD_Response *response = make_response(exchange);
    if (!response)
        return MHD_NO;
    bool endless = call->reply.kind == REPLY_EVENTS;
    exchange->connection->deadline_us = endless ? 0 : in_ms(server->limits.reply_ms);
    add_headers(response, &call->reply);
    if (endless)
        MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result result =
        MHD_queue_response(exchange->handle, (unsigned)call->reply.status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- requests ---------------------------------------------------- */

static const char *look_up_query(void *self, const char *name)
{
    return MHD_lookup_connection_value(self, MHD_GET_ARGUMENT_KIND, name);
}

static enum MHD_Result on_header(void *self, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    (void)kind;
    http_head_take(self, name, value);
    return MHD_YES;
}

static void on_call_ready(void *self)
{
    struct exchange *exchange = self;
    if (!exchange->suspended)
        return;
    exchange->suspended = false;
    resume(exchange->connection->listener, exchange->handle);
}

static struct connection *connection_of(struct MHD_Connection *handle)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* The request line is whole, its query not yet cut off. */
static void *on_uri(void *self, const char *uri, struct MHD_Connection *handle)
{
    (void)self;
    struct connection *connection = connection_of(handle);
    if (connection)
        connection->uri_size = uri ? strlen(uri) : 0;
    return NULL; /* no exchange yet */
}

/* What the library would refuse without our body and headers, refused by us before it comes to
 * that. */
static void check_head(struct exchange *exchange, const char *version)
{
    struct call *call = exchange->call;
    struct err err = ERR_INIT;
    int status = MHD_HTTP_BAD_REQUEST;
    size_t head_size =
        MHD_get_connection_info(exchange->handle, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
            ->header_size;
    if (exchange->connection->uri_size > URI_MAX) {
        status = MHD_HTTP_URI_TOO_LONG;
        err_set(&err, ERR_TOO_LARGE, "URI: at most %zu bytes", URI_MAX);
    } else if (head_size > HEAD_MAX) {
        status = MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
        err_set(&err, ERR_TOO_LARGE, "head: at most %zu bytes", HEAD_MAX);
    } else if (!call->head.host && strcmp(version, MHD_HTTP_VERSION_1_0) != 0) {
        err_set(&err, ERR_BAD_ARGUMENT, "Host: missing");
    }
    if (!err.code)
        return;
    call_fail(call, &err);
    call->reply.status = status;
}

static enum MHD_Result begin_exchange(struct connection *connection, struct MHD_Connection *handle,
                                      const char *method, const char *path, const char *version,
                                      void **out_self)
{
    struct exchange *exchange = mem_alloc(sizeof *exchange);
    if (!exchange)
        return MHD_NO;
    struct http_head head = {.method = method,
                             .path = path,
                             .from_unix = connection->peer.from_unix,
                             .uid = connection->peer.uid,
                             .query = look_up_query,
                             .query_self = handle};
    MHD_get_connection_values(handle, MHD_HEADER_KIND, on_header, &head);
    exchange->connection = connection;
    exchange->handle = handle;
    exchange->call = call_new(&connection->listener->server->http, &head, on_call_ready, exchange);
    if (!exchange->call) {
        mem_free(exchange);
        return MHD_NO;
    }
    connection->exchange = exchange;
    connection->deadline_us = in_ms(connection->listener->server->limits.body_ms);
    *out_self = exchange;
    check_head(exchange, version);
    if (!exchange->call->replied)
        call_admit(exchange->call);
    return call_refuses_body(exchange->call) ? send_reply(exchange) : MHD_YES;
}

static enum MHD_Result on_request(void *self, struct MHD_Connection *handle, const char *path,
                                  const char *method, const char *version, const char *bytes,
                                  size_t *size, void **request_self)
{
    (void)self;
    struct exchange *exchange = *request_self;
    if (!exchange) {
        struct connection *connection = connection_of(handle);
        return connection ? begin_exchange(connection, handle, method, path, version, request_self)
                          : MHD_NO;
    }
    if (*size) {
        bool go_on = call_receive(exchange->call, bytes, *size);
        *size = 0;
        return go_on ? MHD_YES : MHD_NO;
    }
    if (!exchange->ran) {
        exchange->ran = true;
        exchange->connection->deadline_us = 0;
        call_run(exchange->call);
    }
    if (exchange->call->replied)
        return send_reply(exchange);
    exchange->suspended = true;
    MHD_suspend_connection(handle);
    return MHD_YES;
}

static void on_request_completed(void *self, struct MHD_Connection *handle, void **request_self,
                                 enum MHD_RequestTerminationCode how)
{
    (void)self, (void)handle, (void)how;
    struct exchange *exchange = *request_self;
    if (!exchange)
        return;
    struct connection *connection = exchange->connection;
    connection->exchange = NULL;
    connection->deadline_us = in_ms(connection->listener->server->limits.head_ms);
    call_leave(exchange->call);
    mem_free(exchange);
    *request_self = NULL;
}

/* Paths and queries stay as sent; routes.c decodes what it wants decoded. */
static size_t keep_escapes(void *self, struct MHD_Connection *handle, char *text)
{
    (void)self, (void)handle;
    return strlen(text);
}

/* ---- connections ------------------------------------------------- */

/* Counted from now: after an hour without connections there is nothing to catch up with. */
static void start_ticking(struct http_server *server)
{
    int enabled = SD_EVENT_OFF;
    sd_event_source_get_enabled(server->tick, &enabled);
    if (enabled != SD_EVENT_OFF)
        return;
    sd_event_source_set_time_relative(server->tick, TICK_US);
    sd_event_source_set_enabled(server->tick, SD_EVENT_ONESHOT);
}

static void connection_begin(struct listener *listener, struct MHD_Connection *handle,
                             void **context)
{
    struct http_server *server = listener->server;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct connection *connection = info ? mem_alloc(sizeof *connection) : NULL;
    if (!connection)
        return;
    connection->listener = listener;
    connection->fd = info->connect_fd;
    connection->deadline_us = in_ms(server->limits.head_ms);
    connection->peer = peer_of(connection->fd);
    connection->next = server->connections;
    if (connection->next)
        connection->next->previous = connection;
    server->connections = connection;
    start_ticking(server);
    *context = connection;
}

static void connection_end(struct connection *connection)
{
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        connection->listener->server->connections = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    mem_free(connection);
}

static void on_connection(void *self, struct MHD_Connection *handle, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        connection_begin(self, handle, context);
    else if (*context)
        connection_end(*context);
}

static void check_deadlines(struct connection *connection, int64_t now_us)
{
    if (connection->deadline_us && now_us > connection->deadline_us) {
        connection->deadline_us = 0;
        shutdown(connection->fd, SHUT_RDWR);
    }
    struct call *call = connection->exchange ? connection->exchange->call : NULL;
    if (call && call->deadline_us && now_us > call->deadline_us)
        call_expire(call);
}

static int on_tick(sd_event_source *source, uint64_t due_us, void *self)
{
    (void)source, (void)due_us;
    struct http_server *server = self;
    int64_t now_us = sys_monotonic_us();
    for (struct connection *it = server->connections; it; it = it->next)
        check_deadlines(it, now_us);
    beat_streams(server, now_us);
    if (server->connections)
        start_ticking(server);
    return 0;
}

/* ---- libmicrohttpd inside the event loop ------------------------- */

static int on_listener_ready(sd_event_source *source, int fd, uint32_t events, void *self)
{
    (void)source, (void)fd, (void)events;
    struct listener *listener = self;
    MHD_run(listener->daemon);
    return 0;
}

static int on_listener_timer(sd_event_source *source, uint64_t due_us, void *self)
{
    (void)source, (void)due_us;
    struct listener *listener = self;
    MHD_run(listener->daemon);
    return 0;
}

static int on_listener_soon(sd_event_source *source, void *self)
{
    (void)source;
    struct listener *listener = self;
    MHD_run(listener->daemon);
    return 0;
}

/* Before the loop sleeps: when does the library want to run again, if nothing happens? "At once" is
 * a deferred source: a timer would be pushed back by whatever else happens. */
static int on_listener_prepare(sd_event_source *source, void *self)
{
    struct listener *listener = self;
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    uint64_t now_us = 0;
    bool wants = MHD_get_timeout(listener->daemon, &wait_ms) == MHD_YES;
    bool at_once = listener->resumed || (wants && !wait_ms);
    listener->resumed = false;
    if (at_once || !wants) {
        sd_event_source_set_enabled(listener->timer, SD_EVENT_OFF);
        return at_once ? sd_event_source_set_enabled(listener->soon, SD_EVENT_ONESHOT) : 0;
    }
    sd_event_now(sd_event_source_get_event(source), CLOCK_MONOTONIC, &now_us);
    sd_event_source_set_time(listener->timer, now_us + wait_ms * 1000);
    return sd_event_source_set_enabled(listener->timer, SD_EVENT_ONESHOT);
}

static enum err_code listener_start(struct http_server *server, struct listener *listener, int fd,
                                    struct err *err)
{
    if (fd < 0)
        return ERR_OK;
    listener->server = server;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    listener->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL, NULL, on_request, server,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)server->limits.connections, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)server->limits.idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY,
        MHD_OPTION_STRICT_FOR_CLIENT, 0 /* 1 refuses what check_head and the routes do */,
        MHD_OPTION_URI_LOG_CALLBACK, on_uri, NULL, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, listener, MHD_OPTION_NOTIFY_COMPLETED,
        on_request_completed, server, MHD_OPTION_END);
    if (!listener->daemon) {
        fd_close(fd);
        return err_set(err, ERR_INTERNAL, "HTTP server does not start");
    }
    int epoll = MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    int r = sd_event_add_time(server->loop, &listener->timer, CLOCK_MONOTONIC, 0, 1000,
                              on_listener_timer, listener);
    if (r >= 0)
        r = sd_event_add_io(server->loop, &listener->ready, epoll, EPOLLIN, on_listener_ready,
                            listener);
    if (r >= 0)
        r = sd_event_add_defer(server->loop, &listener->soon, on_listener_soon, listener);
    if (r >= 0)
        r = sd_event_source_set_prepare(listener->ready, on_listener_prepare);
    return r < 0 ? err_set_errno(err, ERR_INTERNAL, -r, "HTTP server in the loop") : ERR_OK;
}

static void listener_stop(struct listener *listener)
{
    sd_event_source_disable_unref(listener->ready);
    sd_event_source_disable_unref(listener->timer);
    sd_event_source_disable_unref(listener->soon);
    if (listener->daemon)
        MHD_stop_daemon(listener->daemon);
}

static int or_default(int value, int fallback)
{
    return value > 0 ? value : fallback;
}

static void set_limits(struct http_server *server, const struct http_limits *asked)
{
    server->limits = (struct http_limits){.connections = or_default(asked->connections, 256),
                                          .idle_s = or_default(asked->idle_s, 30),
                                          .head_ms = or_default(asked->head_ms, 30000),
                                          .body_ms = or_default(asked->body_ms, 60000),
                                          .reply_ms = or_default(asked->reply_ms, 600000),
                                          .app_ms = or_default(asked->app_ms, 120000),
                                          .beat_ms = or_default(asked->beat_ms, 15000),
                                          .streams = or_default(asked->streams, 64)};
    server->http.app_deadline_us = (int64_t)server->limits.app_ms * 1000;
    server->http.file_max = (size_t)or_default(asked->file_mb, 100) << 20;
}

enum err_code http_server_new(const struct http_config *config, struct http_server **out,
                              struct err *err)
{
    AUTO(fd)
    int unix_fd = config->unix_fd;
    AUTO(fd)
    int tcp_fd = config->tcp_fd;
    AUTO(http_server)
    struct http_server *server = mem_alloc(sizeof *server);
    if (!server)
        return err_set(err, ERR_NO_MEMORY, "HTTP server");
    server->loop = sd_event_ref(config->loop);
    server->http.calls = config->calls;
    server->http.app = config->app;
    server->http.port = listen_port(tcp_fd);
    server->http.own_uid = geteuid();
    server->http.sessions = sessions_new();
    server->http.events = events_new();
    set_limits(server, &config->limits);
    if (!server->http.sessions || !server->http.events)
        return err_set(err, ERR_NO_MEMORY, "HTTP server");
    enum err_code code = web_open(config->web_dir, &server->http.web, err);
    if (code)
        return code;
    int r = sd_event_add_time_relative(server->loop, &server->tick, CLOCK_MONOTONIC, TICK_US, 0,
                                       on_tick, server);
    if (r < 0)
        return err_set_errno(err, ERR_INTERNAL, -r, "HTTP server in the loop");
    code = listener_start(server, &server->unix_listener, TAKE_FD(unix_fd), err);
    if (!code)
        code = listener_start(server, &server->tcp_listener, TAKE_FD(tcp_fd), err);
    if (code)
        return code;
    *out = TAKE(server);
    return ERR_OK;
}

/* The library wants no suspended connection left when it stops. */
static void resume_all(struct http_server *server)
{
    for (struct stream *stream = server->streams; stream; stream = stream->next) {
        stream->ended = true;
        stream_wake(stream);
    }
    for (struct connection *it = server->connections; it; it = it->next)
        if (it->exchange)
            on_call_ready(it->exchange);
}

void http_server_free(struct http_server *server)
{
    if (!server)
        return;
    resume_all(server);
    listener_stop(&server->tcp_listener);
    listener_stop(&server->unix_listener);
    http_forget_calls(&server->http);
    sd_event_source_disable_unref(server->tick);
    web_close(server->http.web);
    events_free(server->http.events);
    sessions_free(server->http.sessions);
    sd_event_unref(server->loop);
    mem_free(server);
}

int http_server_listeners(const struct http_server *server)
{
    return server->stream_count;
}

int http_server_port(const struct http_server *server)
{
    return server->http.port;
}
