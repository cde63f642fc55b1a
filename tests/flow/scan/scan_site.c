#include "tests/flow/scan/scan_site.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

void site_path(const struct scan_site *site, const char *name, char *out, size_t size)
{
    assert_true(snprintf(out, size, "%s/%s", site->dir, name) < (int)size);
}

void site_put(const struct scan_site *site, const char *name, const char *text)
{
    char path[256];
    site_path(site, name, path, sizeof path);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

bool site_has(const struct scan_site *site, const char *name)
{
    char path[256];
    site_path(site, name, path, sizeof path);
    return access(path, F_OK) == 0;
}

void site_open(struct scan_site *site, const char *backend)
{
    site->own_backend = strcmp(backend, "sohoasim") == 0;
    strcpy(site->dir, "/tmp/sohoa-scan-XXXXXX");
    assert_non_null(mkdtemp(site->dir));
    site_path(site, "config", site->config, sizeof site->config);
    site_path(site, "papers", site->papers, sizeof site->papers);
    assert_int_equal(mkdir(site->config, 0700), 0);
    assert_int_equal(mkdir(site->papers, 0700), 0);
    site_put(site, "config/dll.conf", backend);
}

void site_alias(const struct scan_site *site, const char *name)
{
    char line[128];
    snprintf(line, sizeof line, "alias \"%s\" sohoasim:counter\n", name);
    site_put(site, "config/dll.aliases", line);
}

void site_close(struct scan_site *site)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", site->dir);
    assert_int_equal(system(command), 0);
}

uint8_t site_sample(int x, int y, int channel, int seed)
{
    return (uint8_t)(x + 3 * y + 50 * channel + 37 * seed + (x * y) % 7);
}

void site_paper(const struct scan_site *site, const char *name, int width, int height, int channels,
                int seed)
{
    char path[256];
    site_path(site, name, path, sizeof path);
    FILE *file = fopen(path, "wbe");
    assert_non_null(file);
    fprintf(file, "P%d\n%d %d\n255\n", channels == 3 ? 6 : 5, width, height);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < channels; c++)
                fputc(site_sample(x, y, c, seed), file);
    assert_int_equal(fclose(file), 0);
}

/* In the child only. */
static void set_environment(const struct scan_site *site)
{
    setenv("SANE_CONFIG_DIR", site->config, 1);
    setenv("LD_LIBRARY_PATH", SOHOA_BINARY_DIR "/lib", 1);
    setenv("SOHOASIM_DIR", site->papers, 1);
    setenv("TMPDIR", site->dir, 1);
    unsetenv("SOHOASIM_STATE");
    if (site->own_backend)
        return;
    setenv("ASAN_OPTIONS", "detect_leaks=0:verify_asan_link_order=0", 1); /* test leaks */
    setenv("LD_PRELOAD", CALM_THREADS, 1);
}

static int wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int site_run(const struct scan_site *site, const char *command)
{
    pid_t pid = fork();
    if (pid == 0) {
        set_environment(site);
        if (chdir(site->dir) || !freopen("out", "we", stdout) || dup2(1, 2) < 0)
            _exit(126);
        fcntl(1, F_SETFD, 0);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return wait_for(pid);
}

char *site_read(const struct scan_site *site, const char *name)
{
    char path[256], *text = NULL;
    size_t size;
    struct err err = ERR_INIT;
    site_path(site, name, path, sizeof path);
    if (file_read(AT_FDCWD, path, 100 << 20, &text, &size, &err))
        fail_msg("%s", err.detail);
    return text;
}

/* ---- worker -----------------------------------------------------------------------------------
 */

void worker_spawn(struct scan_worker *worker, const struct scan_site *site)
{
    int pair[2];
    struct err err = ERR_INIT;
    assert_int_equal(ipc_pair(pair, &err), ERR_OK);
    pid_t pid = fork();
    if (pid == 0) {
        set_environment(site);
        if (pair[1] == 3)
            fcntl(3, F_SETFD, 0);
        else
            dup2(pair[1], 3);
        execl(SOHOA_BINARY_DIR "/bin/sohoa-scan-worker", "sohoa-scan-worker", (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
    *worker = (struct scan_worker){.pid = pid, .socket = pair[0], .next_id = 1};
}

static bool send_fds(struct scan_worker *worker, const char *op, struct js *args, const int *fds,
                     size_t fd_count)
{
    struct err err = ERR_INIT;
    AUTO(js) struct js *body = ipc_make_request(worker->next_id, op, args ? args : js_object());
    assert_non_null(body);
    worker->calls[0] = 0;
    return ipc_send(worker->socket, body, fds, fd_count, &err) == ERR_OK;
}

bool worker_send(struct scan_worker *worker, const char *op, struct js *args, int fd)
{
    return send_fds(worker, op, args, &fd, fd >= 0);
}

/* "option> option< " … */
static void note_call(struct scan_worker *worker, const struct js *body)
{
    size_t used = strlen(worker->calls);
    bool over = strcmp(js_text_or(body, "data.phase", ""), "after") == 0;
    snprintf(worker->calls + used, sizeof worker->calls - used, "%s%c ",
             js_text_or(body, "data.name", "?"), over ? '<' : '>');
}

static void note_progress(struct scan_worker *worker, const struct js *body)
{
    assert_string_equal(js_text_or(body, "event", ""), "progress");
    worker->progress_events++;
    worker->preview_rows = (int)js_int_or(body, "data.preview.rows", -9);
    worker->preview_width = (int)js_int_or(body, "data.preview.width", -9);
    worker->preview_channels = (int)js_int_or(body, "data.preview.channels", -9);
    worker->preview_expected = (int)js_int_or(body, "data.preview.rows_expected", -9);
    worker->last_lines = (int)js_int_or(body, "data.lines", -9);
    worker->last_expected = (int)js_int_or(body, "data.lines_expected", -9);
    if (worker->on_progress)
        worker->on_progress(worker);
}

static enum err_code await(struct scan_worker *worker, struct js **out_ok, struct err *err)
{
    for (;;) {
        struct ipc_message message;
        enum err_code code = ipc_receive(worker->socket, &message, err);
        if (code || !message.body)
            return err_set(err, ERR_WORKER_DIED, "the worker is gone");
        assert_int_equal(message.id, worker->next_id);
        if (js_has(message.body, "event")) {
            if (strcmp(js_text_or(message.body, "event", ""), "call") == 0)
                note_call(worker, message.body);
            else
                note_progress(worker, message.body);
            ipc_message_done(&message);
            continue;
        }
        worker->next_id++;
        const struct js *ok = NULL;
        code = ipc_reply(&message, &ok, err);
        *out_ok = code ? NULL : js_copy(ok);
        ipc_message_done(&message);
        return code;
    }
}

enum err_code worker_ask_fds(struct scan_worker *worker, const char *op, struct js *args,
                             const int *fds, size_t fd_count, struct js **out_ok, struct err *err)
{
    *out_ok = NULL;
    if (!send_fds(worker, op, args, fds, fd_count))
        return err_set(err, ERR_WORKER_DIED, "the worker is gone");
    return await(worker, out_ok, err);
}

enum err_code worker_ask(struct scan_worker *worker, const char *op, struct js *args, int fd,
                         struct js **out_ok, struct err *err)
{
    return worker_ask_fds(worker, op, args, &fd, fd >= 0, out_ok, err);
}

int worker_end(struct scan_worker *worker)
{
    close(worker->socket);
    return wait_for(worker->pid);
}

void worker_kill(struct scan_worker *worker, int signal)
{
    kill(worker->pid, signal);
}

int site_page_fd(const struct scan_site *site, const char *name)
{
    char path[256];
    site_path(site, name, path, sizeof path);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    return fd;
}

enum err_code worker_next(struct scan_worker *worker, const struct scan_site *site,
                          const char *name, struct js **out_ok, struct err *err)
{
    AUTO(fd) int fd = site_page_fd(site, name);
    return worker_ask(worker, "next", NULL, fd, out_ok, err);
}
