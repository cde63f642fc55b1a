#include "tests/harness/test.h"

#include "daemon/pipeline/schedule_rules.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
/* 2026-11-20 00:00 in Vietnam */
#define MIDNIGHT (INT64_C(1795107600) * SECOND)

static const struct schedule_limits night = {.has_window = true,
                                             .from_min = 18 * 60 + 30,
                                             .to_min = 6 * 60,
                                             .day_jobs = 1,
                                             .nights = 3,
                                             .power_off_min = -1};

static void a_window_is_read_and_written_as_people_write_it(void **state)
{
    (void)state;
    static const char *const good[] = {"18:30-06:00", "00:00-23:59", "12:00-13:00", "always"};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct schedule_limits limits = {0};
        char text[SCHEDULE_WINDOW_SIZE];
        assert_true(schedule_window_from_text(good[i], &limits));
        schedule_window_to_text(&limits, text);
        assert_string_equal(text, good[i]);
    }
    static const char *const bad[] = {"",
                                      "night",
                                      "18:30",
                                      "18:30-18:30",
                                      "24:00-06:00",
                                      "18:60-06:00",
                                      "18:30 06:00",
                                      "8:30-06:00",
                                      "18:30-06:000",
                                      "+8:30-06:00",
                                      "18:30-06:00 "};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct schedule_limits limits = {0};
        if (schedule_window_from_text(bad[i], &limits))
            fail_msg("'%s' was taken", bad[i]);
    }
}

static void the_window_goes_over_midnight_in_vietnam_time(void **state)
{
    (void)state;
    static const struct {
        int64_t at;
        bool inside;
        enum schedule_mode mode;
    } cases[] = {
        {MIDNIGHT, true, SCHEDULE_ALL},
        {MIDNIGHT + 6 * HOUR - 1, true, SCHEDULE_ALL},
        {MIDNIGHT + 6 * HOUR, false, SCHEDULE_URGENT},
        {MIDNIGHT + 12 * HOUR, false, SCHEDULE_URGENT},
        {MIDNIGHT + 18 * HOUR + 30 * MINUTE - 1, false, SCHEDULE_URGENT},
        {MIDNIGHT + 18 * HOUR + 30 * MINUTE, true, SCHEDULE_ALL},
        {MIDNIGHT + 24 * HOUR - 1, true, SCHEDULE_ALL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(schedule_window_at(&night, cases[i].at).inside, cases[i].inside);
        /* the last window was used */
        assert_int_equal(schedule_mode_at(&night, MIDNIGHT, cases[i].at), cases[i].mode);
    }
}

static void by_day_a_trickle_goes_where_the_site_wants_it(void **state)
{
    (void)state;
    struct schedule_limits limits = night;
    int64_t noon = MIDNIGHT + 12 * HOUR;
    limits.day_trickles = true;
    assert_int_equal(schedule_mode_at(&limits, MIDNIGHT, noon), SCHEDULE_TRICKLE);
    limits.has_window = false;
    assert_int_equal(schedule_mode_at(&limits, 0, noon), SCHEDULE_ALL);
}

/* Every minute of a year: the window is open 690 minutes a day, on every day, and no other. */
static void a_year_has_as_many_windows_as_days(void **state)
{
    (void)state;
    long inside = 0;
    int64_t begins = 0, last_begin = 0;
    for (int64_t at = MIDNIGHT; at < MIDNIGHT + 365 * DAY; at += MINUTE) {
        struct schedule_window window = schedule_window_at(&night, at);
        inside += window.inside;
        begins += window.begin_us != last_begin;
        last_begin = window.begin_us;
        assert_true(window.begin_us <= at && at - window.begin_us < DAY);
        assert_int_equal(window.end_us - window.begin_us, 690 * MINUTE);
    }
    assert_int_equal(inside, 365 * 690);
    assert_int_equal(begins, 366); /* the first begins the evening before */
}

/* A counter that is switched off at 17:00 and on at 7:30. */
static void a_station_that_is_off_at_night_trickles_by_day(void **state)
{
    (void)state;
    int64_t served = MIDNIGHT - DAY + 19 * HOUR; /* the evening before it was on for once */
    for (int day = 0; day < 365; day++) {
        int64_t morning = MIDNIGHT + day * DAY + 7 * HOUR + 30 * MINUTE;
        int missed = schedule_windows_missed(&night, served, morning);
        assert_int_equal(missed, day);
        assert_int_equal(schedule_mode_at(&night, served, morning),
                         day ? SCHEDULE_TRICKLE : SCHEDULE_URGENT);
    }
    /* one night on, and the days are quiet again */
    served = MIDNIGHT + 400 * DAY + 20 * HOUR;
    assert_int_equal(schedule_mode_at(&night, served, MIDNIGHT + 401 * DAY + 9 * HOUR),
                     SCHEDULE_URGENT);
}

static void a_window_that_is_still_open_is_not_missed(void **state)
{
    (void)state;
    int64_t before = MIDNIGHT + 17 * HOUR;
    assert_int_equal(schedule_windows_missed(&night, before, before), 0);
    assert_int_equal(schedule_windows_missed(&night, before, MIDNIGHT + 23 * HOUR), 0);
    assert_int_equal(schedule_windows_missed(&night, before, MIDNIGHT + 30 * HOUR - 1), 0);
    assert_int_equal(schedule_windows_missed(&night, before, MIDNIGHT + 30 * HOUR), 1);
}

static void a_clock_that_jumps_neither_stalls_nor_storms(void **state)
{
    (void)state;
    int64_t noon = MIDNIGHT + 12 * HOUR;
    /* a year forward, a day back, before this program existed, before 1970 */
    assert_int_equal(schedule_mode_at(&night, noon, noon + 365 * DAY), SCHEDULE_TRICKLE);
    assert_int_equal(schedule_mode_at(&night, noon, noon - DAY), SCHEDULE_URGENT);
    assert_int_equal(schedule_windows_missed(&night, noon, noon - DAY), 0);
    assert_int_equal(schedule_mode_at(&night, noon, 0), SCHEDULE_TRICKLE);
    assert_int_equal(schedule_mode_at(&night, noon, -DAY), SCHEDULE_TRICKLE);
    assert_int_equal(schedule_mode_at(&night, noon, 3 * HOUR), SCHEDULE_TRICKLE); /* "night" */
    /* ten thousand years are no more nights than ten */
    assert_true(schedule_windows_missed(&night, INT64_MIN / 4, noon) < 4000);
}

static void the_station_is_switched_off_only_when_the_clock_comes_to_that_minute(void **state)
{
    (void)state;
    int minute = 19 * 60 + 20;
    int64_t at = MIDNIGHT + minute * MINUTE;
    static const struct {
        int64_t before, now, elapsed;
        bool came;
    } cases[] = {
        {-5 * SECOND, 0, 5 * SECOND, true},
        {-5 * SECOND, 2 * SECOND, 7 * SECOND, true},
        {-10 * SECOND, -5 * SECOND, 5 * SECOND, false},
        {0, 5 * SECOND, 5 * SECOND, false},
        {-8 * HOUR, 3 * HOUR, 5 * SECOND, false}, /* the clock was set forward over it */
        {3 * HOUR, -MINUTE, 5 * SECOND, false},   /* and back */
        {-HOUR, HOUR, 2 * HOUR, true},            /* it slept over it */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (schedule_came_to(minute, at + cases[i].before, at + cases[i].now, cases[i].elapsed) !=
            cases[i].came)
            fail_msg("case %zu", i);
    assert_int_equal(schedule_next(minute, at - 1), at);
    assert_int_equal(schedule_next(minute, at), at + DAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_is_read_and_written_as_people_write_it),
        cmocka_unit_test(the_window_goes_over_midnight_in_vietnam_time),
        cmocka_unit_test(by_day_a_trickle_goes_where_the_site_wants_it),
        cmocka_unit_test(a_year_has_as_many_windows_as_days),
        cmocka_unit_test(a_station_that_is_off_at_night_trickles_by_day),
        cmocka_unit_test(a_window_that_is_still_open_is_not_missed),
        cmocka_unit_test(a_clock_that_jumps_neither_stalls_nor_storms),
        cmocka_unit_test(the_station_is_switched_off_only_when_the_clock_comes_to_that_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
