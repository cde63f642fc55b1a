#include "daemon/ipc/frame.h"

#include "daemon/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

struct ipc_channel {
    int socket;
    struct frame_reader reader;
    struct frame_writer queue[IPC_MAX_QUEUE];
    size_t queue_first, queue_count;
};

enum err_code ipc_channel_new(int socket, struct ipc_channel **out, struct err *err)
{
    struct ipc_channel *channel = mem_alloc(sizeof *channel);
    if (!channel) {
        fd_close(socket);
        return err_set(err, ERR_NO_MEMORY, "message channel");
    }
    channel->socket = socket;
    *out = channel;
    return ERR_OK;
}

void ipc_channel_free(struct ipc_channel *channel)
{
    if (!channel)
        return;
    for (size_t i = 0; i < IPC_MAX_QUEUE; i++)
        frame_writer_done(&channel->queue[i]);
    frame_reader_done(&channel->reader);
    fd_close(channel->socket);
    mem_free(channel);
}

int ipc_channel_fd(const struct ipc_channel *channel)
{
    return channel->socket;
}

enum err_code ipc_channel_send(struct ipc_channel *channel, const struct js *body, const int *fds,
                               size_t fd_count, struct err *err)
{
    if (channel->queue_count == IPC_MAX_QUEUE)
        return err_set(err, ERR_TOO_MANY, "%d messages wait already", IPC_MAX_QUEUE);
    size_t last = (channel->queue_first + channel->queue_count) % IPC_MAX_QUEUE;
    enum err_code code = frame_writer_init(&channel->queue[last], body, fds, fd_count, err);
    if (code)
        return code;
    channel->queue_count++;
    return ipc_channel_flush(channel, err);
}

bool ipc_channel_wants_write(const struct ipc_channel *channel)
{
    return channel->queue_count > 0;
}

enum err_code ipc_channel_flush(struct ipc_channel *channel, struct err *err)
{
    while (channel->queue_count) {
        struct frame_writer *first = &channel->queue[channel->queue_first];
        bool done;
        enum err_code code = frame_write(first, channel->socket, MSG_DONTWAIT, &done, err);
        if (code || !done)
            return code;
        frame_writer_done(first);
        channel->queue_first = (channel->queue_first + 1) % IPC_MAX_QUEUE;
        channel->queue_count--;
    }
    return ERR_OK;
}

enum err_code ipc_channel_next(struct ipc_channel *channel, struct ipc_message *out, bool *out_any,
                               bool *out_end, struct err *err)
{
    bool whole = false, end = false, started = true;
    *out_any = *out_end = false;
    while (!whole && !end && started) {
        size_t before = channel->reader.message.fd_count;
        enum err_code code =
            frame_read(&channel->reader, channel->socket, MSG_DONTWAIT, &whole, &end, err);
        if (code)
            return code;
        started = channel->reader.message.fd_count > before;
    }
    if (whole) {
        *out = channel->reader.message;
        channel->reader = (struct frame_reader){0};
    }
    *out_any = whole;
    *out_end = end;
    return ERR_OK;
}
