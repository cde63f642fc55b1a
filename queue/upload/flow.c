#include "queue/upload/flow.h"

#include "daemon/base/sys.h"

#include <time.h>

#define TELL_US 250000

void flow_begin(struct flow *flow, int64_t rate_bps, uint64_t total_bytes)
{
    flow->rate_bps = rate_bps;
    flow->moved_bytes = 0;
    flow->total_bytes = total_bytes;
    flow->told_us = sys_monotonic_us();
}

void flow_add(struct flow *flow, uint64_t bytes)
{
    if (!flow || !bytes)
        return;
    flow->moved_bytes += bytes;
    int64_t now_us = sys_monotonic_us();
    if (!flow->moved || now_us - flow->told_us < TELL_US)
        return;
    flow->told_us = now_us;
    flow->moved(flow->payload, flow);
}

size_t flow_bite(const struct flow *flow, size_t most)
{
    uint64_t bite = flow && flow->rate_bps > 0 ? (uint64_t)flow->rate_bps / 32 + 1 : most;
    return bite < most ? (size_t)bite : most;
}

void flow_pace(const struct flow *flow, uint64_t bytes)
{
    if (!flow || flow->rate_bps <= 0)
        return;
    int64_t us = (int64_t)(bytes * 8 * 1000000 / (uint64_t)flow->rate_bps);
    nanosleep(&(struct timespec){us / 1000000, us % 1000000 * 1000}, NULL);
}
