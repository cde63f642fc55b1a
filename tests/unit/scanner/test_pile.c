#include "tests/unit/scanner/scanner_rig.h"

#include "daemon/base/mem.h"

/* ---- piles ------------------------------------------------------------------------------------
 */

static void a_pile_becomes_pages_of_one_finished_document(void **state)
{
    struct scanner_rig *f = *state;
    assert_int_equal(rig_start(f, js_pack("{s:s, s:s, s:i}", "device", "pile 2", "source", "adf",
                                          "resolution_dpi", 200)),
                     ERR_OK);
    assert_string_equal(js_text_or(f->ok, "job.state", ""), "running");
    assert_string_equal(js_text_or(f->ok, "job.document_id", ""), "made");
    assert_true(scanners_fill(f->scanners, "made"));
    rig_check_ends(f, "done", 2, NULL);
    assert_false(scanners_fill(f->scanners, "made"));
    rig_check_asked(f, "scan", "open start next next next finish");
    rig_check_asked(f, "store",
                    "document_create page_begin page_begin page_commit page_begin page_commit "
                    "page_abort document_finish_scan");
    rig_check_logged(f,
                     "scan start {\"mode\":\"color\",\"resolution_dpi\":200,\"source\":\"adf\"}");
    rig_check_logged(f, "store page_commit {\"page_id\":\"page-2\",\"blob\":\"blob-2\",\"image\":"
                        "{\"width_px\":102},\"device\":\"pile 2\",\"side\":\"front\",\"sheet\":2,"
                        "\"job\":\"");
    rig_check_logged(f, "store page_abort {\"blob\":\"blob-3\"");
}

static void the_glass_gives_one_page(void **state)
{
    struct scanner_rig *f = *state;
    assert_int_equal(rig_start(f, rig_from("glass")), ERR_OK);
    rig_check_ends(f, "done", 1, NULL);
    rig_check_asked(f, "scan", "open start next finish");
    rig_check_asked(f, "store", "document_create page_begin page_commit document_finish_scan");
}

static void a_document_that_is_to_grow_is_not_finished(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f,
              js_pack("{s:s, s:b, s:s}", "device", "glass", "finish", 0, "document_id", "known"));
    rig_check_ends(f, "done", 1, NULL);
    rig_check_asked(f, "store", "page_begin page_commit");
    rig_check_logged(f, "\"document_id\":\"known\"");
}

static void the_next_job_finds_the_device_open(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("pile 1"));
    rig_check_ends(f, "done", 1, NULL);
    rig_start(f, rig_from("pile 1"));
    rig_check_ends(f, "done", 1, NULL);
    rig_check_asked(f, "scan", "open start next next finish start next next finish");
    rig_start(f, rig_from("glass"));
    rig_check_ends(f, "done", 1, NULL);
    assert_int_equal(rig_count_logged(f, "scan open"), 2);
}

static void without_a_name_the_first_listed_device_is_taken(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_SCANNER", "glass", 1);
    assert_int_equal(rig_start(f, js_object()), ERR_OK);
    rig_check_ends(f, "done", 1, NULL);
    rig_check_logged(f, "scan open {\"device\":\"glass\"");
}

static void without_any_device_there_is_no_job(void **state)
{
    struct scanner_rig *f = *state;
    assert_int_equal(rig_start(f, js_object()), ERR_NO_SCANNER);
    rig_check_asked(f, "store", "");
}

/* ---- what goes wrong --------------------------------------------------------------------------
 */

static void a_jam_keeps_the_pages_already_captured(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("jam 2"));
    rig_check_ends(f, "failed", 2, "FEEDER_JAM");
    rig_check_asked(f, "scan", "open start next next next finish");
    rig_check_asked(f, "store",
                    "document_create page_begin page_begin page_commit page_begin page_commit "
                    "page_abort");
}

static void an_empty_feeder_takes_back_the_document_it_made(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("pile 0"));
    rig_check_ends(f, "failed", 0, "FEEDER_EMPTY");
    rig_check_asked(f, "store", "document_create page_begin page_abort document_reject");
    rig_check_logged(f, "store document_reject {\"id\":\"made\",\"reason\":\"FEEDER_EMPTY\"");
}

static void an_empty_feeder_leaves_a_document_that_was_there(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, js_pack("{s:s, s:s}", "device", "pile 0", "document_id", "known"));
    rig_check_ends(f, "failed", 0, "FEEDER_EMPTY");
    rig_check_asked(f, "store", "page_begin page_abort");
}

static void a_page_the_store_refuses_is_given_back_and_ends_the_job(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_STORE", "page_commit 1 DISK_FULL", 1);
    rig_start(f, js_pack("{s:s, s:s}", "device", "glass", "document_id", "known"));
    rig_check_ends(f, "failed", 0, "DISK_FULL");
    rig_check_asked(f, "scan", "open start next finish");
    rig_check_asked(f, "store", "page_begin page_commit page_abort");
}

static void a_page_the_store_refuses_takes_the_one_behind_it_along(void **state)
{
    static const char *const refusals[] = {"page_commit 2 DISK_FULL",
                                           "page_commit 2 slow DISK_FULL"};
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct scanner_rig *f = *state;
        setenv("FAKE_STORE", refusals[i], 1);
        rig_start(f, js_pack("{s:s, s:s}", "device", "pile 5", "document_id", "known"));
        rig_check_ends(f, "failed", 1, "DISK_FULL");
        rig_check_lost_sheets(f, 1, 2, 2);
        rig_check_asked(f, "scan", "open start next next next finish");
        rig_check_asked(f, "store",
                        "page_begin page_begin page_commit page_begin page_commit page_abort "
                        "page_abort");
        rig_teardown(state);
        rig_setup(state);
    }
}

/* The page behind is in mid-air: it is not waited for, and not kept. */
static void a_page_the_store_refuses_stops_the_one_behind_it(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_STORE", "page_commit 1 slow DISK_FULL", 1);
    rig_start(f, js_pack("{s:s, s:s}", "device", "stall 1", "document_id", "known"));
    rig_check_ends(f, "failed", 0, "DISK_FULL");
    rig_check_lost_sheets(f, 0, 1, 2);
    rig_check_asked(
        f, "store",
        "page_begin page_begin page_commit page_begin page_abort page_abort page_abort");
    assert_int_equal(f->progress, 0);
    assert_int_equal(scanners_crash_count(f->scanners), 0);
}

/* ---- one comes while the one before is stored ---------------------------------------------------
 */

static void the_next_page_comes_while_the_one_before_is_stored(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_STORE", "page_commit 1 slow", 1);
    rig_start(f, rig_from("pile 4"));
    rig_turn_until_logged_times(f, "scan next", 2);
    assert_int_equal(f->told_pages, 0);
    while (f->told_pages == 0) {
        assert_int_equal(rig_count_logged(f, "scan next"), 2); /* and not the whole pile */
        rig_turn(f);
    }
    rig_check_ends(f, "done", 4, NULL);
    rig_check_asked(
        f, "store",
        "document_create page_begin page_begin page_commit page_begin page_commit "
        "page_begin page_commit page_begin page_commit page_abort document_finish_scan");
}

static void progress_of_a_page_is_told_when_the_one_before_is_safe(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_STORE", "page_commit 1 slow", 1);
    rig_start(f, rig_from("stall 1"));
    while (f->progress == 0) /* on_event looks at the number of the page */
        rig_turn(f);
    assert_int_equal(f->told_pages, 1);
    js_free(rig_job(f, true));
    rig_check_ends(f, "cancelled", 1, NULL);
}

static void a_page_that_is_being_stored_outlives_its_scanner(void **state)
{
    static const struct {
        const char *device, *code;
    } cases[] = {{"die 1", "WORKER_DIED"}, {"jam 1", "FEEDER_JAM"}, {"hang 1", "WORKER_HUNG"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct scanner_rig *f = *state;
        f->limits.read_ms = 100;
        setenv("FAKE_STORE", "page_commit 1 slow", 1);
        rig_start(f, rig_from(cases[i].device));
        rig_check_ends(f, "failed", 1, cases[i].code);
        rig_check_lost_sheets(f, 1, 2, 1);
        rig_teardown(state);
        rig_setup(state);
    }
}

static void a_cancel_keeps_the_page_that_is_read_already(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_STORE", "page_commit 1 slow", 1);
    rig_start(f, rig_from("pile 5"));
    rig_turn_until_logged_times(f, "scan next", 2);
    js_free(rig_job(f, true));
    rig_check_ends(f, "cancelled", 2, NULL);
    rig_check_lost_sheets(f, 2, 0, 0);
    rig_check_asked(f, "scan", "open start next next finish");
}

static void without_room_no_paper_moves(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_STORE", "page_begin 1 DISK_FULL", 1);
    rig_start(f, rig_from("pile 2"));
    rig_check_ends(f, "failed", 0, "DISK_FULL");
    rig_check_asked(f, "scan", "open start finish");
    rig_check_asked(f, "store", "document_create page_begin document_reject");
}

static void without_a_document_there_is_no_job(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_STORE", "document_create 1 NOT_FOUND", 1);
    assert_int_equal(rig_start(f, rig_from("pile 2")), ERR_NOT_FOUND);
    assert_false(scanners_are_busy(f->scanners));
    rig_check_asked(f, "scan", "");
    assert_int_equal(rig_start(f, rig_from("pile 1")), ERR_OK);
    rig_check_ends(f, "done", 1, NULL);
}

static void a_document_that_cannot_be_finished_fails_the_job(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_STORE", "document_finish_scan 1 STATE_CHANGED", 1);
    rig_start(f, rig_from("glass"));
    rig_check_ends(f, "failed", 1, "STATE_CHANGED");
}

static void a_dead_scan_worker_fails_the_job_and_not_the_next(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("die 1"));
    rig_check_ends(f, "failed", 1, "WORKER_DIED");
    rig_check_asked(f, "scan", "open start next next");
    assert_int_equal(scanners_crash_count(f->scanners), 1);
    rig_start(f, rig_from("die 0"));
    rig_check_ends(f, "failed", 0, "WORKER_DIED");
    rig_check_logged(f, "store document_reject {\"id\":\"made\",\"reason\":\"WORKER_DIED\"");
    rig_start(f, rig_from("glass"));
    rig_check_ends(f, "done", 1, NULL);
}

static void a_busy_device_is_tried_again(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("busy 1"));
    rig_check_ends(f, "done", 1, NULL);
    rig_check_asked(f, "scan", "open open start next finish");
}

static void a_page_of_a_pile_has_its_place_while_the_one_before_is_read(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("stall 1"));
    rig_turn_until_logged_times(f, "store page_begin", 3); /* the second page hangs in mid-page */
    assert_int_equal(rig_count_logged(f, "scan next"), 2);
    js_free(rig_job(f, true));
    rig_check_ends(f, "cancelled", 1, NULL);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
