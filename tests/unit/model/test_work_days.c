#include "tests/harness/test.h"

#include "daemon/model/work_days.h"

#include <stdio.h>

/* Hours of working days, in Vietnam's time. 2026-11-23 is a Monday. */

#define HOUR_US INT64_C(3600000000)

static int64_t at(const char *day, int hour)
{
    return work_days_parse(day) + hour * HOUR_US;
}

static void hours_of_saturdays_sundays_and_days_off_do_not_count(void **state)
{
    (void)state;
    static const struct {
        const char *now;
        int now_h;
        int64_t hours;
        const char *before;
        int before_h;
        int off; /* YYYYMMDD, 0: none */
    } cases[] = {
        {"2026-11-25", 12, 2, "2026-11-25", 10, 0},
        {"2026-11-25", 12, 24, "2026-11-24", 12, 0},
        {"2026-11-25", 12, 36, "2026-11-24", 0, 0},
        {"2026-11-23", 8, 36, "2026-11-19", 20, 0},        /* over a weekend */
        {"2026-11-23", 8, 8, "2026-11-23", 0, 0},          /* to the very beginning of a day */
        {"2026-11-22", 15, 24, "2026-11-20", 0, 0},        /* asked on a Sunday */
        {"2026-11-23", 8, 72, "2026-11-18", 8, 0},         /* three working days */
        {"2026-11-23", 8, 36, "2026-11-18", 20, 20261120}, /* the Friday was off, too */
        {"2026-11-23", 8, 36, "2026-11-19", 20, 20261121}, /* a Saturday off is one already */
        {"2027-01-04", 8, 24, "2026-12-31", 8, 20270101},  /* over a new year */
        {"2026-11-25", 12, 0, "2026-11-25", 12, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct work_days days = {.off = {cases[i].off}, .off_count = cases[i].off != 0};
        int64_t got = work_days_before(&days, at(cases[i].now, cases[i].now_h), cases[i].hours);
        if (got != at(cases[i].before, cases[i].before_h))
            fail_msg("case %zu: %lld h off", i,
                     (long long)((got - at(cases[i].before, cases[i].before_h)) / HOUR_US));
    }
}

static void the_last_working_day_before_a_monday_is_a_friday(void **state)
{
    (void)state;
    struct work_days days = {0};
    assert_int_equal(work_days_last_began(&days, at("2026-11-23", 7)), at("2026-11-20", 0));
    assert_int_equal(work_days_last_began(&days, at("2026-11-24", 0)), at("2026-11-23", 0));
    days = (struct work_days){.off = {20261120}, .off_count = 1};
    assert_int_equal(work_days_last_began(&days, at("2026-11-23", 7)), at("2026-11-19", 0));
}

static void only_days_that_exist_are_read(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "2026-13-01", "2026-02-29", "2026-1-1", "2026-11-23x", "23/11/2026", "26-11-2026"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(work_days_parse(bad[i]), -1);
    assert_int_equal(work_days_parse("1970-01-02"), INT64_C(17) * HOUR_US);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hours_of_saturdays_sundays_and_days_off_do_not_count),
        cmocka_unit_test(the_last_working_day_before_a_monday_is_a_friday),
        cmocka_unit_test(only_days_that_exist_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
