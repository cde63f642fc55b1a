#include "daemon/sync_run.h"

static const char *const names[] = {[SYNC_NONE] = "none",
                                    [SYNC_SENDING] = "sending",
                                    [SYNC_LEAVING] = "leaving",
                                    [SYNC_OFF] = "off"};

const char *sync_state_name(enum sync_state state)
{
    return names[state];
}

void sync_run_begin(struct sync_run *run, int64_t monotonic_us, int64_t for_us, bool power_off)
{
    *run = (struct sync_run){.state = SYNC_SENDING,
                             .has_until = for_us > 0,
                             .power_off = power_off,
                             .until_us = monotonic_us + (for_us > 0 ? for_us : SYNC_RUN_MAX_US),
                             .began_us = monotonic_us,
                             .moved_us = monotonic_us};
}

void sync_run_leave(struct sync_run *run, int64_t monotonic_us)
{
    run->state = SYNC_LEAVING;
    run->power_off = true;
    run->leaving_us = monotonic_us;
}

void sync_run_stay(struct sync_run *run)
{
    run->power_off = false;
    if (run->state != SYNC_SENDING)
        run->state = SYNC_NONE;
}

static bool is_over(const struct sync_run *run, const struct sync_now *now)
{
    bool all_went = now->counted && now->waiting == 0 && now->in_flight == 0;
    bool still = !run->has_until && now->monotonic_us - run->moved_us >= SYNC_RUN_STILL_US;
    return all_went || still || now->monotonic_us >= run->until_us;
}

static enum sync_act end_of_sending(struct sync_run *run, const struct sync_now *now)
{
    if (!is_over(run, now))
        return SYNC_GO_ON;
    if (!run->power_off) {
        run->state = SYNC_NONE;
        return SYNC_END;
    }
    sync_run_leave(run, now->monotonic_us);
    return SYNC_LEAVE;
}

enum sync_act sync_run_look(struct sync_run *run, const struct sync_now *now)
{
    if (run->state == SYNC_SENDING)
        return end_of_sending(run, now);
    if (run->state != SYNC_LEAVING || now->scanning)
        return SYNC_GO_ON;
    if (now->in_flight && now->monotonic_us - run->leaving_us < SYNC_LEAVE_US)
        return SYNC_GO_ON;
    run->state = SYNC_OFF;
    return SYNC_SWITCH_OFF;
}
