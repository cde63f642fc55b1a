#include "tests/flow/store/process.h"

#include "daemon/base/hash.h"
#include "daemon/workers/worker_main.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define PROGRAM SOHOA_BINARY_DIR "/bin/sohoa-store-worker"

static void become_worker(int socket, const char *folder, const char *const *extra)
{
    const char *argv[20] = {PROGRAM, "--folder", folder, "--reserve-mb", "1"};
    size_t count = 5;
    while (extra && *extra && count < COUNT_OF(argv) - 1)
        argv[count++] = *extra++;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(socket, WORKER_SOCKET_FD);
    execv(PROGRAM, (char *const *)argv);
    _exit(127);
}

void process_start(struct store_process *p, const char *folder, const char *const *extra)
{
    int pair[2];
    assert_int_equal(ipc_pair(pair, NULL), ERR_OK);
    *p = (struct store_process){.socket = pair[0]};
    p->pid = fork();
    assert_true(p->pid >= 0);
    if (p->pid == 0)
        become_worker(pair[1], folder, extra);
    close(pair[1]);
}

static int wait_for_end(struct store_process *p)
{
    int status = 0;
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    p->pid = 0;
    return status;
}

int process_end(struct store_process *p)
{
    close(p->socket);
    return wait_for_end(p);
}

void process_kill(struct store_process *p)
{
    kill(p->pid, SIGKILL);
    wait_for_end(p);
    close(p->socket);
}

static enum err_code receive(struct store_process *p, uint64_t *out_id, struct js **out_ok,
                             int *out_fds, size_t out_size, struct err *err)
{
    struct ipc_message message;
    const struct js *ok = NULL;
    enum err_code code = ipc_receive(p->socket, &message, err);
    if (!code && !message.body)
        return err_set(err, ERR_WORKER_DIED, "store worker is gone");
    if (!code)
        code = ipc_reply(&message, &ok, err);
    *out_id = message.id;
    for (size_t i = 0; !code && i < out_size && i < message.fd_count; i++)
        code = ipc_take_fd(&message, i, &out_fds[i], err);
    if (!code && out_ok)
        *out_ok = js_ref(ok);
    ipc_message_done(&message);
    return code;
}

enum err_code process_receive(struct store_process *p, uint64_t *out_id, struct js **out_ok,
                              struct err *err)
{
    return receive(p, out_id, out_ok, NULL, 0, err);
}

enum err_code process_send(struct store_process *p, const char *op, const char *args,
                           const int *fds, size_t fd_count, uint64_t *out_id, struct err *err)
{
    struct js *value = NULL;
    enum err_code code = js_parse(args, strlen(args), &value, err);
    if (code)
        return code;
    if (!js_has(value, "principal"))
        js_set(value, "principal", js_pack("{s:s, s:s}", "id", "uid:1000", "role", "clerk"));
    AUTO(js) struct js *body = ipc_make_request(++p->last_id, op, value);
    *out_id = p->last_id;
    return ipc_send(p->socket, body, fds, fd_count, err);
}

enum err_code process_call(struct store_process *p, const char *op, const char *args,
                           const int *fds, size_t fd_count, struct js **out_ok, int *out_fds,
                           size_t out_size, struct err *err)
{
    uint64_t asked, answered;
    enum err_code code = process_send(p, op, args, fds, fd_count, &asked, err);
    return code ? code : receive(p, &answered, out_ok, out_fds, out_size, err);
}

struct js *process_ok(struct store_process *p, int *out_fd, const char *op, const char *fmt, ...)
{
    char args[4000];
    struct err err = ERR_INIT;
    struct js *ok = NULL;
    va_list list;
    va_start(list, fmt);
    vsnprintf(args, sizeof args, fmt, list);
    va_end(list);
    if (process_call(p, op, args, NULL, 0, &ok, out_fd, out_fd ? 1 : 0, &err))
        fail_msg("%s: %s: %s", op, err_name(err.code), err.detail);
    return ok;
}

void process_expect(struct store_process *p, enum err_code wanted, const char *op, const char *fmt,
                    ...)
{
    char args[4000];
    struct err err = ERR_INIT;
    va_list list;
    va_start(list, fmt);
    vsnprintf(args, sizeof args, fmt, list);
    va_end(list);
    process_call(p, op, args, NULL, 0, NULL, NULL, 0, &err);
    if (err.code != wanted)
        fail_msg("%s: %s (%s), wanted %s", op, err_name(err.code), err.detail, err_name(wanted));
}

static void copy_id(const struct js *ok, const char *path, char out[ID_SIZE])
{
    snprintf(out, ID_SIZE, "%s", js_text_or(ok, path, ""));
    assert_true(id_is_valid(out));
}

struct process_paper process_paper(struct store_process *p)
{
    struct process_paper paper;
    AUTO(js) struct js *dossier = process_ok(p, NULL, "dossier_create", "{\"papers\":1}");
    copy_id(dossier, "dossier.id", paper.dossier);
    AUTO(js)
    struct js *document =
        process_ok(p, NULL, "document_create", "{\"dossier_id\":\"%s\"}", paper.dossier);
    copy_id(document, "document.id", paper.document);
    return paper;
}

enum err_code process_begin_page(struct store_process *p, const struct process_paper *paper,
                                 const char *content, char out_id[ID_SIZE],
                                 char out_args[PROCESS_ARGS_MAX], struct err *err)
{
    char args[200], sha256[HASH_HEX_SIZE];
    AUTO(js) struct js *begun = NULL;
    AUTO(fd) int fd = -1;
    snprintf(args, sizeof args, "{\"dossier_id\":\"%s\",\"document_id\":\"%s\"}", paper->dossier,
             paper->document);
    enum err_code code = process_call(p, "page_begin", args, NULL, 0, &begun, &fd, 1, err);
    if (code)
        return code;
    copy_id(begun, "page_id", out_id);
    assert_int_equal(write(fd, content, strlen(content)), strlen(content));
    fdatasync(fd);
    hash_bytes(content, strlen(content), sha256);
    snprintf(out_args, PROCESS_ARGS_MAX,
             "{\"page_id\":\"%s\",\"blob\":\"%s\",\"image\":{\"sha256\":\"%s\",\"size_bytes\":%zu,"
             "\"pixel_sha256\":\"%s\",\"width_px\":10,\"height_px\":10,\"channels\":3,\"bits\":8,"
             "\"dpi\":300,\"width_mm\":210.0,\"height_mm\":297.0},\"device\":\"sim:0\","
             "\"side\":\"front\",\"sheet\":1,\"captured_by\":\"uid:1000\"}",
             out_id, js_text_or(begun, "blob", ""), sha256, strlen(content), sha256);
    return ERR_OK;
}

enum err_code process_page(struct store_process *p, const struct process_paper *paper,
                           const char *content, char out_id[ID_SIZE], struct err *err)
{
    char args[PROCESS_ARGS_MAX];
    enum err_code code = process_begin_page(p, paper, content, out_id, args, err);
    if (code)
        return code;
    return process_call(p, "page_commit", args, NULL, 0, NULL, NULL, 0, err);
}
