#include "tests/flow/import/import_client.h"

#include "daemon/base/mem.h"
#include "daemon/workers/worker_main.h"
#include "tests/harness/test.h"

#include <sys/wait.h>

void import_client_start(const char *preload, struct import_client *out)
{
    static const char program[] = SOHOA_BINARY_DIR "/bin/sohoa-import-worker";
    int pair[2];
    assert_int_equal(ipc_pair(pair, NULL), ERR_OK);
    pid_t pid = fork();
    if (pid == 0) {
        if (preload)
            setenv("LD_PRELOAD", preload, 1);
        if (dup2(pair[1], WORKER_SOCKET_FD) == WORKER_SOCKET_FD)
            execl(program, program, (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
    *out = (struct import_client){pid, pair[0], 1, 0};
}

void import_client_stop(struct import_client *client)
{
    close(client->socket);
    waitpid(client->pid, NULL, 0);
}

enum err_code import_client_call(struct import_client *client, const char *op, struct js *args,
                                 int fd, struct ipc_message *out, const struct js **out_ok,
                                 struct err *err)
{
    AUTO(js) struct js *request = ipc_make_request(client->next_id++, op, args);
    *out = (struct ipc_message){0};
    client->events = 0;
    enum err_code code = ipc_send(client->socket, request, &fd, fd >= 0, err);
    while (!code) {
        code = ipc_receive(client->socket, out, err);
        if (!code && !out->body)
            return err_set(err, ERR_WORKER_DIED, "during '%s'", op);
        if (code || !js_has(out->body, "event"))
            break;
        client->events++;
        ipc_message_done(out);
    }
    return code ? code : ipc_reply(out, out_ok, err);
}
