#include "daemon/cli/client.h"

#include "daemon/base/buf.h"
#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/cli/sse.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

void client_answer_done(struct client_answer *answer)
{
    mem_free(answer->body);
    js_free(answer->json);
    *answer = (struct client_answer){0};
}

/* A path too long for an address goes by its open folder, *out_folder, which has to stay open until
 * the connection is made. */
static enum err_code socket_address(const char *path, struct sockaddr_un *out, int *out_folder,
                                    struct err *err)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    const char *slash = strrchr(path, '/');
    if (strlen(path) < sizeof out->sun_path) {
        memcpy(out->sun_path, path, strlen(path));
        return ERR_OK;
    }
    AUTO(mem)
    char *folder_path = slash ? mem_strndup(path, (size_t)(slash - path) + 1) : mem_strdup(".");
    if (!folder_path)
        return err_set(err, ERR_NO_MEMORY, "socket");
    AUTO(fd)
    int folder = open(folder_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return err_set_errno(err, ERR_DAEMON_UNREACHABLE, errno, "folder of the socket %s", path);
    int size = snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/%s", folder,
                        slash ? slash + 1 : path);
    if (size < 0 || (size_t)size >= sizeof out->sun_path)
        return err_set(err, ERR_BAD_ARGUMENT, "the socket's name is too long: %s", path);
    *out_folder = TAKE_FD(folder);
    return ERR_OK;
}

static enum err_code connect_to(const char *path, int *out_fd, struct err *err)
{
    struct sockaddr_un address;
    AUTO(fd)
    int folder = -1;
    enum err_code code = socket_address(path, &address, &folder, err);
    if (code)
        return code;
    AUTO(fd)
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_set_errno(err, ERR_IO, errno, "socket");
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        return err_set_errno(err, ERR_DAEMON_UNREACHABLE, errno, "cannot reach sohoad at %s", path);
    *out_fd = TAKE_FD(fd);
    return ERR_OK;
}

/* *out_ready false: a signal came first. TIMEOUT after `timeout_ms` of nothing. */
static enum err_code wait_for(int fd, short events, int timeout_ms, bool *out_ready,
                              struct err *err)
{
    struct pollfd wanted = {.fd = fd, .events = events};
    int count = poll(&wanted, 1, timeout_ms);
    if (count < 0 && errno != EINTR)
        return err_set_errno(err, ERR_IO, errno, "poll");
    if (count == 0)
        return err_set(err, ERR_TIMEOUT, "sohoad was silent for %d ms", timeout_ms);
    *out_ready = count > 0;
    return ERR_OK;
}

static enum err_code send_all(int fd, const char *bytes, size_t size, int timeout_ms,
                              struct err *err)
{
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes += sent;
            size -= (size_t)sent;
            continue;
        }
        /* A refusal may be on its way although the other side stopped reading: go and read it. */
        if (errno == EPIPE || errno == ECONNRESET)
            return ERR_OK;
        if (errno != EAGAIN && errno != EINTR)
            return err_set_errno(err, ERR_DAEMON_UNREACHABLE, errno, "send to sohoad");
        bool ready;
        enum err_code code = wait_for(fd, POLLOUT, timeout_ms, &ready, err);
        if (code)
            return code;
    }
    return ERR_OK;
}

static enum err_code send_file(int fd, int file, int timeout_ms, struct err *err)
{
    char bytes[65536];
    ssize_t got = 1;
    enum err_code code = ERR_OK;
    for (off_t at = 0; !code && got > 0; at += got) {
        got = pread(file, bytes, sizeof bytes, at);
        if (got < 0)
            return err_set_errno(err, ERR_IO, errno, "file");
        code = send_all(fd, bytes, (size_t)got, timeout_ms, err);
    }
    return code;
}

static enum err_code send_request(int fd, const struct client_request *request, int timeout_ms,
                                  struct err *err)
{
    AUTO(mem)
    char *body = request->body ? js_dump(request->body) : NULL;
    if (request->body && !body)
        return err_set(err, ERR_NO_MEMORY, "request");
    size_t body_size = body ? strlen(body) : 0;
    AUTO(buf)
    struct buf head;
    buf_init(&head, HTTP_HEAD_MAX);
    buf_printf(&head, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", request->method,
               request->path);
    struct stat file = {0};
    if (request->file && fstat(request->file, &file) != 0)
        return err_set_errno(err, ERR_IO, errno, "file");
    if (request->file)
        buf_printf(&head, "Content-Type: application/octet-stream\r\nContent-Length: %lld\r\n",
                   (long long)file.st_size);
    else if (body)
        buf_printf(&head, "Content-Type: application/json\r\nContent-Length: %zu\r\n", body_size);
    else if (strcmp(request->method, "GET") != 0)
        buf_text(&head, "Content-Length: 0\r\n");
    buf_text(&head, "\r\n");
    if (!buf_ok(&head))
        return err_set(err, ERR_TOO_LARGE, "request head");
    enum err_code code = send_all(fd, head.bytes, head.size, timeout_ms, err);
    if (!code && body)
        code = send_all(fd, body, body_size, timeout_ms, err);
    if (!code && request->file)
        code = send_file(fd, request->file, timeout_ms, err);
    if (body)
        explicit_bzero(body, body_size); /* it may hold the signer's password */
    return code;
}

/* One read into the reader. *out_open false: the other side closed. */
static enum err_code read_some(int fd, struct http_reader *reader, bool *out_open, struct err *err)
{
    char bytes[16384];
    ssize_t got = recv(fd, bytes, sizeof bytes, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        *out_open = true;
        return ERR_OK;
    }
    if (got < 0)
        return err_set_errno(err, ERR_DAEMON_UNREACHABLE, errno, "read from sohoad");
    *out_open = got > 0;
    if (got == 0 && reader->status == 0 && reader->head_bytes == 0)
        return err_set(err, ERR_DAEMON_UNREACHABLE, "sohoad closed without an answer");
    if (got == 0)
        return http_reader_end(reader, err);
    return http_reader_feed(reader, bytes, (size_t)got, err);
}

static enum err_code read_answer(int fd, struct http_reader *reader, int timeout_ms,
                                 struct err *err)
{
    bool open = true;
    while (open && !http_reader_is_done(reader)) {
        bool ready;
        enum err_code code = wait_for(fd, POLLIN, timeout_ms, &ready, err);
        if (!code && ready)
            code = read_some(fd, reader, &open, err);
        if (code)
            return code;
    }
    return ERR_OK;
}

struct collector {
    struct http_reader reader;
    struct buf body;
    int to_fd; /* -1: everything into body */
};

static void collector_auto(struct collector *place)
{
    buf_done(&place->body);
}

static enum err_code collect(void *context, const char *bytes, size_t size, struct err *err)
{
    struct collector *collector = context;
    if (collector->to_fd >= 0 && collector->reader.status == 200)
        return file_write_all(collector->to_fd, bytes, size, err);
    buf_append(&collector->body, bytes, size);
    if (!buf_ok(&collector->body))
        return err_set(err, ERR_TOO_LARGE, "the answer has more than %u bytes", CLIENT_ANSWER_MAX);
    return ERR_OK;
}

static enum err_code exchange(const struct client_request *request, struct collector *collector,
                              struct err *err)
{
    int timeout_ms = request->timeout_ms ? request->timeout_ms : CLIENT_TIMEOUT_MS;
    AUTO(fd)
    int fd = -1;
    enum err_code code = connect_to(request->socket_path, &fd, err);
    if (!code)
        code = send_request(fd, request, timeout_ms, err);
    if (!code)
        code = read_answer(fd, &collector->reader, timeout_ms, err);
    return code;
}

enum err_code client_fetch(const struct client_request *request, int to_fd,
                           struct client_answer *out, struct err *err)
{
    AUTO(collector)
    struct collector collector = {.to_fd = to_fd};
    buf_init(&collector.body, CLIENT_ANSWER_MAX);
    struct http_sink sink = {collect, &collector, to_fd >= 0 ? CLIENT_FILE_MAX : CLIENT_ANSWER_MAX};
    http_reader_init(&collector.reader, &sink);
    enum err_code code = exchange(request, &collector, err);
    if (code)
        return code;

    struct client_answer answer = {.status = collector.reader.status, .size = collector.body.size};
    answer.body = answer.size ? buf_take(&collector.body) : mem_strdup("");
    if (!answer.body)
        return err_set(err, ERR_NO_MEMORY, "answer");
    if (answer.size)
        js_parse(answer.body, answer.size, &answer.json, NULL); /* no JSON: json stays NULL */
    *out = answer;
    return ERR_OK;
}

enum err_code client_ask(const struct client_request *request, struct client_answer *out,
                         struct err *err)
{
    return client_fetch(request, -1, out, err);
}

struct client_stream {
    int fd;
    struct http_reader http;
    struct sse_reader sse;
};

static enum err_code feed_events(void *context, const char *bytes, size_t size, struct err *err)
{
    struct client_stream *stream = context;
    if (stream->http.status != 200)
        return err_set(err, ERR_BAD_MESSAGE, "events were answered with HTTP %d",
                       stream->http.status);
    return sse_reader_feed(&stream->sse, bytes, size, err);
}

void client_stream_close(struct client_stream *stream)
{
    if (!stream)
        return;
    fd_close(stream->fd);
    mem_free(stream);
}

AUTO_DEFINE(client_stream, struct client_stream *, client_stream_close);

enum err_code client_stream_open(const struct client_request *request,
                                 void (*event)(void *context, const char *name, const char *data),
                                 void *context, struct client_stream **out, struct err *err)
{
    AUTO(client_stream)
    struct client_stream *stream = mem_alloc(sizeof *stream);
    if (!stream)
        return err_set(err, ERR_NO_MEMORY, "event stream");
    stream->fd = -1;
    struct http_sink sink = {feed_events, stream, UINT64_MAX};
    http_reader_init(&stream->http, &sink);
    sse_reader_init(&stream->sse, event, context);
    enum err_code code = connect_to(request->socket_path, &stream->fd, err);
    if (!code)
        code = send_request(stream->fd, request, CLIENT_TIMEOUT_MS, err);
    if (code)
        return code;
    *out = TAKE(stream);
    return ERR_OK;
}

enum err_code client_stream_wait(struct client_stream *stream, int timeout_ms, struct err *err)
{
    bool ready = false, open = true;
    enum err_code code = wait_for(stream->fd, POLLIN, timeout_ms, &ready, err);
    if (code == ERR_TIMEOUT)
        return ERR_OK;
    if (!code && ready)
        code = read_some(stream->fd, &stream->http, &open, err);
    if (code)
        return code;
    return open ? ERR_OK : err_set(err, ERR_DAEMON_UNREACHABLE, "the event stream ended");
}

char *client_encode(const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    AUTO(buf)
    struct buf out;
    buf_init(&out, 64u * 1024);
    buf_text(&out, "");
    for (const char *c = text; *c; c++) {
        if (strchr(plain, *c))
            buf_append(&out, c, 1);
        else
            buf_printf(&out, "%%%02X", (unsigned char)*c);
    }
    return buf_take(&out);
}
