#include "daemon/base/file.h"
#include "daemon/base/id.h"
#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/pipeline/device_book.h"
#include "daemon/pipeline/scan_wish.h"
#include "daemon/pipeline/scanner_inside.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>
#include <unistd.h>

/* The job of a scanner, step by step; see scanner.h for the way it takes. */

#define BUSY_WAIT_MAX_US (30 * 1000000ull)
#define PREVIEW_WIDTH_PX 400
#define RUN_INTERVAL_MAX_S 600

static void open_device(void *payload);
static void next_page(struct scanner *scanner);
static void finish_batch(struct scanner *scanner, const struct err *err);
static bool wait_and_retry(struct scanner *scanner, const struct err *err);

/* ---- what is told -------------------------------------------------------------------------------
 */

static void tell_job(struct scanner *scanner, const struct scan_job *job)
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
    tell_job(scanner, job);
}

static void tell_progress(struct scanner *scanner, const struct js *data)
{
    struct run *run = &scanner->run;
    const struct js *preview = js_at(data, "preview");
    run->rows_came |= js_int_or(data, "lines", 0) > 0;
    if (preview) {
        js_free(run->preview);
        run->preview = js_ref(preview);
    }
    AUTO(js)
    struct js *told =
        js_pack("{s:s, s:s, s:i, s:I, s:I, s:O?}", "job", run->job->id, "device", scanner->key,
                "page", run->job->pages + 1, "lines", js_int_or(data, "lines", 0), "lines_expected",
                js_int_or(data, "lines_expected", -1), "preview", preview);
    if (told)
        scanner->event(scanner->event_payload, "progress", told);
}

static void on_call_event(void *payload, struct ipc_message *message, const char *event,
                          const struct js *data)
{
    (void)message;
    struct scanner *scanner = payload;
    if (scanner_heard_call(scanner, event, data) || !scanner->run.job)
        return;
    if (strcmp(event, "progress") == 0)
        tell_progress(scanner, data);
}

enum err_code scanner_preview(const struct scanner *scanner, int64_t from, int *out_fd,
                              struct js **out, struct err *err)
{
    const struct run *run = &scanner->run;
    int64_t width = js_int_or(run->preview, "width", 0);
    int64_t channels = js_int_or(run->preview, "channels", 0);
    int64_t rows = js_int_or(run->preview, "rows", 0);
    if (!run->job || run->preview_fd < 0 || width <= 0 || channels <= 0)
        return err_set(err, ERR_NOT_FOUND, "no page is coming");
    if (from < 0 || from > rows)
        return err_set(err, ERR_BAD_ARGUMENT, "query from: 0 to %lld", (long long)rows);
    size_t size = (size_t)((rows - from) * width * channels);
    AUTO(mem) char *bytes = mem_alloc(size + 1);
    if (!bytes)
        return err_set(err, ERR_NO_MEMORY, "preview");
    ssize_t got = pread(run->preview_fd, bytes, size, (off_t)(from * width * channels));
    if (got < 0 || (size_t)got != size)
        return err_set(err, ERR_IO, "preview ends early");
    AUTO(js)
    struct js *told =
        js_pack("{s:I, s:I, s:I, s:I, s:I}", "width", width, "channels", channels, "from", from,
                "rows", rows, "rows_expected", js_int_or(run->preview, "rows_expected", -1));
    if (!told)
        return err_set(err, ERR_NO_MEMORY, "preview");
    enum err_code code = file_memfd("sohoa-preview", bytes, size, out_fd, err);
    if (!code)
        *out = TAKE(told);
    return code;
}

static void drop_preview(struct run *run)
{
    js_free(TAKE(run->preview));
    fd_close(run->preview_fd);
    run->preview_fd = -1;
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
    drop_preview(run);
    job->waits = NULL;
    tell_job(scanner, job);
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
static void finish_batch(struct scanner *scanner, const struct err *err)
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
        scanner_request(scanner, "finish", js_object(), NULL, 0, on_batch_finished, on_call_event,
                        scanner, &ignored)) {
        struct ipc_message none = {0};
        on_batch_finished(scanner, &none, NULL, err ? err : &ignored);
    }
}

/* ---- page after page ----------------------------------------------------------------------------
 */

static void drop_page(struct scanner *scanner)
{
    struct run *run = &scanner->run;
    drop_preview(run);
    if (!run->blob)
        return;
    struct js *args = js_pack("{s:s, s:O}", "blob", run->blob, "principal", run->job->principal);
    mem_free(TAKE(run->blob));
    store_client_call(scanner->store, "page_abort", args, NULL, 0, NULL, NULL);
}

static enum err_code check_sheets(const struct run *run, struct err *err)
{
    int64_t expected = js_int_or(run->job->request, "sheets", 0);
    if (run->feeder && expected > run->job->sheets)
        return err_set(err, ERR_SHEETS_MISSING, "%d of %lld sheets came", run->job->sheets,
                       (long long)expected);
    return ERR_OK;
}

static void end_of_pile(struct scanner *scanner)
{
    struct err err = ERR_INIT;
    finish_batch(scanner, check_sheets(&scanner->run, &err) ? &err : NULL);
}

static int on_run_interval(sd_event_source *source, uint64_t now_us, void *payload)
{
    (void)source;
    (void)now_us;
    struct scanner *scanner = payload;
    struct err ignored = ERR_INIT;
    scanner_run_on(scanner, false, &ignored);
    return 0;
}

/* A hands-free run: the clerk turns the leaf; the key, the button or the time brings the next. */
static void wait_for_next(struct scanner *scanner)
{
    double interval_s = js_real_or(scanner->run.job->request, "interval_s", 0);
    bool timed = interval_s > 0 && interval_s <= RUN_INTERVAL_MAX_S;
    uint64_t wait_us = timed ? (uint64_t)(interval_s * 1e6) : 0;
    scanner->run.waiting_for_key = true;
    if (timed)
        sd_event_add_time_relative(scanner->loop, &scanner->run.later, CLOCK_MONOTONIC, wait_us,
                                   10000, on_run_interval, scanner);
    scanner_listen(scanner);
    tell_waiting(scanner, "next", wait_us);
}

static void next_of_run(void *payload)
{
    next_page(payload);
}

static void end_run(void *payload)
{
    finish_batch(payload, NULL);
}

enum err_code scanner_run_on(struct scanner *scanner, bool last, struct err *err)
{
    struct run *run = &scanner->run;
    if (!run->job || !run->waiting_for_key)
        return err_set(err, ERR_CONFLICT, "no run waits for its next page");
    run->waiting_for_key = false;
    run->later = sd_event_source_disable_unref(run->later);
    run->job->waits = NULL;
    scanner_wake(scanner);
    scanner_when_free(scanner, last ? end_run : next_of_run, scanner);
    return ERR_OK;
}

/* The device refused before it took the sheet. */
static bool left_in_feeder(const struct run *run, enum err_code code)
{
    static const enum err_code refusals[] = {ERR_DEVICE_BUSY,    ERR_WARMING_UP,
                                             ERR_DEVICE_DENIED,  ERR_DEVICE_LOCKED,
                                             ERR_OPTION_REFUSED, ERR_SCANNER_UNSUPPORTED};
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (code == refusals[i])
            return !run->rows_came;
    return code == ERR_FEEDER_EMPTY;
}

/* Which sheet was on its way when the page did not come, or could not be kept. */
static void name_lost_sheet(struct run *run, const struct err *err)
{
    struct scan_job *job = run->job;
    bool moved = run->feeder && !left_in_feeder(run, err->code) && !run->cancelled;
    job->lost_sheet = !moved ? 0 : job->half_page[0] ? job->sheets : job->sheets + 1;
}

static void count_page(struct run *run)
{
    struct scan_job *job = run->job;
    job->pages++;
    job->sheets = run->sheet;
    job->half_page[0] = 0;
    if (run->duplex && !run->is_back)
        memcpy(job->half_page, run->page_id, ID_SIZE);
    run->batch_pages++;
}

static void on_page_committed(void *payload, struct ipc_message *message, const struct js *ok,
                              const struct err *err)
{
    (void)message;
    (void)ok;
    struct scanner *scanner = payload;
    struct run *run = &scanner->run;
    struct scan_job *job = run->job;
    if (!job)
        return;
    if (err) {
        drop_page(scanner);
        name_lost_sheet(run, err);
        finish_batch(scanner, err);
        return;
    }
    mem_free(TAKE(run->blob));
    drop_preview(run);
    count_page(run);
    run->busy_waits = 0;
    tell_job(scanner, job);
    if (run->cancelled)
        finish_batch(scanner, NULL);
    else if (run->more_paper)
        next_page(scanner);
    else if (js_bool_or(job->request, "hands_free", false))
        wait_for_next(scanner);
    else
        finish_batch(scanner, NULL);
}

static bool copy_key(struct js *to, const struct js *from, const char *key)
{
    const struct js *value = js_at(from, key);
    return js_is_null(value) || js_set(to, key, js_ref(value));
}

/* The quarter turns a person's way of scanning makes: every second leaf of a bound paper lies
 * upside down on the glass, the backs of some feeders come so. */
static int known_turn(const struct run *run, const struct js *page)
{
    bool second = js_bool_or(run->job->request, "turn_second", false) && run->job->pages % 2;
    return (int)((js_int_or(page, "turn_deg", 0) + (second ? 180 : 0)) % 360);
}

static struct js *commit_args(struct scanner *scanner, const struct js *page)
{
    const struct run *run = &scanner->run;
    const struct scan_job *job = run->job;
    const struct js *request = job->request;
    AUTO(js)
    struct js *args = js_pack("{s:s, s:s, s:O, s:s, s:s, s:i, s:s, s:O}", "page_id", run->page_id,
                              "blob", run->blob, "image", js_at(page, "image"), "device",
                              scanner->key, "side", js_text_or(page, "side", "front"), "sheet",
                              run->sheet, "job", job->id, "principal", job->principal);
    bool fits = args && copy_key(args, page, "checks") && copy_key(args, request, "part_of") &&
                copy_key(args, request, "part_kind") && copy_key(args, request, "replaces");
    if (fits && js_has(request, "position"))
        fits = js_set(args, "position", js_int(js_int_or(request, "position", 1) + job->pages));
    /* the sheet that was lost after its front is fed whole: its new front takes the old one's place
     */
    if (fits && run->batch_pages == 0 && job->half_page[0])
        fits = js_set(args, "replaces", js_text(job->half_page));
    int turn = known_turn(run, page);
    if (fits && turn)
        fits = js_set(args, "turned_deg", js_int(turn));
    return fits ? TAKE(args) : NULL;
}

/* Busy or still cold at the next sheet, which lies in the feeder: a new batch goes on from there.
 */
static bool begin_again(struct scanner *scanner, const struct err *err)
{
    struct run *run = &scanner->run;
    bool untouched = left_in_feeder(run, err->code) && !run->job->half_page[0];
    if (!untouched || !wait_and_retry(scanner, err))
        return false;
    run->sheet_base = run->job->sheets;
    run->batch_pages = 0;
    return true;
}

static void on_page(void *payload, struct ipc_message *message, const struct js *ok,
                    const struct err *err)
{
    (void)message;
    struct scanner *scanner = payload;
    struct run *run = &scanner->run;
    if (!run->job)
        return;
    if (err) {
        drop_page(scanner);
        name_lost_sheet(run, err);
        if (begin_again(scanner, err))
            return;
        if (err->code == ERR_FEEDER_EMPTY && run->batch_pages > 0)
            end_of_pile(scanner);
        else
            finish_batch(scanner, err);
        return;
    }
    run->sheet = run->sheet_base + (int)js_int_or(ok, "sheet", run->batch_pages + 1);
    run->is_back = strcmp(js_text_or(ok, "side", "front"), "back") == 0;
    run->more_paper = js_bool_or(ok, "more", false);
    store_client_call(scanner->store, "page_commit", commit_args(scanner, ok), NULL, 0,
                      on_page_committed, scanner);
}

static enum err_code ask_for_page(struct scanner *scanner, int file, struct err *err)
{
    struct run *run = &scanner->run;
    run->rows_came = false;
    enum err_code code = file_memfd("sohoa-preview", "", 0, &run->preview_fd, err);
    if (code)
        return code;
    int fds[] = {file, run->preview_fd};
    return scanner_request(scanner, "next", js_pack("{s:i}", "preview_width_px", PREVIEW_WIDTH_PX),
                           fds, 2, on_page, on_call_event, scanner, err);
}

static void on_page_begun(void *payload, struct ipc_message *message, const struct js *ok,
                          const struct err *problem)
{
    struct scanner *scanner = payload;
    struct run *run = &scanner->run;
    struct err err = ERR_INIT;
    if (!run->job)
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
        snprintf(run->page_id, sizeof run->page_id, "%s", page_id);
        run->blob = mem_strdup(blob);
        code = run->blob ? ERR_OK : err_set(&err, ERR_NO_MEMORY, "page");
    }
    if (!code && run->cancelled)
        code = err_set(&err, ERR_CANCELLED, "cancelled before the next sheet");
    if (!code)
        code = ask_for_page(scanner, file, &err);
    if (!code)
        return;
    drop_page(scanner);
    finish_batch(scanner, &err);
}

static void next_page(struct scanner *scanner)
{
    const struct scan_job *job = scanner->run.job;
    struct js *args = js_pack("{s:s, s:s, s:O}", "dossier_id", job->dossier_id, "document_id",
                              job->document_id, "principal", job->principal);
    store_client_call(scanner->store, "page_begin", args, NULL, 0, on_page_begun, scanner);
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
        finish_batch(scanner, NULL);
    else
        open_device(scanner);
    return 0;
}

/* Busy or warming up: tried again, slower each time, for a while; then it is the clerk's. */
static bool wait_and_retry(struct scanner *scanner, const struct err *err)
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
        finish_batch(scanner, err);
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

static void on_batch_started(void *payload, struct ipc_message *message, const struct js *ok,
                             const struct err *err)
{
    (void)message;
    struct scanner *scanner = payload;
    struct run *run = &scanner->run;
    if (!run->job || (err && (wait_and_retry(scanner, err) || look_again(scanner, err))))
        return;
    if (err || run->cancelled) {
        finish_batch(scanner, err);
        return;
    }
    const char *source = js_text_or(ok, "source", js_text_or(run->settings, "source", ""));
    run->duplex = js_bool_or(ok, "duplex", false);
    run->feeder = run->duplex || strcmp(source, "adf") == 0;
    next_page(scanner);
}

static void begin_batch(struct scanner *scanner)
{
    struct err err = ERR_INIT;
    if (scanner_request(scanner, "start", js_ref(scanner->run.settings), NULL, 0, on_batch_started,
                        on_call_event, scanner, &err))
        finish_batch(scanner, &err);
}

static void on_opened(void *payload, struct ipc_message *message, const struct js *ok,
                      const struct err *err)
{
    (void)message;
    struct scanner *scanner = payload;
    if (!scanner->run.job || (err && (wait_and_retry(scanner, err) || look_again(scanner, err))))
        return;
    if (!err)
        scanner_opened(scanner, ok);
    if (err || scanner->run.cancelled)
        finish_batch(scanner, err);
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
        finish_batch(scanner, NULL);
        return;
    }
    if (scanner->open && worker_is_alive(scanner->worker)) {
        begin_batch(scanner);
        return;
    }
    scanner->open = false;
    if (scanner_request(scanner, "open", js_ref(scanner->names), NULL, 0, on_opened, on_call_event,
                        scanner, &err))
        finish_batch(scanner, &err);
}

static void accept_job(struct scanner *scanner, const struct err *err)
{
    struct run *run = &scanner->run;
    scanner_done_fn *accepted = run->accepted;
    run->accepted = NULL;
    if (err) {
        run->job->state = "failed";
        run->job->err = *err;
        accepted(run->accepted_payload, NULL, err);
        end_job(scanner);
        return;
    }
    AUTO(js) struct js *ok = js_pack("{s:o}", "job", scan_job_to_js(run->job));
    struct err no_memory = {.code = ERR_NO_MEMORY};
    accepted(run->accepted_payload, ok, ok ? NULL : &no_memory);
    tell_job(scanner, run->job);
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

static void make_document(struct scanner *scanner)
{
    const struct scan_job *job = scanner->run.job;
    struct js *args =
        js_pack("{s:s, s:O}", "dossier_id", job->dossier_id, "principal", job->principal);
    scanner->run.made_document = true;
    scanner->run.job->rejected = false;
    store_client_call(scanner->store, "document_create", args, NULL, 0, on_document_made, scanner);
}

static void begin_run(struct scanner *scanner, struct scan_job *job, struct js *settings)
{
    scanner_wake(scanner);
    scanner->run = (struct run){.job = job,
                                .settings = settings,
                                .preview_fd = -1,
                                .sheet_base = job->half_page[0] ? job->sheets - 1 : job->sheets};
}

static enum err_code prepare(struct scanner *scanner, const struct js *request,
                             const struct js *profile, const struct js *principal,
                             struct js **out_settings, struct err *err)
{
    if (scanner_is_busy(scanner))
        return err_set(err, ERR_SCAN_RUNNING, "a scan is running");
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
    if (prepare(scanner, request, profile, principal, &settings, &err)) {
        js_free(request);
        done(payload, NULL, &err);
        return;
    }
    struct scan_job *job =
        scan_jobs_add(scanner->config.jobs, scanner->key, dossier_id, request, principal);
    if (!job) {
        js_free(settings);
        err_set(&err, ERR_NO_MEMORY, "scan job");
        done(payload, NULL, &err);
        return;
    }
    begin_run(scanner, job, settings);
    scanner->run.accepted = done;
    scanner->run.accepted_payload = payload;
    const char *document_id = js_text_or(request, "document_id", NULL);
    if (document_id) {
        snprintf(job->document_id, ID_SIZE, "%s", document_id);
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
    if (!scan_job_can_go_on(job))
        return err_set(err, ERR_CONFLICT, "the scan job is %s", job->state);
    enum err_code code = prepare(scanner, job->request, profile, principal, &settings, err);
    if (code)
        return code;
    js_free(job->principal);
    job->principal = js_ref(principal);
    job->state = "running";
    job->err = (struct err)ERR_INIT;
    job->lost_sheet = 0;
    begin_run(scanner, job, settings);
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
