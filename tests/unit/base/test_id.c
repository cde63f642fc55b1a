#include "tests/harness/test.h"

#include "daemon/base/id.h"
#include "daemon/base/sys.h"

static void ids_are_version_7_and_sort_by_time(void **state)
{
    (void)state;
    char early[ID_SIZE], late[ID_SIZE];
    sys_clock_set(1795230930000000ll);
    id_new(early);
    sys_clock_set(1795230931000000ll);
    id_new(late);
    sys_clock_set(0);
    assert_true(id_is_valid(early));
    assert_int_equal(early[14], '7');
    assert_non_null(strchr("89ab", early[19]));
    assert_true(strcmp(early, late) < 0);
}

static void ids_of_one_millisecond_stand_in_the_order_they_were_made(void **state)
{
    (void)state;
    char before[ID_SIZE] = "", next[ID_SIZE];
    for (int us = 0; us < 1000; us++) {
        sys_clock_set(1795230930000000ll + us);
        id_new(next);
        assert_true(id_is_valid(next));
        assert_true(strcmp(before, next) < 0);
        strcpy(before, next);
    }
    sys_clock_set(0);
}

static void other_shapes_are_no_ids(void **state)
{
    (void)state;
    static const char *const cases[] = {"",
                                        "x",
                                        "019aa000-0000-7000-8000-00000000000G",
                                        "019AA000-0000-7000-8000-000000000000",
                                        "019aa000-0000-7000-8000-0000000000000",
                                        "../../etc/passwd-0000-8000-00000000000"};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_false(id_is_valid(cases[i]));
    assert_false(id_is_valid(NULL));
}

static void references_avoid_letters_people_confuse(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        char ref[REF_SIZE];
        ref_new(ref);
        assert_int_equal(strlen(ref), 8);
        assert_null(strpbrk(ref, "01OI"));
    }
}

static void tokens_compare_whole(void **state)
{
    (void)state;
    char a[TOKEN_SIZE], b[TOKEN_SIZE];
    token_new(a);
    token_new(b);
    assert_true(token_equal(a, a));
    assert_false(token_equal(a, b));
    assert_false(token_equal(a, NULL));
    assert_false(token_equal(a, "short"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_version_7_and_sort_by_time),
        cmocka_unit_test(ids_of_one_millisecond_stand_in_the_order_they_were_made),
        cmocka_unit_test(other_shapes_are_no_ids),
        cmocka_unit_test(references_avoid_letters_people_confuse),
        cmocka_unit_test(tokens_compare_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
