#include "tests/harness/test.h"

#include "daemon/base/err.h"

#include <errno.h>

static void a_code_is_returned_and_kept_with_its_detail(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    assert_int_equal(err_set(&err, ERR_FEEDER_JAM, "device '%s'", "x"), ERR_FEEDER_JAM);
    assert_int_equal(err.code, ERR_FEEDER_JAM);
    assert_string_equal(err.detail, "device 'x'");
}

static void context_comes_in_front_and_never_replaces_the_code(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    err_set(&err, ERR_DISK_FULL, "write");
    assert_int_equal(err_context(&err, ERR_IO, "page %d", 3), ERR_DISK_FULL);
    assert_string_equal(err.detail, "page 3: write");
}

static void words_of_others_are_one_clean_line_and_go_with_the_next_error(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    char many[3000] = "";
    err_set(&err, ERR_TARGET_REFUSED, "HTTP 422");
    err_set_said(&err, " Thiếu\r\n mã \x1b[31m ");
    assert_string_equal(err.said, "Thiếu mã ?[31m");
    assert_string_equal(err.detail, "HTTP 422");
    err_context(&err, ERR_IO, "target 'x'");
    assert_string_equal(err.said, "Thiếu mã ?[31m");
    err.retry_after_us = 7;
    err_set(&err, ERR_IO, "x");
    assert_string_equal(err.said, "");
    assert_int_equal(err.retry_after_us, 0);
    for (size_t i = 0; i < 900; i++)
        memcpy(many + 3 * i, "ế", sizeof "ế");
    err_set_said(&err, many);
    assert_int_equal(strlen(err.said), 399 / 3 * 3);
    err_set_said(NULL, "x");
}

static void errno_chooses_the_code_a_person_can_act_on(void **state)
{
    (void)state;
    static const struct {
        int number;
        enum err_code code;
    } cases[] = {{ENOSPC, ERR_DISK_FULL},
                 {EDQUOT, ERR_DISK_FULL},
                 {EROFS, ERR_READ_ONLY},
                 {ENOMEM, ERR_NO_MEMORY},
                 {EIO, ERR_IO}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = ERR_INIT;
        assert_int_equal(err_set_errno(&err, ERR_IO, cases[i].number, "x"), cases[i].code);
        assert_int_equal(err.sys_errno, cases[i].number);
    }
}

static void a_long_detail_is_cut_and_ends_properly(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    char text[2000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = 0;
    err_set(&err, ERR_IO, "%s", text);
    err_context(&err, ERR_IO, "%s", text);
    assert_int_equal(strlen(err.detail), sizeof err.detail - 1);
}

static void without_a_place_for_it_the_code_still_comes_back(void **state)
{
    (void)state;
    assert_int_equal(err_set(NULL, ERR_IO, "x"), ERR_IO);
    assert_int_equal(err_context(NULL, ERR_IO, "x"), ERR_IO);
}

static void every_code_has_a_name_that_finds_it_again(void **state)
{
    (void)state;
    for (int code = 1; code < ERR_CODE_COUNT; code++) {
        assert_int_equal(err_from_name(err_name(code)), code);
        assert_in_range(err_http_status(code), 400, 599);
    }
    assert_int_equal(err_from_name("NO_SUCH"), ERR_INTERNAL);
    assert_string_equal(err_name((enum err_code)9999), "UNKNOWN");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_returned_and_kept_with_its_detail),
        cmocka_unit_test(context_comes_in_front_and_never_replaces_the_code),
        cmocka_unit_test(words_of_others_are_one_clean_line_and_go_with_the_next_error),
        cmocka_unit_test(errno_chooses_the_code_a_person_can_act_on),
        cmocka_unit_test(a_long_detail_is_cut_and_ends_properly),
        cmocka_unit_test(without_a_place_for_it_the_code_still_comes_back),
        cmocka_unit_test(every_code_has_a_name_that_finds_it_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
