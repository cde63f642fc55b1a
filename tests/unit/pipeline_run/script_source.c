#include "tests/unit/pipeline_run/script_source.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "tests/harness/test.h"

struct work *script_add(struct script *script, const char *stage, struct js *args)
{
    assert_true(script->work_count < WORKS_MAX);
    struct work *work = &script->works[script->work_count++];
    *work = (struct work){.stage = stage, .args = args ? args : js_object()};
    return work;
}

unsigned script_claims(const struct script *script, const char *stage)
{
    for (size_t i = 0; i < stage_count; i++)
        if (strcmp(stages[i].name, stage) == 0)
            return script->claims[i];
    fail_msg("no stage %s", stage);
    return 0;
}

void script_done(struct script *script)
{
    for (size_t i = 0; i < script->work_count; i++) {
        js_free(script->works[i].args);
        js_free(script->works[i].result);
    }
}

static bool offers(void *self, const struct stage *stage)
{
    struct script *script = self;
    char name[40];
    snprintf(name, sizeof name, " %s ", stage->name);
    return !script->offered || strstr(script->offered, name);
}

static struct job *make_job(struct script *script, size_t n, const struct stage *stage)
{
    struct work *work = &script->works[n];
    char text[40];
    struct job *job = mem_alloc(sizeof *job);
    snprintf(work->claim, sizeof work->claim, "%zu/%u", n, work->attempts);
    snprintf(text, sizeof text, "image %zu", n);
    *job = (struct job){.stage = stage,
                        .claim = mem_strdup(work->claim),
                        .id = mem_printf("%zu", n),
                        .attempts = work->attempts,
                        .args = js_ref(work->args),
                        .fds = mem_array(1, sizeof(int)),
                        .fd_count = 1};
    assert_int_equal(file_memfd("image", text, strlen(text), &job->fds[0], NULL), ERR_OK);
    work->state = WORK_CLAIMED;
    return job;
}

struct pending {
    struct script *script;
    const struct stage *stage;
    job_claimed_fn *done;
    void *payload;
};

static void answer_claim(struct pending *pending)
{
    struct script *script = pending->script;
    struct job *job = NULL;
    struct err err = {.code = script->claim_fails};
    for (size_t i = 0; !err.code && !job && i < script->work_count; i++)
        if (script->works[i].state == WORK_WAITS &&
            strcmp(script->works[i].stage, pending->stage->name) == 0)
            job = make_job(script, i, pending->stage);
    script->claiming[pending->stage - stages]--;
    if (job && ++script->running > script->running_most)
        script->running_most = script->running;
    pending->done(pending->payload, job, err.code ? &err : NULL);
}

static int on_claim_time(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    answer_claim(payload);
    free(payload);
    return 0;
}

static void claim(void *self, const struct stage *stage, job_claimed_fn *done, void *payload)
{
    struct script *script = self;
    size_t n = (size_t)(stage - stages);
    assert_true(offers(script, stage));
    script->claims[n]++;
    if (++script->claiming[n] > script->claiming_most)
        script->claiming_most = script->claiming[n];
    struct pending pending = {script, stage, done, payload};
    if (!script->slow) {
        answer_claim(&pending);
        return;
    }
    struct pending *kept = malloc(sizeof *kept);
    *kept = pending;
    sd_event_add_time_relative(script->loop, NULL, CLOCK_MONOTONIC, 20000, 1000, on_claim_time,
                               kept);
}

static struct work *work_of(struct script *script, const struct job *job)
{
    struct work *work = &script->works[atoi(job->id)];
    assert_string_equal(job->claim, work->claim);
    assert_int_equal(work->state, WORK_CLAIMED);
    return work;
}

static void keep_result(struct work *work, const struct job *job)
{
    work->result = js_ref(job->result);
    work->text_count = job->result_fd_count;
    for (size_t i = 0; i < job->result_fd_count && i < COUNT_OF(work->texts); i++) {
        char *text;
        size_t size;
        assert_int_equal(file_read_fd(job->result_fds[i], 290, &text, &size, NULL), ERR_OK);
        snprintf(work->texts[i], sizeof work->texts[i], "%s", text);
        mem_free(text);
    }
}

struct stored {
    struct script *script;
    struct job *next;
    struct err err;
    job_claimed_fn *done;
    void *payload;
};

static int on_stored_time(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct stored *stored = payload;
    stored->script->storing--;
    stored->done(stored->payload, stored->next, stored->err.code ? &stored->err : NULL);
    free(stored);
    return 0;
}

static struct job *next_job(struct script *script, const struct stage *const *next)
{
    for (; script->chains && *next; next++)
        for (size_t i = 0; i < script->work_count; i++)
            if (script->works[i].state == WORK_WAITS &&
                strcmp(script->works[i].stage, (*next)->name) == 0) {
                script->chained++;
                script->running++;
                return make_job(script, i, *next);
            }
    return NULL;
}

static void complete(void *self, struct job *job, const struct stage *const *next,
                     job_claimed_fn *done, void *payload)
{
    struct script *script = self;
    struct work *work = work_of(script, job);
    struct stored stored = {.script = script, .done = done, .payload = payload};
    work->completes++;
    if (script->complete_failures > 0) {
        script->complete_failures--;
        err_set(&stored.err, script->complete_fails, "as scripted");
        if (stored.err.code == ERR_STATE_CHANGED)
            script->running--;
    } else {
        keep_result(work, job);
        work->state = WORK_DONE;
        script->running--;
        stored.next = next_job(script, next);
    }
    if (++script->storing > script->storing_most)
        script->storing_most = script->storing;
    struct stored *kept = malloc(sizeof *kept);
    *kept = stored;
    if (script->slow_results)
        sd_event_add_time_relative(script->loop, NULL, CLOCK_MONOTONIC, 400000, 1000,
                                   on_stored_time, kept);
    else
        on_stored_time(NULL, 0, kept);
}

static void keep_failure(void *self, struct job *job, const struct err *problem, const char *ref,
                         struct retry_decision decision, job_stored_fn *done, void *payload)
{
    struct script *script = self;
    struct work *work = work_of(script, job);
    struct err err = ERR_INIT;
    assert_true(work->telling_count < TELLINGS_MAX);
    struct telling *telling = &work->tellings[work->telling_count++];
    *telling = (struct telling){problem->code, decision, .at_us = sys_monotonic_us()};
    snprintf(telling->ref, sizeof telling->ref, "%s", ref);
    snprintf(telling->claim, sizeof telling->claim, "%s", job->claim);
    if (script->fail_failures > 0) {
        script->fail_failures--;
        err_set(&err, script->fail_fails, "as scripted");
    } else {
        work->state = decision.action == RETRY_HOLD ? WORK_HELD
                      : decision.after_us > 0       ? WORK_LATER
                                                    : WORK_WAITS;
        work->attempts++;
        script->running--;
    }
    done(payload, err.code ? &err : NULL);
}

struct job_source script_jobs(struct script *script)
{
    return (struct job_source){script, offers, claim, complete, keep_failure};
}
