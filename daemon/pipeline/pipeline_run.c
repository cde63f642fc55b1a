#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/pipeline/pipeline.h"
#include "daemon/pipeline/retry.h"
#include "daemon/pipeline/stage.h"
#include "daemon/workers/supervisor.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

/* Slots, claims and workers: how the table of pipeline.c is run. */

#define SLOTS_MAX 64
#define TELL_FIRST_US 1000000ull /* doubled up to 32 s */

/* A worker process, and which slot has it now. */
struct hand {
    enum pool_kind pool;
    struct worker *worker;
    const struct slot *of;
    /* which process holds what a step with `holds_us` told it, and since when */
    int told_pid;
    int64_t told_us;
};

/* A slot does one job at a time: claims it, runs it by a hand of its pool (none for POOL_NONE), has
 * the result stored. */
struct slot {
    struct pipeline *pipeline;
    enum pool_kind pool;
    struct hand *hand;
    uint64_t waits; /* for a hand: its number in the queue, 0 = it does not */
    bool busy;
    const struct stage *claiming;
    struct job *job;
    size_t step;
    /* a failure on its way into the store, told again until it is there */
    struct err err;
    char ref[REF_SIZE];
    struct retry_decision decision;
    unsigned tellings;
    sd_event_source *later;
};

struct pipeline {
    sd_event *loop;
    struct pipeline_config config;
    struct pipeline_model model;
    struct pipeline_templates templates;
    struct job_source source;
    pipeline_ended_fn *ended;
    void *payload;
    struct slot slots[SLOTS_MAX];
    size_t slot_count;
    struct hand hands[SLOTS_MAX];
    size_t hand_count;
    uint64_t last_wait;
    bool maybe[STAGES_MAX]; /* by stage: there may be work that was not looked for */
    bool more[STAGES_MAX];  /* by stage: the last look found some */
    bool paused, pumping, pump_again;
    sd_event_source *pump_soon;
};

static void pump(struct pipeline *pipeline);

static const struct worker_kind pool_workers[POOL_COUNT] = {
    [POOL_OCR] = {.name = "ocr",
                  .memory_limit_mb = 3000, /* the largest image, 100 megapixels, wants 0.5 GB */
                  .recycle_after = 500,    /* Tesseract's heap grows slowly */
                  .env = (const char *const[]){"OMP_THREAD_LIMIT=1",
                                               "GLIBC_TUNABLES=glibc.malloc.hugetlb=1", NULL}},
    [POOL_PDF] = {.name = "pdf", .memory_limit_mb = 2000},
    [POOL_SEAL] = {.name = "seal", .memory_limit_mb = 1000},
    [POOL_UPLOAD] = {.name = "upload", .memory_limit_mb = 1000},
};

static enum err_code add_hands(struct pipeline *pipeline, enum pool_kind pool, int count,
                               struct err *err)
{
    for (int i = 0; i < count && pipeline->hand_count < SLOTS_MAX; i++) {
        struct hand *hand = &pipeline->hands[pipeline->hand_count];
        *hand = (struct hand){.pool = pool};
        enum err_code code = worker_new(pipeline->loop, &pool_workers[pool],
                                        pipeline->config.worker_dir, &hand->worker, err);
        if (code)
            return code;
        pipeline->hand_count++;
    }
    return ERR_OK;
}

static void add_slots(struct pipeline *pipeline, enum pool_kind pool, int count)
{
    for (int i = 0; i < count && pipeline->slot_count < SLOTS_MAX; i++)
        pipeline->slots[pipeline->slot_count++] = (struct slot){.pipeline = pipeline, .pool = pool};
}

static int workers_of(const struct pipeline_config *config, enum pool_kind pool)
{
    if (pool == POOL_OCR)
        return config->ocr_workers;
    return pool == POOL_UPLOAD && config->upload_workers > 1 ? config->upload_workers : 1;
}

/* While the result of one delivery is being stored its worker has the next one already. */
static int slots_of(const struct pipeline_config *config, enum pool_kind pool)
{
    int workers = workers_of(config, pool);
    return pool == POOL_UPLOAD && workers > 1 ? 2 * workers : workers;
}

enum err_code pipeline_new(sd_event *loop, const struct pipeline_config *config,
                           const struct job_source *source, pipeline_ended_fn *ended, void *payload,
                           struct pipeline **out, struct err *err)
{
    struct pipeline *pipeline = mem_alloc(sizeof *pipeline);
    if (!pipeline)
        return err_set(err, ERR_NO_MEMORY, "pipeline");
    pipeline->loop = sd_event_ref(loop);
    pipeline->config = *config;
    pipeline->model.fd = -1;
    pipeline->config.model = &pipeline->model;
    pipeline->templates.fd = -1;
    pipeline->config.templates = &pipeline->templates;
    pipeline->source = *source;
    pipeline->ended = ended;
    pipeline->payload = payload;
    enum err_code code = ERR_OK;
    add_slots(pipeline, POOL_NONE, 1);
    for (enum pool_kind pool = POOL_OCR; !code && pool < POOL_COUNT; pool++) {
        add_slots(pipeline, pool, slots_of(config, pool));
        code = add_hands(pipeline, pool, workers_of(config, pool), err);
    }
    if (code) {
        pipeline_free(pipeline);
        return code;
    }
    *out = pipeline;
    return ERR_OK;
}

void pipeline_free(struct pipeline *pipeline)
{
    if (!pipeline)
        return;
    pipeline->paused = true;
    pipeline->ended = NULL;
    for (size_t i = 0; i < pipeline->slot_count; i++) {
        struct slot *slot = &pipeline->slots[i];
        job_free(TAKE(slot->job)); /* workers that end call back with CANCELLED */
        sd_event_source_disable_unref(slot->later);
    }
    for (size_t i = 0; i < pipeline->hand_count; i++)
        worker_free(pipeline->hands[i].worker);
    sd_event_source_disable_unref(pipeline->pump_soon);
    fd_close(pipeline->model.fd);
    fd_close(pipeline->templates.fd);
    sd_event_unref(pipeline->loop);
    mem_free(pipeline);
}

/* ---- hands ---- */

static void run_step(struct slot *slot);

static bool take_hand(struct slot *slot)
{
    struct pipeline *pipeline = slot->pipeline;
    struct hand *found = NULL;
    for (size_t i = 0; i < pipeline->hand_count; i++) {
        struct hand *hand = &pipeline->hands[i];
        bool better = !found || worker_is_busy(found->worker);
        if (hand->pool == slot->pool && !hand->of && better)
            found = hand;
    }
    if (found) {
        found->of = slot;
        slot->hand = found;
        slot->waits = 0;
    } else if (!slot->waits) {
        slot->waits = ++pipeline->last_wait;
    }
    return found != NULL;
}

static struct slot *first_waiting(struct pipeline *pipeline, enum pool_kind pool)
{
    struct slot *first = NULL;
    for (size_t i = 0; i < pipeline->slot_count; i++) {
        struct slot *slot = &pipeline->slots[i];
        if (slot->pool == pool && slot->waits && (!first || slot->waits < first->waits))
            first = slot;
    }
    return first;
}

static void give_hand_back(struct slot *slot)
{
    if (!slot->hand)
        return;
    slot->hand->of = NULL;
    slot->hand = NULL;
    struct slot *next = first_waiting(slot->pipeline, slot->pool);
    if (next)
        run_step(next);
}

/* What the pipeline does not know of may keep a worker busy: an unlocking of the signer. */
static bool has_hands(const struct pipeline *pipeline, enum pool_kind pool)
{
    for (size_t i = 0; i < pipeline->hand_count; i++)
        if (pipeline->hands[i].pool == pool &&
            (pipeline->hands[i].of || !worker_is_busy(pipeline->hands[i].worker)))
            return true;
    return pool == POOL_NONE;
}

/* ---- ends ---- */

static void release_slot(struct slot *slot)
{
    job_free(TAKE(slot->job));
    slot->busy = false;
    slot->claiming = NULL;
}

static void pump_soon(struct pipeline *pipeline);

/* What a delivery makes due elsewhere is told with its change (pipeline_kick_for). */
static void end_job(struct slot *slot, const struct err *err)
{
    struct pipeline *pipeline = slot->pipeline;
    const struct stage *stage = slot->job->stage;
    if (pipeline->ended)
        pipeline->ended(pipeline->payload, slot->job, err);
    release_slot(slot);
    if (!stage->of_state) {
        pipeline_kick(pipeline);
        return;
    }
    pipeline->maybe[stage - stages] = true;
    pump_soon(pipeline);
}

/* Somebody else moved the subject, or the claim is over: the result is nobody's any more. */
static bool is_gone(const struct err *err)
{
    return err->code == ERR_STATE_CHANGED || err->code == ERR_NOT_FOUND;
}

static void tell_failure(struct slot *slot);

static int on_tell_again(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct slot *slot = payload;
    slot->later = sd_event_source_disable_unref(slot->later);
    tell_failure(slot);
    return 0;
}

static void on_failure_stored(void *payload, const struct err *err)
{
    struct slot *slot = payload;
    if (!slot->job)
        return;
    if (!err || is_gone(err)) {
        end_job(slot, &slot->err);
        return;
    }
    log_err(err, LOG_FIELDS(LOG_FIELD("SOHOA_STEP", slot->job->stage->name)),
            "failure of a step could not be stored, it is told again, continuing");
    uint64_t wait_us = TELL_FIRST_US << (slot->tellings < 5 ? slot->tellings : 5);
    slot->tellings++;
    sd_event_add_time_relative(slot->pipeline->loop, &slot->later, CLOCK_MONOTONIC, wait_us, 10000,
                               on_tell_again, slot);
}

static void tell_failure(struct slot *slot)
{
    struct job_source *source = &slot->pipeline->source;
    source->fail(source->self, slot->job, &slot->err, slot->ref, slot->decision, on_failure_stored,
                 slot);
}

static void fail_job(struct slot *slot, const struct err *err)
{
    struct job *job = slot->job;
    slot->err = *err;
    slot->tellings = 0;
    if (slot->hand)
        slot->hand->told_pid = 0; /* what it was told may be what is wrong */
    give_hand_back(slot);
    slot->decision = retry_decide(err->code, job->attempts, job->stage->remote);
    ref_new(slot->ref);
    log_err(err,
            LOG_FIELDS(LOG_FIELD("SOHOA_STEP", job->stage->name), LOG_FIELD("SOHOA_DOC", job->id),
                       LOG_FIELD("SOHOA_REF", slot->ref)),
            slot->decision.action == RETRY_HOLD ? "step failed, held for a person, continuing"
                                                : "step failed, it is tried again, continuing");
    tell_failure(slot);
}

static void go_on_with(struct slot *slot, struct job *next)
{
    struct pipeline *pipeline = slot->pipeline;
    if (pipeline->ended)
        pipeline->ended(pipeline->payload, slot->job, NULL);
    job_free(slot->job);
    slot->job = next;
    slot->claiming = next->stage;
    slot->step = 0;
    pipeline->more[next->stage - stages] = true;
    run_step(slot);
}

static void on_result_stored(void *payload, struct job *next, const struct err *err)
{
    struct slot *slot = payload;
    if (!slot->job)
        job_free(next);
    else if (next)
        go_on_with(slot, next);
    else if (!err || is_gone(err))
        end_job(slot, err);
    else
        fail_job(slot, err);
}

/* A slot that delivers goes on with the next delivery, taken in the commit that ends the one
 * before. */
static void complete_job(struct slot *slot)
{
    struct pipeline *pipeline = slot->pipeline;
    give_hand_back(slot);
    const struct stage *next[STAGES_MAX + 1] = {NULL};
    size_t count = 0;
    for (size_t i = 0; i < stage_count && slot->job->stage->of_state && !pipeline->paused; i++)
        if (stages[i].pool == slot->pool && (stages[i].of_state || pipeline->maybe[i]))
            next[count++] = &stages[i];
    pipeline->source.complete(pipeline->source.self, slot->job, next, on_result_stored, slot);
}

static enum err_code take_answer(struct slot *slot, struct ipc_message *message,
                                 const struct js *ok, struct err *err)
{
    const struct step *step = &slot->job->stage->steps[slot->step];
    if (step->answer)
        return step->answer(slot->job, message, ok, err);
    slot->job->result = js_copy(ok);
    if (!slot->job->result)
        return err_set(err, ERR_NO_MEMORY, "answer of '%s'", step->op);
    job_keep_fds(slot->job, message);
    return ERR_OK;
}

static void on_answer(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *problem)
{
    struct slot *slot = payload;
    struct err err = ERR_INIT;
    if (!slot->job)
        return; /* the pipeline is being freed */
    const struct step *step = &slot->job->stage->steps[slot->step];
    bool goes_on = problem && problem->code == ERR_WORKER_HUNG && step->late;
    if (problem && !goes_on) {
        fail_job(slot, problem);
        return;
    }
    if (goes_on)
        log_err(
            problem,
            LOG_FIELDS(LOG_FIELD("SOHOA_STEP", step->op), LOG_FIELD("SOHOA_DOC", slot->job->id)),
            "words of a page were not read in time, it is kept without text, continuing");
    if (goes_on ? step->late(slot->job, &err) : take_answer(slot, message, ok, &err)) {
        fail_job(slot, &err);
        return;
    }
    if (step->holds_us) {
        slot->hand->told_pid = worker_next_pid(slot->hand->worker);
        slot->hand->told_us = sys_monotonic_us();
    }
    slot->step++;
    run_step(slot);
}

/* A page alone may use the cores of the workers that have nothing to do; with a page for each of
 * them every worker keeps to its own. */
static int cores_for(const struct slot *slot)
{
    const struct pipeline *pipeline = slot->pipeline;
    int cores = 1;
    for (size_t i = 0; i < pipeline->slot_count; i++)
        cores += pipeline->slots[i].pool == slot->pool && !pipeline->slots[i].busy;
    return cores;
}

static int deadline_of(const struct slot *slot, const struct step *step)
{
    const struct pipeline_config *config = &slot->pipeline->config;
    if (step->late && config->recognise_ms)
        return config->recognise_ms;
    return slot->job->stage->remote && config->still_ms ? config->still_ms : step->deadline_ms;
}

/* Bytes that move are a sign of life: a large file over a slow line takes as long as it takes. */
static void on_event(void *payload, struct ipc_message *message, const char *event,
                     const struct js *data)
{
    (void)message;
    struct slot *slot = payload;
    const struct pipeline_config *config = &slot->pipeline->config;
    if (!slot->job || strcmp(event, "progress") != 0)
        return;
    worker_extend(slot->hand->worker, deadline_of(slot, &slot->job->stage->steps[slot->step]));
    if (config->moved)
        config->moved(config->moved_payload, slot->job, js_int_or(data, "moved", 0),
                      js_int_or(data, "total", 0));
}

static enum err_code ask(struct slot *slot, const struct step *step, struct err *err)
{
    struct job *job = slot->job;
    job->cores = cores_for(slot);
    struct js *args = NULL;
    const int *fds = job->fds;
    size_t fd_count = job->fd_count;
    if (step->request) {
        enum err_code code =
            step->request(&slot->pipeline->config, job, &args, &fds, &fd_count, err);
        if (code)
            return code;
    } else {
        args = js_ref(job->args);
    }
    return worker_request(slot->hand->worker, step->op, args, fds, fd_count,
                          deadline_of(slot, step), on_answer,
                          slot->job->stage->remote ? on_event : NULL, slot, err);
}

static int on_worker_free(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct slot *slot = payload;
    slot->later = sd_event_source_disable_unref(slot->later);
    run_step(slot);
    return 0;
}

static bool is_idle_step(const struct slot *slot)
{
    if (slot->step >= STAGE_STEPS_MAX)
        return false;
    const struct step *step = &slot->job->stage->steps[slot->step];
    const struct hand *hand = slot->hand;
    if (step->op && step->holds_us && hand->told_pid &&
        hand->told_pid == worker_next_pid(hand->worker))
        return sys_monotonic_us() - hand->told_us < step->holds_us;
    return step->op && step->wanted && !step->wanted(&slot->pipeline->config);
}

static void run_step(struct slot *slot)
{
    if (slot->pool != POOL_NONE && !slot->hand && !take_hand(slot))
        return;
    if (slot->hand && worker_is_busy(slot->hand->worker)) {
        sd_event_add_time_relative(slot->pipeline->loop, &slot->later, CLOCK_MONOTONIC, 50000, 1000,
                                   on_worker_free, slot);
        return;
    }
    const struct stage *stage = slot->job->stage;
    while (is_idle_step(slot))
        slot->step++;
    bool done = slot->step >= STAGE_STEPS_MAX || !stage->steps[slot->step].op;
    struct err err = ERR_INIT;
    if (done)
        complete_job(slot);
    else if (ask(slot, &stage->steps[slot->step], &err))
        fail_job(slot, &err);
}

static void on_claimed(void *payload, struct job *job, const struct err *err)
{
    struct slot *slot = payload;
    if (err)
        log_err(err, LOG_FIELDS(LOG_FIELD("SOHOA_STEP", slot->claiming->name)),
                "no work could be claimed, continuing");
    slot->pipeline->more[slot->claiming - stages] = job != NULL;
    if (!job) {
        slot->pipeline->maybe[slot->claiming - stages] = false;
        release_slot(slot);
        pump(slot->pipeline);
        return;
    }
    slot->job = job;
    slot->step = 0;
    struct pipeline *pipeline = slot->pipeline;
    run_step(slot);
    pump(pipeline);
}

/* One claim at a time per stage, so that an empty stage is asked once and not by every slot. A
 * queue of deliveries, of which thousands may wait, is claimed from by all at once while it has
 * some. */
static bool being_claimed(const struct pipeline *pipeline, const struct stage *stage)
{
    if (stage->remote && pipeline->more[stage - stages])
        return false;
    for (size_t i = 0; i < pipeline->slot_count; i++)
        if (pipeline->slots[i].claiming == stage && !pipeline->slots[i].job)
            return true;
    return false;
}

static const struct stage *wanted_stage(const struct pipeline *pipeline, enum pool_kind pool)
{
    for (size_t i = 0; i < stage_count; i++)
        if (stages[i].pool == pool && pipeline->maybe[i] && !being_claimed(pipeline, &stages[i]))
            return &stages[i];
    return NULL;
}

static void fill_slots(struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->slot_count; i++) {
        struct slot *slot = &pipeline->slots[i];
        bool free = !slot->busy && has_hands(pipeline, slot->pool);
        const struct stage *stage = free ? wanted_stage(pipeline, slot->pool) : NULL;
        if (!stage)
            continue;
        slot->busy = true;
        slot->claiming = stage;
        pipeline->source.claim(pipeline->source.self, stage, on_claimed, slot);
    }
}

/* A source may answer at once, from inside its claim: then the slots are gone through again. */
static void pump(struct pipeline *pipeline)
{
    pipeline->pump_again = true;
    if (pipeline->pumping || pipeline->paused)
        return;
    pipeline->pumping = true;
    while (pipeline->pump_again) {
        pipeline->pump_again = false;
        fill_slots(pipeline);
    }
    pipeline->pumping = false;
}

static int on_pump_soon(sd_event_source *source, void *payload)
{
    (void)source;
    struct pipeline *pipeline = payload;
    pipeline->pump_soon = sd_event_source_disable_unref(pipeline->pump_soon);
    pump(pipeline);
    return 0;
}

static void pump_soon(struct pipeline *pipeline)
{
    if (!pipeline->pump_soon)
        sd_event_add_defer(pipeline->loop, &pipeline->pump_soon, on_pump_soon, pipeline);
}

void pipeline_kick(struct pipeline *pipeline)
{
    for (size_t i = 0; i < stage_count; i++)
        pipeline->maybe[i] = pipeline->source.offers(pipeline->source.self, &stages[i]);
    pump_soon(pipeline);
}

void pipeline_kick_for(struct pipeline *pipeline, const struct js *changed)
{
    for (size_t c = 0; c < js_count(changed); c++) {
        const struct js *subject = js_item(changed, c);
        const char *state = js_text_or(subject, "state", "");
        if (strcmp(js_text_or(subject, "kind", ""), "delivery") != 0) {
            pipeline_kick(pipeline);
            return;
        }
        for (size_t i = 0; i < stage_count; i++)
            if (stages[i].of_state && strcmp(stages[i].of_state, state) == 0)
                pipeline->maybe[i] = true;
    }
    pump_soon(pipeline);
}

void pipeline_use_model(struct pipeline *pipeline, int fd, const char *sha256)
{
    fd_close(pipeline->model.fd);
    pipeline->model = (struct pipeline_model){.fd = fd, .told = pipeline->model.told || sha256};
    if (sha256)
        memcpy(pipeline->model.sha256, sha256, HASH_HEX_SIZE);
}

void pipeline_use_templates(struct pipeline *pipeline, int fd, const char *version)
{
    fd_close(pipeline->templates.fd);
    pipeline->templates =
        (struct pipeline_templates){.fd = fd, .told = pipeline->templates.told || *version};
    snprintf(pipeline->templates.version, sizeof pipeline->templates.version, "%s", version);
}

void pipeline_pause(struct pipeline *pipeline)
{
    pipeline->paused = true;
}

bool pipeline_is_idle(const struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->slot_count; i++)
        if (pipeline->slots[i].busy)
            return false;
    return true;
}

struct worker *pipeline_seal_worker(struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->hand_count; i++)
        if (pipeline->hands[i].pool == POOL_SEAL)
            return pipeline->hands[i].worker;
    return NULL;
}

unsigned pipeline_crash_count(const struct pipeline *pipeline)
{
    unsigned total = 0;
    for (size_t i = 0; i < pipeline->hand_count; i++)
        total += worker_crash_count(pipeline->hands[i].worker);
    return total;
}
