#include "daemon/workers/store_ops.h"

#include "queue/store/audit.h"
#include "queue/store/claim.h"
#include "queue/store/complete.h"
#include "queue/store/hold.h"
#include "queue/store/page_edit.h"
#include "queue/store/status.h"
#include "queue/store/temps.h"
#include "queue/store/view.h"

#include <stdio.h>
#include <string.h>

#define LEASE_MIN_US 1000
#define LEASE_MAX_US (INT64_C(24) * 3600 * 1000000)
#define LIST_MAX 10000

static enum err_code hello_op(struct store_call *call, struct js **out, struct err *err)
{
    *out = js_pack("{s:I, s:s, s:b}", "version", store_version(call->store), "boot",
                   store_boot(call->store), "checked", (int)store_is_checked(call->store));
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code status_op(struct store_call *call, struct js **out, struct err *err)
{
    return store_status(call->store, out, err);
}

static enum err_code give_fds(struct store_call *call, struct job *job, struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < job->fd_count; i++)
        code = answer_fd(call, TAKE_FD(job->fds[i]), err);
    return code;
}

static enum err_code arg_targets(const struct js *args, const struct js **out, struct err *err)
{
    const struct js *targets;
    const char *name;
    bool urgent_only;
    if (!js_has(args, "targets"))
        return ERR_OK;
    enum err_code code = js_get_array(args, "targets", &targets, err);
    for (size_t i = 0; !code && i < js_count(targets); i++) {
        code = js_get_text(js_item(targets, i), "name", &name, err);
        if (!code && js_has(js_item(targets, i), "urgent_only"))
            code = js_get_bool(js_item(targets, i), "urgent_only", &urgent_only, err);
    }
    if (!code)
        *out = targets;
    return code;
}

static enum err_code arg_wish(const struct js *args, struct claim_wish *wish,
                              const struct js **out_stages, struct err *err)
{
    wish->max_fds = ANSWER_FDS_MAX;
    enum err_code code = js_get_array(args, "stages", out_stages, err);
    if (!code)
        code = arg_text(args, "owner", TEXT_MAX, &wish->owner, err);
    if (!code)
        code = arg_int(args, "lease_us", LEASE_MIN_US, LEASE_MAX_US, &wish->lease_us, err);
    return code ? code : arg_targets(args, &wish->targets, err);
}

/* The first that is due in one of these stages, in their order. */
static enum err_code claim_first(struct store_call *call, const struct js *args,
                                 struct job **out_job, struct err *err)
{
    struct claim_wish wish = {0};
    const struct js *stages = NULL;
    struct job *job = NULL;
    enum err_code code = arg_wish(args, &wish, &stages, err);
    for (size_t i = 0; !code && !job && i < js_count(stages); i++) {
        char path[32];
        snprintf(path, sizeof path, "stages[%zu]", i);
        code = js_get_text(args, path, &wish.stage, err);
        if (!code)
            code = store_claim(call->store, &wish, call->by, &job, err);
    }
    if (!code)
        *out_job = job;
    return code;
}

static enum err_code answer_job(struct store_call *call, struct job *job, struct js **out,
                                struct err *err)
{
    enum err_code code = job ? give_fds(call, job, err) : ERR_OK;
    return code ? code : answer_with("job", job ? js_ref(job->body) : js_null(), out, err);
}

static enum err_code claim_op(struct store_call *call, struct js **out, struct err *err)
{
    AUTO(job) struct job *job = NULL;
    enum err_code code = claim_first(call, call->args, &job, err);
    return code ? code : answer_job(call, job, out, err);
}

/* "next": the owner goes on with another job, taken in the same commit. What is wrong with that one
 * is told to who claims it; the result is stored all the same. */
static enum err_code complete_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *claim;
    const struct js *result;
    AUTO(job) struct job *next = NULL;
    enum err_code code = arg_id(call->args, "claim", &claim, err);
    if (!code)
        code = js_get_object(call->args, "result", &result, err);
    if (!code)
        code = store_complete(call->store, claim, result, call->message->fds,
                              call->message->fd_count, call->by, err);
    if (!code && js_has(call->args, "next"))
        claim_first(call, js_at(call->args, "next"), &next, NULL);
    return code ? code : answer_job(call, next, out, err);
}

static enum err_code read_action(const struct js *args, struct failure *failure, struct err *err)
{
    static const char *const names[] = {
        [FAILURE_RETRY] = "retry", [FAILURE_HOLD] = "hold", [FAILURE_FAIL] = "fail"};
    const char *action;
    enum err_code code = js_get_text(args, "action", &action, err);
    if (code)
        return code;
    for (int i = FAILURE_RETRY; i <= FAILURE_FAIL; i++) {
        failure->action = i;
        if (strcmp(names[i], action) == 0)
            return ERR_OK;
    }
    return err_set(err, ERR_BAD_ARGUMENT, "'action' is not retry, hold or fail");
}

static enum err_code fail_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *claim;
    struct failure failure = {
        .detail = js_text_or(call->args, "detail", NULL),
        .ref = js_text_or(call->args, "ref", NULL),
        .said = js_text_or(call->args, "said", NULL),
    };
    (void)out;
    enum err_code code = arg_id(call->args, "claim", &claim, err);
    if (!code)
        code = arg_text(call->args, "code", TEXT_MAX, &failure.code, err);
    if (!code)
        code = read_action(call->args, &failure, err);
    if (!code)
        code =
            arg_int_or(call->args, "not_before_us", 0, INT64_MAX, 0, &failure.not_before_us, err);
    return code ? code : store_fail(call->store, claim, &failure, call->by, err);
}

static enum err_code arg_subject(const struct js *args, enum machine *out_machine,
                                 const char **out_id, struct err *err)
{
    const char *kind;
    enum err_code code = js_get_text(args, "kind", &kind, err);
    if (!code && !machine_from_name(kind, out_machine))
        code = err_set(err, ERR_BAD_ARGUMENT, "'kind' is not page, document or delivery");
    return code ? code : arg_id(args, "id", out_id, err);
}

static enum err_code release_op(struct store_call *call, struct js **out, struct err *err)
{
    enum machine machine;
    const char *id;
    (void)out;
    enum err_code code = arg_subject(call->args, &machine, &id, err);
    if (!code && machine == MACHINE_page)
        return page_try_again(call->store, id, call->by, err);
    return code ? code : subject_release(call->store, machine, id, call->by, err);
}

static enum err_code release_reason_op(struct store_call *call, struct js **out, struct err *err)
{
    enum machine machine;
    const char *kind, *reason;
    int64_t count;
    enum err_code code = js_get_text(call->args, "kind", &kind, err);
    if (!code && !machine_from_name(kind, &machine))
        code = err_set(err, ERR_BAD_ARGUMENT, "'kind' is not page, document or delivery");
    if (!code)
        code = arg_text(call->args, "reason", TEXT_MAX, &reason, err);
    if (!code)
        code = subjects_release(call->store, machine, reason, call->by, &count, err);
    return code ? code : answer_with("released", js_int(count), out, err);
}

static enum err_code retry_now_op(struct store_call *call, struct js **out, struct err *err)
{
    int64_t count;
    enum err_code code = deliveries_retry_now(call->store, call->by, &count, err);
    return code ? code : answer_with("due", js_int(count), out, err);
}

/* What happened to the station itself: no row changes its state, but somebody did it. */
static enum err_code station_note_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *subject, *event;
    (void)out;
    enum err_code code = arg_text(call->args, "subject", 40, &subject, err);
    if (!code)
        code = arg_text(call->args, "event", 40, &event, err);
    if (code)
        return code;
    struct audit row = {.kind = "station", .id = subject, .event = event, .by = call->by};
    return audit_write(call->store, &row, err);
}

static enum err_code hold_op(struct store_call *call, struct js **out, struct err *err)
{
    enum machine machine;
    const char *id, *reason;
    (void)out;
    enum err_code code = arg_subject(call->args, &machine, &id, err);
    if (!code)
        code = arg_text(call->args, "reason", TEXT_MAX, &reason, err);
    return code ? code : subject_hold(call->store, machine, id, reason, call->by, err);
}

static enum err_code release_claims_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *owner;
    int64_t count;
    enum err_code code = arg_text(call->args, "owner", TEXT_MAX, &owner, err);
    if (!code)
        code = claim_release_others(call->store, owner, call->by, &count, err);
    return code ? code : answer_with("released", js_int(count), out, err);
}

static enum err_code release_temps_op(struct store_call *call, struct js **out, struct err *err)
{
    const struct js *held;
    int64_t count;
    enum err_code code = js_get_array(call->args, "held", &held, err);
    if (!code)
        code = temps_sweep(call->store, held, call->by, &count, err);
    return code ? code : answer_with("released", js_int(count), out, err);
}

static enum err_code queue_list_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *state = NULL, *before = NULL;
    int64_t limit;
    struct js *list = NULL;
    enum err_code code = arg_int_or(call->args, "limit", 1, LIST_MAX, 100, &limit, err);
    if (!code && js_has(call->args, "state"))
        code = arg_text(call->args, "state", TEXT_MAX, &state, err);
    if (!code && state && !state_exists(MACHINE_delivery, state))
        code = err_set(err, ERR_BAD_ARGUMENT, "'state' is not a state of deliveries");
    if (!code && js_has(call->args, "before"))
        code = arg_id(call->args, "before", &before, err);
    if (!code)
        code = view_queue(call->store, state, before, limit, &list, err);
    return code ? code : answer_with("deliveries", list, out, err);
}

static enum err_code next_due_op(struct store_call *call, struct js **out, struct err *err)
{
    int64_t due_us;
    enum err_code code = store_next_due(call->store, &due_us, err);
    return code ? code : answer_with("us", due_us < 0 ? js_null() : js_int(due_us), out, err);
}

const struct store_op store_ops_work[] = {
    {"hello", OP_ASKS, hello_op},
    {"status", OP_ASKS, status_op},
    {"claim", OP_CHANGES, claim_op},
    {"complete", OP_CHANGES, complete_op},
    {"fail", OP_CHANGES, fail_op},
    {"release", OP_CHANGES, release_op},
    {"release_reason", OP_CHANGES, release_reason_op},
    {"retry_now", OP_CHANGES, retry_now_op},
    {"hold", OP_CHANGES, hold_op},
    {"station_note", OP_CHANGES, station_note_op},
    {"release_claims", OP_CHANGES, release_claims_op},
    {"release_temps", OP_CHANGES, release_temps_op},
    {"queue_list", OP_READS, queue_list_op, "station", "list"},
    {"next_due", OP_ASKS, next_due_op},
    {0},
};
