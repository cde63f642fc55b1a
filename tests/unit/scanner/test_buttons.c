#include "tests/unit/scanner/scanner_rig.h"

#include "daemon/base/mem.h"
#include "daemon/base/sys.h"

#include <unistd.h>

/* ---- the machine's buttons ----------------------------------------------------------------------
 */

/* Turns for a while; how often somebody looked at the buttons meanwhile. */
static int looks(struct scanner_rig *f)
{
    int before = rig_count_logged(f, "scan buttons");
    int64_t until_us = sys_monotonic_us() + 200000;
    while (sys_monotonic_us() < until_us)
        sd_event_run(f->loop, 10000);
    return rig_count_logged(f, "scan buttons") - before;
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
        struct scanner_rig *f = *state;
        setenv("FAKE_BUTTON", "1", 1);
        setenv("FAKE_SCANNER", "glass", 1);
        f->limits.buttons = cases[i].when;
        f->answered = false;
        if (cases[i].was_used)
            scanners_ask(f->scanners, "glass", SCANNER_SHOW, f->principal, rig_on_answer, f);
        else
            device_book_list(f->book, rig_on_answer, f);
        while (!f->answered)
            rig_turn(f);
        if (cases[i].has_lease)
            rig_lease(f, js_object());
        scanners_watch(f->scanners, cases[i].page_is_open);
        if ((looks(f) > 0) != cases[i].looked)
            fail_msg("case %zu", i);
        scanners_watch(f->scanners, 0); /* the page was closed */
        looks(f);
        bool goes_on = cases[i].has_lease || cases[i].when == BUTTONS_ALWAYS;
        assert_int_equal(looks(f) > 0, cases[i].looked && goes_on);
        rig_teardown(state);
        rig_setup(state);
    }
}

static void a_press_at_a_free_scanner_is_told_and_scans_nothing(void **state)
{
    struct scanner_rig *f = *state;
    AUTO(js)
    struct js *settled = js_pack("{s:[{s:s, s:s}], s:[]}", "devices", "identity", "glass", "label",
                                 "Quầy 1", "profiles");
    device_book_take(f->book, settled);
    setenv("FAKE_SCANNER", "glass", 1);
    setenv("FAKE_BUTTON", "1", 1);
    f->limits.lease_ms = 40;
    rig_lease(f, js_pack("{s:s}", "dossier_id", "dossier"));
    usleep(50000); /* nobody has it any more */
    scanners_watch(f->scanners, 1);
    while (!f->presses)
        rig_turn(f);
    looks(f);
    assert_string_equal(js_text_or(f->press, "label", ""), "Quầy 1");
    assert_string_equal(js_text_or(f->press, "device", ""), "glass");
    assert_true(js_is_null(js_at(f->press, "owner")));
    assert_true(js_is_null(js_at(f->press, "action")));
    assert_int_equal(rig_count_logged(f, "scan next"), 0);
    f->limits.lease_ms = 60000;
    rig_be(f, "uid:1001"); /* whose dossier is another one */
    rig_lease(f, js_object());
    looks(f);
    assert_int_equal(rig_count_logged(f, "scan next"), 0);
    assert_string_equal(js_text_or(f->press, "owner", ""), "uid:1001");
    rig_lease(f, js_pack("{s:s}", "dossier_id", "dossier"));
    rig_turn_until_logged(f, "scan next");
    rig_check_logged(f, "\"principal\":{\"id\":\"uid:1001\"");
    while (scanners_are_busy(f->scanners))
        rig_turn(f);
}

static void the_profile_says_what_a_press_does(void **state)
{
    static const struct {
        const char *use;
        bool looked, scanned;
    } cases[] = {{"scan", true, true}, {"tell", true, false}, {"off", false, false}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct scanner_rig *f = *state;
        AUTO(js)
        struct js *settled = js_pack("{s:[{s:s, s:s}], s:[{s:s, s:{s:s}}]}", "devices", "identity",
                                     "glass", "profile", "Một", "profiles", "name", "Một",
                                     "settings", "button", cases[i].use);
        setenv("FAKE_SCANNER", "glass", 1);
        setenv("FAKE_BUTTON", "1", 1);
        device_book_take(f->book, settled);
        rig_lease(f, js_pack("{s:s}", "dossier_id", "dossier"));
        assert_int_equal(looks(f) > 0, cases[i].looked);
        assert_int_equal(f->presses > 0, cases[i].looked);
        assert_int_equal(rig_count_logged(f, "scan next") > 0, cases[i].scanned);
        while (scanners_are_busy(f->scanners))
            rig_turn(f);
        rig_teardown(state);
        rig_setup(state);
    }
}

static void nobody_looks_at_the_buttons_while_a_job_runs(void **state)
{
    struct scanner_rig *f = *state;
    setenv("FAKE_BUTTON", "1", 1);
    f->limits.buttons = BUTTONS_ALWAYS;
    rig_start(f, rig_from("stall 1"));
    while (f->progress == 0)
        rig_turn(f);
    scanners_watch(f->scanners, 1);
    assert_int_equal(looks(f), 0);
    js_free(rig_job(f, true));
    rig_check_ends(f, "cancelled", 1, NULL);
}

static void rules_for_the_buttons_go_to_the_machine_they_are_for(void **state)
{
    struct scanner_rig *f = *state;
    rig_start(f, rig_from("glass"));
    rig_check_ends(f, "done", 1, NULL);
    rig_check_logged(f, "\"panel\":[{\"option\":\"x*\",\"kind\":\"press\"}]");
    rig_start(f, rig_from("pile 1"));
    rig_check_ends(f, "done", 1, NULL);
    assert_int_equal(rig_count_logged(f, "\"panel\""), 1);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        CASE(buttons_are_looked_at_as_the_setting_says),
        CASE(a_press_at_a_free_scanner_is_told_and_scans_nothing),
        CASE(the_profile_says_what_a_press_does),
        CASE(nobody_looks_at_the_buttons_while_a_job_runs),
        CASE(rules_for_the_buttons_go_to_the_machine_they_are_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
