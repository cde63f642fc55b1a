#include "daemon/pipeline/pipeline.h"

#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/pipeline/retry.h"
#include "daemon/pipeline/stage.h"
#include "daemon/pipeline/unread.h"
#include "daemon/workers/supervisor.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

/* ---- the one table that moves a page ----------------------------------------------------------
 */

static enum err_code ask_read(const struct pipeline_config *config, struct job *job,
                              struct js **out_args, const int **out_fds, size_t *out_fd_count,
                              struct err *err);
static enum err_code ask_recognise(const struct pipeline_config *config, struct job *job,
                                   struct js **out_args, const int **out_fds, size_t *out_fd_count,
                                   struct err *err);
static enum err_code keep_read(struct job *job, struct ipc_message *message, const struct js *ok,
                               struct err *err);
static enum err_code keep_recognised(struct job *job, struct ipc_message *message,
                                     const struct js *ok, struct err *err);
static enum err_code ask_sign(const struct pipeline_config *config, struct job *job,
                              struct js **out_args, const int **out_fds, size_t *out_fd_count,
                              struct err *err);
static enum err_code ask_configure(const struct pipeline_config *config, struct job *job,
                                   struct js **out_args, const int **out_fds, size_t *out_fd_count,
                                   struct err *err);
static enum err_code ask_model(const struct pipeline_config *config, struct job *job,
                               struct js **out_args, const int **out_fds, size_t *out_fd_count,
                               struct err *err);
static enum err_code ask_templates(const struct pipeline_config *config, struct job *job,
                                   struct js **out_args, const int **out_fds, size_t *out_fd_count,
                                   struct err *err);
static bool has_model(const struct pipeline_config *config);
static bool has_templates(const struct pipeline_config *config);
static enum err_code keep_nothing(struct job *job, struct ipc_message *message, const struct js *ok,
                                  struct err *err);

#define SECONDS(n) ((n)*1000)
#define CONFIGURE                                                                                  \
    {                                                                                              \
        "configure", SECONDS(10), ask_configure, keep_nothing                                      \
    }

/* Later states first: what is nearly done gets done before new work starts. */
const struct stage stages[] = {
    {"reconcile", POOL_UPLOAD, true, {CONFIGURE, {"verify", SECONDS(600), NULL, NULL}}},
    {"accept", POOL_UPLOAD, true, {CONFIGURE, {"verify", SECONDS(600), NULL, NULL}}},
    {"send", POOL_UPLOAD, true, {CONFIGURE, {"send", SECONDS(600), NULL, NULL}}},
    {"queue", POOL_NONE, false, {{0}}},
    {"code", POOL_NONE, false, {{0}}},
    {"extract", POOL_NONE, false, {{0}}},
    {"seal", POOL_SEAL, false, {{"sign", SECONDS(60), ask_sign, NULL}}},
    {"compose", POOL_PDF, false, {{"compose", SECONDS(600), NULL, NULL}}},
    {"understand",
     POOL_OCR,
     false,
     {{"templates", SECONDS(60), ask_templates, keep_nothing, NULL, has_templates},
      {"model", SECONDS(60), ask_model, keep_nothing, NULL, has_model},
      {"understand", SECONDS(60), NULL, NULL}}},
    {"recognize",
     POOL_OCR,
     false,
     {{"read", SECONDS(60), ask_read, keep_read},
      {"recognise", SECONDS(180), ask_recognise, keep_recognised, unread_keep}}},
    {"import", POOL_OCR, false, {{"import", SECONDS(600), NULL, NULL}}},
};
const size_t stage_count = sizeof stages / sizeof *stages;

/* ---- steps that are more than a shuttle -------------------------------------------------------
 */

static enum err_code ask_read(const struct pipeline_config *config, struct job *job,
                              struct js **out_args, const int **out_fds, size_t *out_fd_count,
                              struct err *err)
{
    AUTO(js) struct js *args = js_copy(job->args);
    if (!args || !js_set(args, "lang", js_text(config->lang)) ||
        !js_set(args, "cores", js_int(job->cores)))
        return err_set(err, ERR_NO_MEMORY, "read");
    *out_args = TAKE(args);
    *out_fds = job->fds;
    *out_fd_count = job->fd_count > 0; /* the text layer is for recognise */
    return ERR_OK;
}

/* read answers {page, zones} with the recognition image and a thumbnail. */
static enum err_code keep_read(struct job *job, struct ipc_message *message, const struct js *ok,
                               struct err *err)
{
    const struct js *page, *zones;
    enum err_code code = js_get_object(ok, "page", &page, err);
    if (!code)
        code = js_get_array(ok, "zones", &zones, err);
    if (!code && message->fd_count != 2)
        code =
            err_set(err, ERR_BAD_MESSAGE, "read answered with %zu descriptors", message->fd_count);
    if (code)
        return code;
    job_keep_fds(job, message);
    job->result = js_pack("{s:O, s:O, s:I}", "page", page, "zones", zones, "images",
                          js_int_or(ok, "images", 1));
    return job->result ? ERR_OK : err_set(err, ERR_NO_MEMORY, "read");
}

static enum err_code ask_recognise(const struct pipeline_config *config, struct job *job,
                                   struct js **out_args, const int **out_fds, size_t *out_fd_count,
                                   struct err *err)
{
    *out_args =
        js_pack("{s:O, s:O, s:o, s:i}", "page", js_at(job->result, "page"), "zones",
                js_at(job->result, "zones"), "lang", js_text(config->lang), "cores", job->cores);
    job->recognise_fds[0] = job->result_fds[0];
    job->recognise_fds[1] = job->fd_count > 1 ? job->fds[1] : -1;
    *out_fds = job->recognise_fds;
    *out_fd_count = job->fd_count > 1 ? 2 : 1;
    return *out_args ? ERR_OK : err_set(err, ERR_NO_MEMORY, "recognise");
}

/* The stage's result is {page, zones, images, words, mean_confidence, words_source} with [words,
 * thumbnail]: the recognition image has done its work. The page's own zones come with the words;
 * those beside it were a guess for the reader. */
static enum err_code keep_recognised(struct job *job, struct ipc_message *message,
                                     const struct js *ok, struct err *err)
{
    int words;
    enum err_code code = ipc_take_fd(message, 0, &words, err);
    if (code)
        return code;
    fd_close(job->result_fds[0]);
    job->result_fds[0] = words;
    AUTO(js) struct js *page = js_copy(js_at(job->result, "page"));
    const struct js *zones = js_at(ok, "zones");
    bool set =
        (!js_count(zones) || js_set(page, "zones", js_ref(zones))) &&
        js_set(job->result, "page", js_ref(page)) &&
        js_set(job->result, "words", js_int(js_int_or(ok, "words", 0))) &&
        js_set(job->result, "mean_confidence", js_real(js_real_or(ok, "mean_confidence", 0))) &&
        js_set(job->result, "words_source", js_text(js_text_or(ok, "words_source", NULL))) &&
        js_set(job->result, "secret", js_text(js_text_or(ok, "secret", NULL))) &&
        js_set(job->result, "copy", js_has(ok, "copy") ? js_ref(js_at(ok, "copy")) : js_null());
    return set ? ERR_OK : err_set(err, ERR_NO_MEMORY, "recognise");
}

/* Whose key is unlocked may have changed since the copy was confirmed. */
static enum err_code ask_sign(const struct pipeline_config *config, struct job *job,
                              struct js **out_args, const int **out_fds, size_t *out_fd_count,
                              struct err *err)
{
    const char *copied_by;
    enum err_code code =
        config->may_sign ? js_get_text(job->args, "copied_by", &copied_by, err) : ERR_OK;
    if (!code && config->may_sign)
        code = config->may_sign(config->may_sign_payload, copied_by, err);
    if (code)
        return code;
    *out_args = js_ref(job->args);
    *out_fds = job->fds;
    *out_fd_count = job->fd_count;
    return ERR_OK;
}

static enum err_code ask_configure(const struct pipeline_config *config, struct job *job,
                                   struct js **out_args, const int **out_fds, size_t *out_fd_count,
                                   struct err *err)
{
    (void)job;
    *out_fds = NULL;
    *out_fd_count = 0;
    *out_args = js_pack("{s:O, s:s}", "targets", config->targets, "witnesses", config->witnesses);
    return *out_args ? ERR_OK : err_set(err, ERR_NO_MEMORY, "configure");
}

/* A station that never had its own tells nobody. */
static bool has_model(const struct pipeline_config *config)
{
    return config->model->told;
}

static bool has_templates(const struct pipeline_config *config)
{
    return config->templates->told;
}

/* A worker that has it already does nothing. */
static enum err_code ask_model(const struct pipeline_config *config, struct job *job,
                               struct js **out_args, const int **out_fds, size_t *out_fd_count,
                               struct err *err)
{
    (void)job;
    *out_fds = &config->model->fd;
    *out_fd_count = *config->model->sha256 ? 1 : 0;
    *out_args = js_pack("{s:s}", "sha256", config->model->sha256);
    return *out_args ? ERR_OK : err_set(err, ERR_NO_MEMORY, "model");
}

static enum err_code ask_templates(const struct pipeline_config *config, struct job *job,
                                   struct js **out_args, const int **out_fds, size_t *out_fd_count,
                                   struct err *err)
{
    (void)job;
    *out_fds = &config->templates->fd;
    *out_fd_count = *config->templates->version ? 1 : 0;
    *out_args = js_pack("{s:s}", "version", config->templates->version);
    return *out_args ? ERR_OK : err_set(err, ERR_NO_MEMORY, "templates");
}

static enum err_code keep_nothing(struct job *job, struct ipc_message *message, const struct js *ok,
                                  struct err *err)
{
    (void)job;
    (void)message;
    (void)ok;
    (void)err;
    return ERR_OK;
}

/* ---- running it -------------------------------------------------------------------------------
 */

#define SLOTS_MAX 32
#define TELL_FIRST_US 1000000ull /* doubled up to 32 s */

/* A slot does one job at a time: it owns a worker of its pool (none for POOL_NONE). */
struct slot {
    struct pipeline *pipeline;
    enum pool_kind pool;
    struct worker *worker;
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
    bool maybe[32]; /* by stage: there may be work that was not looked for */
    bool more[32];  /* by stage: the last look found some */
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

static enum err_code add_slots(struct pipeline *pipeline, enum pool_kind pool, int count,
                               struct err *err)
{
    for (int i = 0; i < count && pipeline->slot_count < SLOTS_MAX; i++) {
        struct slot *slot = &pipeline->slots[pipeline->slot_count];
        *slot = (struct slot){.pipeline = pipeline, .pool = pool};
        enum err_code code = pool == POOL_NONE
                                 ? ERR_OK
                                 : worker_new(pipeline->loop, &pool_workers[pool],
                                              pipeline->config.worker_dir, &slot->worker, err);
        if (code)
            return code;
        pipeline->slot_count++;
    }
    return ERR_OK;
}

static int workers_of(const struct pipeline_config *config, enum pool_kind pool)
{
    if (pool == POOL_OCR)
        return config->ocr_workers;
    return pool == POOL_UPLOAD && config->upload_workers > 1 ? config->upload_workers : 1;
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
    enum err_code code = add_slots(pipeline, POOL_NONE, 1, err);
    for (int pool = POOL_OCR; !code && pool < POOL_COUNT; pool++)
        code = add_slots(pipeline, (enum pool_kind)pool, workers_of(config, (enum pool_kind)pool),
                         err);
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
        struct job *job = TAKE(slot->job);
        sd_event_source_disable_unref(slot->later);
        worker_free(slot->worker); /* calls back with CANCELLED; the job is no longer the slot's */
        job_free(job);
    }
    sd_event_source_disable_unref(pipeline->pump_soon);
    fd_close(pipeline->model.fd);
    fd_close(pipeline->templates.fd);
    sd_event_unref(pipeline->loop);
    mem_free(pipeline);
}

static void release_slot(struct slot *slot)
{
    job_free(TAKE(slot->job));
    slot->busy = false;
    slot->claiming = NULL;
}

static void end_job(struct slot *slot, const struct err *err)
{
    struct pipeline *pipeline = slot->pipeline;
    if (pipeline->ended)
        pipeline->ended(pipeline->payload, slot->job, err);
    release_slot(slot);
    pipeline_kick(pipeline);
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
    slot->decision = retry_decide(err->code, job->attempts, job->stage->remote);
    ref_new(slot->ref);
    log_err(err,
            LOG_FIELDS(LOG_FIELD("SOHOA_STEP", job->stage->name), LOG_FIELD("SOHOA_DOC", job->id),
                       LOG_FIELD("SOHOA_REF", slot->ref)),
            slot->decision.action == RETRY_HOLD ? "step failed, held for a person, continuing"
                                                : "step failed, it is tried again, continuing");
    tell_failure(slot);
}

static void on_result_stored(void *payload, const struct err *err)
{
    struct slot *slot = payload;
    if (!slot->job)
        return;
    if (!err || is_gone(err))
        end_job(slot, err);
    else
        fail_job(slot, err);
}

static void run_step(struct slot *slot);

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
    int recognise_ms = slot->pipeline->config.recognise_ms;
    int deadline_ms = step->late && recognise_ms ? recognise_ms : step->deadline_ms;
    return worker_request(slot->worker, step->op, args, fds, fd_count, deadline_ms, on_answer, NULL,
                          slot, err);
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
    return step->op && step->wanted && !step->wanted(&slot->pipeline->config);
}

static void run_step(struct slot *slot)
{
    struct pipeline *pipeline = slot->pipeline;
    if (slot->worker && worker_is_busy(slot->worker)) {
        sd_event_add_time_relative(pipeline->loop, &slot->later, CLOCK_MONOTONIC, 50000, 1000,
                                   on_worker_free, slot);
        return;
    }
    const struct stage *stage = slot->job->stage;
    while (is_idle_step(slot))
        slot->step++;
    bool done = slot->step >= STAGE_STEPS_MAX || !stage->steps[slot->step].op;
    struct err err = ERR_INIT;
    if (done)
        pipeline->source.complete(pipeline->source.self, slot->job, on_result_stored, slot);
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

/* One claim at a time per stage, so that an empty stage is asked once and not by every slot. A queue
 * of deliveries, of which thousands may wait, is claimed from by all at once while it has some. */
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
        bool free = !slot->busy && (!slot->worker || !worker_is_busy(slot->worker));
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

void pipeline_kick(struct pipeline *pipeline)
{
    for (size_t i = 0; i < stage_count; i++)
        pipeline->maybe[i] = pipeline->source.offers(pipeline->source.self, &stages[i]);
    if (!pipeline->pump_soon)
        sd_event_add_defer(pipeline->loop, &pipeline->pump_soon, on_pump_soon, pipeline);
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
    for (size_t i = 0; i < pipeline->slot_count; i++)
        if (pipeline->slots[i].pool == POOL_SEAL)
            return pipeline->slots[i].worker;
    return NULL;
}

unsigned pipeline_crash_count(const struct pipeline *pipeline)
{
    unsigned total = 0;
    for (size_t i = 0; i < pipeline->slot_count; i++)
        if (pipeline->slots[i].worker)
            total += worker_crash_count(pipeline->slots[i].worker);
    return total;
}
