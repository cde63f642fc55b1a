#include "ocr_client.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/ipc/ipc.h"
#include "daemon/workers/worker_main.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGES_MAX 64

enum err_code ocr_client_start(const char *program, struct ocr_client *out, struct err *err)
{
    int pair[2];
    if (access(program, X_OK) != 0)
        return err_set_errno(err, ERR_WORKER_MISSING, errno, "%s", program);
    enum err_code code = ipc_pair(pair, err);
    if (code)
        return code;
    pid_t pid = fork();
    if (pid == 0) {
        setenv("OMP_THREAD_LIMIT", "1", 1);
        if (dup2(pair[1], WORKER_SOCKET_FD) == WORKER_SOCKET_FD)
            execl(program, program, (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
    *out = (struct ocr_client){pid, pair[0], 1, 1};
    return pid > 0 ? ERR_OK : err_set_errno(err, ERR_INTERNAL, errno, "fork");
}

void ocr_client_stop(struct ocr_client *client)
{
    close(client->socket);
    if (client->pid > 0)
        waitpid(client->pid, NULL, 0);
}

/* One request and its reply; events in between are passed over. `args` is taken over. */
static enum err_code call(struct ocr_client *client, const char *op, struct js *args,
                          const int *fds, size_t fd_count, struct ipc_message *out,
                          const struct js **out_ok, struct err *err)
{
    AUTO(js) struct js *request = ipc_make_request(client->next_id++, op, args);
    if (!request)
        return err_set(err, ERR_NO_MEMORY, "request '%s'", op);
    enum err_code code = ipc_send(client->socket, request, fds, fd_count, err);
    while (!code) {
        code = ipc_receive(client->socket, out, err);
        if (!code && !out->body)
            return err_set(err, ERR_WORKER_DIED, "during '%s'", op);
        if (code || !js_has(out->body, "event"))
            break;
        ipc_message_done(out);
    }
    return code ? code : ipc_reply(out, out_ok, err);
}

static enum err_code recognise(struct ocr_client *client, const struct js *read, int image_fd,
                               struct js **out_page, struct js **out_words, struct err *err)
{
    struct ipc_message reply = {0};
    const struct js *ok;
    struct js *args = js_pack("{s:O, s:O, s:i}", "page", js_at(read, "page"), "zones",
                              js_at(read, "zones"), "cores", client->cores);
    enum err_code code = call(client, "recognise", args, &image_fd, 1, &reply, &ok, err);
    AUTO(fd) int words_fd = -1;
    if (!code)
        code = ipc_take_fd(&reply, 0, &words_fd, err);
    if (!code)
        code = js_read_fd(words_fd, out_words, err);
    *out_page = code ? NULL : js_copy(js_at(read, "page"));
    if (!code && !js_set(*out_page, "zones", js_ref(js_at(ok, "zones"))))
        code = err_set(err, ERR_NO_MEMORY, "page");
    ipc_message_done(&reply);
    return code;
}

enum err_code ocr_client_read_page(struct ocr_client *client, const char *path, struct js **out,
                                   struct err *err)
{
    AUTO(fd) int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return err_set_errno(err, ERR_IO, errno, "%s", path);
    struct ipc_message reply = {0};
    const struct js *ok;
    AUTO(js) struct js *words = NULL;
    AUTO(js) struct js *info = NULL;
    AUTO(fd) int image = -1;
    struct js *args = js_pack("{s:i}", "cores", client->cores);
    enum err_code code = call(client, "read", args, &file, 1, &reply, &ok, err);
    if (!code)
        code = ipc_take_fd(&reply, 0, &image, err);
    if (!code)
        code = recognise(client, ok, image, &info, &words, err);
    struct js *page = code ? NULL : js_pack("{s:O, s:O}", "page", info, "words", words);
    ipc_message_done(&reply);
    if (code)
        return code;
    *out = page;
    return page ? ERR_OK : err_set(err, ERR_NO_MEMORY, "%s", path);
}

enum err_code ocr_client_understand(struct ocr_client *client, const struct js *pages,
                                    struct js **out, struct err *err)
{
    int fds[PAGES_MAX];
    size_t count = js_count(pages), made = 0;
    struct js *list = js_array();
    enum err_code code = count > PAGES_MAX ? err_set(err, ERR_TOO_MANY, "pages") : ERR_OK;
    for (; !code && made < count; made++) {
        const struct js *page = js_item(pages, made);
        code = js_to_memfd(js_at(page, "words"), "words", &fds[made], err);
        js_push(list, js_pack("{s:O}", "page", js_at(page, "page")));
    }
    struct ipc_message reply = {0};
    const struct js *ok;
    struct js *args = js_pack("{s:o, s:n}", "pages", list, "dossier");
    if (!code)
        code = call(client, "understand", args, fds, made, &reply, &ok, err);
    else
        js_free(args);
    if (!code)
        *out = js_copy(ok);
    for (size_t i = 0; i < made; i++)
        fd_close(fds[i]);
    ipc_message_done(&reply);
    return code;
}
