#include "daemon/pipeline/carrier.h"

#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/ipc/store_client.h"
#include "daemon/workers/supervisor.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

#define STEP_MS 120000
#define FILES_MS 600000 /* two files onto or off a slow stick */
#define LEASE_US (INT64_C(1800) * 1000000)

enum what { CARRY_EXPORT, CARRY_TAKE };
static const char *const what_names[] = {"export", "take"};

/* One stick that is written or read. */
struct carry {
    enum what what;
    char *target, *folder;
    struct js *principal;
    char stick[ID_SIZE], claim[ID_SIZE];
    struct js *manifest, *receipts; /* of a take */
    struct js *args;                /* of the record at hand */
    int fds[2];
    int64_t done, refused;
    bool ending; /* what follows a failure is under way */
    struct err problem;
};

struct carrier {
    sd_event *loop;
    struct carrier_config config;
    struct store_client *store;
    struct worker *stick, *sender;
    struct carry *carry;
    struct js *last;
};

static void carry_free(struct carry *carry)
{
    if (!carry)
        return;
    mem_free(carry->target);
    mem_free(carry->folder);
    js_free(carry->principal);
    js_free(carry->manifest);
    js_free(carry->receipts);
    js_free(carry->args);
    fd_close(carry->fds[0]);
    fd_close(carry->fds[1]);
    mem_free(carry);
}

enum err_code carrier_new(sd_event *loop, const struct carrier_config *config,
                          struct store_client *store, struct carrier **out, struct err *err)
{
    static const struct worker_kind kind = {.name = "upload", .memory_limit_mb = 500};
    struct carrier *carrier = mem_alloc(sizeof *carrier);
    if (!carrier)
        return err_set(err, ERR_NO_MEMORY, "carrier");
    carrier->loop = sd_event_ref(loop);
    carrier->config = *config;
    carrier->store = store;
    enum err_code code = worker_new(loop, &kind, config->worker_dir, &carrier->stick, err);
    if (!code)
        code = worker_new(loop, &kind, config->worker_dir, &carrier->sender, err);
    if (code) {
        carrier_free(carrier);
        return code;
    }
    /* of an earlier daemon that did not come to the end */
    store_client_call(store, "stick_end", js_pack("{s:o}", "principal", store_client_machine()),
                      NULL, 0, NULL, NULL);
    *out = carrier;
    return ERR_OK;
}

void carrier_free(struct carrier *carrier)
{
    if (!carrier)
        return;
    struct carry *carry = TAKE(carrier->carry);
    worker_free(TAKE(carrier->stick)); /* call back with CANCELLED; nothing is carried any more */
    worker_free(TAKE(carrier->sender));
    carry_free(carry);
    js_free(carrier->last);
    sd_event_unref(carrier->loop);
    mem_free(carrier);
}

/* ---- the end ---- */

static struct js *problem_to_js(const struct err *problem)
{
    return problem->code
               ? js_pack("{s:s, s:s}", "code", err_name(problem->code), "detail", problem->detail)
               : js_null();
}

static void leave(struct carrier *carrier)
{
    struct carry *carry = TAKE(carrier->carry);
    js_free(carrier->last);
    carrier->last = js_pack("{s:s, s:s, s:s, s:I, s:I, s:o}", "what", what_names[carry->what],
                            "target", carry->target, "stick", carry->stick, "done", carry->done,
                            "refused", carry->refused, "problem", problem_to_js(&carry->problem));
    if (carry->problem.code)
        log_err(&carry->problem, LOG_FIELDS(LOG_FIELD("SOHOA_STEP", what_names[carry->what])),
                "the stick is not whole, continuing");
    carry_free(carry);
    worker_stop(carrier->stick);
    worker_stop(carrier->sender);
}

static void on_given_up(void *payload, struct ipc_message *message, const struct js *ok,
                        const struct err *err)
{
    struct carrier *carrier = payload;
    (void)message, (void)ok, (void)err; /* not ended now: ended at the next start */
    if (carrier->carry)
        leave(carrier);
}

/* The store's callbacks come in order: what was claimed is given back, then the stick has failed.
 */
static void give_up(struct carrier *carrier, const struct err *problem)
{
    struct carry *carry = carrier->carry;
    if (carry->ending)
        return;
    carry->ending = true;
    carry->problem = *problem;
    if (*carry->claim)
        store_client_call(carrier->store, "fail",
                          js_pack("{s:s, s:s, s:s, s:s, s:i, s:o}", "claim", carry->claim, "code",
                                  err_name(problem->code), "detail", "stick", "action", "retry",
                                  "not_before_us", 0, "principal", store_client_machine()),
                          NULL, 0, NULL, NULL);
    if (carry->what == CARRY_EXPORT && *carry->stick)
        store_client_call(carrier->store, "stick_end",
                          js_pack("{s:s, s:s, s:O}", "id", carry->stick, "how", "failed",
                                  "principal", carry->principal),
                          NULL, 0, on_given_up, carrier);
    else
        leave(carrier);
}

static void ask_worker(struct carrier *carrier, struct worker *worker, const char *op,
                       struct js *args, const int *fds, size_t fd_count, worker_done_fn *done)
{
    struct err err = ERR_INIT;
    if (!args)
        err_set(&err, ERR_NO_MEMORY, "stick");
    else if (!worker_request(worker, op, args, fds, fd_count, fd_count ? FILES_MS : STEP_MS, done,
                             NULL, carrier, &err))
        return;
    give_up(carrier, &err);
}

/* Is the answer one to go on with? */
static bool goes_on(struct carrier *carrier, const struct err *err)
{
    if (carrier->carry && err)
        give_up(carrier, err);
    return carrier->carry && !err && !carrier->carry->ending;
}

static void call_store(struct carrier *carrier, const char *op, struct js *args,
                       store_done_fn *done)
{
    store_client_call(carrier->store, op, args, NULL, 0, done, carrier);
}

/* ---- export ---- */

static void claim_next(struct carrier *carrier);

static void on_written(void *payload, struct ipc_message *message, const struct js *ok,
                       const struct err *err)
{
    struct carrier *carrier = payload;
    (void)message;
    (void)ok;
    if (goes_on(carrier, err))
        leave(carrier);
}

static void on_manifest_put(void *payload, struct ipc_message *message, const struct js *ok,
                            const struct err *err)
{
    struct carrier *carrier = payload;
    (void)message;
    (void)ok;
    if (goes_on(carrier, err))
        call_store(carrier, "stick_written",
                   js_pack("{s:s, s:O}", "stick", carrier->carry->stick, "principal",
                           carrier->carry->principal),
                   on_written);
}

static void on_manifest(void *payload, struct ipc_message *message, const struct js *ok,
                        const struct err *err)
{
    struct carrier *carrier = payload;
    (void)message;
    if (goes_on(carrier, err))
        ask_worker(carrier, carrier->stick, "stick_manifest",
                   js_pack("{s:O}", "manifest", js_at(ok, "manifest")), NULL, 0, on_manifest_put);
}

static void on_added(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *err)
{
    struct carrier *carrier = payload;
    (void)message;
    (void)ok;
    if (!goes_on(carrier, err))
        return;
    carrier->carry->claim[0] = '\0';
    carrier->carry->done++;
    claim_next(carrier);
}

static void on_put(void *payload, struct ipc_message *message, const struct js *ok,
                   const struct err *err)
{
    struct carrier *carrier = payload;
    (void)message;
    (void)ok;
    if (goes_on(carrier, err))
        call_store(carrier, "stick_add",
                   js_pack("{s:s, s:s, s:O}", "stick", carrier->carry->stick, "claim",
                           carrier->carry->claim, "principal", carrier->carry->principal),
                   on_added);
}

static void on_claimed(void *payload, struct ipc_message *message, const struct js *ok,
                       const struct err *err)
{
    struct carrier *carrier = payload;
    if (!goes_on(carrier, err))
        return;
    const struct js *job = js_has(ok, "job") ? js_at(ok, "job") : NULL;
    if (!job && !carrier->carry->done) {
        struct err none = ERR_INIT;
        err_set(&none, ERR_NOT_FOUND, "nothing waits for that target");
        give_up(carrier, &none);
    } else if (!job) {
        call_store(carrier, "stick_manifest", js_pack("{s:s}", "stick", carrier->carry->stick),
                   on_manifest);
    } else {
        snprintf(carrier->carry->claim, ID_SIZE, "%s", js_text_or(job, "claim", ""));
        ask_worker(carrier, carrier->stick, "stick_put", js_copy(js_at(job, "args")), message->fds,
                   message->fd_count, on_put);
    }
}

static void claim_next(struct carrier *carrier)
{
    call_store(carrier, "claim",
               js_pack("{s:[s], s:s, s:I, s:[{s:s, s:b}], s:o}", "stages", "send", "owner",
                       carrier->config.owner, "lease_us", LEASE_US, "targets", "name",
                       carrier->carry->target, "urgent_only", 0, "principal",
                       store_client_machine()),
               on_claimed);
}

static void on_created(void *payload, struct ipc_message *message, const struct js *ok,
                       const struct err *err)
{
    struct carrier *carrier = payload;
    (void)message;
    (void)ok;
    if (goes_on(carrier, err))
        claim_next(carrier);
}

/* What waits for another try over the line goes now. */
static void on_due(void *payload, struct ipc_message *message, const struct js *ok,
                   const struct err *err)
{
    struct carrier *carrier = payload;
    (void)message;
    (void)ok;
    if (goes_on(carrier, err))
        ask_worker(
            carrier, carrier->stick, "stick_create",
            js_pack("{s:s, s:s}", "folder", carrier->carry->folder, "id", carrier->carry->stick),
            NULL, 0, on_created);
}

static void on_begun(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *err)
{
    struct carrier *carrier = payload;
    (void)message;
    if (!goes_on(carrier, err))
        return;
    snprintf(carrier->carry->stick, ID_SIZE, "%s", js_text_or(ok, "stick.id", ""));
    call_store(carrier, "retry_now", js_pack("{s:O}", "principal", carrier->carry->principal),
               on_due);
}

/* ---- take ---- */

static void take_next(struct carrier *carrier);

static void note_receipt(struct carrier *carrier, struct js *receipt, const char *code)
{
    struct carry *carry = carrier->carry;
    const char *id = js_text_or(carry->args, "record_id", "");
    carry->refused += code != NULL;
    carry->done += !code;
    js_push(carry->receipts,
            receipt ? js_pack("{s:s, s:o}", "record_id", id, "receipt", receipt)
                    : js_pack("{s:s, s:s}", "record_id", id, "code", code ? code : "INTERNAL"));
    js_free(TAKE(carry->args));
    fd_close(TAKE_FD(carry->fds[0]));
    fd_close(TAKE_FD(carry->fds[1]));
    take_next(carrier);
}

/* What is about this record alone is told to its station; the rest ends the taking. */
static bool is_of_record(enum err_code code)
{
    return code == ERR_TARGET_CONFLICT || code == ERR_BLOB_DAMAGED || code == ERR_NOT_FOUND ||
           code == ERR_DOSSIER_CODE_BAD || code == ERR_TARGET_REFUSED;
}

static bool record_goes_on(struct carrier *carrier, const struct err *err)
{
    bool refused = carrier->carry && !carrier->carry->ending && err && is_of_record(err->code);
    if (refused)
        note_receipt(carrier, NULL, err_name(err->code));
    return !refused && goes_on(carrier, err);
}

static void on_verified(void *payload, struct ipc_message *message, const struct js *ok,
                        const struct err *err)
{
    struct carrier *carrier = payload;
    (void)message;
    if (record_goes_on(carrier, err))
        note_receipt(carrier, js_copy(js_at(ok, "receipt")), NULL);
}

/* The sender may be a fresh process each time: told about the targets first. */
static void configure(struct carrier *carrier, worker_done_fn *done)
{
    ask_worker(carrier, carrier->sender, "configure",
               js_pack("{s:O, s:s}", "targets", carrier->config.targets, "witnesses",
                       carrier->config.witnesses),
               NULL, 0, done);
}

static void on_ready_to_verify(void *payload, struct ipc_message *message, const struct js *ok,
                               const struct err *err)
{
    struct carrier *carrier = payload;
    (void)message;
    (void)ok;
    if (goes_on(carrier, err))
        ask_worker(carrier, carrier->sender, "verify", js_copy(carrier->carry->args), NULL, 0,
                   on_verified);
}

static void on_sent(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *err)
{
    struct carrier *carrier = payload;
    (void)message;
    if (!record_goes_on(carrier, err))
        return;
    js_set(carrier->carry->args, "remote_name", js_text(js_text_or(ok, "remote_name", "")));
    configure(carrier, on_ready_to_verify);
}

static void on_ready_to_send(void *payload, struct ipc_message *message, const struct js *ok,
                             const struct err *err)
{
    struct carrier *carrier = payload;
    (void)message;
    (void)ok;
    if (goes_on(carrier, err))
        ask_worker(carrier, carrier->sender, "send", js_copy(carrier->carry->args),
                   carrier->carry->fds, 2, on_sent);
}

static void on_record(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    struct carrier *carrier = payload;
    struct err why = ERR_INIT;
    (void)ok;
    if (!record_goes_on(carrier, err))
        return;
    if (ipc_take_fd(message, 0, &carrier->carry->fds[0], &why) ||
        ipc_take_fd(message, 1, &carrier->carry->fds[1], &why))
        give_up(carrier, &why);
    else
        configure(carrier, on_ready_to_send);
}

static void on_receipts_put(void *payload, struct ipc_message *message, const struct js *ok,
                            const struct err *err)
{
    struct carrier *carrier = payload;
    (void)message;
    (void)ok;
    if (goes_on(carrier, err))
        leave(carrier);
}

static void take_next(struct carrier *carrier)
{
    struct carry *carry = carrier->carry;
    const struct js *record = js_item(js_at(carry->manifest, "records"), js_count(carry->receipts));
    if (!record) {
        ask_worker(carrier, carrier->stick, "stick_receipts",
                   js_pack("{s:{s:s, s:s, s:O}}", "receipts", "schema", "sohoa.receipts/1", "stick",
                           carry->stick, "receipts", carry->receipts),
                   NULL, 0, on_receipts_put);
        return;
    }
    carry->args = js_copy(record);
    js_set(carry->args, "target", js_text(carry->target));
    js_set(carry->args, "ask_first", js_bool(true));
    ask_worker(carrier, carrier->stick, "stick_record", js_copy(record), NULL, 0, on_record);
}

static void on_opened(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    struct carrier *carrier = payload;
    (void)message;
    if (!goes_on(carrier, err))
        return;
    carrier->carry->manifest = js_ref(js_at(ok, "manifest"));
    snprintf(carrier->carry->stick, ID_SIZE, "%s",
             js_text_or(carrier->carry->manifest, "stick", ""));
    store_client_call(carrier->store, "station_note",
                      js_pack("{s:s, s:s, s:O}", "subject", carrier->carry->stick, "event",
                              "take-stick", "principal", carrier->carry->principal),
                      NULL, 0, NULL, NULL);
    take_next(carrier);
}

/* ---- beginning ---- */

static bool knows_target(const struct carrier *carrier, const char *target)
{
    for (size_t i = 0; i < js_count(carrier->config.targets); i++)
        if (strcmp(js_text_or(js_item(carrier->config.targets, i), "name", ""), target) == 0)
            return true;
    return false;
}

static enum err_code begin(struct carrier *carrier, enum what what, const char *target,
                           const char *folder, struct js *principal, struct err *err)
{
    AUTO(js) struct js *owned = principal;
    if (carrier->carry)
        return err_set(err, ERR_CONFLICT, "a stick is being written or read");
    if (!knows_target(carrier, target))
        return err_set(err, ERR_TARGET_UNKNOWN, "no target of that name is configured");
    struct carry *carry = mem_alloc(sizeof *carry);
    if (!carry)
        return err_set(err, ERR_NO_MEMORY, "stick");
    *carry = (struct carry){.what = what,
                            .target = mem_strdup(target),
                            .folder = mem_strdup(folder),
                            .principal = TAKE(owned),
                            .receipts = js_array(),
                            .fds = {-1, -1}};
    if (!carry->target || !carry->folder || !carry->principal || !carry->receipts) {
        carry_free(carry);
        return err_set(err, ERR_NO_MEMORY, "stick");
    }
    carrier->carry = carry;
    return ERR_OK;
}

enum err_code carrier_export(struct carrier *carrier, const char *target, const char *folder,
                             struct js *principal, struct err *err)
{
    enum err_code code = begin(carrier, CARRY_EXPORT, target, folder, principal, err);
    if (!code)
        call_store(carrier, "stick_begin",
                   js_pack("{s:s, s:O}", "target", target, "principal", carrier->carry->principal),
                   on_begun);
    return code;
}

enum err_code carrier_take(struct carrier *carrier, const char *target, const char *folder,
                           struct js *principal, struct err *err)
{
    enum err_code code = begin(carrier, CARRY_TAKE, target, folder, principal, err);
    if (!code)
        ask_worker(carrier, carrier->stick, "stick_open", js_pack("{s:s}", "folder", folder), NULL,
                   0, on_opened);
    return code;
}

struct js *carrier_to_js(const struct carrier *carrier)
{
    const struct carry *carry = carrier->carry;
    struct js *running =
        carry ? js_pack("{s:s, s:s, s:s, s:I, s:I, s:I}", "what", what_names[carry->what], "target",
                        carry->target, "stick", carry->stick, "done", carry->done, "refused",
                        carry->refused, "of", (int64_t)js_count(js_at(carry->manifest, "records")))
              : js_null();
    return js_pack("{s:o, s:o}", "running", running, "last",
                   carrier->last ? js_ref(carrier->last) : js_null());
}
