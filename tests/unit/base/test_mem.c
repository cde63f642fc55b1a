#include "tests/harness/test.h"

#include "daemon/base/mem.h"

#include <fcntl.h>
#include <stdint.h>

static void the_nth_allocation_and_all_after_it_fail_on_request(void **state)
{
    (void)state;
    mem_fail_from(2);
    void *first = mem_alloc(8);
    assert_non_null(first);
    assert_null(mem_alloc(8));
    assert_null(mem_strdup("x"));
    assert_int_equal(mem_allocations(), 3);
    mem_fail_from(0);
    mem_free(first);
}

static void an_overflowing_array_is_refused(void **state)
{
    (void)state;
    assert_null(mem_array(SIZE_MAX / 2, 4));
}

static int closed_fd;

static void leave_scope_with_a_descriptor(void)
{
    AUTO(fd) int fd = open("/dev/null", O_RDONLY);
    closed_fd = fd;
}

static void a_descriptor_closes_when_its_name_leaves_scope(void **state)
{
    (void)state;
    leave_scope_with_a_descriptor();
    assert_int_equal(fcntl(closed_fd, F_GETFD), -1);
}

static void taking_leaves_nothing_behind(void **state)
{
    (void)state;
    AUTO(mem) char *text = mem_strdup("x");
    char *taken = TAKE(text);
    assert_null(text);
    mem_free(taken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nth_allocation_and_all_after_it_fail_on_request),
        cmocka_unit_test(an_overflowing_array_is_refused),
        cmocka_unit_test(a_descriptor_closes_when_its_name_leaves_scope),
        cmocka_unit_test(taking_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
