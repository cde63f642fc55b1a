#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/pipeline/scanner_inside.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * Page after page of a batch. The next page comes while the one before is flushed and committed; at
 * most these two are under way, and they are committed in the order of the paper:
 *
 *   page_begin ──▶ next ──▶ read ──(the one before is safe)──▶ page_commit ──▶ counted
 *    place ·····▶ coming ····························▶ leaving ···········▶
 *
 * A page of a pile has its place while the one before is still read: neither its start nor the
 * other's commit waits for it.
 */

#define PREVIEW_WIDTH_PX 400

static void forget(struct run_page *page)
{
    mem_free(page->blob);
    js_free(page->facts);
    js_free(page->progress);
    fd_close(page->file);
    fd_close(page->preview_fd);
    *page = RUN_PAGE_NONE;
}

void scan_pages_forget(struct run *run)
{
    forget(&run->place);
    forget(&run->coming);
    forget(&run->leaving);
    run->wants_page = false;
}

static void ask_for_place(struct scanner *scanner);

/* ---- what is told -------------------------------------------------------------------------------
 */

/* The page that people look at: the first that is not safe. */
static const struct run_page *page_in_view(const struct run *run)
{
    return run->leaving.step ? &run->leaving : &run->coming;
}

static void tell_progress(struct scanner *scanner)
{
    struct run *run = &scanner->run;
    const struct run_page *page = page_in_view(run);
    if (!page->progress)
        return;
    AUTO(js)
    struct js *told =
        js_pack("{s:s, s:s, s:i, s:I, s:I, s:O?}", "job", run->job->id, "device", scanner->key,
                "page", run->job->pages + 1, "lines", js_int_or(page->progress, "lines", 0),
                "lines_expected", js_int_or(page->progress, "lines_expected", -1), "preview",
                js_at(page->progress, "preview"));
    if (told)
        scanner->event(scanner->event_payload, "progress", told);
}

static void keep_progress(struct run *run, const struct js *data)
{
    run->rows_came |= js_int_or(data, "lines", 0) > 0;
    js_free(run->coming.progress);
    run->coming.progress = js_ref(data);
}

void scan_pages_heard(void *payload, struct ipc_message *message, const char *event,
                      const struct js *data)
{
    (void)message;
    struct scanner *scanner = payload;
    struct run *run = &scanner->run;
    if (scanner_heard_call(scanner, event, data) || !run->job || strcmp(event, "progress") != 0)
        return;
    keep_progress(run, data);
    if (!run->leaving.step) /* else it is told when its turn comes */
        tell_progress(scanner);
    if (run->feeder && run->rows_came && run->place.step == PAGE_NONE && !run->cancelled)
        ask_for_place(scanner);
}

enum err_code scanner_preview(const struct scanner *scanner, int64_t from, int *out_fd,
                              struct js **out, struct err *err)
{
    const struct run_page *page = page_in_view(&scanner->run);
    const struct js *preview = js_at(page->progress, "preview");
    int64_t width = js_int_or(preview, "width", 0);
    int64_t channels = js_int_or(preview, "channels", 0);
    int64_t rows = js_int_or(preview, "rows", 0);
    if (!scanner->run.job || page->preview_fd < 0 || width <= 0 || channels <= 0)
        return err_set(err, ERR_NOT_FOUND, "no page is coming");
    if (from < 0 || from > rows)
        return err_set(err, ERR_BAD_ARGUMENT, "query from: 0 to %lld", (long long)rows);
    size_t size = (size_t)((rows - from) * width * channels);
    AUTO(mem) char *bytes = mem_alloc(size + 1);
    if (!bytes)
        return err_set(err, ERR_NO_MEMORY, "preview");
    ssize_t got = pread(page->preview_fd, bytes, size, (off_t)(from * width * channels));
    if (got < 0 || (size_t)got != size)
        return err_set(err, ERR_IO, "preview ends early");
    AUTO(js)
    struct js *told =
        js_pack("{s:I, s:I, s:I, s:I, s:I}", "width", width, "channels", channels, "from", from,
                "rows", rows, "rows_expected", js_int_or(preview, "rows_expected", -1));
    if (!told)
        return err_set(err, ERR_NO_MEMORY, "preview");
    enum err_code code = file_memfd("sohoa-preview", bytes, size, out_fd, err);
    if (!code)
        *out = TAKE(told);
    return code;
}

/* ---- sheets -------------------------------------------------------------------------------------
 */

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

/* A page that did not come was one of this sheet. */
static int sheet_in_motion(const struct run *run)
{
    return run->sheet + (run->duplex && run->sheet_is_half ? 0 : 1);
}

/* The sheets that went through up to `last` and are not kept, the first of them by name. */
static void lose_sheets(struct scan_job *job, int last)
{
    int first = job->half_page[0] ? job->sheets : job->sheets + 1;
    job->lost_sheet = last >= first ? first : 0;
    job->lost_sheets = last >= first ? last - first + 1 : 0;
}

static int last_lost_sheet(const struct scan_job *job)
{
    return job->lost_sheet ? job->lost_sheet + job->lost_sheets - 1 : 0;
}

/* Those of this batch, and those of one before that were not fed again yet. */
static void name_lost_sheets(struct run *run)
{
    int last = last_lost_sheet(run->job);
    if (run->feeder)
        lose_sheets(run->job, run->moved_sheet > last ? run->moved_sheet : last);
}

/* `ok`: the store's answer, which says whether the page took the place of one that was counted. */
static void count_page(struct run *run, const struct js *ok)
{
    struct scan_job *job = run->job;
    const char *replaced = js_text_or(ok, "page.replaces", "");
    bool again = job->half_page[0] && strcmp(replaced, job->half_page) == 0;
    int last_lost = last_lost_sheet(job);
    job->pages += again ? 0 : 1;
    job->sheets = run->leaving.sheet;
    job->half_page[0] = 0;
    if (run->duplex && !run->leaving.is_back)
        memcpy(job->half_page, run->leaving.id, ID_SIZE);
    if (run->feeder)
        lose_sheets(job, last_lost);
    run->batch_pages++;
    run->busy_waits = 0;
}

/* A feeder says that it is empty: is that the whole pile? */
static enum err_code check_pile(const struct run *run, struct err *err)
{
    const struct scan_job *job = run->job;
    int64_t said = js_int_or(job->request, "sheets", 0);
    bool backs = js_has(job->request, "backs");
    if (job->half_page[0])
        return err_set(err, ERR_BACK_MISSING, "the front of sheet %d came, its back did not",
                       job->sheets);
    if (job->lost_sheet)
        return err_set(err, ERR_SHEETS_MISSING, "sheet %d was not fed again", job->lost_sheet);
    if (!run->feeder || said == job->sheets)
        return ERR_OK;
    if (said && backs) /* a back that is fed later would come behind another front */
        return err_set(err, ERR_COUNT_MISMATCH, "%d of %lld backs came", job->sheets,
                       (long long)said);
    if (said)
        return err_set(err, said > job->sheets ? ERR_SHEETS_MISSING : ERR_SHEETS_EXTRA,
                       "%d of %lld sheets came", job->sheets, (long long)said);
    if (run->empty_doubtful && !backs) /* the fronts say how many backs there are */
        return err_set(err, ERR_FEEDER_DOUBTFUL, "%d sheets came, how many there are was not said",
                       job->sheets);
    return ERR_OK;
}

/* ---- the end of the pages -----------------------------------------------------------------------
 */

static void drop_page(struct scanner *scanner, struct run_page *page)
{
    if (page->blob) {
        struct js *args =
            js_pack("{s:s, s:O}", "blob", page->blob, "principal", scanner->run.job->principal);
        store_client_call(scanner->store, "page_abort", args, NULL, 0, NULL, NULL);
    }
    forget(page);
}

/* Busy or still cold at the next sheet, which lies in the feeder: a new batch goes on from there.
 */
static bool begin_again(struct scanner *scanner, const struct err *err)
{
    struct run *run = &scanner->run;
    bool untouched = left_in_feeder(run, err->code) && !run->job->half_page[0];
    if (!untouched || !scan_run_retry(scanner, err))
        return false;
    run->sheet_base = run->sheet = run->moved_sheet = run->job->sheets;
    run->sheet_is_half = false;
    run->batch_pages = 0;
    return true;
}

static void conclude(struct scanner *scanner)
{
    struct run *run = &scanner->run;
    struct err err = run->end;
    run->end = (struct err)ERR_INIT;
    bool hands_free = js_bool_or(run->job->request, "hands_free", false);
    drop_page(scanner, &run->place);
    if (!err.code) {
        if (hands_free && !run->cancelled)
            scan_run_wait_for_key(scanner);
        else
            scan_run_finish(scanner, NULL);
        return;
    }
    name_lost_sheets(run);
    if (begin_again(scanner, &err))
        return;
    bool through = err.code == ERR_FEEDER_EMPTY && run->batch_pages > 0;
    if (through)
        err = (struct err)ERR_INIT;
    if (through)
        check_pile(run, &err);
    scan_run_finish(scanner, err.code ? &err : NULL);
}

/* ---- from the glass into the store --------------------------------------------------------------
 */

static bool copy_key(struct js *to, const struct js *from, const char *key)
{
    const struct js *value = js_at(from, key);
    return js_is_null(value) || js_set(to, key, js_ref(value));
}

/* The quarter turns a person's way of scanning makes: every second leaf of a bound paper lies
 * upside down on the glass, the backs of some feeders come so. */
static int known_turn(const struct run *run, const struct js *facts)
{
    bool second = js_bool_or(run->job->request, "turn_second", false) && run->job->pages % 2;
    return (int)((js_int_or(facts, "turn_deg", 0) + (second ? 180 : 0)) % 360);
}

static struct js *commit_args(struct scanner *scanner, const struct run_page *page)
{
    const struct run *run = &scanner->run;
    const struct scan_job *job = run->job;
    const struct js *request = job->request;
    AUTO(js)
    struct js *args = js_pack("{s:s, s:s, s:O, s:s, s:s, s:i, s:s, s:O}", "page_id", page->id,
                              "blob", page->blob, "image", js_at(page->facts, "image"), "device",
                              scanner->key, "side", page->is_back ? "back" : "front", "sheet",
                              page->sheet, "job", job->id, "principal", job->principal);
    bool fits = args && copy_key(args, page->facts, "checks") &&
                copy_key(args, request, "part_of") && copy_key(args, request, "part_kind") &&
                copy_key(args, request, "replaces") && copy_key(args, request, "backs") &&
                js_set(args, "finish", js_bool(js_bool_or(request, "finish", true)));
    if (fits && js_has(request, "position"))
        fits = js_set(args, "position", js_int(js_int_or(request, "position", 1) + job->pages));
    if (fits && run->batch_pages == 0 && job->half_page[0])
        fits = js_set(args, "refed", js_text(job->half_page));
    if (fits && !run->feeder)
        fits = js_set(args, "glass_mm",
                      js_pack("{s:f, s:f}", "x", run->glass_x_mm, "y", run->glass_y_mm));
    int turn = known_turn(run, page->facts);
    if (fits && turn)
        fits = js_set(args, "known_turn_deg", js_int(turn));
    return fits ? TAKE(args) : NULL;
}

static void proceed(struct scanner *scanner);

static void on_page_committed(void *payload, struct ipc_message *message, const struct js *ok,
                              const struct err *err)
{
    (void)message;
    struct scanner *scanner = payload;
    struct run *run = &scanner->run;
    if (!run->job)
        return;
    if (err) {
        drop_page(scanner, &run->leaving);
        run->end = *err; /* whatever became of the page behind it */
        if (run->coming.step == PAGE_READING)
            worker_cancel(scanner->worker, scanner->config.limits->cancel_ms);
    } else {
        count_page(run, ok);
        forget(&run->leaving);
        scan_run_tell(scanner, run->job);
        tell_progress(scanner);
    }
    proceed(scanner);
}

static void commit_leaving(struct scanner *scanner)
{
    struct run *run = &scanner->run;
    if (run->leaving.step != PAGE_READ)
        return;
    run->leaving.step = PAGE_COMMITTED;
    store_client_call(scanner->store, "page_commit", commit_args(scanner, &run->leaving), NULL, 0,
                      on_page_committed, scanner);
}

static void hand_over(struct scanner *scanner)
{
    struct run *run = &scanner->run;
    run->leaving = run->coming;
    run->coming = RUN_PAGE_NONE;
    if (js_bool_or(run->leaving.facts, "more", false) && !run->cancelled)
        scan_pages_next(scanner);
    commit_leaving(scanner);
}

/* Whatever can be done now. */
static void proceed(struct scanner *scanner)
{
    struct run *run = &scanner->run;
    bool is_read = run->coming.step == PAGE_READ;
    if (run->leaving.step)
        return;
    if (is_read && !run->end.code) {
        hand_over(scanner);
        return;
    }
    if (is_read) /* no page without the one before it */
        drop_page(scanner, &run->coming);
    bool placing = run->wants_page || run->place.step == PAGE_ASKED;
    if (!run->coming.step && !placing)
        conclude(scanner);
}

/* No page came. */
static void end_coming(struct scanner *scanner, const struct err *err)
{
    struct run *run = &scanner->run;
    if (err && !run->end.code)
        run->end = *err;
    drop_page(scanner, &run->coming);
    proceed(scanner);
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
        if (!left_in_feeder(run, err->code))
            run->moved_sheet = sheet_in_motion(run);
        end_coming(scanner, err);
        return;
    }
    struct run_page *page = &run->coming;
    page->step = PAGE_READ;
    page->facts = js_ref(ok);
    page->sheet = run->sheet_base + (int)js_int_or(ok, "sheet", run->sheet - run->sheet_base + 1);
    page->is_back = strcmp(js_text_or(ok, "side", "front"), "back") == 0;
    run->sheet = run->moved_sheet = page->sheet;
    run->sheet_is_half = !page->is_back;
    proceed(scanner);
}

static enum err_code ask_for_page(struct scanner *scanner, struct err *err)
{
    struct run *run = &scanner->run;
    run->rows_came = false;
    enum err_code code = file_memfd("sohoa-preview", "", 0, &run->coming.preview_fd, err);
    if (code)
        return code;
    int fds[] = {run->coming.file, run->coming.preview_fd};
    code = scanner_request(scanner, "next", js_pack("{s:i}", "preview_width_px", PREVIEW_WIDTH_PX),
                           fds, 2, on_page, scan_pages_heard, scanner, err);
    if (!code)
        run->coming.step = PAGE_READING;
    return code;
}

/* The page that is wanted takes the place there is. */
static void start_page(struct scanner *scanner)
{
    struct run *run = &scanner->run;
    struct err err = ERR_INIT;
    run->wants_page = false;
    run->coming = run->place;
    run->place = RUN_PAGE_NONE;
    if (run->cancelled || run->end.code || ask_for_page(scanner, &err)) {
        end_coming(scanner, err.code ? &err : NULL);
        return;
    }
    fd_close(TAKE_FD(run->coming.file));
}

static enum err_code take_place(struct run_page *page, struct ipc_message *message,
                                const struct js *ok, struct err *err)
{
    const char *id, *blob;
    enum err_code code = ipc_take_fd(message, 0, &page->file, err);
    if (!code)
        code = js_get_text(ok, "page_id", &id, err);
    if (!code)
        code = js_get_text(ok, "blob", &blob, err);
    if (code)
        return code;
    snprintf(page->id, sizeof page->id, "%s", id);
    page->blob = mem_strdup(blob);
    page->step = PAGE_PLACED;
    return page->blob ? ERR_OK : err_set(err, ERR_NO_MEMORY, "page");
}

/* A place that is not to be had before it is wanted is asked for once more then. */
static void on_place(void *payload, struct ipc_message *message, const struct js *ok,
                     const struct err *problem)
{
    struct scanner *scanner = payload;
    struct run *run = &scanner->run;
    struct err err = ERR_INIT;
    if (!run->job)
        return;
    if (problem)
        err = *problem;
    else
        take_place(&run->place, message, ok, &err);
    if (err.code)
        drop_page(scanner, &run->place);
    if (!run->wants_page) {
        proceed(scanner);
    } else if (err.code) {
        run->wants_page = false;
        end_coming(scanner, &err);
    } else {
        start_page(scanner);
    }
}

static void ask_for_place(struct scanner *scanner)
{
    struct run *run = &scanner->run;
    struct js *args = js_pack("{s:s, s:s, s:O}", "dossier_id", run->job->dossier_id, "document_id",
                              run->job->document_id, "principal", run->job->principal);
    if (args && (!copy_key(args, run->job->request, "replaces") ||
                 !copy_key(args, run->job->request, "part_of"))) {
        js_free(args);
        args = NULL;
    }
    run->place.step = PAGE_ASKED;
    store_client_call(scanner->store, "page_begin", args, NULL, 0, on_place, scanner);
}

void scan_pages_next(struct scanner *scanner)
{
    struct run *run = &scanner->run;
    run->wants_page = true;
    if (run->place.step == PAGE_PLACED)
        start_page(scanner);
    else if (run->place.step == PAGE_NONE)
        ask_for_place(scanner);
}
