#include "tests/harness/test.h"

#include "daemon/pipeline/breaker.h"

#define SECOND INT64_C(1000000)
#define NOW (INT64_C(1795107600) * SECOND)

static struct breaker_clock at(int64_t monotonic_us)
{
    return (struct breaker_clock){NOW + monotonic_us, monotonic_us, UINT32_MAX};
}

static void fail_times(struct breaker *breaker, int times, int64_t monotonic_us)
{
    struct breaker_clock clock = at(monotonic_us);
    for (int i = 0; i < times; i++)
        breaker_note(breaker, ERR_TARGET_UNREACHABLE, 0, &clock);
}

static void it_opens_after_some_failures_in_a_row_and_tries_one_record(void **state)
{
    (void)state;
    struct breaker breaker = {0};
    fail_times(&breaker, BREAKER_FAILURES - 1, SECOND);
    assert_int_equal(breaker_state(&breaker, SECOND), BREAKER_CLOSED);
    fail_times(&breaker, 1, 2 * SECOND);
    assert_int_equal(breaker_state(&breaker, 2 * SECOND), BREAKER_OPEN);
    assert_int_equal(breaker.down_since_us, NOW + SECOND); /* since the first of them */
    int64_t later = 2 * SECOND + BREAKER_WAIT_FIRST_US;
    assert_int_equal(breaker_state(&breaker, later), BREAKER_ONE);
    breaker.probing = true;
    assert_int_equal(breaker_state(&breaker, later), BREAKER_OPEN);
    struct breaker_clock clock = at(later);
    breaker_note(&breaker, ERR_OK, 0, &clock);
    assert_int_equal(breaker_state(&breaker, later), BREAKER_CLOSED);
    assert_int_equal(breaker.down_since_us, 0);
}

static void a_refused_record_is_an_answer(void **state)
{
    (void)state;
    static const enum err_code answers[] = {ERR_TARGET_CONFLICT, ERR_TARGET_MISMATCH, ERR_NOT_FOUND,
                                            ERR_DOSSIER_CODE_BAD, ERR_TARGET_REFUSED};
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct breaker breaker = {0};
        struct breaker_clock clock = at(SECOND);
        for (int times = 0; times < 100; times++)
            breaker_note(&breaker, answers[i], 0, &clock);
        assert_int_equal(breaker_state(&breaker, SECOND), BREAKER_CLOSED);
        fail_times(&breaker, BREAKER_FAILURES, SECOND);
        breaker_note(&breaker, answers[i], 0, &clock);
        assert_int_equal(breaker_state(&breaker, SECOND), BREAKER_CLOSED);
    }
}

static void our_own_trouble_says_nothing_about_the_target(void **state)
{
    (void)state;
    static const enum err_code ours[] = {ERR_NO_MEMORY, ERR_WORKER_DIED, ERR_BLOB_DAMAGED,
                                         ERR_CANCELLED, ERR_DISK_FULL};
    for (size_t i = 0; i < COUNT_OF(ours); i++) {
        struct breaker breaker = {0};
        struct breaker_clock clock = at(SECOND);
        for (int times = 0; times < 100; times++)
            breaker_note(&breaker, ours[i], 0, &clock);
        assert_int_equal(breaker_state(&breaker, SECOND), BREAKER_CLOSED);
        fail_times(&breaker, BREAKER_FAILURES, SECOND);
        breaker_note(&breaker, ours[i], 0, &clock);
        assert_int_not_equal(breaker.down_since_us, 0);
    }
}

static void each_failed_trial_doubles_the_wait_up_to_some_minutes(void **state)
{
    (void)state;
    struct breaker breaker = {0};
    int64_t now = SECOND, before = 0;
    fail_times(&breaker, BREAKER_FAILURES, now);
    for (int trial = 0; trial < 10000; trial++) {
        int64_t wait = breaker.not_before_us - now;
        assert_true(wait >= before && wait <= BREAKER_WAIT_MAX_US);
        before = wait;
        now = breaker.not_before_us;
        breaker.probing = true;
        fail_times(&breaker, 1, now);
    }
    assert_true(before > BREAKER_WAIT_MAX_US * 9 / 10);
}

static void those_that_left_before_it_opened_do_not_lengthen_the_wait(void **state)
{
    (void)state;
    struct breaker breaker = {0};
    fail_times(&breaker, 16, SECOND); /* as many as may be on their way */
    assert_true(breaker.not_before_us - SECOND <= BREAKER_WAIT_FIRST_US);
}

static void come_back_later_is_honoured_within_bounds(void **state)
{
    (void)state;
    struct breaker breaker = {0};
    struct breaker_clock clock = at(SECOND);
    breaker_note(&breaker, ERR_TARGET_BUSY, 40 * SECOND, &clock);
    assert_int_equal(breaker_state(&breaker, 40 * SECOND), BREAKER_OPEN);
    assert_int_equal(breaker_state(&breaker, 41 * SECOND + 10 * SECOND), BREAKER_ONE);
    breaker = (struct breaker){0};
    breaker_note(&breaker, ERR_TARGET_BUSY, 365 * 24 * 3600 * SECOND, &clock);
    assert_int_equal(breaker_state(&breaker, BREAKER_ASKED_MAX_US * 5 / 4 + 2 * SECOND),
                     BREAKER_ONE);
}

static void the_wait_is_spread_by_chance(void **state)
{
    (void)state;
    struct breaker one = {0}, other = {0};
    for (int i = 0; i < BREAKER_FAILURES; i++) {
        breaker_note(&one, ERR_TARGET_UNREACHABLE, 0,
                     &(struct breaker_clock){NOW, SECOND, UINT32_MAX});
        breaker_note(&other, ERR_TARGET_UNREACHABLE, 0, &(struct breaker_clock){NOW, SECOND, 0});
    }
    assert_int_equal(one.not_before_us - SECOND, BREAKER_WAIT_FIRST_US);
    assert_int_equal(other.not_before_us - SECOND, BREAKER_WAIT_FIRST_US / 2);
}

static void somebody_who_asks_for_it_has_it_tried_now(void **state)
{
    (void)state;
    struct breaker breaker = {0};
    fail_times(&breaker, BREAKER_FAILURES, SECOND);
    assert_int_equal(breaker_state(&breaker, SECOND), BREAKER_OPEN);
    breaker_try_now(&breaker);
    assert_int_equal(breaker_state(&breaker, SECOND), BREAKER_ONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_opens_after_some_failures_in_a_row_and_tries_one_record),
        cmocka_unit_test(a_refused_record_is_an_answer),
        cmocka_unit_test(our_own_trouble_says_nothing_about_the_target),
        cmocka_unit_test(each_failed_trial_doubles_the_wait_up_to_some_minutes),
        cmocka_unit_test(those_that_left_before_it_opened_do_not_lengthen_the_wait),
        cmocka_unit_test(come_back_later_is_honoured_within_bounds),
        cmocka_unit_test(the_wait_is_spread_by_chance),
        cmocka_unit_test(somebody_who_asks_for_it_has_it_tried_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
