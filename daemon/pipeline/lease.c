#include "daemon/pipeline/lease.h"

#include "daemon/model/person.h"

#include <stdio.h>

bool lease_is_free(const struct lease *lease, int64_t now_us)
{
    return !lease->owner[0] || (!lease->in_use && now_us >= lease->until_us);
}

bool lease_is_of(const struct lease *lease, const char *who, int64_t now_us)
{
    return !lease_is_free(lease, now_us) && person_is_same(lease->owner, who);
}

static void give(struct lease *lease, const char *who, int64_t now_us, int last_ms)
{
    if (!lease_is_of(lease, who, now_us))
        lease->since_us = lease->idle_since_us = now_us;
    snprintf(lease->owner, sizeof lease->owner, "%s", who);
    lease->until_us = now_us + (int64_t)last_ms * 1000;
}

static enum err_code refuse(const struct lease *lease, int64_t now_us, struct err *err)
{
    /* a job that runs may be over its time already */
    int64_t left_us = lease->until_us > now_us ? lease->until_us - now_us : 0;
    return err_set(err, ERR_DEVICE_LEASED, "%s has the scanner for %lld s more", lease->owner,
                   (long long)(left_us / 1000000));
}

enum err_code lease_check(const struct lease *lease, const char *who, int64_t now_us,
                          struct err *err)
{
    bool may = lease_is_free(lease, now_us) || lease_is_of(lease, who, now_us);
    return may ? ERR_OK : refuse(lease, now_us, err);
}

enum err_code lease_take(struct lease *lease, const char *who, int64_t now_us, int last_ms,
                         struct err *err)
{
    enum err_code code = lease_check(lease, who, now_us, err);
    if (!code)
        give(lease, who, now_us, last_ms);
    return code;
}

enum err_code lease_take_idle(struct lease *lease, const char *who, int64_t now_us, int last_ms,
                              int idle_ms, struct err *err)
{
    bool idle = !lease->in_use && now_us - lease->idle_since_us >= (int64_t)idle_ms * 1000;
    if (!idle)
        return lease_take(lease, who, now_us, last_ms, err);
    give(lease, who, now_us, last_ms);
    return ERR_OK;
}

enum err_code lease_hand_over(struct lease *lease, const char *who, const char *to, bool force,
                              int64_t now_us, int last_ms, struct err *err)
{
    enum err_code code = force ? ERR_OK : lease_check(lease, who, now_us, err);
    if (code)
        return code;
    if (*to)
        give(lease, to, now_us, last_ms);
    else
        *lease = (struct lease){.in_use = lease->in_use};
    return ERR_OK;
}

void lease_use(struct lease *lease)
{
    lease->in_use = true;
}

void lease_rest(struct lease *lease, int64_t now_us, int last_ms)
{
    lease->in_use = false;
    lease->idle_since_us = now_us;
    lease->until_us = now_us + (int64_t)last_ms * 1000;
}

struct js *lease_to_js(const struct lease *lease, int64_t now_us)
{
    if (lease_is_free(lease, now_us))
        return js_null();
    struct js *idle = lease->in_use ? js_null() : js_int(lease->idle_since_us);
    return js_pack("{s:s, s:I, s:I, s:o}", "owner", lease->owner, "since_us", lease->since_us,
                   "until_us", lease->until_us, "idle_since_us", idle);
}
