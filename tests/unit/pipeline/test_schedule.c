#include "tests/harness/test.h"

#include "daemon/pipeline/breaker.h"
#include "daemon/pipeline/schedule.h"

#define SECOND INT64_C(1000000)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)
#define MIDNIGHT (INT64_C(1795107600) * SECOND) /* in Vietnam */
#define NOON (MIDNIGHT + 12 * HOUR)

static int64_t wall_us, monotonic_us;

static int64_t wall(void)
{
    return wall_us;
}

static int64_t monotonic(void)
{
    return monotonic_us;
}

static uint32_t no_chance(void)
{
    return 0;
}

static void pass(int64_t us)
{
    wall_us += us;
    monotonic_us += us;
}

struct fixture {
    struct schedule_limits limits;
    struct js *targets;
    struct schedule *schedule;
};

static void begin(struct fixture *f, struct schedule_limits limits)
{
    f->limits = limits;
    f->targets = js_pack("[{s:s, s:i}, {s:s, s:i, s:i}]", "name", "a", "day_rate_kbps", 256, "name",
                         "b", "rate_kbps", 1000, "day_rate_kbps", 256);
    struct schedule_config config = {&f->limits, f->targets, wall, monotonic, no_chance};
    wall_us = NOON;
    monotonic_us = 1000 * SECOND;
    assert_int_equal(schedule_new(&config, NULL, &f->schedule, NULL), ERR_OK);
}

static void end(struct fixture *f)
{
    schedule_free(f->schedule);
    js_free(f->targets);
}

/* "a" or "a!" (urgent only), with "most" behind a colon; the claim is answered. */
static void expect(struct fixture *f, const char *wanted)
{
    AUTO(js) struct js *targets = schedule_targets(f->schedule);
    char seen[200] = "";
    for (size_t i = 0; i < js_count(targets); i++) {
        const struct js *one = js_item(targets, i);
        size_t used = strlen(seen);
        int most = (int)js_int_or(one, "most", 0);
        snprintf(seen + used, sizeof seen - used, "%s%s%s", used ? " " : "",
                 js_text_or(one, "name", ""), js_bool_or(one, "urgent_only", false) ? "!" : "");
        used = strlen(seen);
        if (most)
            snprintf(seen + used, sizeof seen - used, ":%d", most);
    }
    schedule_answered(f->schedule, targets);
    assert_string_equal(seen, wanted);
}

static const struct schedule_limits always = {.day_jobs = 1, .nights = 3, .power_off_min = -1};
static const struct schedule_limits night = {.has_window = true,
                                             .from_min = 18 * 60 + 30,
                                             .to_min = 6 * 60,
                                             .day_jobs = 2,
                                             .nights = 3,
                                             .power_off_min = -1};

static void without_a_window_everything_goes_at_once(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, always);
    expect(&f, "a b:1");
    for (int i = 0; i < 10; i++)
        schedule_begin(f.schedule, "a");
    expect(&f, "a b:1");
    assert_int_equal(schedule_rate_bps(f.schedule, "a", false), 0);
    end(&f);
}

static void a_line_with_a_cap_carries_one_record_and_one_that_is_urgent(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, always);
    schedule_begin(f.schedule, "b");
    expect(&f, "a b!:1");
    schedule_begin(f.schedule, "b");
    expect(&f, "a");
    schedule_note(f.schedule, "b", ERR_OK, 0);
    schedule_note(f.schedule, "b", ERR_OK, 0);
    expect(&f, "a b:1");
    assert_int_equal(schedule_rate_bps(f.schedule, "b", false), 1000000);
    end(&f);
}

static void by_day_only_what_is_urgent_goes_and_at_night_everything(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, night);
    wall_us = MIDNIGHT + 2 * HOUR;
    schedule_begin(f.schedule, "a"); /* the night is used */
    schedule_note(f.schedule, "a", ERR_OK, 0);
    schedule_begin(f.schedule, "b");
    schedule_note(f.schedule, "b", ERR_OK, 0);
    expect(&f, "a b:1");
    pass(10 * HOUR);
    expect(&f, "a! b!:2");
    assert_int_equal(schedule_rate_bps(f.schedule, "a", false), 256000);
    assert_int_equal(schedule_rate_bps(f.schedule, "a", true), 0);
    assert_int_equal(schedule_rate_bps(f.schedule, "b", true), 1000000);
    pass(7 * HOUR); /* 19:00 */
    expect(&f, "a b:1");
    end(&f);
}

static void after_a_missed_night_a_few_trickle_by_day(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, night);
    expect(&f, "a:2 b:2"); /* nothing is known of the night before */
    schedule_begin(f.schedule, "a");
    expect(&f, "a:1 b:2");
    schedule_begin(f.schedule, "a");
    expect(&f, "a! b:2");
    schedule_note(f.schedule, "a", ERR_OK, 0); /* by day nothing is made good of a night */
    expect(&f, "a:1 b:2");
    end(&f);
}

static void while_a_claim_for_few_is_asked_no_second_one_is(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, night);
    AUTO(js) struct js *first = schedule_targets(f.schedule);
    assert_int_equal(js_int_or(first, "[0].most", 0), 2);
    AUTO(js) struct js *second = schedule_targets(f.schedule);
    assert_true(js_bool_or(second, "[0].urgent_only", false));
    schedule_answered(f.schedule, first);
    expect(&f, "a:2 b:2");
    end(&f);
}

static void break_line(struct fixture *f, const char *target)
{
    for (int i = 0; i < BREAKER_FAILURES; i++) {
        schedule_begin(f->schedule, target);
        schedule_note(f->schedule, target, ERR_TARGET_UNREACHABLE, 0);
    }
}

static void one_target_that_is_down_does_not_stop_the_other(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, always);
    break_line(&f, "a");
    expect(&f, "b:1");
    pass(BREAKER_WAIT_FIRST_US);
    expect(&f, "a:1 b:1"); /* one record */
    schedule_begin(f.schedule, "a");
    expect(&f, "b:1");
    schedule_note(f.schedule, "a", ERR_OK, 0);
    expect(&f, "a b:1");
    end(&f);
}

static void how_long_it_is_down_is_told_in_days(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, always);
    break_line(&f, "a");
    pass(23 * DAY + HOUR);
    AUTO(js) struct js *status = schedule_status(f.schedule);
    assert_string_equal(js_text_or(status, "targets[0].state", ""), "down");
    assert_int_equal(js_int_or(status, "targets[0].days", -1), 23);
    assert_string_equal(js_text_or(status, "targets[1].state", ""), "up");
    wall_us -= 400 * DAY; /* the clock is set back: no nonsense */
    AUTO(js) struct js *again = schedule_status(f.schedule);
    assert_int_equal(js_int_or(again, "targets[0].days", -1), 0);
    end(&f);
}

static void a_clock_set_forward_or_back_does_not_move_the_waits(void **state)
{
    (void)state;
    static const int64_t jumps[] = {365 * DAY, -DAY, -20000 * DAY};
    for (size_t i = 0; i < COUNT_OF(jumps); i++) {
        struct fixture f;
        begin(&f, always);
        break_line(&f, "a");
        wall_us += jumps[i];
        expect(&f, "b:1");
        pass(BREAKER_WAIT_FIRST_US);
        expect(&f, "a:1 b:1");
        end(&f);
    }
}

static void what_a_person_opens_is_open_for_so_long(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, night);
    break_line(&f, "b");
    schedule_open(f.schedule, HOUR);
    expect(&f, "a b:1"); /* b: one record, at once */
    wall_us += 365 * DAY;
    expect(&f, "a b:1");
    pass(HOUR);
    expect(&f, "a:2 b:1");
    schedule_shut(f.schedule, HOUR);
    expect(&f, "");
    schedule_shut(f.schedule, 0);
    expect(&f, "a:2 b:1");
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_window_everything_goes_at_once),
        cmocka_unit_test(a_line_with_a_cap_carries_one_record_and_one_that_is_urgent),
        cmocka_unit_test(by_day_only_what_is_urgent_goes_and_at_night_everything),
        cmocka_unit_test(after_a_missed_night_a_few_trickle_by_day),
        cmocka_unit_test(while_a_claim_for_few_is_asked_no_second_one_is),
        cmocka_unit_test(one_target_that_is_down_does_not_stop_the_other),
        cmocka_unit_test(how_long_it_is_down_is_told_in_days),
        cmocka_unit_test(a_clock_set_forward_or_back_does_not_move_the_waits),
        cmocka_unit_test(what_a_person_opens_is_open_for_so_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
