#include "drivers/folder/bounded_call.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define REAP_MS 200 /* what a killed child gets before it counts as stuck */

/* The child's end of the pipe; only ever set in a child. */
static int progress_fd = -1;

void bounded_progress(int64_t amount)
{
    if (progress_fd >= 0 && write(progress_fd, &amount, sizeof amount) < 0)
        _exit(1); /* the parent is gone */
}

static enum err_code write_answer(int fd, struct js *answer, struct err *err)
{
    AUTO(js) struct js *whole = answer;
    AUTO(mem) char *text = whole ? js_dump(whole) : NULL;
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "answer");
    return file_write_all(fd, text, strlen(text), err);
}

static void run_child(bounded_work_fn *run, void *work, int answer_fd)
{
    struct err err = ERR_INIT;
    struct js *out = NULL;
    enum err_code code = run(work, &out, &err);
    struct js *answer = code ? js_pack("{s:s, s:s, s:i}", "code", err_name(code), "detail",
                                       err.detail, "errno", err.sys_errno)
                             : js_pack("{s:o}", "ok", out);
    _exit(write_answer(answer_fd, answer, &err) ? 1 : 0);
}

static enum err_code take_answer(int answer_fd, struct js **out, struct err *err)
{
    AUTO(js) struct js *answer = NULL;
    if (js_read_fd(answer_fd, &answer, err))
        return err_set(err, ERR_WORKER_DIED, "the child left no answer");
    const struct js *ok = js_at(answer, "ok");
    if (ok) {
        *out = js_ref(ok);
        return ERR_OK;
    }
    enum err_code code = err_set(err, err_from_name(js_text_or(answer, "code", "")), "%s",
                                 js_text_or(answer, "detail", ""));
    if (err)
        err->sys_errno = (int)js_int_or(answer, "errno", 0);
    return code;
}

/* Reads progress until the pipe closes. */
static enum err_code follow(const struct bounded_call *call, int fd, struct err *err)
{
    int64_t deadline = sys_monotonic_us() + (int64_t)call->deadline_ms * 1000;
    for (;;) {
        int64_t left_us = deadline - sys_monotonic_us();
        if (left_us <= 0)
            return err_set(err, ERR_TIMEOUT, "no answer within %d ms", call->deadline_ms);
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int ready = poll(&wait, 1, (int)(left_us / 1000) + 1);
        if (call->is_cancelled && call->is_cancelled())
            return err_set(err, ERR_CANCELLED, "as asked");
        if (ready < 0 && errno != EINTR)
            return err_set_errno(err, ERR_IO, errno, "poll");
        if (ready <= 0)
            continue;
        int64_t amount;
        if (read(fd, &amount, sizeof amount) != sizeof amount)
            return ERR_OK;
        deadline = sys_monotonic_us() + (int64_t)call->deadline_ms * 1000;
        if (call->on_progress)
            call->on_progress(call->payload, amount);
    }
}

static bool reap(pid_t pid, int patience_ms)
{
    for (int waited = 0;; waited += 5) {
        pid_t got = waitpid(pid, NULL, WNOHANG);
        if (got == pid || (got < 0 && errno == ECHILD))
            return true;
        if (waited >= patience_ms)
            return false;
        usleep(5000);
    }
}

static enum err_code start(struct bounded_call *call, bounded_work_fn *run, void *work,
                           const int pipe_fds[2], int answer_fd, pid_t *out_pid, struct err *err)
{
    pid_t pid = fork();
    if (pid < 0)
        return err_set_errno(err, ERR_NO_MEMORY, errno, "fork");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(pipe_fds[0]);
        progress_fd = pipe_fds[1];
        if (call->in_child)
            call->in_child();
        run_child(run, work, answer_fd);
    }
    *out_pid = pid;
    return ERR_OK;
}

enum err_code bounded_call(struct bounded_call *call, bounded_work_fn *run, void *work,
                           struct js **out, struct err *err)
{
    AUTO(fd) int answer_fd = -1;
    int pipe_fds[2];
    pid_t pid = 0;
    if (call->stuck && !reap(call->stuck, 0))
        return err_set(err, ERR_TIMEOUT, "an earlier call still hangs");
    call->stuck = 0;
    enum err_code code = file_memfd("answer", "", 0, &answer_fd, err);
    if (code)
        return code;
    if (pipe2(pipe_fds, O_CLOEXEC) != 0)
        return err_set_errno(err, ERR_NO_MEMORY, errno, "pipe");
    code = start(call, run, work, pipe_fds, answer_fd, &pid, err);
    close(pipe_fds[1]);
    if (code) {
        close(pipe_fds[0]);
        return code;
    }
    code = follow(call, pipe_fds[0], err);
    close(pipe_fds[0]);
    if (code)
        kill(pid, SIGKILL);
    if (!reap(pid, REAP_MS))
        call->stuck = pid;
    return code ? code : take_answer(answer_fd, out, err);
}
