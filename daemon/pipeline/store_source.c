#include "daemon/pipeline/store_source.h"

#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/retry.h"
#include "daemon/pipeline/schedule.h"
#include "daemon/pipeline/stage.h"

#include <stdio.h>
#include <string.h>

/* Longer than any stage's deadlines together: a claim that outlives it belongs to nobody. */
#define LEASE_US (30 * 60 * 1000000ll)
/* A transfer goes on as long as bytes move. Claims of a daemon that died end when the next begins.
 */
#define REMOTE_LEASE_US (24 * 60 * 60 * 1000000ll)

#define GIVEN_BACK_US (5 * 1000000ll)

struct store_source {
    struct store_client *client;
    struct schedule *schedule;
    struct claim_call *parked; /* claims that wait for the answer of another, oldest first */
    char owner[64];
};

/* A claim, by itself or behind a result. */
struct claim_call {
    struct store_source *source;
    const struct stage *stages[STAGES_MAX + 1]; /* NULL-ended */
    struct js *targets;                         /* it may be for; NULL: any */
    bool is_claim;
    job_claimed_fn *done;
    void *payload;
    struct claim_call *next;
};

struct stored_call {
    job_stored_fn *done;
    void *payload;
};

enum err_code store_source_new(struct store_client *client, const char *owner,
                               struct store_source **out, struct err *err)
{
    struct store_source *source = mem_alloc(sizeof *source);
    if (!source)
        return err_set(err, ERR_NO_MEMORY, "store source");
    source->client = client;
    snprintf(source->owner, sizeof source->owner, "%s", owner);
    *out = source;
    return ERR_OK;
}

void store_source_free(struct store_source *source)
{
    if (!source)
        return;
    for (struct claim_call *call; (call = source->parked);) {
        source->parked = call->next;
        mem_free(call);
    }
    mem_free(source);
}

void store_source_use_schedule(struct store_source *source, struct schedule *schedule)
{
    source->schedule = schedule;
}

static const char *target_of(const struct job *job)
{
    return js_text_or(job->args, "target", "");
}

/* Counted as on its way, and told how fast it may go. */
static void begin(struct schedule *schedule, struct job *job)
{
    int64_t rate_bps =
        schedule_rate_bps(schedule, target_of(job), js_bool_or(job->args, "urgent", false));
    schedule_begin(schedule, target_of(job));
    job->scheduled = true;
    if (rate_bps)
        js_set(job->args, "rate_bps", js_int(rate_bps));
}

static void note(struct store_source *source, struct job *job, enum err_code code,
                 int64_t retry_after_us)
{
    if (job->scheduled)
        schedule_note(source->schedule, target_of(job), code, retry_after_us);
    job->scheduled = false;
}

static enum err_code job_from_claim(const struct stage *stage, struct ipc_message *message,
                                    const struct js *claimed, struct job **out, struct err *err)
{
    const char *claim, *id;
    const struct js *args;
    enum err_code code = js_get_text(claimed, "claim", &claim, err);
    if (!code)
        code = js_get_text(claimed, "id", &id, err);
    if (!code)
        code = js_get_object(claimed, "args", &args, err);
    if (code)
        return code;
    struct job *job = mem_alloc(sizeof *job);
    if (!job)
        return err_set(err, ERR_NO_MEMORY, "job");
    job->stage = stage;
    job->claim = mem_strdup(claim);
    job->id = mem_strdup(id);
    job->args = js_ref(args);
    job->attempts = (unsigned)js_int_or(claimed, "attempts", 0);
    job->fds = TAKE(message->fds);
    job->fd_count = message->fd_count;
    message->fd_count = 0;
    if (!job->claim || !job->id) {
        job_free(job);
        return err_set(err, ERR_NO_MEMORY, "job");
    }
    *out = job;
    return ERR_OK;
}

/* The claim was made but the job cannot be: given back, so that it does not sleep out its lease. */
static void give_back(struct store_source *source, const struct js *claimed, const struct err *err)
{
    struct js *args =
        js_pack("{s:s, s:s, s:s, s:I, s:o}", "claim", js_text_or(claimed, "claim", ""), "code",
                err_name(err->code), "action", "retry", "not_before_us",
                sys_now_us() + GIVEN_BACK_US, "principal", store_client_machine());
    store_client_call(source->client, "fail", args, NULL, 0, NULL, NULL);
}

static const struct stage *stage_of(const struct claim_call *call, const struct js *claimed)
{
    const char *name = js_text_or(claimed, "stage", "");
    for (const struct stage *const *stage = call->stages; *stage; stage++)
        if (strcmp((*stage)->name, name) == 0)
            return *stage;
    return NULL;
}

static enum err_code take_job(struct store_source *source, const struct claim_call *call,
                              struct ipc_message *message, const struct js *claimed,
                              struct job **out, struct err *err)
{
    const struct stage *stage = stage_of(call, claimed);
    struct job *job = NULL;
    enum err_code code = stage ? job_from_claim(stage, message, claimed, &job, err)
                               : err_set(err, ERR_BAD_MESSAGE, "a job of no wanted stage");
    if (code) {
        give_back(source, claimed, err);
        return code;
    }
    if (stage->remote && source->schedule)
        begin(source->schedule, job);
    *out = job;
    return ERR_OK;
}

static void ask(struct store_source *source, struct claim_call *call);

/* Claims that waited for this answer, in their order. */
static void ask_parked(struct store_source *source)
{
    struct claim_call *parked = TAKE(source->parked);
    while (parked) {
        struct claim_call *call = parked;
        parked = call->next;
        call->next = NULL;
        ask(source, call);
    }
}

static void on_claim(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *problem)
{
    AUTO(mem) struct claim_call *call = payload;
    const struct js *claimed = js_at(ok, "job");
    struct job *job = NULL;
    struct err err = ERR_INIT;
    if (call->targets)
        schedule_answered(call->source->schedule, call->targets);
    js_free(call->targets);
    if (js_has(ok, "job") && take_job(call->source, call, message, claimed, &job, &err) &&
        call->is_claim)
        problem = &err;
    call->done(call->payload, job, problem);
    ask_parked(call->source);
}

/* What the store is told of the wish; NULL: nothing may go anywhere now. */
static struct js *wish_of(struct store_source *source, struct claim_call *call)
{
    bool remote = call->stages[0]->remote;
    AUTO(js) struct js *names = js_array();
    for (const struct stage *const *stage = call->stages; *stage; stage++)
        js_push(names, js_text((*stage)->name));
    call->targets = remote && source->schedule ? schedule_targets(source->schedule) : NULL;
    bool shut = call->targets && js_count(call->targets) == 0;
    struct js *wish = shut ? NULL
                           : js_pack("{s:O, s:s, s:I}", "stages", names, "owner", source->owner,
                                     "lease_us", remote ? REMOTE_LEASE_US : LEASE_US);
    if (wish && call->targets && !js_set(wish, "targets", js_ref(call->targets)))
        js_free(TAKE(wish));
    if (!wish)
        js_free(TAKE(call->targets));
    return wish;
}

static struct claim_call *new_call(struct store_source *source, const struct stage *const *wanted,
                                   job_claimed_fn *done, void *payload)
{
    struct claim_call *call = mem_alloc(sizeof *call);
    if (!call) {
        struct err err = {.code = ERR_NO_MEMORY};
        done(payload, NULL, &err);
        return NULL;
    }
    *call = (struct claim_call){.source = source, .done = done, .payload = payload};
    for (size_t i = 0; i < STAGES_MAX && wanted[i]; i++)
        call->stages[i] = wanted[i];
    return call;
}

static bool has_to_wait(const struct store_source *source, const struct claim_call *call)
{
    return call->stages[0]->remote && source->schedule && schedule_is_asked(source->schedule);
}

static void park(struct store_source *source, struct claim_call *call)
{
    struct claim_call **end = &source->parked;
    while (*end)
        end = &(*end)->next;
    *end = call;
}

static void ask(struct store_source *source, struct claim_call *call)
{
    if (has_to_wait(source, call)) {
        park(source, call);
        return;
    }
    struct js *args = wish_of(source, call);
    if (!args) {
        call->done(call->payload, NULL, NULL);
        mem_free(call);
        return;
    }
    if (!js_set(args, "principal", store_client_machine()))
        js_free(TAKE(args));
    store_client_call(source->client, "claim", args, NULL, 0, on_claim, call);
}

static void claim(void *self, const struct stage *stage, job_claimed_fn *done, void *payload)
{
    struct store_source *source = self;
    struct claim_call *call =
        new_call(source, (const struct stage *const[]){stage, NULL}, done, payload);
    if (!call)
        return;
    call->is_claim = true;
    ask(source, call);
}

static void on_stored(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    (void)message;
    (void)ok;
    struct stored_call call = *(struct stored_call *)payload;
    mem_free(payload);
    call.done(call.payload, err);
}

static void store(struct store_source *source, const char *op, struct js *args, const int *fds,
                  size_t fd_count, job_stored_fn *done, void *payload)
{
    struct stored_call *call = mem_alloc(sizeof *call);
    if (!call) {
        struct err err = {.code = ERR_NO_MEMORY};
        js_free(args);
        done(payload, &err);
        return;
    }
    *call = (struct stored_call){done, payload};
    store_client_call(source->client, op, args, fds, fd_count, on_stored, call);
}

static void complete(void *self, struct job *job, const struct stage *const *next,
                     job_claimed_fn *done, void *payload)
{
    struct store_source *source = self;
    note(source, job, ERR_OK, 0);
    struct claim_call *call = new_call(source, next, done, payload);
    if (!call)
        return;
    AUTO(js) struct js *wish = *next && !has_to_wait(source, call) ? wish_of(source, call) : NULL;
    struct js *result = job->result ? js_ref(job->result) : js_object();
    struct js *args = js_pack("{s:s, s:o, s:O?, s:o}", "claim", job->claim, "result", result,
                              "next", wish, "principal", store_client_machine());
    store_client_call(source->client, "complete", args, job->result_fds, job->result_fd_count,
                      on_claim, call);
}

static void fail(void *self, struct job *job, const struct err *err, const char *ref,
                 struct retry_decision decision, job_stored_fn *done, void *payload)
{
    bool again = decision.action == RETRY_AGAIN;
    int64_t after_us = job->stage->remote
                           ? retry_remote_us(decision, err->retry_after_us, sys_random())
                           : decision.after_us;
    note(self, job, err->code, err->retry_after_us);
    char detail[sizeof err->detail];
    text_printable(err->detail, detail, sizeof detail);
    struct js *args = js_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:I, s:o}", "claim", job->claim, "code", err_name(err->code),
        "detail", detail, "ref", ref, "action", again ? "retry" : "hold", "not_before_us",
        again ? sys_now_us() + after_us : (int64_t)0, "principal", store_client_machine());
    if (*err->said && !js_set(args, "said", js_text(err->said)))
        js_free(TAKE(args));
    store(self, "fail", args, NULL, 0, done, payload);
}

/* Files come into the store as pages; only folders have whole PDF files to take apart. */
static bool offers(void *self, const struct stage *stage)
{
    (void)self;
    return strcmp(stage->name, "import") != 0;
}

struct job_source store_source_jobs(struct store_source *source)
{
    return (struct job_source){source, offers, claim, complete, fail};
}
