#include "daemon/workers/supervisor.h"

#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/workers/worker_main.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#define TERM_GRACE_US (3 * 1000000ull) /* between TERM and KILL, sane.md 9 */
#define LEAVE_GRACE_MS 2000            /* at a stop: by itself, then after TERM */
#define ENDING_POLL_US 20000ull
#define BACKOFF_FIRST_US 200000ull
#define BACKOFF_MAX_US (30 * 1000000ull)

struct request {
    uint64_t id;
    worker_done_fn *done;
    worker_event_fn *on_event;
    void *payload;
};

struct worker {
    sd_event *loop;
    struct worker_kind kind;
    char *program;
    pid_t pid;
    struct ipc_channel *channel;
    sd_event_source *io, *child, *deadline, *later;
    bool stopping;  /* TERM was sent */
    bool timed_out; /* because of the deadline */
    bool cancelling;
    bool closing; /* takes no requests any more */
    bool failing; /* requests are ending with the process; not all have heard yet */
    struct request requests[WORKER_OUTSTANDING_MAX]; /* oldest first */
    size_t request_count;
    /* request held back until the back-off is over */
    struct js *held_body;
    int *held_fds;
    size_t held_fd_count;
    int held_deadline_ms;
    uint64_t next_id;
    unsigned crashes, crashes_in_a_row, served;
    uint64_t not_before_us;
};

static enum err_code launch(struct worker *worker, struct err *err);

enum err_code worker_new(sd_event *loop, const struct worker_kind *kind, const char *worker_dir,
                         struct worker **out, struct err *err)
{
    struct worker *worker = mem_alloc(sizeof *worker);
    char *program = mem_printf("%s/sohoa-%s-worker", worker_dir, kind->name);
    if (!worker || !program) {
        mem_free(worker);
        mem_free(program);
        return err_set(err, ERR_NO_MEMORY, "worker");
    }
    worker->loop = sd_event_ref(loop);
    worker->kind = *kind;
    worker->program = program;
    *out = worker;
    return ERR_OK;
}

static void drop_held(struct worker *worker)
{
    for (size_t i = 0; i < worker->held_fd_count; i++)
        fd_close(worker->held_fds[i]);
    mem_free(worker->held_fds);
    js_free(worker->held_body);
    worker->held_fds = NULL;
    worker->held_body = NULL;
    worker->held_fd_count = 0;
}

static void drop_channel(struct worker *worker)
{
    worker->io = sd_event_source_disable_unref(worker->io);
    ipc_channel_free(worker->channel);
    worker->channel = NULL;
}

/* Ends one request; the worker may already serve a new one when this returns. */
static void finish_request(struct worker *worker, size_t index, struct ipc_message *message,
                           const struct js *ok, const struct err *err)
{
    struct request request = worker->requests[index];
    size_t behind = --worker->request_count - index;
    memmove(&worker->requests[index], &worker->requests[index + 1], behind * sizeof request);
    worker->deadline = sd_event_source_disable_unref(worker->deadline);
    worker->cancelling = worker->timed_out = false;
    drop_held(worker);
    request.done(request.payload, message, ok, err);
}

static void fail_requests(struct worker *worker, enum err_code code, const char *detail)
{
    struct err err = ERR_INIT;
    err_set(&err, code, "%s worker: %s", worker->kind.name, detail);
    for (size_t left = worker->request_count; left; left--) {
        struct ipc_message none = {0};
        worker->failing = left > 1;
        finish_request(worker, 0, &none, NULL, &err);
    }
}

static int on_kill_time(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct worker *worker = payload;
    if (worker->pid)
        kill(worker->pid, SIGKILL);
    return 0;
}

static int on_deadline(sd_event_source *source, uint64_t now_us, void *payload);

static void arm_deadline(struct worker *worker, uint64_t after_us, sd_event_time_handler_t handler)
{
    worker->deadline = sd_event_source_disable_unref(worker->deadline);
    sd_event_add_time_relative(worker->loop, &worker->deadline, CLOCK_MONOTONIC, after_us, 1000,
                               handler, worker);
}

static void terminate(struct worker *worker)
{
    worker->stopping = true;
    if (worker->pid)
        kill(worker->pid, SIGTERM);
    arm_deadline(worker, TERM_GRACE_US, on_kill_time);
}

static int on_deadline(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct worker *worker = payload;
    worker->timed_out = !worker->cancelling;
    terminate(worker);
    return 0;
}

static void deliver(struct worker *worker, struct ipc_message *message)
{
    const char *event = js_text_or(message->body, "event", NULL);
    size_t index = 0;
    while (index < worker->request_count && worker->requests[index].id != message->id)
        index++;
    if (index == worker->request_count)
        return;
    const struct request *request = &worker->requests[index];
    if (event) {
        if (request->on_event)
            request->on_event(request->payload, message, event, js_at(message->body, "data"));
        return;
    }
    struct err err = ERR_INIT;
    const struct js *ok = NULL;
    enum err_code code = ipc_reply(message, &ok, &err);
    worker->crashes_in_a_row = 0;
    worker->served++;
    bool used_up =
        worker->kind.recycle_after > 0 && worker->served >= (unsigned)worker->kind.recycle_after;
    bool recycle = used_up || js_bool_or(message->body, "recycle", false);
    if (recycle)
        drop_channel(worker);
    finish_request(worker, index, message, ok, code ? &err : NULL);
    if (recycle && worker->pid && !worker->channel && !worker->deadline)
        arm_deadline(worker, TERM_GRACE_US, on_kill_time);
}

static void watch_writes(struct worker *worker)
{
    bool writes = ipc_channel_wants_write(worker->channel);
    sd_event_source_set_io_events(worker->io, EPOLLIN | (writes ? EPOLLOUT : 0u));
}

static int on_channel(sd_event_source *source, int fd, uint32_t events, void *payload)
{
    (void)source;
    (void)fd;
    struct worker *worker = payload;
    struct err err = ERR_INIT;
    if ((events & EPOLLOUT) && ipc_channel_flush(worker->channel, &err)) {
        drop_channel(worker);
        return 0; /* the child's end is reported by on_child */
    }
    bool any = true, end = false;
    while (any && !end) {
        struct ipc_message message = {0};
        struct ipc_channel *channel = worker->channel;
        if (ipc_channel_next(channel, &message, &any, &end, &err)) {
            log_err(&err, NULL, "message from a worker cannot be read; ending it, continuing");
            terminate(worker);
            break;
        }
        if (any)
            deliver(worker, &message);
        ipc_message_done(&message);
        if (worker->channel != channel)
            return 0;
    }
    if (end)
        drop_channel(worker);
    else
        watch_writes(worker);
    return 0;
}

static uint64_t backoff_us(unsigned crashes_in_a_row)
{
    uint64_t wait = BACKOFF_FIRST_US;
    for (unsigned i = 1; i < crashes_in_a_row && wait < BACKOFF_MAX_US; i++)
        wait *= 2;
    return wait < BACKOFF_MAX_US ? wait : BACKOFF_MAX_US;
}

static void note_death(struct worker *worker, const siginfo_t *info)
{
    char how[64], pid[16];
    bool by_signal = info->si_code == CLD_KILLED || info->si_code == CLD_DUMPED;
    snprintf(how, sizeof how, "%s %d", by_signal ? "signal" : "exit status", info->si_status);
    snprintf(pid, sizeof pid, "%d", (int)info->si_pid);
    log_line(LOG_LEVEL_WARNING,
             LOG_FIELDS(LOG_FIELD("SOHOA_WORKER", worker->kind.name), LOG_FIELD("SOHOA_PID", pid)),
             "worker ended during a request (%s), continuing", how);
}

static int on_child(sd_event_source *source, const siginfo_t *info, void *payload)
{
    (void)source;
    struct worker *worker = payload;
    worker->child = sd_event_source_disable_unref(worker->child);
    /* what it said before it died still counts; a next request waits for a new process */
    worker->stopping = true;
    if (worker->channel)
        on_channel(NULL, -1, EPOLLIN, worker);
    worker->pid = 0;
    bool timed_out = worker->timed_out, cancelling = worker->cancelling;
    bool during_request = worker->request_count && !worker->held_body;
    worker->stopping = false;
    drop_channel(worker);
    worker->deadline = sd_event_source_disable_unref(worker->deadline);
    if (!during_request)
        return 0;
    if (!cancelling) {
        worker->crashes++;
        worker->crashes_in_a_row++;
        worker->not_before_us = (uint64_t)sys_monotonic_us() + backoff_us(worker->crashes_in_a_row);
        note_death(worker, info);
    }
    if (cancelling)
        fail_requests(worker, ERR_CANCELLED, "cancelled");
    else
        fail_requests(worker, timed_out ? ERR_WORKER_HUNG : ERR_WORKER_DIED,
                     timed_out ? "no answer within the deadline" : "ended during the request");
    return 0;
}

static void set_limit(int resource, uint64_t value)
{
    struct rlimit limit = {value, value};
    setrlimit((__rlimit_resource_t)resource, &limit);
}

/* In the child, between fork and exec: async-signal-safe calls only. */
static void become_worker(const struct worker *worker, pid_t parent, int socket, char *const env[])
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    set_limit(RLIMIT_CORE, 0);
    if (worker->kind.memory_limit_mb)
        set_limit(RLIMIT_AS, (uint64_t)worker->kind.memory_limit_mb << 20);
    if (socket == WORKER_SOCKET_FD)
        fcntl(socket, F_SETFD, 0);
    else
        dup2(socket, WORKER_SOCKET_FD);
    char *argv[] = {worker->program, NULL};
    execve(worker->program, worker->kind.argv ? (char *const *)worker->kind.argv : argv, env);
    _exit(127);
}

extern char **environ;

/* The daemon's environment with the kind's own variables in front (the first of a name wins). */
static char **merged_env(const struct worker_kind *kind)
{
    size_t ours = 0, added = 0;
    while (environ[ours])
        ours++;
    while (kind->env && kind->env[added])
        added++;
    char **env = mem_array(ours + added + 1, sizeof *env);
    if (!env)
        return NULL;
    for (size_t i = 0; i < added; i++)
        env[i] = (char *)kind->env[i];
    memcpy(env + added, environ, ours * sizeof *env);
    return env;
}

static enum err_code watch(struct worker *worker, int socket, struct err *err)
{
    int flags = fcntl(socket, F_GETFL);
    fcntl(socket, F_SETFL, flags | O_NONBLOCK);
    enum err_code code = ipc_channel_new(socket, &worker->channel, err);
    if (code)
        return code;
    if (sd_event_add_io(worker->loop, &worker->io, socket, EPOLLIN, on_channel, worker) < 0 ||
        sd_event_add_child(worker->loop, &worker->child, worker->pid, WEXITED, on_child, worker) <
            0)
        return err_set(err, ERR_INTERNAL, "watch worker '%s'", worker->kind.name);
    return ERR_OK;
}

static enum err_code launch(struct worker *worker, struct err *err)
{
    if (access(worker->program, X_OK) != 0)
        return err_set_errno(err, ERR_WORKER_MISSING, errno, "worker program '%s'",
                             worker->program);
    int pair[2];
    enum err_code code = ipc_pair(pair, err);
    if (code)
        return code;
    AUTO(fd) int theirs = pair[1];
    AUTO(fd) int ours = pair[0];
    AUTO(mem) char **env = merged_env(&worker->kind);
    if (!env)
        return err_set(err, ERR_NO_MEMORY, "worker environment");
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        return err_set_errno(err, ERR_NO_MEMORY, errno, "start worker '%s'", worker->kind.name);
    if (pid == 0)
        become_worker(worker, parent, theirs, env);
    worker->pid = pid;
    worker->served = 0;
    worker->stopping = false;
    code = watch(worker, TAKE_FD(ours), err);
    if (code) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        drop_channel(worker);
        worker->child = sd_event_source_disable_unref(worker->child);
        worker->pid = 0;
    }
    return code;
}

static enum err_code send_now(struct worker *worker, const struct js *body, const int *fds,
                              size_t fd_count, int deadline_ms, struct err *err)
{
    enum err_code code = ERR_OK;
    if (!worker->channel)
        code = launch(worker, err);
    if (!code)
        code = ipc_channel_send(worker->channel, body, fds, fd_count, err);
    if (code)
        return code;
    watch_writes(worker);
    if (deadline_ms > 0)
        arm_deadline(worker, (uint64_t)deadline_ms * 1000, on_deadline);
    return ERR_OK;
}

static int on_backoff_over(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct worker *worker = payload;
    struct err err = ERR_INIT;
    worker->later = sd_event_source_disable_unref(worker->later);
    if (!worker->held_body)
        return 0;
    if (worker->pid) { /* the old process is still ending; its KILL timer runs */
        sd_event_add_time_relative(worker->loop, &worker->later, CLOCK_MONOTONIC, ENDING_POLL_US,
                                   1000, on_backoff_over, worker);
        return 0;
    }
    AUTO(js) struct js *body = TAKE(worker->held_body);
    enum err_code code = send_now(worker, body, worker->held_fds, worker->held_fd_count,
                                  worker->held_deadline_ms, &err);
    if (code)
        fail_requests(worker, code, err.detail);
    else
        drop_held(worker);
    return 0;
}

static enum err_code hold(struct worker *worker, const struct js *body, const int *fds,
                          size_t fd_count, int deadline_ms, uint64_t at_us, struct err *err)
{
    worker->held_fds = mem_array(fd_count ? fd_count : 1, sizeof *fds);
    if (!worker->held_fds)
        return err_set(err, ERR_NO_MEMORY, "request");
    for (size_t i = 0; i < fd_count; i++) {
        int copy = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
        if (copy < 0)
            return err_set_errno(err, ERR_IO, errno, "duplicate descriptor");
        worker->held_fds[worker->held_fd_count++] = copy;
    }
    worker->held_body = js_ref(body);
    worker->held_deadline_ms = deadline_ms;
    if (sd_event_add_time(worker->loop, &worker->later, CLOCK_MONOTONIC, at_us, 1000,
                          on_backoff_over, worker) < 0)
        return err_set(err, ERR_INTERNAL, "timer");
    return ERR_OK;
}

static bool is_dying(const struct worker *worker)
{
    return worker->pid && (!worker->channel || worker->stopping);
}

enum err_code worker_request(struct worker *worker, const char *op, struct js *args, const int *fds,
                             size_t fd_count, int deadline_ms, worker_done_fn *done,
                             worker_event_fn *on_event, void *payload, struct err *err)
{
    AUTO(js) struct js *body = ipc_make_request(worker->next_id + 1, op, args);
    if (!body)
        return err_set(err, ERR_NO_MEMORY, "request '%s'", op);
    if (worker->closing)
        return err_set(err, ERR_CANCELLED, "daemon is stopping");
    if (!worker_takes_more(worker))
        return err_set(err, ERR_CONFLICT, "worker '%s' is busy", worker->kind.name);
    uint64_t id = ++worker->next_id;
    uint64_t now_us = (uint64_t)sys_monotonic_us();
    bool dying = is_dying(worker);
    uint64_t at_us = dying && worker->not_before_us < now_us + ENDING_POLL_US
                         ? now_us + ENDING_POLL_US
                         : worker->not_before_us;
    enum err_code code = at_us > now_us && (dying || !worker->pid)
                             ? hold(worker, body, fds, fd_count, deadline_ms, at_us, err)
                             : send_now(worker, body, fds, fd_count, deadline_ms, err);
    if (code) {
        drop_held(worker);
        return code;
    }
    worker->requests[worker->request_count++] = (struct request){id, done, on_event, payload};
    return ERR_OK;
}

bool worker_is_busy(const struct worker *worker)
{
    return worker->request_count > 0;
}

bool worker_takes_more(const struct worker *worker)
{
    size_t most = worker->kind.outstanding ? worker->kind.outstanding : 1;
    bool first = worker->request_count == 0;
    return !worker->failing && worker->request_count < most &&
           (first || !(worker->held_body || is_dying(worker)));
}

bool worker_is_alive(const struct worker *worker)
{
    return worker->pid != 0;
}

int worker_next_pid(const struct worker *worker)
{
    return worker->channel ? worker->pid : 0;
}

void worker_extend(struct worker *worker, int deadline_ms)
{
    bool running = worker->request_count && worker->pid && !worker->stopping && !worker->cancelling;
    if (running && !worker->held_body)
        arm_deadline(worker, (uint64_t)deadline_ms * 1000, on_deadline);
}

void worker_cancel(struct worker *worker, int grace_ms)
{
    if (!worker->request_count || worker->cancelling)
        return;
    worker->cancelling = true;
    if (worker->held_body || !worker->pid) {
        fail_requests(worker, ERR_CANCELLED, "cancelled before it started");
        return;
    }
    kill(worker->pid, SIGUSR1);
    arm_deadline(worker, (uint64_t)grace_ms * 1000, on_deadline);
}

void worker_stop(struct worker *worker)
{
    /* the worker sees the end of its socket and leaves; on_child collects it */
    drop_channel(worker);
    if (worker->pid)
        arm_deadline(worker, TERM_GRACE_US, on_kill_time);
}

/* Waits at most that long for the process to end; 0 when it has. */
static int wait_for_end(struct worker *worker, int wait_ms)
{
    for (int waited = 0; waitpid(worker->pid, NULL, WNOHANG) == 0; waited += 10) {
        if (waited >= wait_ms)
            return -1;
        usleep(10000);
    }
    return 0;
}

void worker_free(struct worker *worker)
{
    if (!worker)
        return;
    worker->closing = true;
    if (worker->request_count)
        fail_requests(worker, ERR_CANCELLED, "daemon is stopping");
    worker->deadline = sd_event_source_disable_unref(worker->deadline);
    worker->later = sd_event_source_disable_unref(worker->later);
    worker->child = sd_event_source_disable_unref(worker->child);
    drop_channel(worker); /* it finishes what it does, sees the end of its socket and leaves */
    if (worker->pid && wait_for_end(worker, LEAVE_GRACE_MS) != 0) {
        kill(worker->pid, SIGTERM);
        if (wait_for_end(worker, LEAVE_GRACE_MS) != 0) {
            kill(worker->pid, SIGKILL);
            waitpid(worker->pid, NULL, 0);
        }
    }
    drop_held(worker);
    sd_event_unref(worker->loop);
    mem_free(worker->program);
    mem_free(worker);
}

unsigned worker_crash_count(const struct worker *worker)
{
    return worker->crashes;
}

int worker_pid(const struct worker *worker)
{
    return (int)worker->pid;
}
