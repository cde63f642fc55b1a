#include "daemon/image/pdf_tool.h"
#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOOL_CPU_S 40
#define TOOL_WALL_MS 60000
#define TOOL_MEMORY (1536ul << 20)
#define TOOL_FILE (512ul << 20)
#define TOOL_FILES 64
#define EXIT_NOT_FOUND 127

static void limit(int what, rlim_t value)
{
    struct rlimit both = {value, value};
    setrlimit(what, &both);
}

/* In the child, between fork and exec: only calls that are safe there. */
static void become_tool(const char *const argv[], const char *path, int input, int output,
                        int errors, const char *folder)
{
    static const char *const environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    int high[3] = {fcntl(output, F_DUPFD, 10), fcntl(errors, F_DUPFD, 10),
                   fcntl(input, F_DUPFD, 10)};
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0 || high[0] < 0 || high[1] < 0 || high[2] < 0 || dup2(nothing, 0) < 0 ||
        dup2(high[0], 1) < 0 || dup2(high[1], 2) < 0 || dup2(high[2], 3) < 0 || chdir(folder) != 0)
        _exit(EXIT_NOT_FOUND - 1);
    close_range(4, ~0u, 0);
    limit(RLIMIT_CPU, TOOL_CPU_S);
    limit(RLIMIT_AS, TOOL_MEMORY);
    limit(RLIMIT_FSIZE, TOOL_FILE);
    limit(RLIMIT_NOFILE, TOOL_FILES);
    limit(RLIMIT_CORE, 0);
    execve(path, (char *const *)argv, (char *const *)environment);
    _exit(EXIT_NOT_FOUND);
}

/* Waits without a signal handler; past the deadline the child and its group are killed. */
static int wait_for_tool(pid_t pid)
{
    int64_t deadline = sys_monotonic_us() + TOOL_WALL_MS * 1000;
    int status = 0;
    useconds_t pause_us = 500;
    for (;;) {
        pid_t got = waitpid(pid, &status, WNOHANG);
        if (got == pid)
            return status;
        if (got < 0 && errno != EINTR)
            return -1;
        if (sys_monotonic_us() > deadline) {
            kill(-pid, SIGKILL);
            kill(pid, SIGKILL);
        }
        usleep(pause_us);
        if (pause_us < 20000)
            pause_us *= 2;
    }
}

enum err_code pdf_tool_run(const char *const argv[], int input, const char *folder, char **out_text,
                           char **out_errors, struct err *err)
{
    AUTO(fd) int output = -1;
    AUTO(fd) int errors = -1;
    size_t size = 0;
    *out_text = *out_errors = NULL;
    AUTO(mem) char *path = mem_printf("/usr/bin/%s", argv[0]);
    if (!path)
        return err_set(err, ERR_NO_MEMORY, "PDF tool");
    if (access(path, X_OK) != 0)
        return err_set(err, ERR_WORKER_MISSING, "no '%s'; is poppler-utils installed?", path);
    enum err_code code = file_memfd("pdf-text", "", 0, &output, err);
    if (!code)
        code = file_memfd("pdf-errors", "", 0, &errors, err);
    if (code)
        return code;
    pid_t pid = fork();
    if (pid < 0)
        return err_set_errno(err, ERR_NO_MEMORY, errno, "starting %s", argv[0]);
    if (pid == 0)
        become_tool(argv, path, input, output, errors, folder);
    int status = wait_for_tool(pid);
    code = file_read_fd(output, PDF_TOOL_OUTPUT_MAX, out_text, &size, err);
    if (!code)
        code = file_read_fd(errors, PDF_TOOL_OUTPUT_MAX, out_errors, &size, err);
    if (code)
        return code;
    if (!WIFEXITED(status))
        return err_set(err, ERR_PDF_UNREADABLE, "%s ended by signal %d", argv[0],
                       WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    if (WEXITSTATUS(status) != 0)
        return err_set(err, ERR_PDF_UNREADABLE, "%s: exit %d", argv[0], WEXITSTATUS(status));
    return ERR_OK;
}
