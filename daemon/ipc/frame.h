#ifndef SOHOA_IPC_FRAME_H
#define SOHOA_IPC_FRAME_H

#include "daemon/ipc/ipc.h"

#include <sys/types.h>

/*
 * Packets below a message; for ipc.c and ipc_channel.c only.
 *
 *   first packet    header {magic "SOHI", descriptors in all, body in descriptor 0?}, JSON bytes
 *   further packets header {magic "SOHF"}, up to FRAME_FDS more descriptors each
 */

#define FRAME_FDS 200        /* below the kernel's 253 a packet */
#define FRAME_BODY_MAX 49152 /* larger bodies travel in a memfd */

struct frame_writer {
    char *packet; /* header and body of the first packet */
    size_t packet_size;
    int *fds; /* duplicated when `owned` */
    size_t fd_count, fds_sent;
    bool owned, started;
};

struct frame_reader {
    struct ipc_message message;
    size_t fds_wanted;
    bool body_in_fd, started;
};

enum err_code frame_writer_init(struct frame_writer *w, const struct js *body, const int *fds,
                                size_t fd_count, struct err *err);
void frame_writer_done(struct frame_writer *w);
/* Sends packets until all are out (*out_done) or the socket is full. */
enum err_code frame_write(struct frame_writer *w, int socket, int flags, bool *out_done,
                          struct err *err);

/* Reads one packet. *out_whole: reader->message is complete. *out_end: peer is gone. Neither: call
 * again (with MSG_DONTWAIT: later). */
enum err_code frame_read(struct frame_reader *r, int socket, int flags, bool *out_whole,
                         bool *out_end, struct err *err);
void frame_reader_done(struct frame_reader *r);

#endif
