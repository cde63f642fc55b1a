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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_kills_its_worker_twice_is_held),
        cmocka_unit_test(what_needs_a_person_is_held_at_once),
        cmocka_unit_test(what_the_machine_lacks_is_tried_again_and_not_held),
        cmocka_unit_test(a_line_that_is_down_is_tried_for_ever_and_ever_slower),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
