#include "tests/unit/scanner/scanner_rig.h"

#include "daemon/base/mem.h"

/* ---- cancel -----------------------------------------------------------------------------------
 */

static void a_cancel_in_mid_page_keeps_the_pages_before(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("stall 1"));
    while (f->progress == 0)
        rig_turn(f);
    js_free(rig_job(f, true));
    rig_check_ends(f, "cancelled", 1, NULL);
    rig_check_asked(
        f, "store",
        "document_create page_begin page_begin page_commit page_begin page_abort page_abort");
    assert_int_equal(scanners_crash_count(f->scanners), 0);
}

static void a_cancelled_pile_names_the_sheet_it_pulled_and_goes_on_with_it(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("stall 1"));
    for (int pages = 1; pages <= 2; pages++) {
        f->progress = 0;
        while (f->progress == 0)
            rig_turn(f);
        js_free(rig_job(f, true));
        rig_check_ends(f, "cancelled", pages, NULL);
        rig_check_lost_sheets(f, pages, pages + 1, 1);
        if (pages == 1)
            assert_int_equal(rig_do_job(f, JOB_CONTINUE), ERR_OK);
    }
    assert_int_equal(rig_count_logged(f, "store document_create"), 1);
    assert_int_equal(rig_count_logged(f, "\"sheet\":2"), 1);
}

static void a_cancel_before_the_first_page_takes_back_the_document(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("stall 0"));
    while (f->progress == 0)
        rig_turn(f);
    js_free(rig_job(f, true));
    rig_check_ends(f, "cancelled", 0, NULL);
    rig_check_logged(f, "store document_reject {\"id\":\"made\",\"reason\":\"CANCELLED\"");
}

static void a_cancel_between_two_pages_moves_no_more_paper(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_STORE", "page_begin 2 slow", 1);
    rig_start(f, rig_from("pile 5"));
    rig_turn_until_logged_times(f, "store page_begin", 2);
    js_free(rig_job(f, true));
    rig_check_ends(f, "cancelled", 1, NULL);
    rig_check_asked(f, "scan", "open start next finish");
    rig_check_asked(f, "store", "document_create page_begin page_begin page_commit page_abort");
}

static void a_cancel_while_a_page_is_stored_keeps_that_page(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_STORE", "page_commit 1 slow", 1);
    rig_start(f, rig_from("glass"));
    rig_turn_until_logged(f, "store page_commit");
    js_free(rig_job(f, true));
    rig_check_ends(f, "cancelled", 1, NULL);
    rig_check_asked(f, "store", "document_create page_begin page_commit");
}

static void a_cancel_ends_the_waiting_for_a_busy_device(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("busy 9"));
    rig_turn_until_logged(f, "scan open");
    assert_true(sd_event_run(f->loop, 50000) >= 0);
    js_free(rig_job(f, true));
    rig_check_ends(f, "cancelled", 0, NULL);
    assert_int_equal(rig_count_logged(f, "scan open"), 1);
    rig_check_logged(f, "store document_reject");
}

/* ---- one after the other ----------------------------------------------------------------------
 */

static void a_second_job_or_question_is_refused_while_one_runs(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("stall 0"));
    struct js *first = js_ref(f->ok);
    assert_int_equal(rig_start(f, rig_from("stall 0")), ERR_SCAN_RUNNING);
    f->answered = false;
    scanners_ask(f->scanners, "stall 0", SCANNER_SHOW, f->principal, rig_on_answer, f);
    assert_true(f->answered);
    assert_int_equal(f->code, ERR_SCAN_RUNNING);
    js_free(f->ok);
    f->ok = first;
    while (f->progress == 0)
        rig_turn(f);
    js_free(rig_job(f, true));
    rig_check_ends(f, "cancelled", 0, NULL);
}

static void an_unknown_job_is_not_found(void **state)
{
    struct scanner_rig *f = *state;
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
        struct scanner_rig *f = *state;
        f->answered = false;
        scanners_ask(f->scanners, cases[i].device, SCANNER_TEST, f->principal, rig_on_answer, f);
        while (!f->answered)
            rig_turn(f);
        assert_int_equal(f->code, ERR_OK);
        rig_check_asked(f, "scan", cases[i].asked);
        rig_check_asked(f, "store", "");
        assert_false(scanners_are_busy(f->scanners));
        rig_start(f, rig_from("glass"));
        rig_check_ends(f, "done", 1, NULL);
        rig_teardown(state);
        rig_setup(state);
    }
}

static void freed_in_mid_page_it_is_quiet(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("stall 0"));
    while (f->progress == 0)
        rig_turn(f);
    scanners_free(TAKE(f->scanners));
    assert_int_equal(f->told_pages, 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_cancel_in_mid_page_keeps_the_pages_before),
        CASE(a_cancelled_pile_names_the_sheet_it_pulled_and_goes_on_with_it),
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
