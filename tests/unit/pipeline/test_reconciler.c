#include "tests/harness/test.h"

#include "daemon/pipeline/reconciler.h"

/* When the warehouses are compared without being asked. */

#define HOUR_US (INT64_C(3600) * 1000000)
#define DAY_US (24 * HOUR_US)

/* 23 November 2026, that hour in Vietnam. */
static int64_t at(double hour)
{
    return INT64_C(1795366800) * 1000000 + (int64_t)(hour * (double)HOUR_US);
}

static void once_a_night_when_all_is_sent_and_by_day_after_three_nights_without(void **state)
{
    (void)state;
    static const struct schedule_limits window = {
        .has_window = true, .from_min = 1110, .to_min = 360};
    static const struct schedule_limits none = {0};
    const struct {
        const char *what;
        const struct schedule_limits *limits;
        int64_t now_us, begun_us;
        bool busy, due;
    } cases[] = {
        {"in the window", &window, at(19), at(-4), false, true},
        {"already in this window", &window, at(23), at(19), false, false},
        {"after midnight the same window", &window, at(25), at(19), false, false},
        {"something waits to be sent", &window, at(19), at(-4), true, false},
        {"it waits for hours", &window, at(21), at(-4), true, true},
        {"by day", &window, at(10), at(-4), false, false},
        {"by day, three nights missed", &window, at(10), at(10) - 4 * DAY_US, false, true},
        {"by day, never before, busy", &window, at(10), 0, true, false},
        {"no window: night", &none, at(2), at(-22), false, true},
        {"no window: evening", &none, at(19), at(2), false, false},
        {"begun in the future: the clock was wrong", &window, at(19), at(200), false, true},
        {"a clock that was never set", &window, 19 * HOUR_US, 0, false, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (reconciler_is_due(cases[i].limits, cases[i].begun_us, cases[i].busy, cases[i].now_us) !=
            cases[i].due)
            fail_msg("%s", cases[i].what);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(once_a_night_when_all_is_sent_and_by_day_after_three_nights_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
