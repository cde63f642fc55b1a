#include "daemon/ipc/store_client.h"

#include "daemon/base/log.h"
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
    bool sent, repeated; /* repeated: it goes alone */
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
    struct js *temps;  /* names that callers were given and have not ended */
    bool owns_temps;   /* those of an earlier daemon are gone */
    bool sweep_is_due; /* the store worker died: of some temps nobody may ever have heard */
    unsigned sweep_deaths;
};

#define SWEEP_DEATHS_MAX 3 /* in a row, then it waits for the next death */

/* Doing them twice is doing them once: they carry their own id or claim, say what shall be so, or
 * (page_begin) what the first try left is swept. What nobody would ask for again has to be here. */
static const char *const repeatable[] = {"hello",
                                         "status",
                                         "dossier_list",
                                         "dossier_get",
                                         "dossier_papers",
                                         "report_unusable",
                                         "document_get",
                                         "page_image",
                                         "page_commit",
                                         "page_abort",
                                         "document_file",
                                         "complete",
                                         "fail",
                                         "line_list",
                                         "line_set",
                                         "queue_list",
                                         "next_due",
                                         "release_claims",
                                         "audit_list",
                                         "page_begin",
                                         "document_finish_scan",
                                         "pages_interleave",
                                         "release_reason",
                                         "import_layer",
                                         "import_except",
                                         "import_upload",
                                         "register_begin",
                                         "register_add",
                                         "register_use",
                                         "register_work",
                                         "model_add",
                                         "model_roll_back",
                                         "document_set_code"};

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
    *client = (struct store_client){
        .worker = worker, .changed = changed, .payload = payload, .temps = js_object()};
    if (!client->temps) {
        mem_free(client);
        return err_set(err, ERR_NO_MEMORY, "store client");
    }
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
    js_free(client->temps);
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

/* ---- temps --------------------------------------------------------------------------------------
 *
 * A store worker that dies may leave temps whose names it could not tell. Before anything else it
 * hears which are held, and removes the others.
 */

static void follow_temps(struct store_client *client, const struct command *command,
                         const struct js *ok)
{
    const char *begun = js_text_or(ok, "blob", NULL);
    const char *ended = js_text_or(command->args, "blob", NULL);
    if (strcmp(command->op, "release_claims") == 0)
        client->owns_temps |= ok != NULL;
    if (begun && !js_set(client->temps, begun, js_bool(true)))
        client->owns_temps = false; /* no longer known, so none is removed */
    if (ended && (ok || strcmp(command->op, "page_abort") == 0))
        js_remove(client->temps, ended);
}

static void on_swept(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *err)
{
    (void)message;
    (void)ok;
    struct store_client *client = payload;
    bool died = err && err->code == ERR_WORKER_DIED;
    client->sweep_deaths = died ? client->sweep_deaths + 1 : 0;
    client->sweep_is_due = died && client->sweep_deaths < SWEEP_DEATHS_MAX;
    if (err)
        log_err(err, NULL, "temporary files of a dead store worker are left, continuing");
}

static struct js *sweep_args(const struct store_client *client)
{
    AUTO(js) struct js *held = js_array();
    for (void *iter = js_iter(client->temps); iter; iter = js_iter_next(client->temps, iter))
        if (!js_push(held, js_text(js_iter_key(iter))))
            return NULL;
    return js_pack("{s:o, s:o}", "held", TAKE(held), "principal", store_client_machine());
}

/* Goes in front of all that wait. */
static void begin_sweep(struct store_client *client)
{
    static const char op[] = "release_temps";
    if (!client->sweep_is_due || !client->owns_temps || client->sent || client->closed)
        return;
    struct command *command = mem_alloc(sizeof *command);
    struct js *args = command ? sweep_args(client) : NULL;
    if (!args) {
        mem_free(command);
        return; /* still due at the next command */
    }
    *command = (struct command){.client = client,
                                .next = client->first,
                                .args = args,
                                .repeated = true,
                                .done = on_swept,
                                .payload = client};
    memcpy(command->op, op, sizeof op);
    client->sweep_is_due = false;
    client->first = command;
    if (!client->last)
        client->last = command;
    client->waiting++;
}

/* ---- answers ------------------------------------------------------------------------------------
 */

static void on_answer(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    struct command *command = payload;
    struct store_client *client = command->client;
    bool died = err && err->code == ERR_WORKER_DIED;
    set_sent(command, false);
    client->sweep_is_due |= died && command->done != on_swept;
    follow_temps(client, command, ok);
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
    begin_sweep(client);
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
