#include "tests/harness/test.h"

#include "daemon/pipeline/retry.h"

static void what_kills_its_worker_twice_is_held(void **state)
{
    (void)state;
    assert_int_equal(retry_decide(ERR_WORKER_DIED, 0, false).action, RETRY_AGAIN);
    assert_int_equal(retry_decide(ERR_WORKER_DIED, 1, false).action, RETRY_HOLD);
    assert_int_equal(retry_decide(ERR_WORKER_HUNG, 1, false).action, RETRY_HOLD);
}

static void what_needs_a_person_is_held_at_once(void **state)
{
    (void)state;
    assert_int_equal(retry_decide(ERR_SIGNER_LOCKED, 0, false).action, RETRY_HOLD);
    assert_int_equal(retry_decide(ERR_IMAGE_UNREADABLE, 0, false).action, RETRY_HOLD);
    assert_int_equal(retry_decide(ERR_TARGET_CONFLICT, 0, true).action, RETRY_HOLD);
}

static void what_the_machine_lacks_is_tried_again_and_not_held(void **state)
{
    (void)state;
    static const enum err_code codes[] = {ERR_DISK_FULL, ERR_IO, ERR_WORKER_MISSING};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        assert_int_equal(retry_decide(codes[i], 7, false).action, RETRY_AGAIN);
        assert_true(retry_decide(codes[i], 7, false).after_us > 0);
    }
    assert_int_equal(retry_decide(ERR_BLOB_DAMAGED, 0, false).action, RETRY_HOLD);
}

static void a_line_that_is_down_is_tried_for_ever_and_ever_slower(void **state)
{
    (void)state;
    int64_t before = 0;
    for (unsigned attempts = 0; attempts < 1000; attempts++) {
        struct retry_decision d = retry_decide(ERR_TARGET_UNREACHABLE, attempts, true);
        assert_int_equal(d.action, RETRY_AGAIN);
        assert_true(d.after_us >= before && d.after_us <= 15 * 60 * 1000000ll);
        before = d.after_us;
    }
    assert_int_equal(retry_decide(ERR_TARGET_READ_ONLY, 5, true).action, RETRY_AGAIN);
    assert_int_equal(retry_decide(ERR_WORKER_DIED, 50, true).action, RETRY_AGAIN);
}

static void remote_work_is_spread_over_the_whole_wait(void **state)
{
    (void)state;
    struct retry_decision slow = retry_decide(ERR_TARGET_UNREACHABLE, 5, true);
    int64_t least = retry_remote_us(slow, 0, 0), most = retry_remote_us(slow, 0, UINT32_MAX);
    assert_true(least > 0 && least <= 1000000);
    assert_true(most >= slow.after_us && most <= slow.after_us + 1000000);
    int64_t sum = 0;
    for (uint32_t i = 0; i < 1000; i++)
        sum += retry_remote_us(slow, 0, i * (UINT32_MAX / 1000));
    assert_true(llabs(sum / 1000 - slow.after_us / 2) < slow.after_us / 20);
}

static void what_the_other_side_asks_for_is_the_least_wait_and_bounded(void **state)
{
    (void)state;
    struct retry_decision quick = retry_decide(ERR_TARGET_BUSY, 0, true);
    assert_int_equal(retry_remote_us(quick, 120 * 1000000ll, 0), 120 * 1000000ll);
    assert_int_equal(retry_remote_us(quick, 86400 * 1000000ll, 0), 15 * 60 * 1000000ll);
    for (unsigned attempts = 0; attempts < 100; attempts++)
        assert_true(retry_remote_us(retry_decide(ERR_TARGET_BUSY, attempts, true), 0, UINT32_MAX) <=
                    15 * 60 * 1000000ll);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_kills_its_worker_twice_is_held),
        cmocka_unit_test(what_needs_a_person_is_held_at_once),
        cmocka_unit_test(what_the_machine_lacks_is_tried_again_and_not_held),
        cmocka_unit_test(a_line_that_is_down_is_tried_for_ever_and_ever_slower),
        cmocka_unit_test(remote_work_is_spread_over_the_whole_wait),
        cmocka_unit_test(what_the_other_side_asks_for_is_the_least_wait_and_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
