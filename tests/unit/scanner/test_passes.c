#include "tests/unit/scanner/scanner_rig.h"

#include "daemon/base/mem.h"
#include "daemon/base/sys.h"

#include <unistd.h>

/* ---- passes and runs ----------------------------------------------------------------------------
 */

static void backs_of_a_second_pass_go_behind_their_fronts(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, js_pack("{s:s, s:s, s:s}", "device", "pile 2", "document_id", "known", "backs",
                         "reversed"));
    rig_check_ends(f, "done", 2, NULL);
    rig_check_asked(f, "store",
                    "pages_check_fronts page_begin page_begin page_commit page_begin page_commit "
                    "page_abort pages_interleave document_finish_scan");
    rig_check_logged(f, "store pages_interleave {\"document_id\":\"known\",\"job\":\"");
}

static void backs_without_fronts_are_refused_before_the_paper_moves(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_STORE", "pages_check_fronts 1 FRONTS_MISSING", 1);
    assert_int_equal(rig_start(f, js_pack("{s:s, s:s, s:s}", "device", "pile 2", "document_id",
                                          "known", "backs", "same")),
                     ERR_FRONTS_MISSING);
    rig_check_asked(f, "store", "pages_check_fronts");
    assert_int_equal(rig_start(f, js_pack("{s:s, s:s}", "device", "pile 2", "backs", "same")),
                     ERR_FRONTS_MISSING);
    rig_check_asked(f, "store", "pages_check_fronts");
    rig_check_asked(f, "scan", "");
    assert_false(scanners_are_busy(f->scanners));
}

static void backs_that_do_not_match_leave_the_document_open(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_STORE", "pages_interleave 1 COUNT_MISMATCH", 1);
    rig_start(
        f, js_pack("{s:s, s:s, s:s}", "device", "pile 2", "document_id", "known", "backs", "same"));
    rig_check_ends(f, "failed", 2, "COUNT_MISMATCH");
    assert_int_equal(rig_count_logged(f, "store document_finish_scan"), 0);
    assert_int_equal(rig_do_job(f, JOB_CONTINUE), ERR_CONFLICT);
}

/* The one that stuck lay somewhere in the pile: fed alone, it would come behind another front. */
static void a_pass_that_is_short_of_backs_is_scanned_anew_not_continued(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, js_pack("{s:s, s:s, s:s, s:i}", "device", "pile 2", "document_id", "known",
                         "backs", "same", "sheets", 3));
    rig_check_ends(f, "failed", 2, "COUNT_MISMATCH");
    assert_int_equal(rig_count_logged(f, "store pages_interleave"), 0);
    assert_int_equal(rig_do_job(f, JOB_CONTINUE), ERR_CONFLICT);
}

static void a_hands_free_run_turns_page_after_page_until_it_is_finished(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, js_pack("{s:s, s:b, s:b}", "device", "glass", "hands_free", 1, "turn_second", 1));
    rig_wait_for_pages(f, 1);
    assert_int_equal(rig_do_job(f, JOB_NEXT), ERR_OK);
    rig_wait_for_pages(f, 2);
    assert_int_equal(rig_do_job(f, JOB_FINISH), ERR_OK);
    rig_check_ends(f, "done", 2, NULL);
    assert_int_equal(rig_count_logged(f, "\"known_turn_deg\":180"), 1);
    rig_check_asked(f, "scan", "open start next next finish");
    assert_int_equal(rig_do_job(f, JOB_NEXT), ERR_CONFLICT);
}

static void a_hands_free_run_takes_the_next_page_by_itself_in_time(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f,
              js_pack("{s:s, s:b, s:f}", "device", "glass", "hands_free", 1, "interval_s", 0.05));
    rig_wait_for_pages(f, 3);
    js_free(rig_job(f, true));
    while (scanners_are_busy(f->scanners))
        rig_turn(f);
    AUTO(js) struct js *answer = rig_job(f, false);
    assert_string_equal(js_text_or(answer, "job.state", ""), "cancelled");
    assert_true(js_int_or(answer, "job.pages", 0) >= 3);
}

static void expect_waits(struct scanner_rig *f, const char *what, bool timed)
{
    AUTO(js) struct js *answer = rig_job(f, false);
    assert_string_equal(js_text_or(answer, "job.waits.for", ""), what);
    int64_t left_us = js_int_or(answer, "job.waits.until_us", 0) - sys_now_us();
    assert_int_equal(timed, left_us > 0);
}

static void a_run_tells_when_the_next_page_comes_and_a_key_is_sooner(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, js_pack("{s:s, s:b, s:i}", "device", "glass", "hands_free", 1, "interval_s", 100));
    rig_wait_for_pages(f, 1);
    expect_waits(f, "next", true);
    assert_int_equal(rig_do_job(f, JOB_NEXT), ERR_OK);
    rig_wait_for_pages(f, 2);
    expect_waits(f, "next", true);
    js_free(rig_job(f, true));
    rig_check_ends(f, "cancelled", 2, NULL);
}

/* Neither the time nor a press goes past «Đúng hồ sơ này?». */
static void a_run_stands_still_until_its_first_page_is_confirmed(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_BUTTON", "1", 1);
    rig_start(f, js_pack("{s:s, s:b, s:b, s:f}", "device", "glass", "hands_free", 1,
                         "confirm_first", 1, "interval_s", 0.05));
    rig_wait_for_pages(f, 1);
    expect_waits(f, "confirm", false);
    while (f->presses < 2)
        rig_turn(f);
    assert_int_equal(rig_do_job(f, JOB_NEXT), ERR_CONFLICT);
    usleep(80000);
    sd_event_run(f->loop, 0);
    assert_int_equal(f->told_pages, 1);
    assert_int_equal(rig_count_logged(f, "scan next"), 1);
    assert_int_equal(rig_do_job(f, JOB_CONFIRM), ERR_OK);
    rig_wait_for_pages(f, 3);
    assert_int_equal(rig_do_job(f, JOB_CONFIRM), ERR_CONFLICT);
    js_free(rig_job(f, true));
    while (scanners_are_busy(f->scanners))
        rig_turn(f);
}

static void a_run_that_is_not_confirmed_may_be_finished(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f,
              js_pack("{s:s, s:b, s:b}", "device", "glass", "hands_free", 1, "confirm_first", 1));
    rig_wait_for_pages(f, 1);
    assert_int_equal(rig_do_job(f, JOB_FINISH), ERR_OK);
    rig_check_ends(f, "done", 1, NULL);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        CASE(backs_of_a_second_pass_go_behind_their_fronts),
        CASE(backs_without_fronts_are_refused_before_the_paper_moves),
        CASE(backs_that_do_not_match_leave_the_document_open),
        CASE(a_pass_that_is_short_of_backs_is_scanned_anew_not_continued),
        CASE(a_hands_free_run_turns_page_after_page_until_it_is_finished),
        CASE(a_hands_free_run_takes_the_next_page_by_itself_in_time),
        CASE(a_run_tells_when_the_next_page_comes_and_a_key_is_sooner),
        CASE(a_run_stands_still_until_its_first_page_is_confirmed),
        CASE(a_run_that_is_not_confirmed_may_be_finished),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
