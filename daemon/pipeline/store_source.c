#include "daemon/pipeline/store_source.h"

#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/stage.h"

#include <stdio.h>
#include <string.h>

/* Longer than any stage's deadlines together: a claim that outlives it belongs to nobody. */
#define LEASE_US (30 * 60 * 1000000ll)

#define GIVEN_BACK_US (5 * 1000000ll)

struct store_source {
    struct store_client *client;
    char owner[64];
};

struct claim_call {
    struct store_source *source;
    const struct stage *stage;
    job_claimed_fn *done;
    void *payload;
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
    mem_free(source);
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

static void on_claim(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *problem)
{
    struct claim_call call = *(struct claim_call *)payload;
    mem_free(payload);
    const struct js *claimed = js_at(ok, "job");
    struct job *job = NULL;
    struct err err = ERR_INIT;
    if (!problem && !js_is_null(claimed) &&
        job_from_claim(call.stage, message, claimed, &job, &err)) {
        give_back(call.source, claimed, &err);
        problem = &err;
    }
    call.done(call.payload, job, problem);
}

static void claim(void *self, const struct stage *stage, job_claimed_fn *done, void *payload)
{
    struct store_source *source = self;
    struct claim_call *call = mem_alloc(sizeof *call);
    if (!call) {
        struct err err = {.code = ERR_NO_MEMORY};
        done(payload, NULL, &err);
        return;
    }
    *call = (struct claim_call){source, stage, done, payload};
    struct js *args = js_pack("{s:s, s:s, s:I, s:o}", "stage", stage->name, "owner", source->owner,
                              "lease_us", (int64_t)LEASE_US, "principal", store_client_machine());
    store_client_call(source->client, "claim", args, NULL, 0, on_claim, call);
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

static void complete(void *self, struct job *job, job_stored_fn *done, void *payload)
{
    struct js *result = job->result ? js_ref(job->result) : js_object();
    struct js *args = js_pack("{s:s, s:o, s:o}", "claim", job->claim, "result", result, "principal",
                              store_client_machine());
    store(self, "complete", args, job->result_fds, job->result_fd_count, done, payload);
}

static void fail(void *self, struct job *job, const struct err *err, const char *ref,
                 struct retry_decision decision, job_stored_fn *done, void *payload)
{
    bool again = decision.action == RETRY_AGAIN;
    char detail[sizeof err->detail];
    text_printable(err->detail, detail, sizeof detail);
    struct js *args = js_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:I, s:o}", "claim", job->claim, "code", err_name(err->code),
        "detail", detail, "ref", ref, "action", again ? "retry" : "hold", "not_before_us",
        again ? sys_now_us() + decision.after_us : (int64_t)0, "principal", store_client_machine());
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
