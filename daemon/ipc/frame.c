#include "daemon/ipc/frame.h"

#include "daemon/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAGIC_FIRST 0x49484f53u /* "SOHI" */
#define MAGIC_MORE 0x46484f53u  /* "SOHF" */

struct header {
    uint32_t magic;
    uint32_t fd_total;
    uint32_t body_in_fd;
};

#define PACKET_MAX (sizeof(struct header) + FRAME_BODY_MAX)

/* A message may carry a password: no copy of it is left behind. */
static void secret_text_free(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    mem_free(text);
}
AUTO_DEFINE(secret_text, char *, secret_text_free);

static enum err_code keep_fds(struct frame_writer *w, int body_fd, const int *fds, size_t fd_count,
                              struct err *err)
{
    size_t total = fd_count + (body_fd >= 0);
    w->fds = mem_array(total ? total : 1, sizeof *w->fds);
    if (!w->fds)
        return err_set(err, ERR_NO_MEMORY, "message");
    w->owned = true;
    if (body_fd >= 0)
        w->fds[w->fd_count++] = body_fd;
    for (size_t i = 0; i < fd_count; i++) {
        int copy = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
        if (copy < 0)
            return err_set_errno(err, ERR_IO, errno, "duplicate descriptor %zu of a message", i);
        w->fds[w->fd_count++] = copy;
    }
    return ERR_OK;
}

enum err_code frame_writer_init(struct frame_writer *w, const struct js *body, const int *fds,
                                size_t fd_count, struct err *err)
{
    *w = (struct frame_writer){0};
    if (!body || fd_count >= IPC_MAX_FDS)
        return err_set(err, body ? ERR_TOO_LARGE : ERR_NO_MEMORY, "message of %zu descriptors",
                       fd_count);
    AUTO(secret_text) char *text = js_dump(body);
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "message");
    size_t size = strlen(text);
    int body_fd = -1;
    enum err_code code = ERR_OK;
    if (size > FRAME_BODY_MAX) {
        code = js_to_memfd(body, "sohoa-message", &body_fd, err);
        size = 0;
    }
    if (!code)
        code = keep_fds(w, body_fd, fds, fd_count, err);
    struct header header = {MAGIC_FIRST, (uint32_t)w->fd_count, body_fd >= 0};
    w->packet_size = sizeof header + size;
    w->packet = code ? NULL : mem_alloc(w->packet_size);
    if (!w->packet) {
        frame_writer_done(w);
        return code ? code : err_set(err, ERR_NO_MEMORY, "message");
    }
    memcpy(w->packet, &header, sizeof header);
    memcpy(w->packet + sizeof header, text, size);
    return ERR_OK;
}

void frame_writer_done(struct frame_writer *w)
{
    for (size_t i = 0; w->owned && i < w->fd_count; i++)
        fd_close(w->fds[i]);
    mem_free(w->fds);
    if (w->packet)
        explicit_bzero(w->packet, w->packet_size);
    mem_free(w->packet);
    *w = (struct frame_writer){0};
}

static ssize_t send_packet(int socket, int flags, const void *bytes, size_t size, const int *fds,
                           size_t fd_count)
{
    union {
        char bytes[CMSG_SPACE(FRAME_FDS * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {(void *)bytes, size};
    struct msghdr packet = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd_count) {
        packet.msg_control = control.bytes;
        packet.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
        memset(control.bytes, 0, packet.msg_controllen);
        struct cmsghdr *head = CMSG_FIRSTHDR(&packet);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
        memcpy(CMSG_DATA(head), fds, fd_count * sizeof(int));
    }
    ssize_t sent;
    do
        sent = sendmsg(socket, &packet, flags | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent;
}

/* One that left messages unread resets the connection, once; after that the pipe is broken. */
static bool peer_is_gone(int error)
{
    return error == EPIPE || error == ECONNRESET;
}

enum err_code frame_write(struct frame_writer *w, int socket, int flags, bool *out_done,
                          struct err *err)
{
    *out_done = false;
    while (!w->started || w->fds_sent < w->fd_count) {
        struct header more = {MAGIC_MORE, 0, 0};
        const void *bytes = w->started ? (const void *)&more : w->packet;
        size_t size = w->started ? sizeof more : w->packet_size;
        size_t fds = w->fd_count - w->fds_sent;
        if (fds > FRAME_FDS)
            fds = FRAME_FDS;
        ssize_t sent = send_packet(socket, flags, bytes, size, w->fds + w->fds_sent, fds);
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return ERR_OK;
        if (sent < 0)
            return err_set_errno(err, peer_is_gone(errno) ? ERR_WORKER_DIED : ERR_IO, errno,
                                 "send message");
        w->started = true;
        w->fds_sent += fds;
    }
    *out_done = true;
    return ERR_OK;
}

void frame_reader_done(struct frame_reader *r)
{
    ipc_message_done(&r->message);
    *r = (struct frame_reader){0};
}

static enum err_code bad(const char *why, struct err *err)
{
    return err_set(err, ERR_BAD_MESSAGE, "message: %s", why);
}

static enum err_code take_fds(struct frame_reader *r, struct msghdr *packet, struct err *err)
{
    enum err_code code = ERR_OK;
    for (struct cmsghdr *head = CMSG_FIRSTHDR(packet); head; head = CMSG_NXTHDR(packet, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        int fds[FRAME_FDS + 64];
        memcpy(fds, CMSG_DATA(head), count * sizeof(int));
        for (size_t i = 0; i < count; i++) {
            bool room = r->message.fds && r->message.fd_count < r->fds_wanted;
            if (room)
                r->message.fds[r->message.fd_count++] = fds[i];
            else
                fd_close(fds[i]);
            if (!room)
                code = bad("more descriptors than announced", err);
        }
    }
    return code;
}

static enum err_code start_message(struct frame_reader *r, const char *bytes, size_t size,
                                   struct err *err)
{
    struct header header;
    if (size < sizeof header)
        return bad("shorter than its header", err);
    memcpy(&header, bytes, sizeof header);
    if (header.magic != MAGIC_FIRST)
        return bad("does not start like one", err);
    if (header.fd_total > IPC_MAX_FDS || (header.body_in_fd && !header.fd_total))
        return bad("impossible number of descriptors", err);
    r->message.fds = mem_array(header.fd_total ? header.fd_total : 1, sizeof(int));
    if (!r->message.fds)
        return err_set(err, ERR_NO_MEMORY, "message");
    r->fds_wanted = header.fd_total;
    r->body_in_fd = header.body_in_fd != 0;
    r->started = true;
    if (r->body_in_fd)
        return ERR_OK;
    return js_parse(bytes + sizeof header, size - sizeof header, &r->message.body, err);
}

static enum err_code continue_message(const char *bytes, size_t size, struct err *err)
{
    struct header header;
    if (size != sizeof header)
        return bad("continuation of the wrong size", err);
    memcpy(&header, bytes, sizeof header);
    return header.magic == MAGIC_MORE ? ERR_OK : bad("continuation missing", err);
}

static enum err_code finish_message(struct frame_reader *r, struct err *err)
{
    struct ipc_message *m = &r->message;
    if (r->body_in_fd) {
        enum err_code code = js_read_fd(m->fds[0], &m->body, err);
        if (code)
            return code;
        fd_close(m->fds[0]);
        memmove(m->fds, m->fds + 1, --m->fd_count * sizeof(int));
    }
    int64_t id;
    if (!js_is_object(m->body) || js_get_int(m->body, "id", &id, NULL) || id < 0)
        return bad("no object with an id", err);
    m->id = (uint64_t)id;
    return ERR_OK;
}

static enum err_code accept_packet(struct frame_reader *r, struct msghdr *packet, const char *bytes,
                                   size_t size, struct err *err)
{
    enum err_code code =
        r->started ? continue_message(bytes, size, err) : start_message(r, bytes, size, err);
    struct err fd_err = ERR_INIT;
    enum err_code fd_code = take_fds(r, packet, &fd_err);
    if (!code && fd_code)
        code = err_set(err, fd_code, "%s", fd_err.detail);
    if (!code && (packet->msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
        code = bad("larger than a packet may be", err);
    return code;
}

enum err_code frame_read(struct frame_reader *r, int socket, int flags, bool *out_whole,
                         bool *out_end, struct err *err)
{
    union {
        char bytes[CMSG_SPACE((FRAME_FDS + 53) * sizeof(int))];
        struct cmsghdr align;
    } control;
    *out_whole = *out_end = false;
    AUTO(mem) char *bytes = mem_alloc(PACKET_MAX);
    if (!bytes)
        return err_set(err, ERR_NO_MEMORY, "message");
    struct iovec part = {bytes, PACKET_MAX};
    struct msghdr packet = {.msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
    ssize_t got;
    /* a peer that left requests unread resets the connection; behind that waits what it said */
    for (bool reset = false;; reset = reset || errno == ECONNRESET) {
        got = recvmsg(socket, &packet, flags | MSG_CMSG_CLOEXEC);
        if (got >= 0 || (errno != EINTR && (errno != ECONNRESET || reset)))
            break;
    }
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return ERR_OK;
    if (got < 0 && errno != ECONNRESET)
        return err_set_errno(err, ERR_IO, errno, "receive message");
    if (got <= 0) {
        *out_end = true;
        return ERR_OK;
    }
    enum err_code code = accept_packet(r, &packet, bytes, (size_t)got, err);
    explicit_bzero(bytes, (size_t)got);
    if (!code && r->message.fd_count < r->fds_wanted)
        return ERR_OK;
    if (!code)
        code = finish_message(r, err);
    if (code) {
        frame_reader_done(r);
        if (err && code != ERR_NO_MEMORY)
            err->code = ERR_BAD_MESSAGE;
        return code == ERR_NO_MEMORY ? code : ERR_BAD_MESSAGE;
    }
    *out_whole = true;
    return ERR_OK;
}
