#include "tests/harness/test.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/device_book.h"
#include "daemon/pipeline/devices.h"
#include "daemon/pipeline/scanners.h"
#include "daemon/workers/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <systemd/sd-event.h>
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
    struct js *principal;
    /* the answer to scanner_start or scanner_show */
    bool answered;
    enum err_code code;
    struct js *ok;
    /* events */
    int progress, told_pages;
};

static void on_event(void *payload, const char *name, const struct js *data)
{
    struct fixture *f = payload;
    if (strcmp(name, "progress") == 0) {
        f->progress++;
        assert_int_equal(js_int_or(data, "page", 0), f->told_pages + 1);
        assert_int_equal(js_int_or(data, "lines", 0), 7);
    } else {
        f->told_pages = (int)js_int_or(data, "pages", -1);
    }
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    signal(SIGPIPE, SIG_IGN);
    *state = f;
    f->folder = test_make_folder();
    f->log_path = mem_printf("%s/log", f->folder);
    setenv("FAKE_LOG", f->log_path, 1);
    unsetenv("FAKE_STORE");
    unsetenv("FAKE_SCANNER");
    f->limits = scan_limits_default;
    f->principal = js_pack("{s:s, s:s}", "id", "uid:1000", "role", "clerk");
    struct worker_kind kind = {.name = "store"};
    return sd_event_new(&f->loop) < 0 ||
           worker_new(f->loop, &kind, PROGRAMS, &f->store_worker, NULL) ||
           store_client_new(f->store_worker, NULL, NULL, &f->store, NULL) ||
           devices_new(f->loop, PROGRAMS, &f->devices, NULL) ||
           device_book_new(f->devices, f->store, &f->book, NULL) ||
           scanners_new(f->loop,
                        &(struct scanners_config){.worker_dir = PROGRAMS,
                                                  .limits = &f->limits,
                                                  .book = f->book,
                                                  .default_device = ""},
                        f->store, on_event, f, &f->scanners, NULL);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    scanners_free(f->scanners);
    devices_free(f->devices);
    device_book_free(f->book);
    worker_free(f->store_worker);
    store_client_free(f->store);
    js_free(f->principal);
    js_free(f->ok);
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
                "document_create page_begin page_commit page_begin page_commit page_begin "
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
                "document_create page_begin page_commit page_begin page_commit "
                "page_begin page_abort");
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
    static const char *const devices[] = {"pile 5", "glass"};
    for (size_t i = 0; i < COUNT_OF(devices); i++) {
        struct fixture *f = *state;
        setenv("FAKE_STORE", "page_commit 1 DISK_FULL", 1);
        start(f, js_pack("{s:s, s:s}", "device", devices[i], "document_id", "known"));
        check_ends(f, "failed", 0, "DISK_FULL");
        check_asked(f, "scan", "open start next finish");
        check_asked(f, "store", "page_begin page_commit page_abort");
        teardown(state);
        setup(state);
    }
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

static void a_cancel_in_mid_page_keeps_the_pages_before(void **state)
{
    struct fixture *f = *state;
    start(f, from("stall 1"));
    while (f->progress == 0)
        turn(f);
    js_free(job_now(f, true));
    check_ends(f, "cancelled", 1, NULL);
    check_asked(f, "store", "document_create page_begin page_commit page_begin page_abort");
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
    while (f->told_pages < 1)
        turn(f);
    js_free(job_now(f, true));
    check_ends(f, "cancelled", 1, NULL);
    check_asked(f, "scan", "open start next finish");
    check_asked(f, "store", "document_create page_begin page_commit page_begin page_abort");
}

static void a_cancel_while_a_page_is_stored_keeps_that_page(void **state)
{
    struct fixture *f = *state;
    setenv("FAKE_STORE", "page_commit 1 slow", 1);
    start(f, from("pile 5"));
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
    AUTO(js) struct js *answer = job_now(f, false);
    assert_int_equal(js_int_or(answer, "job.sheets", -1), sheets);
    assert_int_equal(js_int_or(answer, "job.lost_sheet", -1), lost_sheet);
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
                "page_begin page_commit page_begin page_commit page_begin page_abort "
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

static void wait_for_pages(struct fixture *f, int pages)
{
    while (f->told_pages < pages)
        turn(f);
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
    assert_int_equal(count_logged(f, "\"turned_deg\":180"), 1);
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
        CASE(without_room_no_paper_moves),
        CASE(without_a_document_there_is_no_job),
        CASE(a_document_that_cannot_be_finished_fails_the_job),
        CASE(a_dead_scan_worker_fails_the_job_and_not_the_next),
        CASE(a_busy_device_is_tried_again),
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
        CASE(what_is_no_legal_copy_is_refused_before_paper_moves),
        CASE(one_clerk_has_the_scanner_until_it_is_handed_over),
        CASE(a_lease_ends_with_time),
        CASE(backs_of_a_second_pass_go_behind_their_fronts),
        CASE(backs_that_do_not_match_leave_the_document_open),
        CASE(a_hands_free_run_turns_page_after_page_until_it_is_finished),
        CASE(a_hands_free_run_takes_the_next_page_by_itself_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
