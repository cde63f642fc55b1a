#include "daemon/pipeline/learner.h"

#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/base/when.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/station_model.h"
#include "daemon/workers/supervisor.h"

#include <string.h>
#include <systemd/sd-event.h>

#define PAPER_MS 60000
#define TEACH_MS 3600000 /* at the lowest priority of a busy machine */
#define MEMORY_MB 2000   /* 5,000 papers beside the made-up ones want 300 */
#define CANCEL_MS 3000
#define WAIT_US 2000000ull
#define SKIPPED_MAX 8

/* One training, or one model that is offered. */
struct run {
    char id[ID_SIZE];
    bool automatic, force, cancelled;
    int offered; /* -1: a training */
    struct js *principal, *papers;
    size_t at;
    const char *phase;
};

struct learner {
    sd_event *loop;
    struct learner_config config;
    struct station_model *model; /* in use */
    struct store_client *store;
    struct worker *worker;
    struct run *run;
    sd_event_source *later;
    struct err problem;
    char problem_id[ID_SIZE];
    struct js *skipped; /* papers that ended the worker */
    int64_t busy_us, asked_us;
    bool asking;
};

static void run_free(struct run *run)
{
    if (!run)
        return;
    fd_close(run->offered);
    js_free(run->principal);
    js_free(run->papers);
    mem_free(run);
}

enum err_code learner_new(sd_event *loop, const struct learner_config *config,
                          struct station_model *model, struct store_client *store,
                          struct learner **out, struct err *err)
{
    static const char *const no_env[] = {NULL};
    struct worker_kind kind = {.name = "learn", .memory_limit_mb = MEMORY_MB, .env = no_env};
    struct learner *learner = mem_alloc(sizeof *learner);
    if (!learner)
        return err_set(err, ERR_NO_MEMORY, "learner");
    learner->loop = sd_event_ref(loop);
    learner->config = *config;
    learner->model = model;
    learner->store = store;
    learner->busy_us = sys_monotonic_us();
    learner->skipped = js_array();
    enum err_code code = learner->skipped
                             ? worker_new(loop, &kind, config->worker_dir, &learner->worker, err)
                             : err_set(err, ERR_NO_MEMORY, "learner");
    if (code) {
        learner_free(learner);
        return code;
    }
    *out = learner;
    return ERR_OK;
}

void learner_free(struct learner *learner)
{
    if (!learner)
        return;
    struct run *run = TAKE(learner->run);
    sd_event_source_disable_unref(learner->later);
    worker_free(TAKE(learner->worker)); /* calls back with CANCELLED; there is no run any more */
    run_free(run);
    js_free(learner->skipped);
    sd_event_unref(learner->loop);
    mem_free(learner);
}

/* ---- a run ---- */

static void end_run(struct learner *learner, const struct err *problem)
{
    struct run *run = TAKE(learner->run);
    learner->problem = problem ? *problem : (struct err)ERR_INIT;
    memcpy(learner->problem_id, run->id, ID_SIZE);
    learner->later = sd_event_source_disable_unref(learner->later);
    if (problem && problem->code != ERR_CANCELLED)
        log_err(problem, NULL,
                "no model of paper types was made, the one in use stays, continuing");
    run_free(run);
    worker_stop(learner->worker);
}

static void end_with(struct learner *learner, enum err_code code, const char *detail)
{
    struct err err = ERR_INIT;
    err_set(&err, code, "%s", detail);
    end_run(learner, &err);
}

/* Asks the worker; what cannot be asked ends the run. */
static void ask_worker(struct learner *learner, const char *op, struct js *args, const int *fds,
                       size_t fd_count, int deadline_ms, worker_done_fn *done)
{
    struct err err = ERR_INIT;
    if (!args)
        end_with(learner, ERR_NO_MEMORY, "learning");
    else if (worker_request(learner->worker, op, args, fds, fd_count, deadline_ms, done, NULL,
                            learner, &err))
        end_run(learner, &err);
}

static void on_kept(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *err)
{
    struct learner *learner = payload;
    (void)message;
    if (!learner->run)
        return;
    end_run(learner, err);
    if (err)
        return;
    log_line(LOG_LEVEL_INFO, NULL, "model of paper types: %s, %lld papers",
             js_text_or(ok, "model.figures.verdict", ""),
             (long long)js_int_or(ok, "model.from_papers", 0));
    station_model_load(learner->model);
}

static struct js *judged_figures(const struct run *run, const struct js *ok)
{
    AUTO(js) struct js *figures = js_copy(js_at(ok, "figures"));
    bool forced = run->force && strcmp(js_text_or(figures, "verdict", ""), "used") != 0;
    return js_set(figures, "model", js_ref(js_at(ok, "model"))) &&
                   js_set(figures, "forced", js_bool(forced))
               ? TAKE(figures)
               : NULL;
}

/* The one that was taught, or the one that was offered. */
static void on_judged(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *problem)
{
    struct learner *learner = payload;
    struct run *run = learner->run;
    AUTO(fd) int made = -1;
    if (!run)
        return;
    if (problem || run->cancelled) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_CANCELLED, "cancelled");
        end_run(learner, problem ? problem : &err);
        return;
    }
    bool is_offer = run->offered >= 0;
    bool used = run->force || strcmp(js_text_or(ok, "figures.verdict", ""), "used") == 0;
    if (!is_offer && message->fd_count)
        ipc_take_fd(message, 0, &made, NULL);
    run->phase = "keeping";
    struct js *args = js_pack("{s:s, s:s, s:b, s:I, s:o, s:O}", "id", run->id, "origin",
                              is_offer ? "imported" : "trained", "used", (int)used, "from_papers",
                              js_int_or(ok, "model.from_papers", 0), "figures",
                              judged_figures(run, ok), "principal", run->principal);
    store_client_call(learner->store, "model_add", args, is_offer ? &run->offered : &made,
                      used ? 1 : 0, on_kept, learner);
}

static void judge(struct learner *learner)
{
    struct run *run = learner->run;
    int fds[2] = {run->offered, station_model_fd(learner->model)};
    bool is_offer = run->offered >= 0;
    size_t first = is_offer ? 0 : 1, count = fds[1] >= 0;
    run->phase = is_offer ? "judging" : "teaching";
    struct js *args = js_pack("{s:s, s:i}", "program", learner->config.program, "day",
                              when_today_local(sys_now_us()));
    ask_worker(learner, is_offer ? "judge" : "teach", args, fds + first, (is_offer ? 1 : 0) + count,
               TEACH_MS, on_judged);
}

static void next_paper(struct learner *learner);

static int on_waited(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct learner *learner = payload;
    learner->later = sd_event_source_disable_unref(learner->later);
    next_paper(learner);
    return 0;
}

static void begin_papers(struct learner *learner);

/* It may die of the next paper, too; but not for ever. */
static void skip_paper(struct learner *learner, const struct err *problem)
{
    const struct js *paper = js_item(learner->run->papers, learner->run->at);
    bool again = js_count(learner->skipped) < SKIPPED_MAX &&
                 js_push(learner->skipped, js_text(js_text_or(paper, "id", "")));
    if (again)
        begin_papers(learner);
    else
        end_run(learner, problem);
}

static void on_paper(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *problem)
{
    struct learner *learner = payload;
    (void)message;
    (void)ok;
    if (!learner->run)
        return;
    bool dead = problem && (problem->code == ERR_WORKER_DIED || problem->code == ERR_WORKER_HUNG);
    if (dead) {
        skip_paper(learner, problem);
        return;
    }
    if (problem && problem->code == ERR_CANCELLED) {
        end_run(learner, problem);
        return;
    }
    learner->run->at++; /* words that cannot be read teach nothing */
    next_paper(learner);
}

static void on_words(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *problem)
{
    struct learner *learner = payload;
    AUTO(fd) int words = -1;
    (void)ok;
    if (!learner->run)
        return;
    bool there = !problem && message->fd_count && !ipc_take_fd(message, 0, &words, NULL);
    if (problem && problem->code != ERR_BLOB_DAMAGED && problem->code != ERR_NOT_FOUND) {
        end_run(learner, problem);
        return;
    }
    const struct js *paper = js_item(learner->run->papers, learner->run->at);
    if (there) {
        ask_worker(learner, "paper", js_copy(paper), &words, 1, PAPER_MS, on_paper);
        return;
    }
    learner->run->at++;
    next_paper(learner);
}

static bool is_skipped(const struct learner *learner, const char *id)
{
    for (size_t i = 0; i < js_count(learner->skipped); i++)
        if (strcmp(js_text_or(js_item(learner->skipped, i), "", ""), id) == 0)
            return true;
    return false;
}

/* What runs by itself waits for other work; judging waits until it is known what is in use. */
static bool has_to_wait(const struct learner *learner)
{
    const struct run *run = learner->run;
    bool all = run->at == js_count(run->papers);
    return (all && station_model_is_loading(learner->model)) ||
           (run->automatic && learner->config.is_busy(learner->config.payload));
}

static void next_paper(struct learner *learner)
{
    struct run *run = learner->run;
    const char *id;
    while ((id = js_text_or(js_item(run->papers, run->at), "id", NULL)) && is_skipped(learner, id))
        run->at++;
    if (run->cancelled)
        end_with(learner, ERR_CANCELLED, "cancelled");
    else if (has_to_wait(learner))
        sd_event_add_time_relative(learner->loop, &learner->later, CLOCK_MONOTONIC, WAIT_US, 100000,
                                   on_waited, learner);
    else if (id)
        store_client_call(learner->store, "model_words", js_pack("{s:s}", "id", id), NULL, 0,
                          on_words, learner);
    else
        judge(learner);
}

static void on_begun(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *problem)
{
    struct learner *learner = payload;
    (void)message;
    (void)ok;
    if (!learner->run)
        return;
    if (problem)
        end_run(learner, problem);
    else
        next_paper(learner);
}

static void begin_papers(struct learner *learner)
{
    learner->run->at = 0;
    ask_worker(learner, "begin", js_object(), NULL, 0, PAPER_MS, on_begun);
}

static void on_papers(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *problem)
{
    struct learner *learner = payload;
    (void)message;
    if (!learner->run)
        return;
    if (problem) {
        end_run(learner, problem);
        return;
    }
    learner->run->papers = js_ref(js_at(ok, "papers"));
    begin_papers(learner);
}

static enum err_code begin_run(struct learner *learner, const struct run *like, struct err *err)
{
    AUTO(fd) int offered = like->offered;
    AUTO(js) struct js *principal = like->principal;
    if (learner->run)
        return err_set(err, ERR_CONFLICT, "a model is being made or judged");
    struct run *run = mem_alloc(sizeof *run);
    if (!run || !principal) {
        mem_free(run);
        return err_set(err, ERR_NO_MEMORY, "learning");
    }
    *run = *like;
    run->offered = TAKE_FD(offered);
    run->principal = TAKE(principal);
    run->phase = "collecting";
    id_new(run->id);
    learner->run = run;
    learner->problem = (struct err)ERR_INIT;
    store_client_call(learner->store, "model_papers", js_object(), NULL, 0, on_papers, learner);
    return ERR_OK;
}

enum err_code learner_train(struct learner *learner, struct js *principal, struct err *err)
{
    return begin_run(learner, &(struct run){.offered = -1, .principal = principal}, err);
}

enum err_code learner_offer(struct learner *learner, int fd, bool force, struct js *principal,
                            struct err *err)
{
    return begin_run(learner, &(struct run){.offered = fd, .force = force, .principal = principal},
                     err);
}

bool learner_cancel(struct learner *learner)
{
    if (!learner->run)
        return false;
    learner->run->cancelled = true;
    if (worker_is_busy(learner->worker))
        worker_cancel(learner->worker, CANCEL_MS);
    return true;
}

bool learner_is_running(const struct learner *learner)
{
    return learner->run != NULL;
}

/* ---- by itself ---- */

static void on_counted(void *payload, struct ipc_message *message, const struct js *ok,
                       const struct err *problem)
{
    struct learner *learner = payload;
    struct err err = ERR_INIT;
    (void)message;
    learner->asking = false;
    const struct learn_limits *limits = &learner->config.limits;
    if (problem || learner->run ||
        !learn_may(limits, sys_now_us(), js_int_or(ok, "since.first_us", 0)) ||
        !learn_is_due(limits, js_int_or(ok, "since.corrections", 0),
                      js_int_or(ok, "since.papers", 0)))
        return;
    struct run run = {.offered = -1, .automatic = true, .principal = store_client_machine()};
    if (begin_run(learner, &run, &err))
        log_err(&err, NULL, "learning could not begin, continuing");
}

/* A model that came from elsewhere knows what this station has no papers of: IT decides whether it
 * is taught anew. */
void learner_tick(struct learner *learner)
{
    int64_t now_us = sys_monotonic_us();
    if (learner->config.is_busy(learner->config.payload))
        learner->busy_us = now_us;
    int64_t every_us = (int64_t)learner->config.limits.idle_min * 60 * 1000000;
    if (learner->run || learner->asking || station_model_is_loading(learner->model) ||
        station_model_is_imported(learner->model) ||
        (learner->asked_us && now_us - learner->asked_us < every_us) ||
        !learn_is_idle(&learner->config.limits, now_us - learner->busy_us))
        return;
    learner->asked_us = now_us;
    learner->asking = true;
    store_client_call(learner->store, "model_status", js_object(), NULL, 0, on_counted, learner);
}

/* ---- what is told ---- */

static struct js *run_to_js(const struct run *run)
{
    if (!run)
        return js_null();
    return js_pack("{s:s, s:s, s:s, s:I, s:I, s:b}", "id", run->id, "what",
                   run->offered >= 0 ? "import" : "train", "phase", run->phase, "done",
                   (int64_t)run->at, "of", (int64_t)js_count(run->papers), "automatic",
                   (int)run->automatic);
}

static struct js *problem_to_js(const struct err *problem, const char *id)
{
    if (!problem || !problem->code)
        return js_null();
    return js_pack("{s:s, s:s, s:s*}", "code", err_name(problem->code), "detail", problem->detail,
                   "id", id);
}

struct js *learner_to_js(const struct learner *learner)
{
    return js_pack("{s:o, s:o, s:o, s:s, s:i}", "running", run_to_js(learner->run), "problem",
                   problem_to_js(&learner->problem, learner->problem_id), "unusable",
                   problem_to_js(station_model_problem(learner->model), NULL), "when",
                   learn_when_name(learner->config.limits.when), "corrections_wanted",
                   learner->config.limits.corrections);
}
