#include "daemon/workers/store_serve.h"

#include "daemon/base/log.h"
#include "daemon/base/sys.h"
#include "daemon/workers/store_ops.h"
#include "queue/store/purge.h"

#include <poll.h>
#include <string.h>

/* A group ends when nobody waits any more, or at the first of these: its first request waits for
 * the last one. */
#define GROUP_MAX 32
#define GROUP_FDS 1024
#define GROUP_US 100000

struct part {
    struct ipc_message message;
    struct worker_answer answer;
    enum err_code code;
    struct err problem;
};

struct group {
    struct store_served *served;
    struct part parts[GROUP_MAX];
    size_t count, fd_count;
    int64_t began_us;
    bool open; /* in the store */
    bool end, stop;
};

static const char *op_of(const struct part *part)
{
    return js_text_or(part->message.body, "op", "");
}

/* *out_part NULL: the socket has ended. */
static enum err_code receive(struct group *group, struct part **out_part, struct err *err)
{
    struct part *part = &group->parts[group->count];
    *part = (struct part){0};
    *out_part = NULL;
    enum err_code code = ipc_receive(WORKER_SOCKET_FD, &part->message, &part->problem);
    if (code && code != ERR_BAD_MESSAGE && code != ERR_NO_MEMORY)
        return err_set(err, code, "%s", part->problem.detail);
    group->end = !code && !part->message.body;
    *out_part = group->end ? NULL : part;
    group->count += !group->end;
    part->code = code;
    return ERR_OK;
}

static void run(struct group *group, struct part *part)
{
    struct store_served *served = group->served;
    const char *name;
    const struct js *args;
    part->code = ipc_request(&part->message, &name, &args, &part->problem);
    if (!part->code && !served->store) {
        part->problem = served->opening;
        part->code = served->opening.code;
    }
    if (!part->code)
        part->code =
            store_ops_run(served->store, name, args, &part->message, &part->answer, &part->problem);
    group->fd_count += part->answer.fd_count;
}

static bool more_waits(const struct group *group)
{
    struct pollfd socket = {.fd = WORKER_SOCKET_FD, .events = POLLIN};
    return group->count < GROUP_MAX && group->fd_count < GROUP_FDS &&
           sys_monotonic_us() - group->began_us < GROUP_US && poll(&socket, 1, 0) > 0;
}

static enum err_code gather(struct group *group, struct err *err)
{
    struct part *part;
    do {
        enum err_code code = receive(group, &part, err);
        if (code || !part)
            return code;
        if (group->count == 1) {
            group->began_us = sys_monotonic_us();
            group->open = group->served->store && !store_group_begin(group->served->store, NULL);
        }
        if (!part->code && strcmp(op_of(part), "stop") == 0) {
            group->stop = true;
            return ERR_OK;
        }
        if (!part->code)
            run(group, part);
    } while (more_waits(group));
    return ERR_OK;
}

static void forget_answer(struct part *part)
{
    js_free(TAKE(part->answer.ok));
    while (part->answer.fd_count)
        fd_close(part->answer.fds[--part->answer.fd_count]);
    part->problem = (struct err)ERR_INIT;
}

static void take_back(struct group *group, const struct err *why)
{
    for (size_t i = 0; i < group->count - group->stop; i++) {
        struct part *part = &group->parts[i];
        if (!store_ops_changes(op_of(part))) {
            forget_answer(part);
            run(group, part);
        } else if (!part->code) {
            forget_answer(part);
            part->problem = *why;
            part->code = why->code;
        }
    }
}

/* Before anybody is told that it is gone. */
static void finish_purge(struct store *store)
{
    struct err why = ERR_INIT;
    if (purge_is_due(store) && purge_finish(store, &why))
        log_err(&why, NULL, "contents could not be removed, it is tried again, continuing");
}

static void commit(struct group *group)
{
    struct err why = ERR_INIT;
    if (group->open && store_group_commit(group->served->store, &why))
        take_back(group, &why);
    else if (group->open)
        finish_purge(group->served->store);
    group->open = false;
}

static void stop_store(struct store_served *served)
{
    store_close(TAKE(served->store));
    err_set(&served->opening, ERR_CANCELLED, "the store was stopped");
}

static enum err_code answer(struct group *group, struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < group->count; i++) {
        struct part *part = &group->parts[i];
        if (code)
            forget_answer(part);
        else
            code = worker_reply(WORKER_SOCKET_FD, part->message.id, part->code, &part->answer,
                                &part->problem, err);
        ipc_message_done(&part->message);
    }
    return code;
}

/* What has been run is committed even when the daemon is gone: it may have been told to people. */
static enum err_code serve_group(struct group *group, struct err *err)
{
    group->count = group->fd_count = 0;
    enum err_code code = gather(group, err);
    commit(group);
    if (group->stop)
        stop_store(group->served);
    group->stop = false;
    enum err_code answered = answer(group, code ? NULL : err);
    return code ? code : answered;
}

int store_serve(struct store_served *served)
{
    static struct group group; /* too large for the stack */
    worker_begin("sohoa-store-worker");
    group.served = served;
    while (!group.end) {
        struct err err = ERR_INIT;
        if (serve_group(&group, &err)) {
            log_err(&err, NULL, "worker lost its daemon");
            return 1;
        }
    }
    return 0;
}
