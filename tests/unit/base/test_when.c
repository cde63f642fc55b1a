#include "tests/harness/test.h"

#include "daemon/base/sys.h"
#include "daemon/base/when.h"

#define T 1795230930123456ll /* 2026-11-21 03:15:30.123456 UTC */

static void people_read_vietnam_time_and_machines_utc(void **state)
{
    (void)state;
    char text[WHEN_ISO_SIZE];
    when_iso_local(T, text);
    assert_string_equal(text, "2026-11-21T10:15:30+07:00");
    when_iso_utc(T, text);
    assert_string_equal(text, "2026-11-21T03:15:30.123456Z");
    when_iso_utc(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
}

static void only_dates_that_exist_are_dates(void **state)
{
    (void)state;
    assert_true(when_is_date(2024, 2, 29));
    assert_true(when_is_date(2000, 2, 29));
    assert_false(when_is_date(1900, 2, 29));
    assert_false(when_is_date(2026, 2, 29));
    assert_false(when_is_date(2026, 13, 1));
    assert_false(when_is_date(2026, 4, 31));
    assert_false(when_is_date(2026, 4, 0));
}

static void the_clock_can_be_set_by_a_test(void **state)
{
    (void)state;
    sys_clock_set(T);
    assert_int_equal(sys_now_us(), T);
    assert_int_equal(when_today_local(sys_now_us()), 20261121);
    sys_clock_set(0);
    assert_true(sys_now_us() != T);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_read_vietnam_time_and_machines_utc),
        cmocka_unit_test(only_dates_that_exist_are_dates),
        cmocka_unit_test(the_clock_can_be_set_by_a_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
