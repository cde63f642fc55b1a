#include "tests/harness/test.h"

#include "daemon/base/buf.h"

static void it_grows_and_ends_with_a_nul(void **state)
{
    (void)state;
    AUTO(buf) struct buf buf;
    buf_init(&buf, 1 << 20);
    for (int i = 0; i < 1000; i++)
        buf_printf(&buf, "%d,", i);
    assert_true(buf_ok(&buf));
    assert_int_equal(strlen(buf.bytes), buf.size);
    assert_int_equal(buf.size, 10 * 2 + 90 * 3 + 900 * 4);
}

static void the_ceiling_holds_and_the_failure_sticks(void **state)
{
    (void)state;
    AUTO(buf) struct buf buf;
    buf_init(&buf, 4);
    buf_text(&buf, "abcd");
    assert_true(buf_ok(&buf));
    buf_text(&buf, "e");
    buf_text(&buf, "");
    assert_false(buf_ok(&buf));
    assert_null(buf_take(&buf));
}

static void no_memory_sticks_too(void **state)
{
    (void)state;
    AUTO(buf) struct buf buf;
    buf_init(&buf, 100);
    mem_fail_from(1);
    buf_text(&buf, "a");
    mem_fail_from(0);
    buf_text(&buf, "b");
    assert_false(buf_ok(&buf));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_grows_and_ends_with_a_nul),
        cmocka_unit_test(the_ceiling_holds_and_the_failure_sticks),
        cmocka_unit_test(no_memory_sticks_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
