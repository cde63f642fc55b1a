#include "daemon/pipeline/asker.h"

#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/ipc/store_client.h"
#include "daemon/workers/supervisor.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

#define QUEUE_MAX 16 /* dossiers at once; a counter has one */
#define CONFIGURE_MS 10000
#define FETCH_MS 30000
#define CANCEL_MS 300
#define MEMORY_MB 1000
#define DAY_US (INT64_C(24) * 3600 * 1000000)

enum { ASK_DUE = ASK_CLOSE + 1, FETCH };

static const struct {
    int64_t fresh_us, pause_us;
    bool until_found, reused_only;
} rounds[] = {
    [ASK_PERSON] = {DAY_US, 0, true, false},
    [ASK_AGAIN] = {0, 0, false, false},
    [ASK_SCAN] = {DAY_US, INT64_C(60000000), true, false},
    [ASK_CLOSE] = {DAY_US, INT64_C(60000000), false, true},
    [ASK_DUE] = {DAY_US, INT64_C(25000000), false, false}, /* the store says when */
};

/* One dossier, or one file. */
struct question {
    struct asker *asker;
    struct question *next;
    char id[ID_SIZE]; /* of the dossier, of the paper held */
    int why;
    struct js *principal, *asked;
    struct js *about; /* the source's turn: {"target", "question"}; of a file: where it lies */
    bool cancelled;
    asker_done_fn *done;
    asker_fetched_fn *fetched;
    void *payload;
};

struct asker {
    sd_event *loop;
    struct asker_config config;
    struct store_client *store;
    struct worker *worker;
    struct question *first; /* the one at hand; the others wait behind it */
    sd_event_source *soon;
    bool asking_due, closing;
};

static void question_free(struct question *q)
{
    if (!q)
        return;
    js_free(q->principal);
    js_free(q->asked);
    js_free(q->about);
    mem_free(q);
}

enum err_code asker_new(sd_event *loop, const struct asker_config *config,
                        struct store_client *store, struct asker **out, struct err *err)
{
    static const struct worker_kind kind = {.name = "upload", .memory_limit_mb = MEMORY_MB};
    struct asker *asker = mem_alloc(sizeof *asker);
    if (!asker)
        return err_set(err, ERR_NO_MEMORY, "asker");
    asker->loop = sd_event_ref(loop);
    asker->config = *config;
    asker->store = store;
    enum err_code code = worker_new(loop, &kind, config->worker_dir, &asker->worker, err);
    if (code) {
        asker_free(asker);
        return code;
    }
    *out = asker;
    return ERR_OK;
}

void asker_free(struct asker *asker)
{
    if (!asker)
        return;
    asker->closing = true;
    sd_event_source_disable_unref(asker->soon);
    worker_free(asker->worker); /* calls back with CANCELLED */
    while (asker->first) {
        struct question *q = asker->first;
        asker->first = q->next;
        question_free(q);
    }
    sd_event_unref(asker->loop);
    mem_free(asker);
}

unsigned asker_crash_count(const struct asker *asker)
{
    return asker ? worker_crash_count(asker->worker) : 0;
}

/* ---- the one at hand ---- */

static void begin(struct question *q);

static int on_soon(sd_event_source *source, void *payload)
{
    (void)source;
    struct asker *asker = payload;
    asker->soon = sd_event_source_disable_unref(asker->soon);
    if (asker->first)
        begin(asker->first);
    return 0;
}

static void go_on(struct asker *asker)
{
    if (asker->first && !asker->soon)
        sd_event_add_defer(asker->loop, &asker->soon, on_soon, asker);
}

static void end_with(struct question *q, const struct js *file, const struct err *problem)
{
    struct asker *asker = q->asker;
    asker->first = q->next;
    go_on(asker);
    if (q->done)
        q->done(q->payload, problem);
    if (q->fetched)
        q->fetched(q->payload, file, problem);
    question_free(q);
}

static void end(struct question *q, const struct err *problem)
{
    end_with(q, NULL, problem);
}

static void end_cancelled(struct question *q)
{
    struct err err = ERR_INIT;
    err_set(&err, ERR_CANCELLED, "the look-up was ended");
    end(q, &err);
}

static void end_no_memory(struct question *q)
{
    struct err err = ERR_INIT;
    err_set(&err, ERR_NO_MEMORY, "look-up");
    end(q, &err);
}

static void ask_store(struct question *q, const char *op, struct js *args, store_done_fn *done)
{
    if (js_set(args, "principal", js_ref(q->principal))) {
        store_client_call(q->asker->store, op, args, NULL, 0, done, q);
        return;
    }
    js_free(args);
    end_no_memory(q);
}

/* ---- one source after the other ---- */

static void ask_next(struct question *q);

static void on_kept(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *problem)
{
    (void)message, (void)ok;
    struct question *q = payload;
    if (q->cancelled)
        end_cancelled(q);
    else if (problem) /* the dossier is about something else: nothing came of it */
        end(q, problem->code == ERR_STATE_CHANGED ? NULL : problem);
    else
        ask_next(q);
}

/* A person who could not be asked is not one who says no. */
static bool is_refusal(enum err_code code)
{
    enum err_help help = err_help_of(code);
    bool of_worker =
        code == ERR_WORKER_HUNG || code == ERR_WORKER_DIED || code == ERR_WORKER_MISSING;
    return code == ERR_TARGET_BAD_REPLY || (help != HELP_RETRY_LATER && help != HELP_RETRY_NOW &&
                                            !of_worker && code != ERR_CANCELLED);
}

static void keep(struct question *q, const struct js *answer, const struct err *problem)
{
    const char *target = js_text_or(q->about, "target", "");
    struct js *held = js_ref(js_at(answer, "held"));
    struct js *args =
        js_pack("{s:s, s:s, s:O, s:o, s:s?, s:b}", "id", q->id, "target", target, "question",
                js_at(q->about, "question"), "held", held ? held : js_null(), "error",
                problem ? err_name(problem->code) : NULL, "refused",
                (int)(problem && is_refusal(problem->code)));
    if (!args || !js_push(q->asked, js_text(target))) {
        js_free(args);
        end_no_memory(q);
        return;
    }
    ask_store(q, "look_up_keep", args, on_kept);
}

static void log_silence(const struct question *q, const struct err *problem)
{
    log_err(problem,
            LOG_FIELDS(LOG_FIELD("SOHOA_STEP", "look_up"),
                       LOG_FIELD("SOHOA_TARGET", js_text_or(q->about, "target", ""))),
            "no answer to a look-up, it is repeated before papers are sent, continuing");
}

static void on_answer(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *problem)
{
    (void)message;
    struct question *q = payload;
    if (q->asker->closing)
        return;
    if (q->cancelled && q->why == ASK_DUE) { /* it gave way: as if it had not begun */
        end_cancelled(q);
        return;
    }
    if (problem)
        log_silence(q, problem);
    keep(q, ok, problem);
}

static void request(struct question *q, const char *op, struct js *args, int deadline_ms,
                    worker_done_fn *done)
{
    struct err err = ERR_INIT;
    if (worker_request(q->asker->worker, op, args, NULL, 0, deadline_ms, done, NULL, q, &err))
        done(q, NULL, NULL, &err);
}

static void on_configured(void *payload, struct ipc_message *message, const struct js *ok,
                          const struct err *problem)
{
    (void)ok;
    struct question *q = payload;
    if (q->asker->closing)
        return;
    if (problem || q->cancelled)
        on_answer(q, message, NULL, problem);
    else
        request(q, "look_up", js_copy(q->about), q->asker->config.timeout_ms, on_answer);
}

static struct js *configuration(const struct asker *asker)
{
    return js_pack("{s:O, s:s}", "targets", asker->config.targets, "witnesses",
                   asker->config.witnesses);
}

static void on_next(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *problem)
{
    (void)message;
    struct question *q = payload;
    const char *asker_id = q->asker->config.asker_id;
    if (q->cancelled) {
        end_cancelled(q);
        return;
    }
    if (problem || !js_has(ok, "target")) {
        end(q, problem);
        return;
    }
    js_free(q->about);
    q->about = js_copy(ok);
    AUTO(js) struct js *question = js_ref(js_at(q->about, "question"));
    if (!question || (*asker_id && !js_set(question, "asker_id", js_text(asker_id))))
        end_no_memory(q);
    else
        request(q, "configure", configuration(q->asker), CONFIGURE_MS, on_configured);
}

static void ask_next(struct question *q)
{
    struct js *args =
        js_pack("{s:s, s:O, s:I, s:I, s:b, s:b}", "id", q->id, "asked", q->asked, "fresh_us",
                rounds[q->why].fresh_us, "pause_us", rounds[q->why].pause_us, "until_found",
                (int)rounds[q->why].until_found, "reused_only", (int)rounds[q->why].reused_only);
    ask_store(q, "look_up_next", args, on_next);
}

/* ---- a file ---- */

static void on_fetched(void *payload, struct ipc_message *message, const struct js *ok,
                       const struct err *problem)
{
    (void)message;
    struct question *q = payload;
    if (q->asker->closing)
        return;
    if (problem) /* then the paper is recorded by reference */
        log_err(problem, LOG_FIELDS(LOG_FIELD("SOHOA_STEP", "fetch_held")),
                "the file of a paper held elsewhere cannot be had, continuing");
    end_with(q, problem ? NULL : ok, NULL);
}

static void on_fetch_configured(void *payload, struct ipc_message *message, const struct js *ok,
                                const struct err *problem)
{
    (void)ok;
    struct question *q = payload;
    if (q->asker->closing)
        return;
    if (problem)
        on_fetched(q, message, NULL, problem);
    else
        request(q, "fetch_held", js_copy(q->about), FETCH_MS, on_fetched);
}

static void on_file(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *problem)
{
    (void)message;
    struct question *q = payload;
    if (problem || !js_has(ok, "fetch")) {
        end(q, problem);
        return;
    }
    js_free(q->about);
    q->about = js_copy(ok);
    request(q, "configure", configuration(q->asker), CONFIGURE_MS, on_fetch_configured);
}

static void begin(struct question *q)
{
    if (q->cancelled)
        end_cancelled(q);
    else if (q->why == FETCH)
        ask_store(q, "look_up_file", js_pack("{s:s}", "held_id", q->id), on_file);
    else
        ask_next(q);
}

/* ---- the queue ---- */

static size_t place_of(struct asker *asker, struct question ***out_end)
{
    size_t count = 0;
    struct question **end = &asker->first;
    for (; *end; end = &(*end)->next)
        count++;
    *out_end = end;
    return count;
}

static void cancel(struct question *q)
{
    q->cancelled = true;
    if (q == q->asker->first && worker_is_busy(q->asker->worker))
        worker_cancel(q->asker->worker, CANCEL_MS);
}

static struct question *queue_up(struct asker *asker, const char *id, int why,
                                 const struct js *principal, struct err *err)
{
    struct question **end = NULL;
    if (place_of(asker, &end) >= QUEUE_MAX) {
        err_set(err, ERR_TOO_MANY, "%d look-ups wait already", QUEUE_MAX);
        return NULL;
    }
    struct question *q = mem_alloc(sizeof *q);
    if (q)
        *q = (struct question){
            .asker = asker, .why = why, .principal = js_ref(principal), .asked = js_array()};
    if (!q || !q->principal || !q->asked) {
        question_free(q);
        err_set(err, ERR_NO_MEMORY, "look-up");
        return NULL;
    }
    snprintf(q->id, sizeof q->id, "%s", id);
    *end = q;
    if (asker->first == q)
        go_on(asker);
    else if (asker->first->why == ASK_DUE)
        cancel(asker->first);
    return q;
}

void asker_ask(struct asker *asker, const char *dossier_id, enum asker_why why,
               const struct js *principal, asker_done_fn *done, void *payload)
{
    struct err err = ERR_INIT;
    struct question *q = queue_up(asker, dossier_id, (int)why, principal, &err);
    if (!q) {
        done(payload, &err);
        return;
    }
    q->done = done;
    q->payload = payload;
}

void asker_fetch(struct asker *asker, const char *held_id, const struct js *principal,
                 asker_fetched_fn *done, void *payload)
{
    struct err err = ERR_INIT;
    struct question *q = queue_up(asker, held_id, FETCH, principal, &err);
    if (!q) {
        done(payload, NULL, &err);
        return;
    }
    q->fetched = done;
    q->payload = payload;
}

bool asker_cancel(struct asker *asker, const char *dossier_id)
{
    bool found = false;
    for (struct question *q = asker->first; q; q = q->next) {
        if (strcmp(q->id, dossier_id) != 0 || q->why == ASK_DUE)
            continue;
        cancel(q);
        found = true;
    }
    return found;
}

/* ---- what could not be asked before ---- */

static void on_due(void *payload, struct ipc_message *message, const struct js *ok,
                   const struct err *problem)
{
    (void)message;
    struct asker *asker = payload;
    struct err err = ERR_INIT;
    AUTO(js) struct js *machine = store_client_machine();
    const char *dossier = js_text_or(ok, "dossier_id", NULL);
    asker->asking_due = false;
    if (problem)
        log_err(problem, NULL, "what waits for a look-up is not known, continuing");
    if (dossier && !asker->first && !queue_up(asker, dossier, ASK_DUE, machine, &err))
        log_err(&err, NULL, "a look-up is not repeated, continuing");
}

void asker_due(struct asker *asker)
{
    if (asker->asking_due || asker->first)
        return;
    asker->asking_due = true;
    store_client_call(asker->store, "look_up_due",
                      js_pack("{s:o}", "principal", store_client_machine()), NULL, 0, on_due,
                      asker);
}
