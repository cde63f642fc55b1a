#include "daemon/pipeline/scanner.h"

#include "daemon/base/file.h"
#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/devices.h"
#include "daemon/pipeline/scan_job.h"
#include "daemon/workers/supervisor.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

/* Deadlines of SANE calls, sane.md 9. */
#define OPEN_MS 50000
#define START_MS 60000
#define NEXT_MS 300000
#define FINISH_MS 20000
#define CANCEL_GRACE_MS 10000

#define BUSY_WAITS 4 /* 1, 2, 4, 8 s: then a person decides */
#define IDLE_CLOSE_US (120 * 1000000ull)

/* A question about one device, asked of the scan worker while no job runs. */
struct question {
    struct scanner *scanner;
    scanner_done_fn *done;
    void *payload;
    bool test;
    int scrap_fd;
};

struct scanner {
    sd_event *loop;
    struct scanner_config config;
    struct store_client *store;
    scanner_event_fn *event;
    void *event_payload;
    struct worker *worker;
    char *open_device; /* what the worker holds open; NULL = nothing */
    sd_event_source *idle, *later;
    struct scan_jobs jobs;
    /* the running job */
    struct scan_job *job;
    struct js *args, *principal;
    scanner_done_fn *accepted;
    void *accepted_payload;
    char *device;
    char page_id[ID_SIZE];
    char *blob;
    bool cancelled, asking, more_paper;
    bool made_document; /* by this job, for it */
    unsigned busy_waits;
};

static void next_page(struct scanner *scanner);
static void open_device(struct scanner *scanner);
static void begin_batch(struct scanner *scanner);
static void finish_batch(struct scanner *scanner, const struct err *err);

enum err_code scanner_new(sd_event *loop, const struct scanner_config *config,
                          struct store_client *store, scanner_event_fn *event, void *event_payload,
                          struct scanner **out, struct err *err)
{
    static const struct worker_kind kind = {.name = "scan"};
    struct scanner *scanner = mem_alloc(sizeof *scanner);
    if (!scanner)
        return err_set(err, ERR_NO_MEMORY, "scanner");
    *scanner = (struct scanner){.loop = sd_event_ref(loop),
                                .config = *config,
                                .store = store,
                                .event = event,
                                .event_payload = event_payload};
    enum err_code code = worker_new(loop, &kind, config->worker_dir, &scanner->worker, err);
    if (code) {
        scanner_free(scanner);
        return code;
    }
    *out = scanner;
    return ERR_OK;
}

void scanner_free(struct scanner *scanner)
{
    if (!scanner)
        return;
    scanner->job = NULL;
    sd_event_source_disable_unref(scanner->idle);
    sd_event_source_disable_unref(scanner->later);
    worker_free(scanner->worker);
    js_free(scanner->args);
    js_free(scanner->principal);
    mem_free(scanner->open_device);
    mem_free(scanner->device);
    mem_free(scanner->blob);
    sd_event_unref(scanner->loop);
    mem_free(scanner);
}

/* ---- what is told ------------------------------------------------------------------------------
 */

static void tell_job(struct scanner *scanner, const struct scan_job *job)
{
    AUTO(js) struct js *data = scan_job_to_js(job);
    if (data)
        scanner->event(scanner->event_payload, "job", data);
}

bool scanner_fills(const struct scanner *scanner, const char *document_id)
{
    return scanner->job && strcmp(scanner->job->document_id, document_id) == 0;
}

struct js *scanner_show_job(const struct scanner *scanner)
{
    return scanner->job ? scan_job_to_js(scanner->job) : js_null();
}

bool scanner_is_busy(const struct scanner *scanner)
{
    return scanner->job || scanner->asking;
}

unsigned scanner_crash_count(const struct scanner *scanner)
{
    return worker_crash_count(scanner->worker);
}

enum err_code scanner_job(struct scanner *scanner, const char *job_id, bool cancel, struct js **out,
                          struct err *err)
{
    struct scan_job *job = scan_jobs_find(&scanner->jobs, job_id);
    if (!job)
        return err_set(err, ERR_NOT_FOUND, "no scan job of that id since this daemon started");
    if (cancel && job == scanner->job) {
        scanner->cancelled = true;
        worker_cancel(scanner->worker, CANCEL_GRACE_MS);
    }
    *out = js_pack("{s:o}", "job", scan_job_to_js(job));
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "job");
}

/* ---- the device, closed when nobody has used it for a while ------------------------------------
 */

static void forget_device(struct scanner *scanner)
{
    mem_free(scanner->open_device);
    scanner->open_device = NULL;
    worker_stop(scanner->worker);
}

static int on_idle(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct scanner *scanner = payload;
    scanner->idle = sd_event_source_disable_unref(scanner->idle);
    if (!scanner_is_busy(scanner))
        forget_device(scanner);
    return 0;
}

static void arm_idle(struct scanner *scanner)
{
    scanner->idle = sd_event_source_disable_unref(scanner->idle);
    sd_event_add_time_relative(scanner->loop, &scanner->idle, CLOCK_MONOTONIC, IDLE_CLOSE_US,
                               1000000, on_idle, scanner);
}

/* ---- the end of a job --------------------------------------------------------------------------
 */

static void end_job(struct scanner *scanner)
{
    struct scan_job *job = scanner->job;
    scanner->job = NULL;
    js_free(TAKE(scanner->args));
    js_free(TAKE(scanner->principal));
    mem_free(TAKE(scanner->device));
    tell_job(scanner, job);
    arm_idle(scanner);
}

static void on_scan_finished(void *payload, struct ipc_message *message, const struct js *ok,
                             const struct err *err)
{
    (void)message;
    (void)ok;
    struct scanner *scanner = payload;
    if (!scanner->job)
        return;
    if (err && !scanner->job->err.code) {
        scanner->job->err = *err;
        scanner->job->state = "failed";
    }
    end_job(scanner);
}

/* A document made for pages that never came is nobody's paper. */
static void reject_empty_document(struct scanner *scanner)
{
    const struct scan_job *job = scanner->job;
    struct js *args = js_pack("{s:s, s:s, s:O}", "id", job->document_id, "reason",
                              job->err.code ? err_name(job->err.code) : "CANCELLED", "principal",
                              scanner->principal);
    store_client_call(scanner->store, "document_reject", args, NULL, 0, on_scan_finished, scanner);
}

static void on_batch_finished(void *payload, struct ipc_message *message, const struct js *ok,
                              const struct err *err)
{
    (void)message;
    (void)ok;
    struct scanner *scanner = payload;
    if (!scanner->job)
        return;
    bool whole = strcmp(scanner->job->state, "done") == 0;
    if (err || !whole)
        forget_device(scanner);
    if (whole && js_bool_or(scanner->args, "finish", true)) {
        struct js *args =
            js_pack("{s:s, s:O}", "id", scanner->job->document_id, "principal", scanner->principal);
        store_client_call(scanner->store, "document_finish_scan", args, NULL, 0, on_scan_finished,
                          scanner);
        return;
    }
    if (!whole && scanner->made_document && scanner->job->pages == 0)
        reject_empty_document(scanner);
    else
        end_job(scanner);
}

static void log_failure(const struct scan_job *job)
{
    log_err(&job->err,
            LOG_FIELDS(LOG_FIELD("SOHOA_STEP", "scan"), LOG_FIELD("SOHOA_DOC", job->document_id),
                       LOG_FIELD("SOHOA_REF", job->ref)),
            "scan ended early; pages before are kept, continuing");
}

/* err NULL: the pile is through. sane_cancel at the end of every batch, a whole one, too. */
static void finish_batch(struct scanner *scanner, const struct err *err)
{
    struct scan_job *job = scanner->job;
    struct err ignored = ERR_INIT;
    job->state = scanner->cancelled ? "cancelled" : err ? "failed" : "done";
    if (err && !scanner->cancelled) {
        job->err = *err;
        ref_new(job->ref);
        log_failure(job);
    }
    bool gone = err && (err->code == ERR_WORKER_DIED || err->code == ERR_WORKER_HUNG ||
                        !worker_is_alive(scanner->worker));
    if (gone || worker_request(scanner->worker, "finish", js_object(), NULL, 0, FINISH_MS,
                               on_batch_finished, NULL, scanner, &ignored)) {
        struct ipc_message none = {0};
        on_batch_finished(scanner, &none, NULL, err ? err : &ignored);
    }
}

/* ---- page after page ---------------------------------------------------------------------------
 */

static void drop_page(struct scanner *scanner)
{
    if (!scanner->blob)
        return;
    struct js *args = js_pack("{s:s, s:O}", "blob", scanner->blob, "principal", scanner->principal);
    mem_free(TAKE(scanner->blob));
    store_client_call(scanner->store, "page_abort", args, NULL, 0, NULL, NULL);
}

static void on_page_committed(void *payload, struct ipc_message *message, const struct js *ok,
                              const struct err *err)
{
    (void)message;
    (void)ok;
    struct scanner *scanner = payload;
    if (!scanner->job)
        return;
    if (err) {
        drop_page(scanner);
        finish_batch(scanner, err);
        return;
    }
    mem_free(TAKE(scanner->blob));
    scanner->job->pages++;
    tell_job(scanner, scanner->job);
    if (scanner->cancelled || !scanner->more_paper)
        finish_batch(scanner, NULL);
    else
        next_page(scanner);
}

static void on_page(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *err)
{
    (void)message;
    struct scanner *scanner = payload;
    if (!scanner->job)
        return;
    if (err) {
        drop_page(scanner);
        bool end_of_pile = err->code == ERR_FEEDER_EMPTY && scanner->job->pages > 0;
        finish_batch(scanner, end_of_pile ? NULL : err);
        return;
    }
    const struct js *image = js_at(ok, "image");
    struct js *args = js_pack("{s:s, s:s, s:O, s:s, s:s, s:I, s:O}", "page_id", scanner->page_id,
                              "blob", scanner->blob, "image", image, "device", scanner->device,
                              "side", js_text_or(ok, "side", "front"), "sheet",
                              js_int_or(ok, "sheet", 0), "principal", scanner->principal);
    scanner->more_paper = js_bool_or(ok, "more", false);
    store_client_call(scanner->store, "page_commit", args, NULL, 0, on_page_committed, scanner);
}

static void on_page_event(void *payload, struct ipc_message *message, const char *event,
                          const struct js *data)
{
    (void)message;
    struct scanner *scanner = payload;
    if (!scanner->job || strcmp(event, "progress") != 0)
        return;
    AUTO(js)
    struct js *told = js_pack("{s:s, s:i, s:I, s:I}", "job", scanner->job->id, "page",
                              scanner->job->pages + 1, "lines", js_int_or(data, "lines", 0),
                              "lines_expected", js_int_or(data, "lines_expected", -1));
    if (told)
        scanner->event(scanner->event_payload, "progress", told);
}

static void on_page_begun(void *payload, struct ipc_message *message, const struct js *ok,
                          const struct err *problem)
{
    struct scanner *scanner = payload;
    struct err err = ERR_INIT;
    if (!scanner->job)
        return;
    if (problem) {
        finish_batch(scanner, problem);
        return;
    }
    AUTO(fd) int file = -1;
    const char *page_id, *blob;
    enum err_code code = ipc_take_fd(message, 0, &file, &err);
    if (!code)
        code = js_get_text(ok, "page_id", &page_id, &err);
    if (!code)
        code = js_get_text(ok, "blob", &blob, &err);
    if (!code) {
        snprintf(scanner->page_id, sizeof scanner->page_id, "%s", page_id);
        scanner->blob = mem_strdup(blob);
        code = scanner->blob ? ERR_OK : err_set(&err, ERR_NO_MEMORY, "page");
    }
    if (!code && scanner->cancelled)
        code = err_set(&err, ERR_CANCELLED, "cancelled before the next sheet");
    if (!code)
        code = worker_request(scanner->worker, "next", js_object(), &file, 1, NEXT_MS, on_page,
                              on_page_event, scanner, &err);
    if (!code)
        return;
    drop_page(scanner);
    finish_batch(scanner, &err);
}

static void next_page(struct scanner *scanner)
{
    struct js *args =
        js_pack("{s:s, s:s, s:O}", "dossier_id", scanner->job->dossier_id, "document_id",
                scanner->job->document_id, "principal", scanner->principal);
    store_client_call(scanner->store, "page_begin", args, NULL, 0, on_page_begun, scanner);
}

/* ---- the beginning of a job --------------------------------------------------------------------
 */

static int on_busy_over(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct scanner *scanner = payload;
    scanner->later = sd_event_source_disable_unref(scanner->later);
    if (!scanner->job)
        return 0;
    if (scanner->cancelled)
        finish_batch(scanner, NULL);
    else
        open_device(scanner);
    return 0;
}

/* Busy or warming up: tried again a few times, slower each time, then it is the clerk's. */
static bool wait_and_retry(struct scanner *scanner, const struct err *err)
{
    if (err_help_of(err->code) != HELP_RETRY_LATER || scanner->busy_waits >= BUSY_WAITS)
        return false;
    uint64_t wait_us = 1000000ull << scanner->busy_waits++;
    return sd_event_add_time_relative(scanner->loop, &scanner->later, CLOCK_MONOTONIC, wait_us,
                                      10000, on_busy_over, scanner) >= 0;
}

static void on_batch_started(void *payload, struct ipc_message *message, const struct js *ok,
                             const struct err *err)
{
    (void)message;
    (void)ok;
    struct scanner *scanner = payload;
    if (!scanner->job)
        return;
    if (err && !scanner->cancelled && wait_and_retry(scanner, err))
        return;
    if (err || scanner->cancelled)
        finish_batch(scanner, err);
    else
        next_page(scanner);
}

static void copy_setting(struct js *to, const struct js *from, const char *key)
{
    const struct js *value = js_at(from, key);
    if (!js_is_null(value))
        js_set(to, key, js_ref(value));
}

static void begin_batch(struct scanner *scanner)
{
    struct err err = ERR_INIT;
    AUTO(js) struct js *args = js_pack("{s:s, s:i}", "mode", "color", "resolution_dpi", 300);
    static const char *const settings[] = {"source", "mode", "resolution_dpi", "area_mm"};
    for (size_t i = 0; args && i < sizeof settings / sizeof *settings; i++)
        copy_setting(args, scanner->args, settings[i]);
    if (worker_request(scanner->worker, "start", js_ref(args), NULL, 0, START_MS, on_batch_started,
                       NULL, scanner, &err))
        finish_batch(scanner, &err);
}

static void on_opened(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    (void)message;
    (void)ok;
    struct scanner *scanner = payload;
    if (!scanner->job)
        return;
    if (err && !scanner->cancelled && wait_and_retry(scanner, err))
        return;
    if (err || scanner->cancelled) {
        finish_batch(scanner, err);
        return;
    }
    scanner->open_device = mem_strdup(scanner->device);
    begin_batch(scanner);
}

static void open_device(struct scanner *scanner)
{
    struct err err = ERR_INIT;
    bool open = scanner->open_device && strcmp(scanner->open_device, scanner->device) == 0 &&
                worker_is_alive(scanner->worker);
    if (open) {
        begin_batch(scanner);
        return;
    }
    mem_free(TAKE(scanner->open_device));
    if (worker_request(scanner->worker, "open", js_pack("{s:s}", "device", scanner->device), NULL,
                       0, OPEN_MS, on_opened, NULL, scanner, &err))
        finish_batch(scanner, &err);
}

static void on_devices_for_job(void *payload, const struct js *ok, const struct err *problem)
{
    struct scanner *scanner = payload;
    struct err err = ERR_INIT;
    if (!scanner->job)
        return;
    const char *name = js_text_or(ok, "devices[0].name", NULL);
    if (!problem && !name) {
        err_set(&err, ERR_NO_SCANNER, "SANE lists no device");
        problem = &err;
    }
    scanner->device = problem ? NULL : mem_strdup(name);
    if (problem)
        finish_batch(scanner, problem);
    else
        open_device(scanner);
}

static void choose_device(struct scanner *scanner)
{
    const char *wanted = js_text_or(scanner->args, "device", scanner->config.default_device);
    if (*wanted) {
        scanner->device = mem_strdup(wanted);
        open_device(scanner);
    } else {
        devices_list(scanner->config.devices, on_devices_for_job, scanner);
    }
}

static void accept_job(struct scanner *scanner, const struct err *err)
{
    scanner_done_fn *accepted = scanner->accepted;
    scanner->accepted = NULL;
    if (err) {
        scanner->job->state = "failed";
        scanner->job->err = *err;
        accepted(scanner->accepted_payload, NULL, err);
        end_job(scanner);
        return;
    }
    AUTO(js) struct js *ok = js_pack("{s:o}", "job", scan_job_to_js(scanner->job));
    struct err no_memory = {.code = ERR_NO_MEMORY};
    accepted(scanner->accepted_payload, ok, ok ? NULL : &no_memory);
    tell_job(scanner, scanner->job);
    choose_device(scanner);
}

static void on_document_made(void *payload, struct ipc_message *message, const struct js *ok,
                             const struct err *err)
{
    (void)message;
    struct scanner *scanner = payload;
    if (!scanner->job)
        return;
    snprintf(scanner->job->document_id, ID_SIZE, "%s", js_text_or(ok, "document.id", ""));
    accept_job(scanner, err);
}

void scanner_start(struct scanner *scanner, const char *dossier_id, struct js *args,
                   const struct js *principal, scanner_done_fn *done, void *payload)
{
    struct err err = ERR_INIT;
    if (scanner_is_busy(scanner) || worker_is_busy(scanner->worker)) {
        err_set(&err, ERR_SCAN_RUNNING, "a scan is running");
        js_free(args);
        done(payload, NULL, &err);
        return;
    }
    scanner->job = scan_jobs_add(&scanner->jobs, dossier_id);
    scanner->args = args;
    scanner->principal = js_ref(principal);
    scanner->accepted = done;
    scanner->accepted_payload = payload;
    scanner->cancelled = false;
    scanner->busy_waits = 0;
    const char *document_id = js_text_or(args, "document_id", NULL);
    scanner->made_document = !document_id;
    if (document_id) {
        snprintf(scanner->job->document_id, ID_SIZE, "%s", document_id);
        accept_job(scanner, NULL);
        return;
    }
    struct js *create = js_pack("{s:s, s:O}", "dossier_id", dossier_id, "principal", principal);
    store_client_call(scanner->store, "document_create", create, NULL, 0, on_document_made,
                      scanner);
}

/* ---- questions about devices -------------------------------------------------------------------
 */

static struct question *new_question(struct scanner *scanner, scanner_done_fn *done, void *payload)
{
    struct question *question = mem_alloc(sizeof *question);
    if (question)
        *question =
            (struct question){.scanner = scanner, .done = done, .payload = payload, .scrap_fd = -1};
    return question;
}

static void answer_question(struct question *question, const struct js *ok, const struct err *err)
{
    struct scanner *scanner = question->scanner;
    scanner->asking = false;
    if (err)
        forget_device(scanner);
    arm_idle(scanner);
    question->done(question->payload, ok, err);
    fd_close(question->scrap_fd);
    mem_free(question);
}

static void on_test_page(void *payload, struct ipc_message *message, const struct js *ok,
                         const struct err *err)
{
    (void)message;
    struct question *question = payload;
    AUTO(js) struct js *told = err ? NULL : js_pack("{s:b, s:O}", "works", 1, "page", ok);
    forget_device(question->scanner);
    answer_question(question, told, err);
}

static void on_test_started(void *payload, struct ipc_message *message, const struct js *ok,
                            const struct err *problem)
{
    (void)message;
    (void)ok;
    struct question *question = payload;
    struct err err = ERR_INIT;
    enum err_code code = problem ? problem->code : ERR_OK;
    if (!code)
        code = file_memfd("sohoa-test-scan", "", 0, &question->scrap_fd, &err);
    if (!code)
        code = worker_request(question->scanner->worker, "next", js_object(), &question->scrap_fd,
                              1, NEXT_MS, on_test_page, NULL, question, &err);
    if (code)
        answer_question(question, NULL, problem ? problem : &err);
}

static bool has_flatbed(const struct js *opened)
{
    const struct js *sources = js_at(opened, "sources");
    for (size_t i = 0; i < js_count(sources); i++)
        if (strcmp(js_text_or(js_item(sources, i), "", ""), "flatbed") == 0)
            return true;
    return js_count(sources) == 0;
}

static void on_shown(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *problem)
{
    (void)message;
    struct question *question = payload;
    struct err err = ERR_INIT;
    /* a test must not pull in paper that somebody put there for a citizen */
    if (problem || !question->test || !has_flatbed(ok)) {
        if (!problem)
            question->scanner->open_device = NULL;
        answer_question(question, ok, problem);
        return;
    }
    struct js *args = js_pack("{s:s, s:i, s:[i,i,i,i]}", "mode", "gray", "resolution_dpi", 75,
                              "area_mm", 0, 0, 50, 50);
    if (worker_request(question->scanner->worker, "start", args, NULL, 0, START_MS, on_test_started,
                       NULL, question, &err))
        answer_question(question, NULL, &err);
}

void scanner_show(struct scanner *scanner, const char *device, bool test, scanner_done_fn *done,
                  void *payload)
{
    struct err err = ERR_INIT;
    struct question *question = NULL;
    if (scanner_is_busy(scanner) || worker_is_busy(scanner->worker)) {
        err_set(&err, ERR_SCAN_RUNNING, "a scan is running");
        done(payload, NULL, &err);
        return;
    }
    question = new_question(scanner, done, payload);
    if (question)
        question->test = test;
    enum err_code code = question ? ERR_OK : err_set(&err, ERR_NO_MEMORY, "device");
    if (!code)
        code = worker_request(scanner->worker, "open", js_pack("{s:s}", "device", device), NULL, 0,
                              OPEN_MS, on_shown, NULL, question, &err);
    if (code) {
        mem_free(question);
        done(payload, NULL, &err);
        return;
    }
    scanner->asking = true;
    mem_free(TAKE(scanner->open_device));
}
