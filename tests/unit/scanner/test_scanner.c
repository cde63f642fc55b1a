#include "tests/harness/test.h"

#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/devices.h"
#include "daemon/pipeline/scanner.h"
#include "daemon/workers/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <systemd/sd-event.h>

#define PROGRAMS SOHOA_BINARY_DIR "/tests/scanner-workers"

struct fixture {
    char *folder, *log_path;
    sd_event *loop;
    struct worker *store_worker;
    struct store_client *store;
    struct devices *devices;
    struct scanner *scanner;
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
    f->principal = js_pack("{s:s, s:s}", "id", "uid:1000", "role", "clerk");
    struct worker_kind kind = {.name = "store"};
    return sd_event_new(&f->loop) < 0 ||
           worker_new(f->loop, &kind, PROGRAMS, &f->store_worker, NULL) ||
           store_client_new(f->store_worker, NULL, NULL, &f->store, NULL) ||
           devices_new(f->loop, PROGRAMS, &f->devices, NULL) ||
           scanner_new(f->loop,
                       &(struct scanner_config){
                           .worker_dir = PROGRAMS, .devices = f->devices, .default_device = ""},
                       f->store, on_event, f, &f->scanner, NULL);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    scanner_free(f->scanner);
    devices_free(f->devices);
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
    scanner_start(f->scanner, "dossier", args, f->principal, on_answer, f);
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
    assert_int_equal(
        scanner_job(f->scanner, js_text_or(f->ok, "job.id", ""), cancel, &answer, NULL), ERR_OK);
    return answer;
}

/* Runs to the end of the job and of what the store is told after it. */
static void check_ends(struct fixture *f, const char *state, int pages, const char *code)
{
    while (scanner_is_busy(f->scanner) || store_client_waiting(f->store))
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
    assert_int_equal(start(f, js_pack("{s:s, s:s, s:i}", "device", "pile 2", "source", "duplex",
                                      "resolution_dpi", 200)),
                     ERR_OK);
    assert_string_equal(js_text_or(f->ok, "job.state", ""), "running");
    assert_string_equal(js_text_or(f->ok, "job.document_id", ""), "made");
    assert_true(scanner_fills(f->scanner, "made"));
    check_ends(f, "done", 2, NULL);
    assert_false(scanner_fills(f->scanner, "made"));
    check_asked(f, "scan", "open start next next next finish");
    check_asked(f, "store",
                "document_create page_begin page_commit page_begin page_commit page_begin "
                "page_abort document_finish_scan");
    check_logged(f, "scan start {\"mode\":\"color\",\"resolution_dpi\":200,\"source\":\"duplex\"}");
    check_logged(f, "store page_commit {\"page_id\":\"page-2\",\"blob\":\"blob-2\",\"image\":"
                    "{\"width_px\":102},\"device\":\"pile 2\",\"side\":\"back\",\"sheet\":2,"
                    "\"principal\":{\"id\":\"uid:1000\",\"role\":\"clerk\"}}");
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
    check_logged(f, "scan open {\"device\":\"glass\"}");
}

static void without_any_device_the_job_says_so(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(start(f, js_object()), ERR_OK);
    check_ends(f, "failed", 0, "NO_SCANNER");
    check_asked(f, "store", "document_create document_reject");
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
    assert_false(scanner_is_busy(f->scanner));
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
    assert_int_equal(scanner_crash_count(f->scanner), 1);
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
    assert_int_equal(scanner_crash_count(f->scanner), 0);
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
    assert_int_equal(start(f, from("glass")), ERR_SCAN_RUNNING);
    f->answered = false;
    scanner_show(f->scanner, "glass", false, on_answer, f);
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
    assert_int_equal(scanner_job(f->scanner, "nobody", true, &answer, NULL), ERR_NOT_FOUND);
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
        scanner_show(f->scanner, cases[i].device, true, on_answer, f);
        while (!f->answered)
            turn(f);
        assert_int_equal(f->code, ERR_OK);
        check_asked(f, "scan", cases[i].asked);
        check_asked(f, "store", "");
        assert_false(scanner_is_busy(f->scanner));
        start(f, from("glass"));
        check_ends(f, "done", 1, NULL);
        teardown(state);
        setup(state);
    }
}

static void freed_in_mid_page_it_is_quiet(void **state)
{
    struct fixture *f = *state;
    start(f, from("stall 0"));
    while (f->progress == 0)
        turn(f);
    scanner_free(TAKE(f->scanner));
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
        CASE(without_any_device_the_job_says_so),
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
