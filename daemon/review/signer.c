#include "daemon/review/signer.h"

#include "daemon/base/mem.h"
#include "daemon/model/person.h"
#include "daemon/workers/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <systemd/sd-event.h>

#define UNLOCK_MS 30000
#define BUSY_POLL_US 50000ull

struct signer {
    sd_event *loop;
    struct worker *worker;
    char *p12_path;
    uint64_t idle_us;
    sd_event_source *idle;
    signer_unlocked_fn *unlocked;
    void *payload;
    int pid;                     /* of the worker that holds the key */
    char *who;                   /* unlocked it */
    struct js *shown;            /* who it signs for */
    struct signer_call *waiting; /* an unlock behind a signature */
};

struct signer_call {
    struct signer *signer;
    char *who, *password; /* the password only while it waits for the worker */
    int tries_left;
    sd_event_source *later;
    signer_done_fn *done;
    void *payload;
};

static void call_free(struct signer_call *call);

enum err_code signer_new(sd_event *loop, struct worker *worker, const char *p12_path, int idle_min,
                         signer_unlocked_fn *unlocked, void *payload, struct signer **out,
                         struct err *err)
{
    struct signer *signer = mem_alloc(sizeof *signer);
    if (!signer)
        return err_set(err, ERR_NO_MEMORY, "signer");
    *signer = (struct signer){.loop = sd_event_ref(loop),
                              .worker = worker,
                              .p12_path = mem_strdup(p12_path),
                              .idle_us = (uint64_t)idle_min * 60 * 1000000,
                              .unlocked = unlocked,
                              .payload = payload};
    if (!signer->p12_path) {
        signer_free(signer);
        return err_set(err, ERR_NO_MEMORY, "signer");
    }
    *out = signer;
    return ERR_OK;
}

void signer_free(struct signer *signer)
{
    if (!signer)
        return;
    sd_event_source_disable_unref(signer->idle);
    call_free(signer->waiting);
    js_free(signer->shown);
    mem_free(signer->who);
    mem_free(signer->p12_path);
    sd_event_unref(signer->loop);
    mem_free(signer);
}

bool signer_is_unlocked(const struct signer *signer)
{
    return signer->pid != 0 && worker_pid(signer->worker) == signer->pid;
}

const char *signer_name(const struct signer *signer)
{
    return signer_is_unlocked(signer) ? js_text_or(signer->shown, "name", NULL) : NULL;
}

struct js *signer_show(const struct signer *signer)
{
    bool unlocked = signer_is_unlocked(signer);
    struct js *who = unlocked ? js_ref(signer->shown) : js_null();
    return js_pack("{s:b, s:b, s:o}", "unlocked", (int)unlocked, "configured",
                   (int)(*signer->p12_path != 0), "signer", who);
}

bool signer_is_of_other(const struct signer *signer, const char *who)
{
    return signer_is_unlocked(signer) && !person_is_same(who, signer->who);
}

static void forget(struct signer *signer)
{
    signer->pid = 0;
    mem_free(TAKE(signer->who));
    js_free(TAKE(signer->shown));
    signer->idle = sd_event_source_disable_unref(signer->idle);
}

static int on_idle(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct signer *signer = payload;
    if (worker_is_busy(signer->worker)) {
        signer_touch(signer);
        return 0;
    }
    forget(signer);
    worker_stop(signer->worker); /* the key goes with the process */
    return 0;
}

void signer_touch(struct signer *signer)
{
    signer->idle = sd_event_source_disable_unref(signer->idle);
    if (signer->idle_us && signer->pid)
        sd_event_add_time_relative(signer->loop, &signer->idle, CLOCK_MONOTONIC, signer->idle_us,
                                   1000000, on_idle, signer);
}

static void forget_password(struct signer_call *call)
{
    if (call->password)
        explicit_bzero(call->password, strlen(call->password));
    mem_free(TAKE(call->password));
}

static void call_free(struct signer_call *call)
{
    if (!call)
        return;
    forget_password(call);
    sd_event_source_disable_unref(call->later);
    mem_free(call->who);
    mem_free(call);
}

static struct signer_call *new_call(struct signer *signer, const char *who, const char *password,
                                    signer_done_fn *done, void *payload)
{
    struct signer_call *call = mem_alloc(sizeof *call);
    if (!call)
        return NULL;
    *call = (struct signer_call){.signer = signer,
                                 .who = mem_strdup(who),
                                 .password = mem_strdup(password),
                                 .tries_left = UNLOCK_MS * 1000 / (int)BUSY_POLL_US,
                                 .done = done,
                                 .payload = payload};
    if (call->who && call->password)
        return call;
    call_free(call);
    return NULL;
}

static void answer(struct signer_call *call, const struct err *problem)
{
    struct err no_memory = {.code = ERR_NO_MEMORY};
    AUTO(js) struct js *ok = problem ? NULL : signer_show(call->signer);
    if (!ok && !problem)
        problem = &no_memory;
    call->done(call->payload, ok, problem);
    call_free(call);
}

static void on_unlocked(void *payload, struct ipc_message *message, const struct js *ok,
                        const struct err *err)
{
    (void)message;
    struct signer_call *call = payload;
    struct signer *signer = call->signer;
    if (!err) {
        forget(signer);
        signer->pid = worker_pid(signer->worker);
        signer->who = TAKE(call->who);
        signer->shown = js_ref(js_at(ok, "signer"));
        signer_touch(signer);
    }
    answer(call, err);
    if (!err)
        signer->unlocked(signer->payload);
}

static enum err_code ask_unlock(struct signer *signer, struct signer_call *call, struct err *err)
{
    AUTO(fd) int p12 = open(signer->p12_path, O_RDONLY | O_CLOEXEC);
    if (p12 < 0)
        return err_set_errno(err, ERR_CERTIFICATE_UNREADABLE, errno, "open '%s'", signer->p12_path);
    enum err_code code =
        worker_request(signer->worker, "unlock", js_pack("{s:s}", "password", call->password), &p12,
                       1, UNLOCK_MS, on_unlocked, NULL, call, err);
    forget_password(call);
    return code;
}

static int on_unlock_time(sd_event_source *source, uint64_t now_us, void *payload);

/* A signature may be in the making: the unlock takes its turn behind it. */
static void unlock_when_free(struct signer_call *call)
{
    struct signer *signer = call->signer;
    struct err err = ERR_INIT;
    if (worker_is_busy(signer->worker) && call->tries_left-- > 0) {
        signer->waiting = call;
        sd_event_add_time_relative(signer->loop, &call->later, CLOCK_MONOTONIC, BUSY_POLL_US, 1000,
                                   on_unlock_time, call);
        return;
    }
    if (ask_unlock(signer, call, &err))
        answer(call, &err);
}

static int on_unlock_time(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct signer_call *call = payload;
    call->later = sd_event_source_disable_unref(call->later);
    call->signer->waiting = NULL;
    unlock_when_free(call);
    return 0;
}

void signer_unlock(struct signer *signer, const char *password, const char *who,
                   signer_done_fn *done, void *payload)
{
    struct err err = ERR_INIT;
    struct signer_call *call = NULL;
    if (!*signer->p12_path)
        err_set(&err, ERR_CERTIFICATE_UNREADABLE, "no signer_p12 is configured");
    else if (signer->waiting)
        err_set(&err, ERR_CONFLICT, "an unlock is under way");
    else
        call = new_call(signer, who, password, done, payload);
    if (!call && !err.code)
        err_set(&err, ERR_NO_MEMORY, "unlock");
    if (call)
        unlock_when_free(call);
    else
        done(payload, NULL, &err);
}

void signer_lock(struct signer *signer, signer_done_fn *done, void *payload)
{
    struct err err = ERR_INIT;
    if (worker_is_busy(signer->worker)) {
        err_set(&err, ERR_CONFLICT, "a signature is being made");
        done(payload, NULL, &err);
        return;
    }
    forget(signer);
    worker_stop(signer->worker);
    AUTO(js) struct js *ok = signer_show(signer);
    err_set(&err, ERR_NO_MEMORY, "signer");
    done(payload, ok, ok ? NULL : &err);
}
