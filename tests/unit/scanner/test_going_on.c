#include "tests/unit/scanner/scanner_rig.h"

#include "daemon/base/mem.h"
#include "daemon/base/sys.h"

/* ---- going on after a failure -------------------------------------------------------------------
 */

static void check_lost(struct scanner_rig *f, int sheets, int lost_sheet)
{
    rig_check_lost_sheets(f, sheets, lost_sheet, lost_sheet > 0);
}

static void after_a_jam_the_job_goes_on_with_the_sheet_that_was_lost(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("jam 2"));
    rig_check_ends(f, "failed", 2, "FEEDER_JAM");
    check_lost(f, 2, 3);
    assert_int_equal(rig_do_job(f, JOB_CONTINUE), ERR_OK);
    rig_check_ends(f, "failed", 4, "FEEDER_JAM");
    check_lost(f, 4, 5);
    assert_int_equal(rig_count_logged(f, "store document_create"), 1);
    assert_int_equal(rig_count_logged(f, "\"sheet\":4"), 1);
}

/* The store says whether its new front is the old one, which does not count twice then. */
static void a_sheet_lost_after_its_front_is_fed_whole_and_its_front_compared(void **state)
{
    static const struct {
        const char *refed;
        int pages;
    } cases[] = {{"same", 5}, {NULL, 6}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct scanner_rig *f = *state;
        if (cases[i].refed)
            setenv("FAKE_REFED", cases[i].refed, 1);
        rig_start(f, rig_from("pair 3"));
        rig_check_ends(f, "failed", 3, "FEEDER_JAM");
        check_lost(f, 2, 2);
        assert_int_equal(rig_count_logged(f, "\"refed\""), 0);
        assert_int_equal(rig_do_job(f, JOB_CONTINUE), ERR_OK);
        rig_check_ends(f, "failed", cases[i].pages, "FEEDER_JAM");
        assert_int_equal(rig_count_logged(f, "\"refed\":\"page-3\""), 1);
        assert_int_equal(rig_count_logged(f, "\"refed\""), 1);
        assert_int_equal(rig_count_logged(f, "\"replaces\""), 0);
        unsetenv("FAKE_REFED");
        rig_teardown(state);
        rig_setup(state);
    }
}

static void a_back_that_never_comes_is_named_with_its_sheet(void **state)
{
    for (int sheets = 0; sheets < 3; sheets++) { /* the clerk said nothing, too few, as many */
        struct scanner_rig *f = *state;
        struct js *wish = rig_from("half 3");
        if (sheets)
            js_set(wish, "sheets", js_int(sheets));
        rig_start(f, wish);
        rig_check_ends(f, "failed", 3, "BACK_MISSING");
        check_lost(f, 2, 2);
        assert_int_equal(rig_do_job(f, JOB_CONTINUE), ERR_OK);
        rig_check_ends(f, "failed", 6, "BACK_MISSING");
        check_lost(f, 3, 3);
        rig_teardown(state);
        rig_setup(state);
    }
}

static void a_lost_sheet_stays_named_until_it_is_safe(void **state)
{
    static const char *const refusals[] = {"DEVICE_BUSY", "UNKNOWN_DEVICE", "DEVICE_DENIED"};
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct scanner_rig *f = *state;
        f->limits.busy_ms = 300;
        rig_start(f, rig_from("jam 2"));
        rig_check_ends(f, "failed", 2, "FEEDER_JAM");
        setenv("FAKE_OPEN", refusals[i], 1);
        for (int tries = 0; tries < 2; tries++) {
            assert_int_equal(rig_do_job(f, JOB_CONTINUE), ERR_OK);
            rig_check_ends(f, "failed", 2, refusals[i]);
            check_lost(f, 2, 3);
        }
        unsetenv("FAKE_OPEN");
        assert_int_equal(rig_do_job(f, JOB_CONTINUE), ERR_OK);
        rig_check_ends(f, "failed", 4, "FEEDER_JAM");
        check_lost(f, 4, 5);
        rig_teardown(state);
        rig_setup(state);
    }
}

/* Two went through unkept, one was fed again: the other is still missing. */
static void each_of_several_lost_sheets_is_asked_for(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_STORE", "page_commit 2 slow DISK_FULL", 1);
    rig_start(f, js_pack("{s:s, s:s}", "device", "pile 5", "document_id", "known"));
    rig_check_ends(f, "failed", 1, "DISK_FULL");
    rig_check_lost_sheets(f, 1, 2, 2);
    setenv("FAKE_SHEETS", "1", 1);
    assert_int_equal(rig_do_job(f, JOB_CONTINUE), ERR_OK);
    rig_check_ends(f, "failed", 2, "SHEETS_MISSING");
    rig_check_lost_sheets(f, 2, 3, 1);
    assert_int_equal(rig_do_job(f, JOB_CONTINUE), ERR_OK);
    rig_check_ends(f, "done", 3, NULL);
    check_lost(f, 3, 0);
}

/* Where the machine found the paper is told, and asked once. */
static void a_job_goes_on_from_the_source_it_began_with(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("jam 1"));
    rig_check_ends(f, "failed", 1, "FEEDER_JAM");
    AUTO(js) struct js *failed = rig_job(f, false);
    assert_string_equal(js_text_or(failed, "job.source", ""), "adf");
    rig_check_logged(f, "scan start {\"mode\":\"color\",\"resolution_dpi\":300,"
                        "\"source_by_paper\":true}");
    assert_int_equal(rig_do_job(f, JOB_CONTINUE), ERR_OK);
    rig_check_ends(f, "failed", 2, "FEEDER_JAM");
    rig_check_logged(f, "scan start {\"mode\":\"color\",\"resolution_dpi\":300,"
                        "\"source_by_paper\":true,\"source\":\"adf\"}");
}

static void only_a_failed_job_goes_on(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("glass"));
    rig_check_ends(f, "done", 1, NULL);
    assert_int_equal(rig_do_job(f, JOB_CONTINUE), ERR_CONFLICT);
}

static void fewer_sheets_than_announced_are_a_question(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, js_pack("{s:s, s:i}", "device", "pile 2", "sheets", 3));
    rig_check_ends(f, "failed", 2, "SHEETS_MISSING");
    assert_int_equal(rig_count_logged(f, "store document_finish_scan"), 0);
    rig_start(f, js_pack("{s:s, s:i}", "device", "pile 2", "sheets", 2));
    rig_check_ends(f, "done", 2, NULL);
    check_lost(f, 2, 0);
}

static void more_sheets_than_announced_are_a_question(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, js_pack("{s:s, s:i}", "device", "pile 3", "sheets", 2));
    rig_check_ends(f, "failed", 3, "SHEETS_EXTRA");
    check_lost(f, 3, 0);
    assert_int_equal(rig_count_logged(f, "store document_finish_scan"), 0);
}

static void where_empty_may_be_said_too_early_the_clerk_is_asked(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("doubt 2"));
    rig_check_ends(f, "failed", 2, "FEEDER_DOUBTFUL");
    assert_int_equal(rig_count_logged(f, "store document_finish_scan"), 0);
    assert_int_equal(rig_do_job(f, JOB_CONTINUE), ERR_OK);
    rig_check_ends(f, "failed", 4, "FEEDER_DOUBTFUL");
    rig_start(f, js_pack("{s:s, s:i}", "device", "doubt 2", "sheets", 2));
    rig_check_ends(f, "done", 2, NULL);
    rig_start(f, js_pack("{s:s, s:s, s:s}", "device", "doubt 2", "document_id", "known", "backs",
                         "same"));
    rig_check_ends(f, "done", 2, NULL);
}

static void a_device_that_takes_too_coarse_a_resolution_moves_no_paper(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("coarse 1"));
    rig_check_ends(f, "failed", 0, "SETTINGS_NOT_LEGAL");
    rig_check_asked(f, "scan", "open start finish");
}

/* ---- deadlines ----------------------------------------------------------------------------------
 */

static void a_call_that_never_returns_ends_within_its_deadline(void **state)
{
    struct scanner_rig *f = *state;
    f->limits.read_ms = 300;
    rig_start(f, rig_from("hang 1"));
    int64_t since_us = sys_monotonic_us();
    rig_check_ends(f, "failed", 1, "WORKER_HUNG");
    assert_true(sys_monotonic_us() - since_us < 5000000);
    check_lost(f, 1, 2);
}

static void a_slow_device_is_given_time_as_long_as_calls_return(void **state)
{
    struct scanner_rig *f = *state;
    f->limits.read_ms = f->limits.own_ms = 300;
    rig_start(f, rig_from("slow 1"));
    rig_check_ends(f, "done", 1, NULL);
}

static void a_device_that_stays_busy_ends_the_job(void **state)
{
    struct scanner_rig *f = *state;
    f->limits.busy_ms = 500;
    rig_start(f, rig_from("busy 9"));
    rig_check_ends(f, "failed", 0, "DEVICE_BUSY");
    assert_int_equal(rig_count_logged(f, "scan open"), 2);
}

static void a_device_that_warms_up_takes_its_sheets_when_it_is_ready(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("cold 2"));
    rig_check_ends(f, "done", 2, NULL);
    check_lost(f, 2, 0);
    rig_check_asked(f, "scan", "open start next start next next next finish");
}

static void a_device_plugged_in_elsewhere_is_found_again(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_SCANNER", "moved@1", 1);
    setenv("FAKE_IDENTITY", "the same", 1);
    assert_int_equal(rig_start(f, rig_from("the same")), ERR_OK);
    setenv("FAKE_SCANNER", "glass", 1);
    rig_check_ends(f, "done", 1, NULL);
    rig_check_asked(f, "scan", "open open start next finish");
    rig_check_logged(f, "\"device\":\"the same\"");
    unsetenv("FAKE_IDENTITY");
}

static void a_device_is_one_scanner_by_whatever_name_it_is_called(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("glass")); /* by its SANE name, which no look has found */
    rig_check_ends(f, "done", 1, NULL);
    setenv("FAKE_SCANNER", "glass", 1);
    setenv("FAKE_IDENTITY", "the same", 1);
    f->answered = false;
    device_book_list(f->book, rig_on_answer, f);
    while (!f->answered)
        rig_turn(f);
    rig_start(f, rig_from("glass"));
    rig_check_ends(f, "done", 1, NULL);
    AUTO(js) struct js *all = scanners_to_js(f->scanners);
    assert_int_equal(js_count(all), 1);
    assert_string_equal(js_text_or(js_item(all, 0), "key", ""), "the same");
    unsetenv("FAKE_IDENTITY");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        CASE(after_a_jam_the_job_goes_on_with_the_sheet_that_was_lost),
        CASE(a_sheet_lost_after_its_front_is_fed_whole_and_its_front_compared),
        CASE(a_back_that_never_comes_is_named_with_its_sheet),
        CASE(a_lost_sheet_stays_named_until_it_is_safe),
        CASE(each_of_several_lost_sheets_is_asked_for),
        CASE(a_job_goes_on_from_the_source_it_began_with),
        CASE(only_a_failed_job_goes_on),
        CASE(fewer_sheets_than_announced_are_a_question),
        CASE(more_sheets_than_announced_are_a_question),
        CASE(where_empty_may_be_said_too_early_the_clerk_is_asked),
        CASE(a_device_that_takes_too_coarse_a_resolution_moves_no_paper),
        CASE(a_call_that_never_returns_ends_within_its_deadline),
        CASE(a_slow_device_is_given_time_as_long_as_calls_return),
        CASE(a_device_that_stays_busy_ends_the_job),
        CASE(a_device_that_warms_up_takes_its_sheets_when_it_is_ready),
        CASE(a_device_plugged_in_elsewhere_is_found_again),
        CASE(a_device_is_one_scanner_by_whatever_name_it_is_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
