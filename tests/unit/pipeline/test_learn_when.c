#include "daemon/pipeline/learn_when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MINUTE_US (60 * INT64_C(1000000))
#define HOUR_US (60 * MINUTE_US)

static void it_is_time_at_night_or_when_idle(void **state)
{
    (void)state;
    static const struct {
        enum learn_when when;
        int utc_hour, idle_min; /* Vietnam is seven hours ahead */
        bool may;
    } cases[] = {
        {LEARN_NIGHT, 13, 10, true},  {LEARN_NIGHT, 12, 60, false}, {LEARN_NIGHT, 21, 10, true},
        {LEARN_NIGHT, 22, 60, false}, {LEARN_NIGHT, 2, 60, false},  {LEARN_NIGHT, 15, 9, false},
        {LEARN_IDLE, 2, 10, true},    {LEARN_IDLE, 2, 9, false},    {LEARN_NEVER, 15, 600, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct learn_limits limits = {cases[i].when, 20, 10};
        int64_t now_us = 20000 * 24 * HOUR_US + cases[i].utc_hour * HOUR_US;
        bool may = learn_is_idle(&limits, cases[i].idle_min * MINUTE_US) &&
                   learn_may(&limits, now_us, now_us - 24 * HOUR_US);
        if (may != cases[i].may)
            fail_msg("case %zu", i);
    }
}

static void a_station_that_is_off_at_night_learns_by_day(void **state)
{
    (void)state;
    static const struct {
        enum learn_when when;
        int days;
        bool may;
    } cases[] = {{LEARN_NIGHT, 2, false},
                 {LEARN_NIGHT, 4, true},
                 {LEARN_NIGHT, 0, false},
                 {LEARN_NEVER, 30, false}};
    int64_t noon_us = 20000 * 24 * HOUR_US + 5 * HOUR_US; /* in Vietnam */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct learn_limits limits = {cases[i].when, 20, 10};
        int64_t since_us = cases[i].days ? noon_us - cases[i].days * 24 * HOUR_US : 0;
        if (learn_may(&limits, noon_us, since_us) != cases[i].may)
            fail_msg("case %zu", i);
    }
}

static void corrections_or_ten_times_as_many_papers_make_it_due(void **state)
{
    (void)state;
    struct learn_limits limits = {LEARN_NIGHT, 20, 10};
    assert_false(learn_is_due(&limits, 19, 199));
    assert_true(learn_is_due(&limits, 20, 20));
    assert_true(learn_is_due(&limits, 0, 200));
    assert_false(learn_is_due(&limits, 0, 0));
}

static void the_words_of_the_setting_are_read(void **state)
{
    (void)state;
    for (int i = LEARN_NIGHT; i <= LEARN_NEVER; i++) {
        enum learn_when when = LEARN_NIGHT;
        assert_true(learn_when_from_name(learn_when_name((enum learn_when)i), &when));
        assert_int_equal(when, i);
    }
    enum learn_when when;
    assert_false(learn_when_from_name("always", &when));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_time_at_night_or_when_idle),
        cmocka_unit_test(a_station_that_is_off_at_night_learns_by_day),
        cmocka_unit_test(corrections_or_ten_times_as_many_papers_make_it_due),
        cmocka_unit_test(the_words_of_the_setting_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
