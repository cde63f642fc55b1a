#include "tests/harness/test.h"

#include "daemon/base/messages.h"
#include "daemon/base/text.h"

static void every_code_has_both_texts_and_they_differ(void **state)
{
    (void)state;
    for (int code = 1; code < ERR_CODE_COUNT; code++) {
        const char *vi = message_text(code, MESSAGE_VI), *en = message_text(code, MESSAGE_EN);
        assert_true(strlen(vi) > 10 && strlen(en) > 5);
        assert_string_not_equal(vi, en);
        assert_true(text_is_utf8(vi, strlen(vi)));
    }
}

static void what_a_clerk_can_mend_says_what_to_do(void **state)
{
    (void)state;
    for (int code = 1; code < ERR_CODE_COUNT; code++) {
        if (err_help_of(code) != HELP_CLERK)
            continue;
        const char *vi = message_text(code, MESSAGE_VI);
        const char *stop = strchr(vi, '.');
        assert_non_null(stop); /* what happened … what to do now */
        assert_true(strlen(stop) > 5);
    }
}

static void an_unknown_code_still_has_a_text(void **state)
{
    (void)state;
    assert_non_null(message_text((enum err_code)9999, MESSAGE_VI));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_both_texts_and_they_differ),
        cmocka_unit_test(what_a_clerk_can_mend_says_what_to_do),
        cmocka_unit_test(an_unknown_code_still_has_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
