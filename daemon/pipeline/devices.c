#include "daemon/pipeline/devices.h"

#include "daemon/base/mem.h"
#include "daemon/workers/supervisor.h"

#include <string.h>

struct waiter {
    devices_done_fn *done;
    void *payload;
};

struct devices {
    struct worker *worker;
    const struct scan_limits *limits;
    struct waiter waiters[DEVICES_WAITERS];
    size_t waiter_count;
};

enum err_code devices_new(sd_event *loop, const char *worker_dir, const struct scan_limits *limits,
                          struct devices **out, struct err *err)
{
    static const struct worker_kind kind = {.name = "scan"};
    struct devices *devices = mem_alloc(sizeof *devices);
    if (!devices)
        return err_set(err, ERR_NO_MEMORY, "devices");
    devices->limits = limits;
    enum err_code code = worker_new(loop, &kind, worker_dir, &devices->worker, err);
    if (code) {
        devices_free(devices);
        return code;
    }
    *out = devices;
    return ERR_OK;
}

void devices_free(struct devices *devices)
{
    if (!devices)
        return;
    devices->waiter_count = 0;
    worker_free(devices->worker);
    mem_free(devices);
}

static void answer_all(struct devices *devices, const struct js *ok, const struct err *err)
{
    struct waiter waiters[DEVICES_WAITERS];
    size_t count = devices->waiter_count;
    memcpy(waiters, devices->waiters, sizeof waiters);
    devices->waiter_count = 0;
    for (size_t i = 0; i < count; i++)
        waiters[i].done(waiters[i].payload, ok, err);
}

static void on_listed(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    (void)message;
    struct devices *devices = payload;
    worker_stop(devices->worker);
    answer_all(devices, ok, err);
}

static void on_call(void *payload, struct ipc_message *message, const char *event,
                    const struct js *data)
{
    (void)message;
    struct devices *devices = payload;
    int deadline_ms = scan_limit_heard(devices->limits, event, data);
    if (deadline_ms)
        worker_extend(devices->worker, deadline_ms);
}

void devices_list(struct devices *devices, devices_done_fn *done, void *payload)
{
    struct err err = ERR_INIT;
    if (devices->waiter_count == DEVICES_WAITERS) {
        err_set(&err, ERR_TOO_MANY, "%d wait for the list of devices", DEVICES_WAITERS);
        done(payload, NULL, &err);
        return;
    }
    devices->waiters[devices->waiter_count++] = (struct waiter){done, payload};
    if (!worker_is_busy(devices->worker) &&
        worker_request(devices->worker, "list", js_object(), NULL, 0,
                       scan_limit_first(devices->limits), on_listed, on_call, devices, &err))
        answer_all(devices, NULL, &err);
}
