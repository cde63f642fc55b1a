#include "ocr/recognize/beside.h"

#include "daemon/base/file.h"
#include "daemon/base/log.h"
#include "daemon/base/sys.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_US (5 * 1000000ll)
#define PATIENCE_TIMES 3
/* How soon a cancel is seen while waiting. */
#define GLANCE_MS 50
#define FIRST_DESCRIPTOR (STDERR_FILENO + 1)

static void keep_only(int descriptor)
{
    if (descriptor > FIRST_DESCRIPTOR)
        close_range(FIRST_DESCRIPTOR, (unsigned)descriptor - 1, 0);
    close_range((unsigned)descriptor + 1, ~0u, 0);
}

/* Nothing of the original is flushed, freed or answered by its copy. */
static _Noreturn void be_copy(pid_t original, beside_fn *work, void *payload, int result)
{
    struct err err = ERR_INIT;
    struct buf out;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != original)
        _exit(1);
    keep_only(result);
    buf_init(&out, BESIDE_RESULT_MAX);
    bool done = !work(payload, &out, &err) && buf_ok(&out) &&
                !file_write_all(result, out.bytes, out.size, &err);
    _exit(done ? 0 : 1);
}

/* In a copy threads are missing, and what waits for them waits for ever. */
static bool has_threads(void)
{
    struct stat threads;
    return stat("/proc/self/task", &threads) == 0 && threads.st_nlink > 3; /* with . and .. */
}

enum err_code beside_begin(beside_fn *work, void *payload, struct beside *out, struct err *err)
{
    AUTO(fd) int result = -1;
    if (has_threads())
        return err_set(err, ERR_INTERNAL, "a process with threads is not copied");
    enum err_code code = file_memfd("beside", "", 0, &result, err);
    if (code)
        return code;
    pid_t original = getpid(), pid = fork();
    if (pid < 0)
        return err_set_errno(err, ERR_NO_MEMORY, errno, "copy of this process");
    if (pid == 0)
        be_copy(original, work, payload, result);
    *out = (struct beside){pid, TAKE_FD(result), sys_monotonic_us()};
    return ERR_OK;
}

/* WORKER_HUNG or CANCELLED: it still runs. */
static enum err_code wait_for_end(const struct beside *beside, bool (*is_cancelled)(void),
                                  struct err *err)
{
    int64_t now_us = sys_monotonic_us();
    int64_t until_us = now_us + PATIENCE_US + PATIENCE_TIMES * (now_us - beside->began_us);
    AUTO(fd) int process = pidfd_open(beside->pid, 0);
    if (process < 0)
        return err_set_errno(err, ERR_WORKER_HUNG, errno, "work beside cannot be watched");
    for (; now_us < until_us; now_us = sys_monotonic_us()) {
        struct pollfd end = {.fd = process, .events = POLLIN};
        if (poll(&end, 1, GLANCE_MS) > 0)
            return ERR_OK;
        if (is_cancelled && is_cancelled())
            return err_set(err, ERR_CANCELLED, "work beside cancelled");
    }
    return err_set(err, ERR_WORKER_HUNG, "work beside does not end");
}

static enum err_code collect(struct beside *beside, struct err *err)
{
    int status = 0;
    pid_t pid = beside->pid;
    beside->pid = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return err_set_errno(err, ERR_WORKER_DIED, errno, "work beside");
    if (WIFSIGNALED(status))
        return err_set(err, ERR_WORKER_DIED, "work beside ended by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status) ? err_set(err, ERR_WORKER_DIED, "work beside failed") : ERR_OK;
}

void beside_drop(struct beside *beside)
{
    if (!beside->pid)
        return;
    kill(beside->pid, SIGKILL);
    collect(beside, NULL);
    fd_close(TAKE_FD(beside->result));
}

enum err_code beside_take(struct beside *beside, bool (*is_cancelled)(void), char **out_bytes,
                          size_t *out_size, struct err *err)
{
    struct err why = ERR_INIT;
    enum err_code code = wait_for_end(beside, is_cancelled, &why);
    if (!code)
        code = collect(beside, &why);
    if (!code)
        code = file_read_fd(beside->result, BESIDE_RESULT_MAX, out_bytes, out_size, &why);
    beside_drop(beside);
    fd_close(TAKE_FD(beside->result));
    if (code && code != ERR_CANCELLED)
        log_err(&why, NULL, "a part of a page is read again, continuing");
    return code ? err_set(err, code, "%s", why.detail) : ERR_OK;
}
