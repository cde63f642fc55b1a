#ifndef SOHOA_UPLOAD_FLOW_H
#define SOHOA_UPLOAD_FLOW_H

#include <stddef.h>
#include <stdint.h>

/*
 * How bytes flow to and from a receiving system during one operation: how fast they may, and who is
 * told that they do. It belongs to whoever runs the operation; transports borrow it.
 */

struct flow {
    int64_t rate_bps; /* bits a second that may be sent; 0: as many as the line takes */
    uint64_t moved_bytes, total_bytes; /* both ways, since flow_begin; total 0: not known */
    /* Called four times a second while bytes move, from within the transport. */
    void (*moved)(void *payload, const struct flow *flow);
    void *payload;
    int64_t told_us; /* monotonic */
};

/* An operation begins that is to move that much. */
void flow_begin(struct flow *flow, int64_t rate_bps, uint64_t total_bytes);
/* flow may be NULL: nobody wants to know. */
void flow_add(struct flow *flow, uint64_t bytes);
/* How much to move at once: a quarter of a second's share of a capped line, at most `most`. */
size_t flow_bite(const struct flow *flow, size_t most);
/* Returns once that many bytes more may be written: for what is no network of ours (a mounted
 * folder). */
void flow_pace(const struct flow *flow, uint64_t bytes);

#endif
