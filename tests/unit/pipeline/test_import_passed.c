#include "tests/harness/test.h"

#include "daemon/base/mem.h"
#include "daemon/pipeline/import_passed.h"

#include <stdio.h>

static struct js *look_of(const char *json)
{
    struct js *look = NULL;
    assert_int_equal(js_parse(json, strlen(json), &look, NULL), ERR_OK);
    return look;
}

static void add(struct js **sum, const char *json)
{
    AUTO(js) struct js *look = look_of(json);
    assert_int_equal(import_passed_add(sum, look, NULL), ERR_OK);
}

static void each_name_says_what_it_is_and_what_to_do_now(void **state)
{
    (void)state;
    static const struct {
        const char *why, *code;
    } cases[] = {{"special", "FILE_SPECIAL"},
                 {"links", "FILE_LINK"},
                 {"deep", "FOLDER_DEEP"},
                 {"closed", "FOLDER_CLOSED"}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *sum = NULL;
        char json[200];
        snprintf(json, sizeof json,
                 "{\"%s\": 1, \"names\": [{\"path\": \"sổ/cũ\", \"why\": \"%s\"}]}", cases[i].why,
                 cases[i].why);
        add(&sum, json);
        AUTO(js) struct js *told = import_passed_to_js(sum, 7);
        assert_string_equal(js_text_or(told, "files[0].path", ""), "sổ/cũ");
        assert_string_equal(js_text_or(told, "files[0].why", ""), cases[i].why);
        assert_string_equal(js_text_or(told, "files[0].problem.code", ""), cases[i].code);
        assert_true(strlen(js_text_or(told, "files[0].problem.message", "")) > 40);
        assert_int_equal(js_int_or(told, cases[i].why, -1), 1);
        assert_int_equal(js_int_or(told, "count", -1), 1);
        assert_int_equal(js_int_or(told, "unlisted", -1), 0);
        assert_int_equal(js_int_or(told, "seen_us", -1), 7);
    }
}

static void what_computers_leave_lying_is_counted_and_bothers_nobody(void **state)
{
    (void)state;
    AUTO(js) struct js *sum = NULL;
    add(&sum, "{\"clutter\": 4, \"names\": []}");
    AUTO(js) struct js *told = import_passed_to_js(sum, 1);
    assert_int_equal(js_int_or(told, "clutter", -1), 4);
    assert_int_equal(js_int_or(told, "count", -1), 0);
    assert_int_equal(js_count(js_at(told, "files")), 0);
}

static void looks_add_up_and_what_is_not_listed_is_said(void **state)
{
    (void)state;
    AUTO(js) struct js *sum = NULL;
    for (int i = 0; i < IMPORT_PASSED_NAMES; i++)
        add(&sum, "{\"links\": 2, \"names\": [{\"path\": \"a\", \"why\": \"links\"}, "
                  "{\"path\": \"b\", \"why\": \"links\"}]}");
    AUTO(js) struct js *told = import_passed_to_js(sum, 1);
    assert_int_equal(js_int_or(told, "links", -1), 2 * IMPORT_PASSED_NAMES);
    assert_int_equal(js_count(js_at(told, "files")), IMPORT_PASSED_NAMES);
    assert_int_equal(js_int_or(told, "unlisted", -1), IMPORT_PASSED_NAMES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_name_says_what_it_is_and_what_to_do_now),
        cmocka_unit_test(what_computers_leave_lying_is_counted_and_bothers_nobody),
        cmocka_unit_test(looks_add_up_and_what_is_not_listed_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
