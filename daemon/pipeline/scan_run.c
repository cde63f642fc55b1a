#include "daemon/base/file.h"
#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/model/person.h"
#include "daemon/pipeline/device_book.h"
#include "daemon/pipeline/scan_wish.h"
#include "daemon/pipeline/scanner_inside.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>
#include <unistd.h>

/* The job of a scanner from its beginning to its end, but for the pages: scan_pages.c. */

#define BUSY_WAIT_MAX_US (30 * 1000000ull)
#define RUN_INTERVAL_MAX_S 600

static void open_device(void *payload);

/* ---- what is told -------------------------------------------------------------------------------
 */

void scan_run_tell(struct scanner *scanner, const struct scan_job *job)
{
    AUTO(js) struct js *data = scan_job_to_js(job);
    if (data)
        scanner->event(scanner->event_payload, "job", data);
}

static void tell_waiting(struct scanner *scanner, const char *what, uint64_t wait_us)
{
    struct scan_job *job = scanner->run.job;
    job->waits = what;
    job->waits_until_us = what && wait_us ? sys_now_us() + (int64_t)wait_us : 0;
    scan_run_tell(scanner, job);
}

/* ---- the end of a job ---------------------------------------------------------------------------
 */

static void end_job(struct scanner *scanner)
{
    struct run *run = &scanner->run;
    struct scan_job *job = run->job;
    run->job = NULL;
    run->later = sd_event_source_disable_unref(run->later);
    js_free(TAKE(run->settings));
    js_free(TAKE(run->profile));
    scan_pages_forget(run);
    job->waits = NULL;
    lease_rest(&scanner->lease, sys_now_us(), scanner->config.limits->lease_ms);
    scan_run_tell(scanner, job);
    scanner_rest(scanner);
}

static void fail_job(struct scan_job *job, const struct err *err)
{
    job->state = "failed";
    job->err = *err;
    ref_new(job->ref);
}

static void on_scan_finished(void *payload, struct ipc_message *message, const struct js *ok,
                             const struct err *err)
{
    (void)message;
    (void)ok;
    struct scanner *scanner = payload;
    if (!scanner->run.job)
        return;
    if (err && !scanner->run.job->err.code)
        fail_job(scanner->run.job, err);
    end_job(scanner);
}

/* A document made for pages that never came is nobody's paper. */
static void reject_empty_document(struct scanner *scanner)
{
    struct scan_job *job = scanner->run.job;
    struct js *args =
        js_pack("{s:s, s:s, s:O}", "id", job->document_id, "reason",
                job->err.code ? err_name(job->err.code) : "CANCELLED", "principal", job->principal);
    job->rejected = true;
    store_client_call(scanner->store, "document_reject", args, NULL, 0, on_scan_finished, scanner);
}

static void finish_document(struct scanner *scanner)
{
    const struct scan_job *job = scanner->run.job;
    if (!js_bool_or(job->request, "finish", true)) {
        end_job(scanner);
        return;
    }
    struct js *args = js_pack("{s:s, s:O}", "id", job->document_id, "principal", job->principal);
    store_client_call(scanner->store, "document_finish_scan", args, NULL, 0, on_scan_finished,
                      scanner);
}

static void on_interleaved(void *payload, struct ipc_message *message, const struct js *ok,
                           const struct err *err)
{
    (void)message;
    (void)ok;
    struct scanner *scanner = payload;
    if (!scanner->run.job)
        return;
    if (!err) {
        finish_document(scanner);
        return;
    }
    fail_job(scanner->run.job, err);
    end_job(scanner);
}

/* The second pass of a manual duplex: the pages of this job go behind their fronts. */
static void interleave(struct scanner *scanner, const char *order)
{
    const struct scan_job *job = scanner->run.job;
    struct js *args = js_pack("{s:s, s:s, s:s, s:O}", "document_id", job->document_id, "job",
                              job->id, "order", order, "principal", job->principal);
    store_client_call(scanner->store, "pages_interleave", args, NULL, 0, on_interleaved, scanner);
}

static void on_batch_finished(void *payload, struct ipc_message *message, const struct js *ok,
                              const struct err *err)
{
    (void)message;
    (void)ok;
    struct scanner *scanner = payload;
    struct scan_job *job = scanner->run.job;
    if (!job)
        return;
    bool whole = strcmp(job->state, "done") == 0;
    const char *backs = js_text_or(job->request, "backs", NULL);
    if (err || !whole)
        scanner_forget_device(scanner);
    if (whole && backs)
        interleave(scanner, backs);
    else if (whole)
        finish_document(scanner);
    else if (scanner->run.made_document && job->pages == 0)
        reject_empty_document(scanner);
    else
        end_job(scanner);
}

static void log_failure(const struct scanner *scanner, const struct scan_job *job)
{
    log_err(&job->err,
            LOG_FIELDS(LOG_FIELD("SOHOA_STEP", "scan"), LOG_FIELD("SOHOA_DOC", job->document_id),
                       LOG_FIELD("SOHOA_DEVICE", scanner->key), LOG_FIELD("SOHOA_REF", job->ref)),
            "scan ended early; pages before are kept, continuing");
}

/* err NULL: the pile is through. sane_cancel at the end of every batch, a whole one, too. */
void scan_run_finish(struct scanner *scanner, const struct err *err)
{
    struct scan_job *job = scanner->run.job;
    struct err ignored = ERR_INIT;
    job->waits = NULL;
    job->state = "done";
    if (scanner->run.cancelled) {
        job->state = "cancelled";
    } else if (err) {
        fail_job(job, err);
        log_failure(scanner, job);
    }
    bool gone = err && (err->code == ERR_WORKER_DIED || err->code == ERR_WORKER_HUNG);
    if (gone || !worker_is_alive(scanner->worker) ||
        scanner_request(scanner, "finish", js_object(), NULL, 0, on_batch_finished,
                        scan_pages_heard, scanner, &ignored)) {
        struct ipc_message none = {0};
        on_batch_finished(scanner, &none, NULL, err ? err : &ignored);
    }
}

/* ---- page after page ----------------------------------------------------------------------------
 */

static int on_run_interval(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct scanner *scanner = payload;
    struct err ignored = ERR_INIT;
    scanner_run_on(scanner, false, &ignored);
    return 0;
}

/* Nothing but the clerk's answer goes past the question whether the first page belongs there. */
static bool is_asked(const struct scan_job *job)
{
    return js_bool_or(job->request, "confirm_first", false) && !job->confirmed;
}

/* A hands-free run: the clerk turns the leaf; the key, the button or the time brings the next. */
void scan_run_wait_for_key(struct scanner *scanner)
{
    const struct scan_job *job = scanner->run.job;
    double interval_s = js_real_or(job->request, "interval_s", 0);
    bool timed = interval_s > 0 && interval_s <= RUN_INTERVAL_MAX_S && !is_asked(job);
    uint64_t wait_us = timed ? (uint64_t)(interval_s * 1e6) : 0;
    scanner->run.waiting_for_key = true;
    if (timed)
        sd_event_add_time_relative(scanner->loop, &scanner->run.later, CLOCK_MONOTONIC, wait_us,
                                   10000, on_run_interval, scanner);
    scanner_listen(scanner);
    tell_waiting(scanner, is_asked(job) ? "confirm" : "next", wait_us);
}

static void next_of_run(void *payload)
{
    scan_pages_next(payload);
}

static void end_run(void *payload)
{
    scan_run_finish(payload, NULL);
}

enum err_code scanner_run_on(struct scanner *scanner, bool last, struct err *err)
{
    struct run *run = &scanner->run;
    if (!run->job || !run->waiting_for_key)
        return err_set(err, ERR_CONFLICT, "no run waits for its next page");
    if (!last && is_asked(run->job))
        return err_set(err, ERR_CONFLICT, "the first page is not confirmed");
    run->waiting_for_key = false;
    run->later = sd_event_source_disable_unref(run->later);
    run->job->waits = NULL;
    scanner_wake(scanner);
    scanner_when_free(scanner, last ? end_run : next_of_run, scanner);
    return ERR_OK;
}

enum err_code scanner_confirm(struct scanner *scanner, struct err *err)
{
    struct run *run = &scanner->run;
    if (!run->job || !is_asked(run->job))
        return err_set(err, ERR_CONFLICT, "no run asks about its first page");
    run->job->confirmed = true;
    if (run->waiting_for_key)
        scan_run_wait_for_key(scanner);
    return ERR_OK;
}

/* ---- the beginning of a job ---------------------------------------------------------------------
 */

static int on_busy_over(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct scanner *scanner = payload;
    struct run *run = &scanner->run;
    run->later = sd_event_source_disable_unref(run->later);
    if (!run->job)
        return 0;
    run->job->waits = NULL;
    if (run->cancelled)
        scan_run_finish(scanner, NULL);
    else
        open_device(scanner);
    return 0;
}

/* Busy or warming up: tried again, slower each time, for a while; then it is the clerk's. */
bool scan_run_retry(struct scanner *scanner, const struct err *err)
{
    struct run *run = &scanner->run;
    int64_t now_us = sys_monotonic_us();
    if (err_help_of(err->code) != HELP_RETRY_LATER || run->cancelled)
        return false;
    if (!run->busy_waits)
        run->busy_since_us = now_us;
    int64_t left_us = run->busy_since_us + (int64_t)scanner->config.limits->busy_ms * 1000 - now_us;
    if (left_us <= 0)
        return false;
    uint64_t wait_us = 1000000ull << (run->busy_waits < 5 ? run->busy_waits : 5);
    run->busy_waits++;
    wait_us = wait_us > BUSY_WAIT_MAX_US ? BUSY_WAIT_MAX_US : wait_us;
    wait_us = wait_us > (uint64_t)left_us ? (uint64_t)left_us : wait_us;
    if (sd_event_add_time_relative(scanner->loop, &run->later, CLOCK_MONOTONIC, wait_us, 10000,
                                   on_busy_over, scanner) < 0)
        return false;
    tell_waiting(scanner, "device", wait_us);
    return true;
}

static void on_found_again(void *payload, const struct device_ref *found, const struct err *err)
{
    struct scanner *scanner = payload;
    if (!scanner->run.job)
        return;
    if (err || scanner->run.cancelled) {
        scan_run_finish(scanner, err);
        return;
    }
    scanner_meet(scanner, found);
    open_device(scanner);
}

/* Unplugged and plugged in again, a device has a new SANE name. */
static bool look_again(struct scanner *scanner, const struct err *err)
{
    bool may_be_elsewhere = err->code == ERR_UNKNOWN_DEVICE || err->code == ERR_SCANNER_IO;
    if (!may_be_elsewhere || scanner->run.looked_again || scanner->run.cancelled)
        return false;
    scanner->run.looked_again = true;
    scanner->open = false; /* a handle from before is dead */
    device_book_find(scanner->config.book, scanner->key, true, on_found_again, scanner);
    return true;
}

/* What was asked for is a legal copy; what the device made of it may not be. */
static enum err_code check_taken(const struct js *ok, struct err *err)
{
    double dpi = js_real_or(ok, "resolution_dpi", SCAN_LEGAL_MIN_DPI);
    if (dpi < SCAN_LEGAL_MIN_DPI - 0.5)
        return err_set(err, ERR_SETTINGS_NOT_LEGAL,
                       "the device takes %.0f dpi: a legal copy has %d or more", dpi,
                       SCAN_LEGAL_MIN_DPI);
    return ERR_OK;
}

static void on_batch_started(void *payload, struct ipc_message *message, const struct js *ok,
                             const struct err *err)
{
    (void)message;
    struct scanner *scanner = payload;
    struct run *run = &scanner->run;
    if (!run->job || (err && (scan_run_retry(scanner, err) || look_again(scanner, err))))
        return;
    struct err unfit = ERR_INIT;
    if (!err && check_taken(ok, &unfit))
        err = &unfit;
    if (err || run->cancelled) {
        scan_run_finish(scanner, err);
        return;
    }
    const char *source = js_text_or(ok, "source", js_text_or(run->settings, "source", ""));
    snprintf(run->job->source, sizeof run->job->source, "%s", source);
    run->duplex = js_bool_or(ok, "duplex", false);
    run->feeder = run->duplex || strcmp(source, "adf") == 0;
    run->empty_doubtful = js_bool_or(ok, "no_docs_doubtful", false);
    run->glass_x_mm = js_real_or(ok, "area_mm[0]", 0);
    run->glass_y_mm = js_real_or(ok, "area_mm[1]", 0);
    scan_pages_next(scanner);
}

/* The machine is asked once where the paper is: a job that goes on does so from there. */
static bool keep_source(struct run *run)
{
    bool asked_before = js_has(run->settings, "source_by_paper") && *run->job->source;
    return !asked_before || js_set(run->settings, "source", js_text(run->job->source));
}

static void begin_batch(struct scanner *scanner)
{
    struct err err = ERR_INIT;
    if (!keep_source(&scanner->run)) {
        err_set(&err, ERR_NO_MEMORY, "scan settings");
        scan_run_finish(scanner, &err);
        return;
    }
    if (scanner_request(scanner, "start", js_ref(scanner->run.settings), NULL, 0, on_batch_started,
                        scan_pages_heard, scanner, &err))
        scan_run_finish(scanner, &err);
}

static void on_opened(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    (void)message;
    struct scanner *scanner = payload;
    if (!scanner->run.job || (err && (scan_run_retry(scanner, err) || look_again(scanner, err))))
        return;
    if (!err)
        scanner_opened(scanner, ok);
    if (err || scanner->run.cancelled)
        scan_run_finish(scanner, err);
    else
        begin_batch(scanner);
}

static void open_device(void *payload)
{
    struct scanner *scanner = payload;
    struct err err = ERR_INIT;
    if (!scanner->run.job)
        return;
    if (scanner->run.cancelled) {
        scan_run_finish(scanner, NULL);
        return;
    }
    if (scanner->open && worker_is_alive(scanner->worker)) {
        begin_batch(scanner);
        return;
    }
    scanner->open = false;
    if (scanner_request(scanner, "open", js_ref(scanner->names), NULL, 0, on_opened,
                        scan_pages_heard, scanner, &err))
        scan_run_finish(scanner, &err);
}

static void accept_job(struct scanner *scanner, const struct err *err)
{
    struct run *run = &scanner->run;
    scanner_done_fn *accepted = run->accepted;
    run->accepted = NULL;
    if (err) {
        struct lease former = run->former;
        bool is_ours =
            person_is_same(scanner->lease.owner, js_text_or(run->job->principal, "id", ""));
        run->job->state = "failed";
        run->job->err = *err;
        accepted(run->accepted_payload, NULL, err);
        end_job(scanner);
        if (is_ours)
            scanner->lease = former;
        return;
    }
    AUTO(js) struct js *ok = js_pack("{s:o}", "job", scan_job_to_js(run->job));
    struct err no_memory = {.code = ERR_NO_MEMORY};
    accepted(run->accepted_payload, ok, ok ? NULL : &no_memory);
    scan_run_tell(scanner, run->job);
    scanner_when_free(scanner, open_device, scanner);
}

static void on_document_made(void *payload, struct ipc_message *message, const struct js *ok,
                             const struct err *err)
{
    (void)message;
    struct scanner *scanner = payload;
    if (!scanner->run.job)
        return;
    snprintf(scanner->run.job->document_id, ID_SIZE, "%s", js_text_or(ok, "document.id", ""));
    accept_job(scanner, err);
}

static bool copy_keys(struct js *args, const struct js *from, const char *const *keys)
{
    bool ok = args;
    for (; ok && *keys; keys++)
        if (js_has(from, *keys))
            ok = js_set(args, *keys, js_ref(js_at(from, *keys)));
    return ok;
}

/* The store says whether a paper of that kind may be scanned: nothing moves before. How a pile is
 * parted is the profile's. */
static void make_document(struct scanner *scanner)
{
    static const char *const wish[] = {"stage",       "paper_code", "reason",
                                       "reason_note", "holder",     NULL};
    static const char *const pile[] = {"separators", "split", NULL};
    const struct scan_job *job = scanner->run.job;
    struct js *args =
        js_pack("{s:s, s:O}", "dossier_id", job->dossier_id, "principal", job->principal);
    if (!copy_keys(args, job->request, wish) || !copy_keys(args, scanner->run.profile, pile))
        js_free(TAKE(args));
    scanner->run.made_document = true;
    scanner->run.job->rejected = false;
    store_client_call(scanner->store, "document_create", args, NULL, 0, on_document_made, scanner);
}

static void on_fronts_checked(void *payload, struct ipc_message *message, const struct js *ok,
                              const struct err *err)
{
    (void)message;
    (void)ok;
    struct scanner *scanner = payload;
    if (scanner->run.job)
        accept_job(scanner, err);
}

/* Backs whose fronts are not there would run through the feeder for nothing. */
static void check_fronts(struct scanner *scanner)
{
    const struct scan_job *job = scanner->run.job;
    struct js *args =
        js_pack("{s:s, s:O}", "document_id", job->document_id, "principal", job->principal);
    store_client_call(scanner->store, "pages_check_fronts", args, NULL, 0, on_fronts_checked,
                      scanner);
}

static void begin_run(struct scanner *scanner, struct scan_job *job, struct js *settings,
                      const struct js *profile, struct lease former)
{
    int base = job->half_page[0] ? job->sheets - 1 : job->sheets;
    if (js_has(settings, "source"))
        snprintf(job->source, sizeof job->source, "%s", js_text_or(settings, "source", ""));
    scanner_wake(scanner);
    lease_use(&scanner->lease);
    scanner->run = (struct run){.job = job,
                                .settings = settings,
                                .profile = js_ref(js_at(profile, "settings")),
                                .former = former,
                                .place = RUN_PAGE_NONE,
                                .coming = RUN_PAGE_NONE,
                                .leaving = RUN_PAGE_NONE,
                                .sheet_base = base,
                                .sheet = base,
                                .moved_sheet = base};
}

static enum err_code prepare(struct scanner *scanner, const struct js *request,
                             const struct js *profile, const struct js *principal,
                             struct js **out_settings, struct err *err)
{
    if (scanner_is_busy(scanner))
        return err_set(err, ERR_SCAN_RUNNING, "a scan is running");
    if (js_has(request, "backs") && !js_has(request, "document_id"))
        return err_set(err, ERR_FRONTS_MISSING, "backs of no document");
    enum err_code code = scan_wish_settings(request, profile, out_settings, err);
    if (!code)
        code = lease_take(&scanner->lease, js_text_or(principal, "id", ""), sys_now_us(),
                          scanner->config.limits->lease_ms, err);
    if (code)
        js_free(TAKE(*out_settings));
    return code;
}

void scanner_start(struct scanner *scanner, const char *dossier_id, struct js *request,
                   const struct js *profile, const struct js *principal, scanner_done_fn *done,
                   void *payload)
{
    struct err err = ERR_INIT;
    struct js *settings = NULL;
    struct lease former = scanner->lease;
    if (prepare(scanner, request, profile, principal, &settings, &err)) {
        js_free(request);
        done(payload, NULL, &err);
        return;
    }
    struct scan_job *job =
        scan_jobs_add(scanner->config.jobs, scanner->key, dossier_id, request, principal);
    if (!job) {
        scanner->lease = former;
        js_free(settings);
        err_set(&err, ERR_NO_MEMORY, "scan job");
        done(payload, NULL, &err);
        return;
    }
    begin_run(scanner, job, settings, profile, former);
    scanner->run.accepted = done;
    scanner->run.accepted_payload = payload;
    const char *document_id = js_text_or(request, "document_id", NULL);
    if (document_id) {
        snprintf(job->document_id, ID_SIZE, "%s", document_id);
        if (js_has(request, "backs"))
            check_fronts(scanner);
        else
            accept_job(scanner, NULL);
    } else {
        make_document(scanner);
    }
}

static void ignore_acceptance(void *payload, const struct js *ok, const struct err *err)
{
    (void)payload;
    (void)ok;
    (void)err;
}

enum err_code scanner_continue(struct scanner *scanner, struct scan_job *job,
                               const struct js *profile, const struct js *principal,
                               struct err *err)
{
    struct js *settings = NULL;
    struct lease former = scanner->lease;
    if (!scan_job_can_go_on(job))
        return err_set(err, ERR_CONFLICT, "the scan job is %s", job->state);
    enum err_code code = prepare(scanner, job->request, profile, principal, &settings, err);
    if (code)
        return code;
    js_free(job->principal);
    job->principal = js_ref(principal);
    job->state = "running";
    job->err = (struct err)ERR_INIT;
    begin_run(scanner, job, settings, profile, former);
    scanner->run.accepted = ignore_acceptance;
    if (!job->rejected)
        accept_job(scanner, NULL);
    else
        make_document(scanner);
    return ERR_OK;
}

void scanner_cancel(struct scanner *scanner)
{
    struct run *run = &scanner->run;
    if (!run->job)
        return;
    run->cancelled = true;
    if (run->job->waits) { /* for time or a key: the worker has nothing to do */
        run->waiting_for_key = false;
        run->later = sd_event_source_disable_unref(run->later);
        scanner_when_free(scanner, end_run, scanner);
    } else {
        worker_cancel(scanner->worker, scanner->config.limits->cancel_ms);
    }
}
