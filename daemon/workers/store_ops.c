#include "daemon/workers/store_ops.h"

#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "queue/store/audit.h"
#include "queue/store/secret.h"

#include <string.h>

#define PRINCIPAL_MAX 200

/* ---- arguments and answers ---- */

enum err_code arg_text(const struct js *args, const char *path, size_t max_bytes, const char **out,
                       struct err *err)
{
    const char *text;
    enum err_code code = js_get_text(args, path, &text, err);
    if (code)
        return code;
    if (!*text || strlen(text) > max_bytes)
        return err_set(err, ERR_BAD_ARGUMENT, "'%s' is empty or longer than %zu bytes", path,
                       max_bytes);
    *out = text;
    return ERR_OK;
}

enum err_code arg_id(const struct js *args, const char *path, const char **out, struct err *err)
{
    const char *text;
    enum err_code code = js_get_text(args, path, &text, err);
    if (code)
        return code;
    if (!id_is_valid(text))
        return err_set(err, ERR_BAD_ARGUMENT, "'%s' is not an id", path);
    *out = text;
    return ERR_OK;
}

enum err_code arg_int(const struct js *args, const char *path, int64_t low, int64_t high,
                      int64_t *out, struct err *err)
{
    int64_t number;
    enum err_code code = js_get_int(args, path, &number, err);
    if (code)
        return code;
    if (number < low || number > high)
        return err_set(err, ERR_BAD_ARGUMENT, "'%s' is not between %lld and %lld", path,
                       (long long)low, (long long)high);
    *out = number;
    return ERR_OK;
}

enum err_code arg_int_or(const struct js *args, const char *path, int64_t low, int64_t high,
                         int64_t fallback, int64_t *out, struct err *err)
{
    if (js_has(args, path))
        return arg_int(args, path, low, high, out, err);
    *out = fallback;
    return ERR_OK;
}

enum err_code answer_with(const char *key, struct js *value, struct js **out, struct err *err)
{
    struct js *object = js_pack("{s:o}", key, value);
    if (!object)
        return err_set(err, ERR_NO_MEMORY, "answer");
    *out = object;
    return ERR_OK;
}

enum err_code answer_fd(struct store_call *call, int fd, struct err *err)
{
    if (call->answer->fd_count == ANSWER_FDS_MAX) {
        fd_close(fd);
        return err_set(err, ERR_TOO_LARGE, "more than %zu files in an answer", ANSWER_FDS_MAX);
    }
    call->answer->fds[call->answer->fd_count++] = fd;
    return ERR_OK;
}

/* ---- running an operation ---- */

static const struct store_op *const op_tables[] = {
    store_ops_case,    store_ops_report,    store_ops_rates,    store_ops_component,
    store_ops_look_up, store_ops_page,      store_ops_edit,     store_ops_device,
    store_ops_import,  store_ops_catalog,   store_ops_register, store_ops_model,
    store_ops_task,    store_ops_reconcile, store_ops_stick,    store_ops_line,
    store_ops_secret,  store_ops_withdraw,  store_ops_work};
#define TABLE_COUNT (sizeof op_tables / sizeof *op_tables)

static const struct store_op *find_op(const char *name)
{
    for (size_t i = 0; i < TABLE_COUNT; i++)
        for (const struct store_op *op = op_tables[i]; op->name; op++)
            if (strcmp(op->name, name) == 0)
                return op;
    return NULL;
}

bool store_ops_changes(const char *name)
{
    const struct store_op *op = find_op(name);
    return op && op->kind == OP_CHANGES;
}

static enum err_code read_principal(const struct js *args, struct principal *out, struct err *err)
{
    enum err_code code = arg_text(args, "principal.id", PRINCIPAL_MAX, &out->id, err);
    return code ? code : arg_text(args, "principal.role", PRINCIPAL_MAX, &out->role, err);
}

/* It is durable already: a listener that misses the list is all that can go wrong here. */
static void add_changes(struct store *store, struct js *ok)
{
    struct js *changed = store_take_changes(store);
    if (!js_set(ok, "changed", changed ? changed : js_array()))
        store_forget_changes(store);
}

/* The disk being full must not blind the people at the desk: then the journal keeps who it was. */
static enum err_code note_read(struct store_call *call, const struct store_op *op, struct err *err)
{
    struct err why = ERR_INIT;
    struct audit row = {.kind = op->subject_kind,
                        .id = js_text_or(call->args, "id", op->name),
                        .detail = *call->seen ? call->seen
                                  : op->seen  ? op->seen
                                              : js_text_or(call->args, "what", ""),
                        .by = call->by};
    enum err_code code = audit_read(call->store, &row, &why);
    if (code == ERR_DISK_FULL || code == ERR_READ_ONLY) {
        log_err(&why,
                LOG_FIELDS(LOG_FIELD("SOHOA_PRINCIPAL", call->by.id),
                           LOG_FIELD("SOHOA_DOC", row.id), LOG_FIELD("SOHOA_STEP", op->name)),
                "a read cannot be noted in the store, noted here, continuing");
        return ERR_OK;
    }
    if (code && err)
        *err = why;
    return code;
}

/* Of a paper that is locked or purged people see that it is there, and answer; one that was kept
 * long enough may still be taken back at its targets; a page that was in the scanner then still
 * comes. Everything else is refused, whatever argument names it. */
static enum err_code check_not_locked(const struct store_call *call, const char *name,
                                      struct err *err)
{
    static const char *const allowed[] = {
        "document_get", "audit_list",        "page_secret",           "page_commit",
        "page_abort",   "document_withdraw", "document_withdraw_undo"};
    static const char *const keys[] = {"id", "page_id", "document_id", "with", "part_of"};
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (strcmp(allowed[i], name) == 0)
            return ERR_OK;
    for (size_t i = 0; !code && i < sizeof keys / sizeof *keys; i++) {
        const char *id = js_text_or(call->args, keys[i], NULL);
        if (id)
            code = secret_check(call->store, id, err);
    }
    return code;
}

enum err_code store_ops_run(struct store *store, const char *name, const struct js *args,
                            struct ipc_message *message, struct worker_answer *answer,
                            struct err *err)
{
    const struct store_op *op = find_op(name);
    struct store_call call = {
        .store = store, .args = args, .by = {"", ""}, .message = message, .answer = answer};
    AUTO(js)
    struct js *ok = NULL;
    if (!op)
        return err_set(err, ERR_BAD_MESSAGE, "no operation of that name");
    enum err_code code = op->kind == OP_ASKS ? ERR_OK : read_principal(args, &call.by, err);
    store_forget_changes(store);
    if (!code)
        code = check_not_locked(&call, name, err);
    if (!code)
        code = op->run(&call, &ok, err);
    if (!code && !ok && !(ok = js_object()))
        code = err_set(err, ERR_NO_MEMORY, "answer");
    if (!code && op->kind == OP_READS)
        code = note_read(&call, op, err);
    if (code)
        return err_context(err, code, "%s", name);
    if (op->kind == OP_CHANGES)
        add_changes(store, ok);
    answer->ok = TAKE(ok);
    return ERR_OK;
}
