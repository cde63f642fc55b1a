#include "daemon/ipc/store_client.h"

#include "daemon/base/mem.h"
#include "daemon/workers/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

struct command {
    struct store_client *client;
    struct command *next;
    char op[40];
    struct js *args;
    int *fds;
    size_t fd_count;
    bool sent, repeated;
    store_done_fn *done;
    void *payload;
};

struct store_client {
    struct worker *worker;
    struct command *first, *last; /* those sent, then those waiting */
    size_t waiting, sent;         /* waiting: all of them */
    bool closed;
    store_changed_fn *changed;
    void *payload;
};

/* Commands that carry their own id or claim: doing them twice is doing them once. */
static const char *const repeatable[] = {
    "hello",      "status",        "dossier_list", "dossier_get", "document_get",
    "page_image", "document_file", "page_commit",  "page_abort",  "complete",
    "fail",       "queue_list",    "next_due",     "audit_list",  "release_claims",
    "import_upload",
};

static bool is_repeatable(const char *op)
{
    for (size_t i = 0; i < sizeof repeatable / sizeof *repeatable; i++)
        if (strcmp(op, repeatable[i]) == 0)
            return true;
    return false;
}

static void send_more(struct store_client *client);

static void command_free(struct command *command)
{
    if (!command)
        return;
    for (size_t i = 0; i < command->fd_count; i++)
        fd_close(command->fds[i]);
    mem_free(command->fds);
    js_free(command->args);
    mem_free(command);
}

enum err_code store_client_new(struct worker *worker, store_changed_fn *changed, void *payload,
                               struct store_client **out, struct err *err)
{
    struct store_client *client = mem_alloc(sizeof *client);
    if (!client)
        return err_set(err, ERR_NO_MEMORY, "store client");
    *client = (struct store_client){.worker = worker, .changed = changed, .payload = payload};
    *out = client;
    return ERR_OK;
}

void store_client_free(struct store_client *client)
{
    if (!client)
        return;
    while (client->first) {
        struct command *command = client->first;
        client->first = command->next;
        command_free(command);
    }
    mem_free(client);
}

void store_client_close(struct store_client *client)
{
    client->closed = true;
}

static void take_out(struct store_client *client, const struct command *command)
{
    struct command **at = &client->first, *before = NULL;
    while (*at != command) {
        before = *at;
        at = &before->next;
    }
    *at = command->next;
    if (client->last == command)
        client->last = before;
    client->waiting--;
}

static void set_sent(struct command *command, bool sent)
{
    command->sent = sent;
    command->client->sent += sent ? 1 : (size_t)-1;
}

static void on_answer(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    struct command *command = payload;
    struct store_client *client = command->client;
    bool died = err && err->code == ERR_WORKER_DIED;
    set_sent(command, false);
    if (!client->closed && died && !command->repeated && is_repeatable(command->op)) {
        command->repeated = true;
        send_more(client);
        return;
    }
    take_out(client, command);
    const struct js *changed = js_at(ok, "changed");
    if (!client->closed && js_count(changed) && client->changed)
        client->changed(client->payload, changed);
    if (!client->closed && command->done)
        command->done(command->payload, message, ok, err);
    command_free(command);
    if (!client->closed)
        send_more(client);
}

static void answer_failure(struct command *command, enum err_code code, const char *detail)
{
    struct err err = ERR_INIT;
    struct ipc_message none = {0};
    err_set(&err, code, "store command '%s': %s", command->op, detail);
    if (command->done)
        command->done(command->payload, &none, NULL, &err);
    command_free(command);
}

/* The next in order; NULL when there is none or it has to wait. */
static struct command *next_to_send(const struct store_client *client)
{
    struct command *command = client->first;
    bool alone = command && command->repeated;
    while (command && command->sent)
        command = command->next;
    if (!command || !worker_takes_more(client->worker))
        return NULL;
    return client->sent && (alone || command->repeated) ? NULL : command;
}

static void send_more(struct store_client *client)
{
    for (struct command *command; (command = next_to_send(client));) {
        struct err err = ERR_INIT;
        enum err_code code =
            worker_request(client->worker, command->op, js_ref(command->args), command->fds,
                           command->fd_count, 0, on_answer, NULL, command, &err);
        if (!code) {
            set_sent(command, true);
            continue;
        }
        if (code == ERR_WORKER_DIED && client->sent)
            return; /* those under way are told in a moment */
        take_out(client, command);
        answer_failure(command, code, err.detail);
    }
}

static enum err_code keep_fds(struct command *command, const int *fds, size_t fd_count)
{
    command->fds = mem_array(fd_count ? fd_count : 1, sizeof *fds);
    if (!command->fds)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < fd_count; i++) {
        int copy = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
        if (copy < 0)
            return ERR_NO_MEMORY;
        command->fds[command->fd_count++] = copy;
    }
    return ERR_OK;
}

void store_client_call(struct store_client *client, const char *op, struct js *args, const int *fds,
                       size_t fd_count, store_done_fn *done, void *payload)
{
    struct command *command = mem_alloc(sizeof *command);
    if (!command) {
        struct err err = ERR_INIT;
        struct ipc_message none = {0};
        err_set(&err, ERR_NO_MEMORY, "store command '%s'", op);
        js_free(args);
        if (done)
            done(payload, &none, NULL, &err);
        return;
    }
    memcpy(command->op, op, strnlen(op, sizeof command->op - 1));
    command->client = client;
    command->args = args;
    command->done = client->closed ? NULL : done;
    command->payload = payload;
    if (!args || keep_fds(command, fds, fd_count)) {
        answer_failure(command, ERR_NO_MEMORY, "out of memory");
        return;
    }
    if (client->closed || client->waiting >= STORE_CLIENT_MAX_QUEUE) {
        answer_failure(command, ERR_TOO_MANY, "too many commands wait");
        return;
    }
    client->waiting++;
    if (client->last)
        client->last->next = command;
    else
        client->first = command;
    client->last = command;
    send_more(client);
}

size_t store_client_waiting(const struct store_client *client)
{
    return client->waiting;
}

struct js *store_client_machine(void)
{
    return js_pack("{s:s, s:s}", "id", "sohoad", "role", "machine");
}
