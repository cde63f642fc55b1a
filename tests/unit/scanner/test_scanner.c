#include "tests/harness/loop.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/device_book.h"
#include "daemon/pipeline/devices.h"
#include "daemon/pipeline/scanners.h"
#include "daemon/workers/supervisor.h"

#include <fcntl.h>
#include <unistd.h>

#define PROGRAMS SOHOA_BINARY_DIR "/tests/scanner-workers"

struct fixture {
    char *folder, *log_path;
    sd_event *loop;
    struct worker *store_worker;
    struct store_client *store;
    struct devices *devices;
    struct device_book *book;
    struct scan_limits limits;
    struct scanners *scanners;
    struct js *principal, *panels;
    /* the answer to scanner_start or scanner_show */
    bool answered;
    enum err_code code;
    struct js *ok;
    /* events */
    int progress, told_pages;
    char former[48]; /* who lost the scanner */
    int presses;
    struct js *press; /* the last */
};

static void on_event(void *payload, const char *name, const struct js *data)
{
    struct fixture *f = payload;
    if (strcmp(name, "progress") == 0) {
        f->progress++;
        assert_int_equal(js_int_or(data, "page", 0), f->told_pages + 1);
        assert_int_equal(js_int_or(data, "lines", 0), 7);
    } else if (strcmp(name, "lease") == 0) {
        snprintf(f->former, sizeof f->former, "%s", js_text_or(data, "former", ""));
    } else if (strcmp(name, "button") == 0) {
        f->presses++;
        js_free(f->press);
        f->press = js_copy(data);
    } else if (strcmp(name, "job") == 0) {
        f->told_pages = (int)js_int_or(data, "pages", -1);
    }
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    f->folder = test_make_folder();
    f->log_path = mem_printf("%s/log", f->folder);
    setenv("FAKE_LOG", f->log_path, 1);
    unsetenv("FAKE_STORE");
    unsetenv("FAKE_SCANNER");
    unsetenv("FAKE_BUTTON");
    f->limits = scan_limits_default;
    f->limits.poll_ms = 20;
    f->panels = js_pack("[{s:s, s:[{s:s, s:s}]}]", "identity", "gla*", "rules", "option", "x*",
                        "kind", "press");
    f->principal = js_pack("{s:s, s:s}", "id", "uid:1000", "role", "clerk");
    struct worker_kind kind = {.name = "store"};
    return !loop_open(&f->loop) || worker_new(f->loop, &kind, PROGRAMS, &f->store_worker, NULL) ||
           store_client_new(f->store_worker, NULL, NULL, &f->store, NULL) ||
           devices_new(f->loop, PROGRAMS, &f->devices, NULL) ||
           device_book_new(f->devices, f->store, &f->book, NULL) ||
           scanners_new(f->loop,
                        &(struct scanners_config){.worker_dir = PROGRAMS,
                                                  .limits = &f->limits,
                                                  .book = f->book,
                                                  .default_device = "",
                                                  .panels = f->panels},
                        f->store, on_event, f, &f->scanners, NULL);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    store_client_close(f->store); /* as the daemon stops: what is under way answers nobody */
    scanners_free(f->scanners);
    devices_free(f->devices);
    device_book_free(f->book);
    worker_free(f->store_worker);
    store_client_free(f->store);
    js_free(f->principal);
    js_free(f->ok);
    js_free(f->press);
    js_free(f->panels);
    sd_event_unref(f->loop);
    mem_free(f->log_path);
    test_remove_folder(f->folder);
    free(f);
    return 0;
}

/* ---- asking -----------------------------------------------------------------------------------
 */

static void turn(struct fixture *f)
{
    assert_true(sd_event_run(f->loop, 20 * 1000000ull) > 0);
}

static void on_answer(void *payload, const struct js *ok, const struct err *err)
{
    struct fixture *f = payload;
    assert_false(f->answered);
    f->answered = true;
    f->code = err ? err->code : ERR_OK;
    js_free(f->ok);
    f->ok = js_ref(ok);
}

static enum err_code start(struct fixture *f, struct js *args)
{
    f->answered = false;
    scanners_start(f->scanners, "dossier", args, f->principal, on_answer, f);
    while (!f->answered)
        turn(f);
    return f->code;
}

static struct js *from(const char *device)
{
    return js_pack("{s:s}", "device", device);
}

static struct js *job_now(struct fixture *f, bool cancel)
{
    struct js *answer;
    assert_int_equal(scanners_job(f->scanners, js_text_or(f->ok, "job.id", ""),
                                  cancel ? JOB_CANCEL : JOB_SHOW, f->principal, &answer, NULL),
                     ERR_OK);
    return answer;
}

/* Runs to the end of the job and of what the store is told after it. */
static void check_ends(struct fixture *f, const char *state, int pages, const char *code)
{
    while (scanners_are_busy(f->scanners) || store_client_waiting(f->store))
        turn(f);
    AUTO(js) struct js *answer = job_now(f, false);
    assert_string_equal(js_text_or(answer, "job.state", ""), state);
    assert_int_equal(js_int_or(answer, "job.pages", -1), pages);
    assert_int_equal(f->told_pages, pages);
    assert_string_equal(js_text_or(answer, "job.error.code", ""), code ? code : "");
}

static char *whole_log(struct fixture *f)
{
    char *text;
    size_t size;
    if (file_read(AT_FDCWD, f->log_path, 100000, &text, &size, NULL))
        return mem_strdup("");
    return text;
}

/* The operations that worker was asked for, in order. */
static void check_asked(struct fixture *f, const char *worker, const char *expected)
{
    AUTO(mem) char *log = whole_log(f);
    char asked[1000] = "", *save;
    for (char *line = strtok_r(log, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char who[20], op[40];
        assert_int_equal(sscanf(line, "%19s %39s", who, op), 2);
        if (strcmp(who, worker) == 0)
            snprintf(asked + strlen(asked), sizeof asked - strlen(asked), "%s%s", *asked ? " " : "",
                     op);
    }
    assert_string_equal(asked, expected);
}

static void check_logged(struct fixture *f, const char *text)
{
    AUTO(mem) char *log = whole_log(f);
    if (!strstr(log, text))
        fail_msg("'%s' is not in:\n%s", text, log);
}

static int count_logged(struct fixture *f, const char *text)
{
    AUTO(mem) char *log = whole_log(f);
    int count = 0;
    for (const char *at = log; (at = strstr(at, text)); at++)
        count++;
    return count;
}

static void check_lost_sheets(struct fixture *f, int sheets, int lost_sheet, int lost_sheets)
{
    AUTO(js) struct js *answer = job_now(f, false);
    assert_int_equal(js_int_or(answer, "job.sheets", -1), sheets);
    assert_int_equal(js_int_or(answer, "job.lost_sheet", -1), lost_sheet);
    assert_int_equal(js_int_or(answer, "job.lost_sheets", -1), lost_sheets);
}

static void turn_until_logged(struct fixture *f, const char *text)
{
    while (count_logged(f, text) == 0)
        assert_true(sd_event_run(f->loop, 10000) >= 0);
}

/* ---- piles ------------------------------------------------------------------------------------
 */

static void a_pile_becomes_pages_of_one_finished_document(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(start(f, js_pack("{s:s, s:s, s:i}", "device", "pile 2", "source", "adf",
                                      "resolution_dpi", 200)),
                     ERR_OK);
    assert_string_equal(js_text_or(f->ok, "job.state", ""), "running");
    assert_string_equal(js_text_or(f->ok, "job.document_id", ""), "made");
    assert_true(scanners_fill(f->scanners, "made"));
    check_ends(f, "done", 2, NULL);
    assert_false(scanners_fill(f->scanners, "made"));
    check_asked(f, "scan", "open start next next next finish");
    check_asked(f, "store",
                "document_create page_begin page_begin page_commit page_begin page_commit "
                "page_abort document_finish_scan");
    check_logged(f, "scan start {\"mode\":\"color\",\"resolution_dpi\":200,\"source\":\"adf\"}");
    check_logged(f, "store page_commit {\"page_id\":\"page-2\",\"blob\":\"blob-2\",\"image\":"
                    "{\"width_px\":102},\"device\":\"pile 2\",\"side\":\"front\",\"sheet\":2,"
                    "\"job\":\"");
    check_logged(f, "store page_abort {\"blob\":\"blob-3\"");
}

static void the_glass_gives_one_page(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(start(f, from("glass")), ERR_OK);
    check_ends(f, "done", 1, NULL);
    check_asked(f, "scan", "open start next finish");
    check_asked(f, "store", "document_create page_begin page_commit document_finish_scan");
}

static void a_document_that_is_to_grow_is_not_finished(void **state)
{
    struct fixture *f = *state;
    start(f, js_pack("{s:s, s:b, s:s}", "device", "glass", "finish", 0, "document_id", "known"));
    check_ends(f, "done", 1, NULL);
    check_asked(f, "store", "page_begin page_commit");
    check_logged(f, "\"document_id\":\"known\"");
}

static void the_next_job_finds_the_device_open(void **state)
{
    struct fixture *f = *state;
    start(f, from("pile 1"));
    check_ends(f, "done", 1, NULL);
    start(f, from("pile 1"));
    check_ends(f, "done", 1, NULL);
    check_asked(f, "scan", "open start next next finish start next next finish");
    start(f, from("glass"));
    check_ends(f, "done", 1, NULL);
    assert_int_equal(count_logged(f, "scan open"), 2);
}

static void without_a_name_the_first_listed_device_is_taken(void **state)
{
    struct fixture *f = *state;
    setenv("FAKE_SCANNER", "glass", 1);
    assert_int_equal(start(f, js_object()), ERR_OK);
    check_ends(f, "done", 1, NULL);
    check_logged(f, "scan open {\"device\":\"glass\"");
}

static void without_any_device_there_is_no_job(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(start(f, js_object()), ERR_NO_SCANNER);
    check_asked(f, "store", "");
}

/* ---- what goes wrong --------------------------------------------------------------------------
 */

static void a_jam_keeps_the_pages_already_captured(void **state)
{
    struct fixture *f = *state;
    start(f, from("jam 2"));
    check_ends(f, "failed", 2, "FEEDER_JAM");
    check_asked(f, "scan", "open start next next next finish");
    check_asked(f, "store",
                "document_create page_begin page_begin page_commit page_begin page_commit "
                "page_abort");
}

static void an_empty_feeder_takes_back_the_document_it_made(void **state)
{
    struct fixture *f = *state;
    start(f, from("pile 0"));
    check_ends(f, "failed", 0, "FEEDER_EMPTY");
    check_asked(f, "store", "document_create page_begin page_abort document_reject");
    check_logged(f, "store document_reject {\"id\":\"made\",\"reason\":\"FEEDER_EMPTY\"");
}

static void an_empty_feeder_leaves_a_document_that_was_there(void **state)
{
    struct fixture *f = *state;
    start(f, js_pack("{s:s, s:s}", "device", "pile 0", "document_id", "known"));
    check_ends(f, "failed", 0, "FEEDER_EMPTY");
    check_asked(f, "store", "page_begin page_abort");
}

static void a_page_the_store_refuses_is_given_back_and_ends_the_job(void **state)
{
    struct fixture *f = *state;
    setenv("FAKE_STORE", "page_commit 1 DISK_FULL", 1);
    start(f, js_pack("{s:s, s:s}", "device", "glass", "document_id", "known"));
    check_ends(f, "failed", 0, "DISK_FULL");
    check_asked(f, "scan", "open start next finish");
    check_asked(f, "store", "page_begin page_commit page_abort");
}

static void a_page_the_store_refuses_takes_the_one_behind_it_along(void **state)
{
    static const char *const refusals[] = {"page_commit 2 DISK_FULL",
                                           "page_commit 2 slow DISK_FULL"};
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct fixture *f = *state;
        setenv("FAKE_STORE", refusals[i], 1);
        start(f, js_pack("{s:s, s:s}", "device", "pile 5", "document_id", "known"));
        check_ends(f, "failed", 1, "DISK_FULL");
        check_lost_sheets(f, 1, 2, 2);
        check_asked(f, "scan", "open start next next next finish");
        check_asked(f, "store",
                    "page_begin page_begin page_commit page_begin page_commit page_abort "
                    "page_abort");
        teardown(state);
        setup(state);
    }
}

/* The page behind is in mid-air: it is not waited for, and not kept. */
static void a_page_the_store_refuses_stops_the_one_behind_it(void **state)
{
    struct fixture *f = *state;
    setenv("FAKE_STORE", "page_commit 1 slow DISK_FULL", 1);
    start(f, js_pack("{s:s, s:s}", "device", "stall 1", "document_id", "known"));
    check_ends(f, "failed", 0, "DISK_FULL");
    check_lost_sheets(f, 0, 1, 2);
    check_asked(f, "store",
                "page_begin page_begin page_commit page_begin page_abort page_abort page_abort");
    assert_int_equal(f->progress, 0);
    assert_int_equal(scanners_crash_count(f->scanners), 0);
}

/* ---- one comes while the one before is stored ---------------------------------------------------
 */

static void turn_until_logged_times(struct fixture *f, const char *text, int times)
{
    while (count_logged(f, text) < times)
        assert_true(sd_event_run(f->loop, 10000) >= 0);
}

static void the_next_page_comes_while_the_one_before_is_stored(void **state)
{
    struct fixture *f = *state;
    setenv("FAKE_STORE", "page_commit 1 slow", 1);
    start(f, from("pile 4"));
    turn_until_logged_times(f, "scan next", 2);
    assert_int_equal(f->told_pages, 0);
    while (f->told_pages == 0) {
        assert_int_equal(count_logged(f, "scan next"), 2); /* and not the whole pile */
        turn(f);
    }
    check_ends(f, "done", 4, NULL);
    check_asked(f, "store",
                "document_create page_begin page_begin page_commit page_begin page_commit "
                "page_begin page_commit page_begin page_commit page_abort document_finish_scan");
}

static void progress_of_a_page_is_told_when_the_one_before_is_safe(void **state)
{
    struct fixture *f = *state;
    setenv("FAKE_STORE", "page_commit 1 slow", 1);
    start(f, from("stall 1"));
    while (f->progress == 0) /* on_event looks at the number of the page */
        turn(f);
    assert_int_equal(f->told_pages, 1);
    js_free(job_now(f, true));
    check_ends(f, "cancelled", 1, NULL);
}

static void a_page_that_is_being_stored_outlives_its_scanner(void **state)
{
    static const struct {
        const char *device, *code;
    } cases[] = {{"die 1", "WORKER_DIED"}, {"jam 1", "FEEDER_JAM"}, {"hang 1", "WORKER_HUNG"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture *f = *state;
        f->limits.read_ms = 100;
        setenv("FAKE_STORE", "page_commit 1 slow", 1);
        start(f, from(cases[i].device));
        check_ends(f, "failed", 1, cases[i].code);
        check_lost_sheets(f, 1, 2, 1);
        teardown(state);
        setup(state);
    }
}

static void a_cancel_keeps_the_page_that_is_read_already(void **state)
{
    struct fixture *f = *state;
    setenv("FAKE_STORE", "page_commit 1 slow", 1);
    start(f, from("pile 5"));
    turn_until_logged_times(f, "scan next", 2);
    js_free(job_now(f, true));
    check_ends(f, "cancelled", 2, NULL);
    check_lost_sheets(f, 2, 0, 0);
    check_asked(f, "scan", "open start next next finish");
}

static void without_room_no_paper_moves(void **state)
{
    struct fixture *f = *state;
    setenv("FAKE_STORE", "page_begin 1 DISK_FULL", 1);
    start(f, from("pile 2"));
    check_ends(f, "failed", 0, "DISK_FULL");
    check_asked(f, "scan", "open start finish");
    check_asked(f, "store", "document_create page_begin document_reject");
}

static void without_a_document_there_is_no_job(void **state)
{
    struct fixture *f = *state;
    setenv("FAKE_STORE", "document_create 1 NOT_FOUND", 1);
    assert_int_equal(start(f, from("pile 2")), ERR_NOT_FOUND);
    assert_false(scanners_are_busy(f->scanners));
    check_asked(f, "scan", "");
    assert_int_equal(start(f, from("pile 1")), ERR_OK);
    check_ends(f, "done", 1, NULL);
}

static void a_document_that_cannot_be_finished_fails_the_job(void **state)
{
    struct fixture *f = *state;
    setenv("FAKE_STORE", "document_finish_scan 1 STATE_CHANGED", 1);
    start(f, from("glass"));
    check_ends(f, "failed", 1, "STATE_CHANGED");
}

static void a_dead_scan_worker_fails_the_job_and_not_the_next(void **state)
{
    struct fixture *f = *state;
    start(f, from("die 1"));
    check_ends(f, "failed", 1, "WORKER_DIED");
    check_asked(f, "scan", "open start next next");
    assert_int_equal(scanners_crash_count(f->scanners), 1);
    start(f, from("die 0"));
    check_ends(f, "failed", 0, "WORKER_DIED");
    check_logged(f, "store document_reject {\"id\":\"made\",\"reason\":\"WORKER_DIED\"");
    start(f, from("glass"));
    check_ends(f, "done", 1, NULL);
}

static void a_busy_device_is_tried_again(void **state)
{
    struct fixture *f = *state;
    start(f, from("busy 1"));
    check_ends(f, "done", 1, NULL);
    check_asked(f, "scan", "open open start next finish");
}

/* ---- cancel -----------------------------------------------------------------------------------
 */

static void a_page_of_a_pile_has_its_place_while_the_one_before_is_read(void **state)
{
    struct fixture *f = *state;
    start(f, from("stall 1"));
    turn_until_logged_times(f, "store page_begin", 3); /* the second page hangs in mid-page */
    assert_int_equal(count_logged(f, "scan next"), 2);
    js_free(job_now(f, true));
    check_ends(f, "cancelled", 1, NULL);
}

static void a_cancel_in_mid_page_keeps_the_pages_before(void **state)
{
    struct fixture *f = *state;
    start(f, from("stall 1"));
    while (f->progress == 0)
        turn(f);
    js_free(job_now(f, true));
    check_ends(f, "cancelled", 1, NULL);
    check_asked(
        f, "store",
        "document_create page_begin page_begin page_commit page_begin page_abort page_abort");
    assert_int_equal(scanners_crash_count(f->scanners), 0);
}

static void a_cancel_before_the_first_page_takes_back_the_document(void **state)
{
    struct fixture *f = *state;
    start(f, from("stall 0"));
    while (f->progress == 0)
        turn(f);
    js_free(job_now(f, true));
    check_ends(f, "cancelled", 0, NULL);
    check_logged(f, "store document_reject {\"id\":\"made\",\"reason\":\"CANCELLED\"");
}

static void a_cancel_between_two_pages_moves_no_more_paper(void **state)
{
    struct fixture *f = *state;
    setenv("FAKE_STORE", "page_begin 2 slow", 1);
    start(f, from("pile 5"));
    turn_until_logged_times(f, "store page_begin", 2);
    js_free(job_now(f, true));
    check_ends(f, "cancelled", 1, NULL);
    check_asked(f, "scan", "open start next finish");
    check_asked(f, "store", "document_create page_begin page_begin page_commit page_abort");
}

static void a_cancel_while_a_page_is_stored_keeps_that_page(void **state)
{
    struct fixture *f = *state;
    setenv("FAKE_STORE", "page_commit 1 slow", 1);
    start(f, from("glass"));
    turn_until_logged(f, "store page_commit");
    js_free(job_now(f, true));
    check_ends(f, "cancelled", 1, NULL);
    check_asked(f, "store", "document_create page_begin page_commit");
}

static void a_cancel_ends_the_waiting_for_a_busy_device(void **state)
{
    struct fixture *f = *state;
    start(f, from("busy 9"));
    turn_until_logged(f, "scan open");
    assert_true(sd_event_run(f->loop, 50000) >= 0);
    js_free(job_now(f, true));
    check_ends(f, "cancelled", 0, NULL);
    assert_int_equal(count_logged(f, "scan open"), 1);
    check_logged(f, "store document_reject");
}

/* ---- one after the other ----------------------------------------------------------------------
 */

static void a_second_job_or_question_is_refused_while_one_runs(void **state)
{
    struct fixture *f = *state;
    start(f, from("stall 0"));
    struct js *first = js_ref(f->ok);
    assert_int_equal(start(f, from("stall 0")), ERR_SCAN_RUNNING);
    f->answered = false;
    scanners_ask(f->scanners, "stall 0", SCANNER_SHOW, on_answer, f);
    assert_true(f->answered);
    assert_int_equal(f->code, ERR_SCAN_RUNNING);
    js_free(f->ok);
    f->ok = first;
    while (f->progress == 0)
        turn(f);
    js_free(job_now(f, true));
    check_ends(f, "cancelled", 0, NULL);
}

static void an_unknown_job_is_not_found(void **state)
{
    struct fixture *f = *state;
    struct js *answer = NULL;
    assert_int_equal(scanners_job(f->scanners, "nobody", JOB_CANCEL, f->principal, &answer, NULL),
                     ERR_NOT_FOUND);
    assert_null(answer);
}

static void a_test_scans_the_glass_and_never_the_feeder(void **state)
{
    static const struct {
        const char *device, *asked;
    } cases[] = {{"glass", "open start next"}, {"pile 3", "open"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture *f = *state;
        f->answered = false;
        scanners_ask(f->scanners, cases[i].device, SCANNER_TEST, on_answer, f);
        while (!f->answered)
            turn(f);
        assert_int_equal(f->code, ERR_OK);
        check_asked(f, "scan", cases[i].asked);
        check_asked(f, "store", "");
        assert_false(scanners_are_busy(f->scanners));
        start(f, from("glass"));
        check_ends(f, "done", 1, NULL);
        teardown(state);
        setup(state);
    }
}

/* ---- going on after a failure -------------------------------------------------------------------
 */

static enum err_code do_job(struct fixture *f, enum job_verb verb)
{
    struct js *answer = NULL;
    enum err_code code = scanners_job(f->scanners, js_text_or(f->ok, "job.id", ""), verb,
                                      f->principal, &answer, NULL);
    js_free(answer);
    return code;
}

static void check_lost(struct fixture *f, int sheets, int lost_sheet)
{
    check_lost_sheets(f, sheets, lost_sheet, lost_sheet > 0);
}

static void after_a_jam_the_job_goes_on_with_the_sheet_that_was_lost(void **state)
{
    struct fixture *f = *state;
    start(f, from("jam 2"));
    check_ends(f, "failed", 2, "FEEDER_JAM");
    check_lost(f, 2, 3);
    assert_int_equal(do_job(f, JOB_CONTINUE), ERR_OK);
    check_ends(f, "failed", 4, "FEEDER_JAM");
    check_lost(f, 4, 5);
    assert_int_equal(count_logged(f, "store document_create"), 1);
    assert_int_equal(count_logged(f, "\"sheet\":4"), 1);
}

static void a_sheet_lost_after_its_front_is_fed_whole_and_its_front_replaced(void **state)
{
    struct fixture *f = *state;
    start(f, from("pair 3"));
    check_ends(f, "failed", 3, "FEEDER_JAM");
    check_lost(f, 2, 2);
    assert_int_equal(count_logged(f, "\"replaces\""), 0);
    assert_int_equal(do_job(f, JOB_CONTINUE), ERR_OK);
    check_ends(f, "failed", 6, "FEEDER_JAM");
    assert_int_equal(count_logged(f, "\"replaces\":\"page-3\""), 1);
    assert_int_equal(count_logged(f, "\"replaces\""), 1);
}

static void only_a_failed_job_goes_on(void **state)
{
    struct fixture *f = *state;
    start(f, from("glass"));
    check_ends(f, "done", 1, NULL);
    assert_int_equal(do_job(f, JOB_CONTINUE), ERR_CONFLICT);
}

static void fewer_sheets_than_announced_are_a_question(void **state)
{
    struct fixture *f = *state;
    start(f, js_pack("{s:s, s:i}", "device", "pile 2", "sheets", 3));
    check_ends(f, "failed", 2, "SHEETS_MISSING");
    assert_int_equal(count_logged(f, "store document_finish_scan"), 0);
    start(f, js_pack("{s:s, s:i}", "device", "pile 2", "sheets", 2));
    check_ends(f, "done", 2, NULL);
    check_lost(f, 2, 0);
}

/* ---- deadlines ----------------------------------------------------------------------------------
 */

static void a_call_that_never_returns_ends_within_its_deadline(void **state)
{
    struct fixture *f = *state;
    f->limits.read_ms = 300;
    start(f, from("hang 1"));
    int64_t since_us = sys_monotonic_us();
    check_ends(f, "failed", 1, "WORKER_HUNG");
    assert_true(sys_monotonic_us() - since_us < 5000000);
    check_lost(f, 1, 2);
}

static void a_slow_device_is_given_time_as_long_as_calls_return(void **state)
{
    struct fixture *f = *state;
    f->limits.read_ms = f->limits.own_ms = 300;
    start(f, from("slow 1"));
    check_ends(f, "done", 1, NULL);
}

static void a_device_that_stays_busy_ends_the_job(void **state)
{
    struct fixture *f = *state;
    f->limits.busy_ms = 500;
    start(f, from("busy 9"));
    check_ends(f, "failed", 0, "DEVICE_BUSY");
    assert_int_equal(count_logged(f, "scan open"), 2);
}

static void a_device_that_warms_up_takes_its_sheets_when_it_is_ready(void **state)
{
    struct fixture *f = *state;
    start(f, from("cold 2"));
    check_ends(f, "done", 2, NULL);
    check_lost(f, 2, 0);
    check_asked(f, "scan", "open start next start next next next finish");
}

static void a_device_plugged_in_elsewhere_is_found_again(void **state)
{
    struct fixture *f = *state;
    setenv("FAKE_SCANNER", "moved@1", 1);
    setenv("FAKE_IDENTITY", "the same", 1);
    assert_int_equal(start(f, from("the same")), ERR_OK);
    setenv("FAKE_SCANNER", "glass", 1);
    check_ends(f, "done", 1, NULL);
    check_asked(f, "scan", "open open start next finish");
    check_logged(f, "\"device\":\"the same\"");
    unsetenv("FAKE_IDENTITY");
}

static void a_device_is_one_scanner_by_whatever_name_it_is_called(void **state)
{
    struct fixture *f = *state;
    start(f, from("glass")); /* by its SANE name, which no look has found */
    check_ends(f, "done", 1, NULL);
    setenv("FAKE_SCANNER", "glass", 1);
    setenv("FAKE_IDENTITY", "the same", 1);
    f->answered = false;
    device_book_list(f->book, on_answer, f);
    while (!f->answered)
        turn(f);
    start(f, from("glass"));
    check_ends(f, "done", 1, NULL);
    AUTO(js) struct js *all = scanners_to_js(f->scanners);
    assert_int_equal(js_count(all), 1);
    assert_string_equal(js_text_or(js_item(all, 0), "key", ""), "the same");
    unsetenv("FAKE_IDENTITY");
}

/* ---- what may be asked --------------------------------------------------------------------------
 */

static void what_is_no_legal_copy_is_refused_before_paper_moves(void **state)
{
    static const struct {
        const char *mode;
        int dpi;
    } cases[] = {{"gray", 300}, {"lineart", 300}, {"color", 150}};
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(start(f, js_pack("{s:s, s:s, s:i}", "device", "glass", "mode",
                                          cases[i].mode, "resolution_dpi", cases[i].dpi)),
                         ERR_SETTINGS_NOT_LEGAL);
    check_asked(f, "store", "");
}

static enum err_code lease(struct fixture *f, struct js *args)
{
    f->answered = false;
    scanners_lease(f->scanners, "glass", args, f->principal, on_answer, f);
    while (!f->answered)
        turn(f);
    return f->code;
}

static void be(struct fixture *f, const char *id)
{
    js_free(f->principal);
    f->principal = js_pack("{s:s, s:s}", "id", id, "role", "clerk");
}

static void one_clerk_has_the_scanner_until_it_is_handed_over(void **state)
{
    struct fixture *f = *state;
    start(f, from("glass"));
    check_ends(f, "done", 1, NULL);
    be(f, "uid:1001");
    assert_int_equal(start(f, from("glass")), ERR_DEVICE_LEASED);
    assert_int_equal(lease(f, js_pack("{s:s}", "to", "uid:1001")), ERR_DEVICE_LEASED);
    be(f, "uid:1000/web-1");
    assert_int_equal(lease(f, js_pack("{s:s}", "to", "uid:1001")), ERR_OK);
    assert_string_equal(js_text_or(f->ok, "lease.owner", ""), "uid:1001");
    assert_int_equal(start(f, from("glass")), ERR_DEVICE_LEASED);
    be(f, "uid:1001/web-2");
    start(f, from("glass"));
    check_ends(f, "done", 1, NULL);
}

static void wait_for_pages(struct fixture *f, int pages)
{
    while (f->told_pages < pages)
        turn(f);
}

static void an_idle_scanner_may_be_taken_over_by_any_clerk(void **state)
{
    struct fixture *f = *state;
    f->limits.lease_idle_ms = 80;
    assert_int_equal(lease(f, js_pack("{s:b}", "take", 1)), ERR_OK); /* nobody had it */
    be(f, "uid:1001");
    assert_int_equal(lease(f, js_pack("{s:b}", "take", 1)), ERR_DEVICE_LEASED);
    be(f, "uid:1000/web-1");
    usleep(50000);
    assert_int_equal(lease(f, js_object()), ERR_OK); /* a page that renews does not use it */
    be(f, "uid:1001/web-2");
    usleep(50000);
    assert_int_equal(lease(f, js_object()), ERR_DEVICE_LEASED); /* not without being asked to */
    assert_string_equal(f->former, "");
    assert_int_equal(lease(f, js_pack("{s:b}", "take", 1)), ERR_OK);
    assert_string_equal(js_text_or(f->ok, "lease.owner", ""), "uid:1001/web-2");
    assert_string_equal(f->former, "uid:1000/web-1");
    turn_until_logged(f, "store device_note");
    check_logged(f, "store device_note {\"identity\":\"glass\",\"event\":\"take\",\"from\":"
                    "\"uid:1000/web-1\",\"to\":\"uid:1001/web-2\"");
    be(f, "uid:1000/web-1");
    assert_int_equal(start(f, from("glass")), ERR_DEVICE_LEASED);
}

static void a_scanner_at_work_is_not_idle(void **state)
{
    struct fixture *f = *state;
    f->limits.lease_ms = f->limits.lease_idle_ms = 30;
    start(f, from("stall 1"));
    struct js *job = js_ref(f->ok);
    wait_for_pages(f, 1);
    usleep(60000);
    be(f, "uid:1001");
    f->answered = false;
    scanners_lease(f->scanners, "stall 1", js_pack("{s:b}", "take", 1), f->principal, on_answer, f);
    assert_true(f->answered);
    assert_int_equal(f->code, ERR_DEVICE_LEASED);
    AUTO(js) struct js *all = scanners_to_js(f->scanners);
    assert_true(js_is_null(js_at(js_item(all, 0), "lease.idle_since_us")));
    assert_string_equal(js_text_or(js_item(all, 0), "lease.owner", ""), "uid:1000");
    f->ok = job;
    js_free(job_now(f, true));
    check_ends(f, "cancelled", 1, NULL);
    usleep(60000);
    f->answered = false;
    scanners_lease(f->scanners, "stall 1", js_pack("{s:b}", "take", 1), f->principal, on_answer, f);
    assert_int_equal(f->code, ERR_OK);
}

/* Whoever takes the scanner over in the middle of a paper scans its own pages, and no others. */
static void each_page_is_of_the_clerk_who_scanned_it(void **state)
{
    struct fixture *f = *state;
    f->limits.lease_idle_ms = 0;
    start(f, js_pack("{s:s, s:s, s:b}", "device", "glass", "document_id", "known", "finish", 0));
    check_ends(f, "done", 1, NULL);
    be(f, "uid:1001");
    assert_int_equal(lease(f, js_pack("{s:b}", "take", 1)), ERR_OK);
    start(f, js_pack("{s:s, s:s, s:b}", "device", "glass", "document_id", "known", "finish", 0));
    check_ends(f, "done", 1, NULL);
    AUTO(mem) char *log = whole_log(f);
    const char *first = strstr(log, "store page_commit"),
               *second = strstr(first + 1, "store page_commit");
    assert_non_null(second);
    const char *one = strstr(first, "\"principal\":{\"id\":\"uid:1000\"");
    assert_true(one && one < second);
    assert_non_null(strstr(second, "\"principal\":{\"id\":\"uid:1001\""));
}

static void a_lease_ends_with_time(void **state)
{
    struct fixture *f = *state;
    f->limits.lease_ms = 50;
    start(f, from("glass"));
    check_ends(f, "done", 1, NULL);
    be(f, "uid:1001");
    usleep(60000);
    assert_int_equal(start(f, from("glass")), ERR_OK);
    check_ends(f, "done", 1, NULL);
}

/* ---- passes and runs ----------------------------------------------------------------------------
 */

static void backs_of_a_second_pass_go_behind_their_fronts(void **state)
{
    struct fixture *f = *state;
    start(f, js_pack("{s:s, s:s, s:s}", "device", "pile 2", "document_id", "known", "backs",
                     "reversed"));
    check_ends(f, "done", 2, NULL);
    check_asked(f, "store",
                "page_begin page_begin page_commit page_begin page_commit page_abort "
                "pages_interleave document_finish_scan");
    check_logged(f, "store pages_interleave {\"document_id\":\"known\",\"job\":\"");
}

static void backs_that_do_not_match_leave_the_document_open(void **state)
{
    struct fixture *f = *state;
    setenv("FAKE_STORE", "pages_interleave 1 COUNT_MISMATCH", 1);
    start(f,
          js_pack("{s:s, s:s, s:s}", "device", "pile 2", "document_id", "known", "backs", "same"));
    check_ends(f, "failed", 2, "COUNT_MISMATCH");
    assert_int_equal(count_logged(f, "store document_finish_scan"), 0);
}

static void a_hands_free_run_turns_page_after_page_until_it_is_finished(void **state)
{
    struct fixture *f = *state;
    start(f, js_pack("{s:s, s:b, s:b}", "device", "glass", "hands_free", 1, "turn_second", 1));
    wait_for_pages(f, 1);
    assert_int_equal(do_job(f, JOB_NEXT), ERR_OK);
    wait_for_pages(f, 2);
    assert_int_equal(do_job(f, JOB_FINISH), ERR_OK);
    check_ends(f, "done", 2, NULL);
    assert_int_equal(count_logged(f, "\"known_turn_deg\":180"), 1);
    check_asked(f, "scan", "open start next next finish");
    assert_int_equal(do_job(f, JOB_NEXT), ERR_CONFLICT);
}

static void a_hands_free_run_takes_the_next_page_by_itself_in_time(void **state)
{
    struct fixture *f = *state;
    start(f, js_pack("{s:s, s:b, s:f}", "device", "glass", "hands_free", 1, "interval_s", 0.05));
    wait_for_pages(f, 3);
    js_free(job_now(f, true));
    while (scanners_are_busy(f->scanners))
        turn(f);
    AUTO(js) struct js *answer = job_now(f, false);
    assert_string_equal(js_text_or(answer, "job.state", ""), "cancelled");
    assert_true(js_int_or(answer, "job.pages", 0) >= 3);
}

static void expect_waits(struct fixture *f, const char *what, bool timed)
{
    AUTO(js) struct js *answer = job_now(f, false);
    assert_string_equal(js_text_or(answer, "job.waits.for", ""), what);
    int64_t left_us = js_int_or(answer, "job.waits.until_us", 0) - sys_now_us();
    assert_int_equal(timed, left_us > 0);
}

static void a_run_tells_when_the_next_page_comes_and_a_key_is_sooner(void **state)
{
    struct fixture *f = *state;
    start(f, js_pack("{s:s, s:b, s:i}", "device", "glass", "hands_free", 1, "interval_s", 100));
    wait_for_pages(f, 1);
    expect_waits(f, "next", true);
    assert_int_equal(do_job(f, JOB_NEXT), ERR_OK);
    wait_for_pages(f, 2);
    expect_waits(f, "next", true);
    js_free(job_now(f, true));
    check_ends(f, "cancelled", 2, NULL);
}

/* Neither the time nor a press goes past «Đúng hồ sơ này?». */
static void a_run_stands_still_until_its_first_page_is_confirmed(void **state)
{
    struct fixture *f = *state;
    setenv("FAKE_BUTTON", "1", 1);
    start(f, js_pack("{s:s, s:b, s:b, s:f}", "device", "glass", "hands_free", 1, "confirm_first", 1,
                     "interval_s", 0.05));
    wait_for_pages(f, 1);
    expect_waits(f, "confirm", false);
    while (f->presses < 2)
        turn(f);
    assert_int_equal(do_job(f, JOB_NEXT), ERR_CONFLICT);
    usleep(80000);
    sd_event_run(f->loop, 0);
    assert_int_equal(f->told_pages, 1);
    assert_int_equal(count_logged(f, "scan next"), 1);
    assert_int_equal(do_job(f, JOB_CONFIRM), ERR_OK);
    wait_for_pages(f, 3);
    assert_int_equal(do_job(f, JOB_CONFIRM), ERR_CONFLICT);
    js_free(job_now(f, true));
    while (scanners_are_busy(f->scanners))
        turn(f);
}

static void a_run_that_is_not_confirmed_may_be_finished(void **state)
{
    struct fixture *f = *state;
    start(f, js_pack("{s:s, s:b, s:b}", "device", "glass", "hands_free", 1, "confirm_first", 1));
    wait_for_pages(f, 1);
    assert_int_equal(do_job(f, JOB_FINISH), ERR_OK);
    check_ends(f, "done", 1, NULL);
}

/* ---- the machine's buttons ----------------------------------------------------------------------
 */

/* Turns for a while; how often somebody looked at the buttons meanwhile. */
static int looks(struct fixture *f)
{
    int before = count_logged(f, "scan buttons");
    int64_t until_us = sys_monotonic_us() + 200000;
    while (sys_monotonic_us() < until_us)
        sd_event_run(f->loop, 10000);
    return count_logged(f, "scan buttons") - before;
}

static void buttons_are_looked_at_as_the_setting_says(void **state)
{
    static const struct {
        enum buttons_when when;
        bool has_lease, page_is_open, was_used, looked;
    } cases[] = {
        {BUTTONS_LEASE, 1, 0, 1, 1},  {BUTTONS_LEASE, 0, 1, 1, 0},  {BUTTONS_PAGE, 0, 1, 1, 1},
        {BUTTONS_PAGE, 0, 0, 1, 0},   {BUTTONS_PAGE, 0, 1, 0, 0},   {BUTTONS_PAGE, 1, 0, 1, 1},
        {BUTTONS_ALWAYS, 0, 0, 1, 1}, {BUTTONS_ALWAYS, 0, 0, 0, 1},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture *f = *state;
        setenv("FAKE_BUTTON", "1", 1);
        setenv("FAKE_SCANNER", "glass", 1);
        f->limits.buttons = cases[i].when;
        f->answered = false;
        if (cases[i].was_used)
            scanners_ask(f->scanners, "glass", SCANNER_SHOW, on_answer, f);
        else
            device_book_list(f->book, on_answer, f);
        while (!f->answered)
            turn(f);
        if (cases[i].has_lease)
            lease(f, js_object());
        scanners_watch(f->scanners, cases[i].page_is_open);
        if ((looks(f) > 0) != cases[i].looked)
            fail_msg("case %zu", i);
        scanners_watch(f->scanners, 0); /* the page was closed */
        looks(f);
        bool goes_on = cases[i].has_lease || cases[i].when == BUTTONS_ALWAYS;
        assert_int_equal(looks(f) > 0, cases[i].looked && goes_on);
        teardown(state);
        setup(state);
    }
}

static void a_press_at_a_free_scanner_is_told_and_scans_nothing(void **state)
{
    struct fixture *f = *state;
    AUTO(js)
    struct js *settled = js_pack("{s:[{s:s, s:s}], s:[]}", "devices", "identity", "glass", "label",
                                 "Quầy 1", "profiles");
    device_book_take(f->book, settled);
    setenv("FAKE_SCANNER", "glass", 1);
    setenv("FAKE_BUTTON", "1", 1);
    f->limits.lease_ms = 40;
    lease(f, js_pack("{s:s}", "dossier_id", "dossier"));
    usleep(50000); /* nobody has it any more */
    scanners_watch(f->scanners, 1);
    while (!f->presses)
        turn(f);
    looks(f);
    assert_string_equal(js_text_or(f->press, "label", ""), "Quầy 1");
    assert_string_equal(js_text_or(f->press, "device", ""), "glass");
    assert_true(js_is_null(js_at(f->press, "owner")));
    assert_true(js_is_null(js_at(f->press, "action")));
    assert_int_equal(count_logged(f, "scan next"), 0);
    f->limits.lease_ms = 60000;
    be(f, "uid:1001"); /* whose dossier is another one */
    lease(f, js_object());
    looks(f);
    assert_int_equal(count_logged(f, "scan next"), 0);
    assert_string_equal(js_text_or(f->press, "owner", ""), "uid:1001");
    lease(f, js_pack("{s:s}", "dossier_id", "dossier"));
    turn_until_logged(f, "scan next");
    check_logged(f, "\"principal\":{\"id\":\"uid:1001\"");
    while (scanners_are_busy(f->scanners))
        turn(f);
}

static void the_profile_says_what_a_press_does(void **state)
{
    static const struct {
        const char *use;
        bool looked, scanned;
    } cases[] = {{"scan", true, true}, {"tell", true, false}, {"off", false, false}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture *f = *state;
        AUTO(js)
        struct js *settled = js_pack("{s:[{s:s, s:s}], s:[{s:s, s:{s:s}}]}", "devices", "identity",
                                     "glass", "profile", "Một", "profiles", "name", "Một",
                                     "settings", "button", cases[i].use);
        setenv("FAKE_SCANNER", "glass", 1);
        setenv("FAKE_BUTTON", "1", 1);
        device_book_take(f->book, settled);
        lease(f, js_pack("{s:s}", "dossier_id", "dossier"));
        assert_int_equal(looks(f) > 0, cases[i].looked);
        assert_int_equal(f->presses > 0, cases[i].looked);
        assert_int_equal(count_logged(f, "scan next") > 0, cases[i].scanned);
        while (scanners_are_busy(f->scanners))
            turn(f);
        teardown(state);
        setup(state);
    }
}

static void nobody_looks_at_the_buttons_while_a_job_runs(void **state)
{
    struct fixture *f = *state;
    setenv("FAKE_BUTTON", "1", 1);
    f->limits.buttons = BUTTONS_ALWAYS;
    start(f, from("stall 1"));
    while (f->progress == 0)
        turn(f);
    scanners_watch(f->scanners, 1);
    assert_int_equal(looks(f), 0);
    js_free(job_now(f, true));
    check_ends(f, "cancelled", 1, NULL);
}

static void rules_for_the_buttons_go_to_the_machine_they_are_for(void **state)
{
    struct fixture *f = *state;
    start(f, from("glass"));
    check_ends(f, "done", 1, NULL);
    check_logged(f, "\"panel\":[{\"option\":\"x*\",\"kind\":\"press\"}]");
    start(f, from("pile 1"));
    check_ends(f, "done", 1, NULL);
    assert_int_equal(count_logged(f, "\"panel\""), 1);
}

static void freed_in_mid_page_it_is_quiet(void **state)
{
    struct fixture *f = *state;
    start(f, from("stall 0"));
    while (f->progress == 0)
        turn(f);
    scanners_free(TAKE(f->scanners));
    assert_int_equal(f->told_pages, 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_pile_becomes_pages_of_one_finished_document),
        CASE(the_glass_gives_one_page),
        CASE(a_document_that_is_to_grow_is_not_finished),
        CASE(the_next_job_finds_the_device_open),
        CASE(without_a_name_the_first_listed_device_is_taken),
        CASE(without_any_device_there_is_no_job),
        CASE(a_jam_keeps_the_pages_already_captured),
        CASE(an_empty_feeder_takes_back_the_document_it_made),
        CASE(an_empty_feeder_leaves_a_document_that_was_there),
        CASE(a_page_the_store_refuses_is_given_back_and_ends_the_job),
        CASE(a_page_the_store_refuses_takes_the_one_behind_it_along),
        CASE(a_page_the_store_refuses_stops_the_one_behind_it),
        CASE(the_next_page_comes_while_the_one_before_is_stored),
        CASE(progress_of_a_page_is_told_when_the_one_before_is_safe),
        CASE(a_page_that_is_being_stored_outlives_its_scanner),
        CASE(a_cancel_keeps_the_page_that_is_read_already),
        CASE(without_room_no_paper_moves),
        CASE(without_a_document_there_is_no_job),
        CASE(a_document_that_cannot_be_finished_fails_the_job),
        CASE(a_dead_scan_worker_fails_the_job_and_not_the_next),
        CASE(a_busy_device_is_tried_again),
        CASE(a_page_of_a_pile_has_its_place_while_the_one_before_is_read),
        CASE(a_cancel_in_mid_page_keeps_the_pages_before),
        CASE(a_cancel_before_the_first_page_takes_back_the_document),
        CASE(a_cancel_between_two_pages_moves_no_more_paper),
        CASE(a_cancel_while_a_page_is_stored_keeps_that_page),
        CASE(a_cancel_ends_the_waiting_for_a_busy_device),
        CASE(a_second_job_or_question_is_refused_while_one_runs),
        CASE(an_unknown_job_is_not_found),
        CASE(a_test_scans_the_glass_and_never_the_feeder),
        CASE(freed_in_mid_page_it_is_quiet),
        CASE(after_a_jam_the_job_goes_on_with_the_sheet_that_was_lost),
        CASE(a_sheet_lost_after_its_front_is_fed_whole_and_its_front_replaced),
        CASE(only_a_failed_job_goes_on),
        CASE(fewer_sheets_than_announced_are_a_question),
        CASE(a_call_that_never_returns_ends_within_its_deadline),
        CASE(a_slow_device_is_given_time_as_long_as_calls_return),
        CASE(a_device_that_stays_busy_ends_the_job),
        CASE(a_device_that_warms_up_takes_its_sheets_when_it_is_ready),
        CASE(a_device_plugged_in_elsewhere_is_found_again),
        CASE(a_device_is_one_scanner_by_whatever_name_it_is_called),
        CASE(what_is_no_legal_copy_is_refused_before_paper_moves),
        CASE(one_clerk_has_the_scanner_until_it_is_handed_over),
        CASE(an_idle_scanner_may_be_taken_over_by_any_clerk),
        CASE(a_scanner_at_work_is_not_idle),
        CASE(each_page_is_of_the_clerk_who_scanned_it),
        CASE(a_lease_ends_with_time),
        CASE(backs_of_a_second_pass_go_behind_their_fronts),
        CASE(backs_that_do_not_match_leave_the_document_open),
        CASE(a_hands_free_run_turns_page_after_page_until_it_is_finished),
        CASE(a_hands_free_run_takes_the_next_page_by_itself_in_time),
        CASE(a_run_tells_when_the_next_page_comes_and_a_key_is_sooner),
        CASE(a_run_stands_still_until_its_first_page_is_confirmed),
        CASE(a_run_that_is_not_confirmed_may_be_finished),
        CASE(buttons_are_looked_at_as_the_setting_says),
        CASE(a_press_at_a_free_scanner_is_told_and_scans_nothing),
        CASE(the_profile_says_what_a_press_does),
        CASE(nobody_looks_at_the_buttons_while_a_job_runs),
        CASE(rules_for_the_buttons_go_to_the_machine_they_are_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
