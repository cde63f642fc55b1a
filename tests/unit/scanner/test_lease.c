#include "tests/unit/scanner/scanner_rig.h"

#include "daemon/base/mem.h"
#include "daemon/base/sys.h"

#include <unistd.h>

/* ---- what may be asked --------------------------------------------------------------------------
 */

static void what_is_no_legal_copy_is_refused_before_paper_moves(void **state)
{
    static const struct {
        const char *mode;
        int dpi;
    } cases[] = {{"gray", 300}, {"lineart", 300}, {"color", 150}};
    struct scanner_rig *f = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(rig_start(f, js_pack("{s:s, s:s, s:i}", "device", "glass", "mode",
                                              cases[i].mode, "resolution_dpi", cases[i].dpi)),
                         ERR_SETTINGS_NOT_LEGAL);
    rig_check_asked(f, "store", "");
}

static void one_clerk_has_the_scanner_until_it_is_handed_over(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("glass"));
    rig_check_ends(f, "done", 1, NULL);
    rig_be(f, "uid:1001");
    assert_int_equal(rig_start(f, rig_from("glass")), ERR_DEVICE_LEASED);
    assert_int_equal(rig_lease(f, js_pack("{s:s}", "to", "uid:1001")), ERR_DEVICE_LEASED);
    rig_be(f, "uid:1000/web-1");
    assert_int_equal(rig_lease(f, js_pack("{s:s}", "to", "uid:1001")), ERR_OK);
    assert_string_equal(js_text_or(f->ok, "lease.owner", ""), "uid:1001");
    assert_int_equal(rig_start(f, rig_from("glass")), ERR_DEVICE_LEASED);
    rig_be(f, "uid:1001/web-2");
    rig_start(f, rig_from("glass"));
    rig_check_ends(f, "done", 1, NULL);
}

static void an_idle_scanner_may_be_taken_over_by_any_clerk(void **state)
{
    struct scanner_rig *f = *state;
    f->limits.lease_idle_ms = 80;
    assert_int_equal(rig_lease(f, js_pack("{s:b}", "take", 1)), ERR_OK); /* nobody had it */
    rig_be(f, "uid:1001");
    assert_int_equal(rig_lease(f, js_pack("{s:b}", "take", 1)), ERR_DEVICE_LEASED);
    rig_be(f, "uid:1000/web-1");
    usleep(50000);
    assert_int_equal(rig_lease(f, js_object()), ERR_OK); /* a page that renews does not use it */
    rig_be(f, "uid:1001/web-2");
    usleep(50000);
    assert_int_equal(rig_lease(f, js_object()), ERR_DEVICE_LEASED); /* not without being asked to */
    assert_string_equal(f->former, "");
    assert_int_equal(rig_lease(f, js_pack("{s:b}", "take", 1)), ERR_OK);
    assert_string_equal(js_text_or(f->ok, "lease.owner", ""), "uid:1001/web-2");
    assert_string_equal(f->former, "uid:1000/web-1");
    rig_turn_until_logged(f, "store device_note");
    rig_check_logged(f, "store device_note {\"identity\":\"glass\",\"event\":\"take\",\"from\":"
                        "\"uid:1000/web-1\",\"to\":\"uid:1001/web-2\"");
    rig_be(f, "uid:1000/web-1");
    assert_int_equal(rig_start(f, rig_from("glass")), ERR_DEVICE_LEASED);
}

static void a_scanner_at_work_is_not_idle(void **state)
{
    struct scanner_rig *f = *state;
    f->limits.lease_ms = f->limits.lease_idle_ms = 30;
    rig_start(f, rig_from("stall 1"));
    struct js *job = js_ref(f->ok);
    rig_wait_for_pages(f, 1);
    usleep(60000);
    rig_be(f, "uid:1001");
    f->answered = false;
    scanners_lease(f->scanners, "stall 1", js_pack("{s:b}", "take", 1), f->principal, rig_on_answer,
                   f);
    assert_true(f->answered);
    assert_int_equal(f->code, ERR_DEVICE_LEASED);
    AUTO(js) struct js *all = scanners_to_js(f->scanners);
    assert_true(js_is_null(js_at(js_item(all, 0), "lease.idle_since_us")));
    assert_string_equal(js_text_or(js_item(all, 0), "lease.owner", ""), "uid:1000");
    f->ok = job;
    rig_be(f, "uid:1000");
    js_free(rig_job(f, true));
    rig_check_ends(f, "cancelled", 1, NULL);
    rig_be(f, "uid:1001");
    usleep(60000);
    f->answered = false;
    scanners_lease(f->scanners, "stall 1", js_pack("{s:b}", "take", 1), f->principal, rig_on_answer,
                   f);
    assert_int_equal(f->code, ERR_OK);
}

static void only_whoever_has_the_scanner_steers_its_scan(void **state)
{
    static const enum job_verb verbs[] = {JOB_CANCEL, JOB_NEXT, JOB_CONFIRM, JOB_FINISH};
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("stall 1"));
    struct js *job = js_ref(f->ok);
    rig_wait_for_pages(f, 1);
    rig_be(f, "uid:1001");
    for (size_t i = 0; i < COUNT_OF(verbs); i++)
        assert_int_equal(rig_do_job(f, verbs[i]), ERR_DEVICE_LEASED);
    assert_int_equal(rig_do_job(f, JOB_SHOW), ERR_OK);
    assert_int_equal(rig_start(f, rig_from("stall 1")), ERR_DEVICE_LEASED); /* not: cancel that */
    f->ok = job;
    rig_be(f, "uid:1000/web-2");
    js_free(rig_job(f, true));
    rig_check_ends(f, "cancelled", 1, NULL);
}

static void nobody_else_tries_or_resets_a_scanner_that_somebody_has(void **state)
{
    static const struct {
        const char *who;
        enum err_code code;
    } cases[] = {{"uid:1001", ERR_DEVICE_LEASED}, {"uid:1000/web-2", ERR_OK}};
    struct scanner_rig *f = *state;
    assert_int_equal(rig_lease(f, js_object()), ERR_OK);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        rig_be(f, cases[i].who);
        f->answered = false;
        scanners_ask(f->scanners, "glass", SCANNER_TEST, f->principal, rig_on_answer, f);
        while (!f->answered)
            rig_turn(f);
        assert_int_equal(f->code, cases[i].code);
    }
}

/* Whoever takes the scanner over in the middle of a paper scans its own pages, and no others. */
static void each_page_is_of_the_clerk_who_scanned_it(void **state)
{
    struct scanner_rig *f = *state;
    f->limits.lease_idle_ms = 0;
    rig_start(f,
              js_pack("{s:s, s:s, s:b}", "device", "glass", "document_id", "known", "finish", 0));
    rig_check_ends(f, "done", 1, NULL);
    rig_be(f, "uid:1001");
    assert_int_equal(rig_lease(f, js_pack("{s:b}", "take", 1)), ERR_OK);
    rig_start(f,
              js_pack("{s:s, s:s, s:b}", "device", "glass", "document_id", "known", "finish", 0));
    rig_check_ends(f, "done", 1, NULL);
    AUTO(mem) char *log = rig_log(f);
    const char *first = strstr(log, "store page_commit"),
               *second = strstr(first + 1, "store page_commit");
    assert_non_null(second);
    const char *one = strstr(first, "\"principal\":{\"id\":\"uid:1000\"");
    assert_true(one && one < second);
    assert_non_null(strstr(second, "\"principal\":{\"id\":\"uid:1001\""));
}

/* What the other clerks see of it, too: nobody scans, and since when. */
static void a_job_that_fails_holds_the_scanner_no_longer_than_one_that_ends(void **state)
{
    static const struct {
        const char *device, *store, *state;
        int pages;
        const char *code;
    } cases[] = {
        {"glass", NULL, "done", 1, NULL},
        {"glass", "page_begin 1 DISK_FULL", "failed", 0, "DISK_FULL"},
        {"glass", "page_commit 1 DISK_FULL", "failed", 0, "DISK_FULL"},
        {"pile 5", "page_commit 2 slow DISK_FULL", "failed", 1, "DISK_FULL"},
        {"glass", "document_finish_scan 1 DISK_FULL", "failed", 1, "DISK_FULL"},
        {"pile 0", "document_reject 1 DISK_FULL", "failed", 0, "FEEDER_EMPTY"},
        {"jam 1", NULL, "failed", 1, "FEEDER_JAM"},
        {"die 1", NULL, "failed", 1, "WORKER_DIED"},
        {"hang 1", NULL, "failed", 1, "WORKER_HUNG"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct scanner_rig *f = *state;
        f->limits.read_ms = 100;
        f->limits.lease_ms = 5000;
        f->limits.lease_idle_ms = 0;
        if (cases[i].store)
            setenv("FAKE_STORE", cases[i].store, 1);
        rig_start(f, rig_from(cases[i].device));
        rig_check_ends(f, cases[i].state, cases[i].pages, cases[i].code);
        AUTO(js) struct js *all = scanners_to_js(f->scanners);
        const struct js *shown = js_item(all, 0);
        int64_t now_us = sys_now_us(), idle_us = js_int_or(shown, "lease.idle_since_us", 0);
        assert_string_equal(js_text_or(shown, "lease.owner", ""), "uid:1000");
        assert_true(js_is_null(js_at(shown, "job")));
        assert_in_range(idle_us, 1, now_us);
        assert_int_equal(js_int_or(shown, "lease.until_us", 0), idle_us + 5000000);
        rig_be(f, "uid:1001");
        assert_int_equal(rig_start(f, rig_from(cases[i].device)), ERR_DEVICE_LEASED);
        assert_int_equal(rig_lease_of(f, cases[i].device, js_pack("{s:b}", "take", 1)), ERR_OK);
        rig_teardown(state);
        rig_setup(state);
    }
}

/* The scanner stays whose it was: nobody's, or the clerk's who has it for a while yet. */
static void a_request_that_is_refused_takes_no_scanner(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_STORE", "document_create 1 DISK_FULL", 1);
    assert_int_equal(rig_start(f, rig_from("glass")), ERR_DISK_FULL);
    AUTO(js) struct js *all = scanners_to_js(f->scanners);
    assert_true(js_is_null(js_at(js_item(all, 0), "lease")));
    rig_be(f, "uid:1001");
    assert_int_equal(rig_start(f, rig_from("glass")), ERR_OK);
    rig_check_ends(f, "done", 1, NULL);
}

static void a_lease_ends_with_time(void **state)
{
    struct scanner_rig *f = *state;
    f->limits.lease_ms = 50;
    rig_start(f, rig_from("glass"));
    rig_check_ends(f, "done", 1, NULL);
    rig_be(f, "uid:1001");
    usleep(60000);
    assert_int_equal(rig_start(f, rig_from("glass")), ERR_OK);
    rig_check_ends(f, "done", 1, NULL);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        CASE(what_is_no_legal_copy_is_refused_before_paper_moves),
        CASE(one_clerk_has_the_scanner_until_it_is_handed_over),
        CASE(an_idle_scanner_may_be_taken_over_by_any_clerk),
        CASE(a_scanner_at_work_is_not_idle),
        CASE(only_whoever_has_the_scanner_steers_its_scan),
        CASE(nobody_else_tries_or_resets_a_scanner_that_somebody_has),
        CASE(each_page_is_of_the_clerk_who_scanned_it),
        CASE(a_job_that_fails_holds_the_scanner_no_longer_than_one_that_ends),
        CASE(a_request_that_is_refused_takes_no_scanner),
        CASE(a_lease_ends_with_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
