#include "daemon/transfers.h"

#include "daemon/base/id.h"
#include "daemon/base/mem.h"

#include <stdio.h>
#include <string.h>

#define TRANSFERS_MAX 32
#define TELL_US INT64_C(500000)
#define RATE_US INT64_C(2000000) /* a rate is measured over so long, else over all so far */

struct transfer {
    char id[ID_SIZE]; /* "": free */
    char target[64];
    int64_t moved, total, rate_bps;
    int64_t began_us, told_us;
    int64_t mark_us, mark_moved; /* where the measuring began */
};

struct transfers {
    struct transfer list[TRANSFERS_MAX];
};

enum err_code transfers_new(struct transfers **out, struct err *err)
{
    struct transfers *transfers = mem_alloc(sizeof *transfers);
    if (!transfers)
        return err_set(err, ERR_NO_MEMORY, "transfers");
    *out = transfers;
    return ERR_OK;
}

void transfers_free(struct transfers *transfers)
{
    mem_free(transfers);
}

static struct transfer *find(struct transfers *transfers, const char *id)
{
    for (size_t i = 0; i < TRANSFERS_MAX; i++)
        if (strcmp(transfers->list[i].id, id) == 0)
            return &transfers->list[i];
    return NULL;
}

static void measure(struct transfer *transfer, int64_t now_us)
{
    int64_t took_us = now_us - transfer->mark_us;
    int64_t bytes = transfer->moved - transfer->mark_moved;
    if (took_us > 0 && (took_us >= RATE_US || transfer->mark_us == transfer->began_us))
        transfer->rate_bps = bytes * 8 * 1000 / (took_us / 1000 + 1);
    if (took_us < RATE_US)
        return;
    transfer->mark_us = now_us;
    transfer->mark_moved = transfer->moved;
}

static struct js *to_js(const struct transfer *transfer)
{
    return js_pack("{s:s, s:s, s:I, s:I, s:I}", "id", transfer->id, "target", transfer->target,
                   "sent", transfer->moved, "total", transfer->total, "rate_bps",
                   transfer->rate_bps);
}

bool transfers_moved(struct transfers *transfers, const char *id, const char *target,
                     int64_t moved_bytes, int64_t total_bytes, int64_t monotonic_us,
                     struct js **out_told)
{
    struct transfer *transfer = find(transfers, id);
    if (!transfer && (transfer = find(transfers, ""))) {
        *transfer = (struct transfer){.began_us = monotonic_us, .mark_us = monotonic_us};
        snprintf(transfer->id, sizeof transfer->id, "%s", id);
        snprintf(transfer->target, sizeof transfer->target, "%s", target);
    }
    if (!transfer)
        return false;
    if (moved_bytes < transfer->moved) /* its next step: sent, now being read back */
        transfer->mark_moved = 0;
    transfer->moved = moved_bytes;
    transfer->total = total_bytes;
    measure(transfer, monotonic_us);
    if (transfer->told_us && monotonic_us - transfer->told_us < TELL_US)
        return false;
    transfer->told_us = monotonic_us;
    *out_told = to_js(transfer);
    return true;
}

void transfers_end(struct transfers *transfers, const char *id)
{
    struct transfer *transfer = *id ? find(transfers, id) : NULL;
    if (transfer)
        transfer->id[0] = 0;
}

struct js *transfers_to_js(const struct transfers *transfers)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < TRANSFERS_MAX; i++)
        if (*transfers->list[i].id && !js_push(list, to_js(&transfers->list[i])))
            return NULL;
    return TAKE(list);
}
