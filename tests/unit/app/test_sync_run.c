#include "tests/harness/test.h"

#include "daemon/sync_run.h"
#include "daemon/transfers.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)

static const struct sync_now busy = {.monotonic_us = SECOND, .waiting = 3, .in_flight = 1};

static struct sync_now at(int64_t us, struct sync_now now)
{
    now.monotonic_us = us;
    return now;
}

static void a_run_ends_when_all_went(void **state)
{
    (void)state;
    struct sync_run run = {0};
    assert_int_equal(sync_run_look(&run, &busy), SYNC_GO_ON);
    sync_run_begin(&run, SECOND, 0, false);
    assert_int_equal(sync_run_look(&run, &busy), SYNC_GO_ON);
    struct sync_now old_count = {.monotonic_us = 2 * SECOND, .waiting = 0};
    assert_int_equal(sync_run_look(&run, &old_count), SYNC_GO_ON); /* counted before it began */
    struct sync_now all_went = {.monotonic_us = 2 * SECOND, .waiting = 0, .counted = true};
    assert_int_equal(sync_run_look(&run, &all_went), SYNC_END);
    assert_string_equal(sync_state_name(run.state), "none");
}

static void a_run_ends_at_its_time_and_one_without_when_nothing_moves(void **state)
{
    (void)state;
    struct sync_run run = {0};
    sync_run_begin(&run, 0, 90 * MINUTE, false);
    struct sync_now now = at(90 * MINUTE - 1, busy);
    assert_int_equal(sync_run_look(&run, &now), SYNC_GO_ON); /* still for long, but it has time */
    now = at(90 * MINUTE, busy);
    assert_int_equal(sync_run_look(&run, &now), SYNC_END);
    sync_run_begin(&run, 0, 0, false);
    now = at(SYNC_RUN_STILL_US - 1, busy);
    assert_int_equal(sync_run_look(&run, &now), SYNC_GO_ON);
    run.moved_us = SECOND;
    now = at(SYNC_RUN_STILL_US, busy);
    assert_int_equal(sync_run_look(&run, &now), SYNC_GO_ON);
    now = at(SYNC_RUN_STILL_US + SECOND, busy);
    assert_int_equal(sync_run_look(&run, &now), SYNC_END);
}

static void it_is_switched_off_once_nothing_is_on_its_way_and_nobody_scans(void **state)
{
    (void)state;
    struct sync_run run = {0};
    sync_run_begin(&run, 0, 10 * MINUTE, true);
    struct sync_now now = at(10 * MINUTE, busy);
    assert_int_equal(sync_run_look(&run, &now), SYNC_LEAVE);
    now.monotonic_us += 30 * SECOND;
    assert_int_equal(sync_run_look(&run, &now), SYNC_GO_ON); /* a record is on its way */
    now.in_flight = 0;
    now.scanning = true;
    now.monotonic_us += 60 * MINUTE;
    assert_int_equal(sync_run_look(&run, &now), SYNC_GO_ON);
    now.scanning = false;
    assert_int_equal(sync_run_look(&run, &now), SYNC_SWITCH_OFF);
    assert_int_equal(sync_run_look(&run, &now), SYNC_GO_ON); /* once */
}

static void what_is_on_its_way_delays_it_by_a_minute_at_most(void **state)
{
    (void)state;
    struct sync_run run = {0};
    sync_run_leave(&run, 0);
    struct sync_now now = at(SYNC_LEAVE_US - 1, busy);
    assert_int_equal(sync_run_look(&run, &now), SYNC_GO_ON);
    now = at(SYNC_LEAVE_US, busy);
    assert_int_equal(sync_run_look(&run, &now), SYNC_SWITCH_OFF);
}

static void somebody_who_stays_ends_the_leaving_and_not_the_sending(void **state)
{
    (void)state;
    struct sync_run run = {0};
    sync_run_begin(&run, 0, 10 * MINUTE, true);
    sync_run_stay(&run);
    struct sync_now now = at(10 * MINUTE, busy);
    assert_int_equal(sync_run_look(&run, &now), SYNC_END);
    sync_run_leave(&run, 0);
    sync_run_stay(&run);
    now = at(60 * MINUTE, (struct sync_now){0});
    assert_int_equal(sync_run_look(&run, &now), SYNC_GO_ON);
}

static void what_moves_is_told_twice_a_second_with_its_rate(void **state)
{
    (void)state;
    struct transfers *transfers = NULL;
    int told = 0;
    int64_t rate = 0;
    assert_int_equal(transfers_new(&transfers, NULL), ERR_OK);
    for (int64_t tenth = 1; tenth <= 100; tenth++) {
        AUTO(js) struct js *data = NULL; /* 1000 bytes in a tenth of a second */
        told += transfers_moved(transfers, "one", "province", tenth * 1000, 200000,
                                tenth * SECOND / 10, &data);
        rate = js_int_or(data, "rate_bps", rate);
    }
    assert_in_range(told, 19, 21);
    assert_in_range(rate, 79000, 81000);
    AUTO(js) struct js *list = transfers_to_js(transfers);
    assert_int_equal(js_int_or(list, "[0].sent", 0), 100000);
    transfers_end(transfers, "one");
    AUTO(js) struct js *none = transfers_to_js(transfers);
    assert_int_equal(js_count(none), 0);
    transfers_free(transfers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_ends_when_all_went),
        cmocka_unit_test(a_run_ends_at_its_time_and_one_without_when_nothing_moves),
        cmocka_unit_test(it_is_switched_off_once_nothing_is_on_its_way_and_nobody_scans),
        cmocka_unit_test(what_is_on_its_way_delays_it_by_a_minute_at_most),
        cmocka_unit_test(somebody_who_stays_ends_the_leaving_and_not_the_sending),
        cmocka_unit_test(what_moves_is_told_twice_a_second_with_its_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
