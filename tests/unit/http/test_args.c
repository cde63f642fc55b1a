#include "daemon/http/args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static const struct arg_rule rules[] = {{"name", ARG_TEXT, ARG_REQUIRED, .min = 1, .max = 5},
                                        {"code", ARG_TEXT, ARG_NULLABLE, .min = 1, .max = 5},
                                        {"kind", ARG_WORD, 0, .words = "one two"},
                                        {"page", ARG_ID, 0},
                                        {"count", ARG_INT, 0, .min = 1, .max = 3},
                                        {"done", ARG_BOOL, 0},
                                        {"area", ARG_AREA, 0},
                                        {"fields", ARG_FIELDS, 0, .max = 2},
                                        {0}};

static enum err_code take(const char *body_text, struct js *args, struct err *err)
{
    AUTO(js) struct js *body = NULL;
    assert_int_equal(js_parse(body_text, strlen(body_text), &body, err), ERR_OK);
    return args_take(body, rules, args, err);
}

static void what_the_rules_allow_is_copied(void **state)
{
    (void)state;
    static const struct {
        const char *body, *args;
    } cases[] = {
        {"{\"name\":\"a\"}", "{\"name\":\"a\"}"},
        {"{\"name\":\"a\",\"other\":[1]}", "{\"name\":\"a\"}"},
        {"{\"name\":\"a\",\"code\":null}", "{\"name\":\"a\",\"code\":null}"},
        {"{\"name\":\"a\",\"count\":null}", "{\"name\":\"a\"}"},
        {"{\"name\":\"a\",\"kind\":\"two\",\"count\":3,\"done\":false}",
         "{\"name\":\"a\",\"kind\":\"two\",\"count\":3,\"done\":false}"},
        {"{\"name\":\"a\",\"area\":[0,10.5,85.6,54]}",
         "{\"name\":\"a\",\"area\":[0,10.5,85.599999999999994,54]}"},
        {"{\"name\":\"a\",\"fields\":{\"signer\":\"Lê\",\"issuer\":null}}",
         "{\"name\":\"a\",\"fields\":{\"signer\":\"Lê\",\"issuer\":null}}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = ERR_INIT;
        AUTO(js) struct js *args = js_object();
        assert_int_equal(take(cases[i].body, args, &err), ERR_OK);
        AUTO(mem) char *text = js_dump(args);
        assert_string_equal(text, cases[i].args);
    }
}

static void what_they_do_not_allow_is_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        enum err_code code;
        const char *named;
    } cases[] = {
        {"{}", ERR_BAD_JSON, "name"},
        {"{\"name\":null}", ERR_BAD_JSON, "name"},
        {"{\"name\":1}", ERR_BAD_JSON, "name"},
        {"{\"name\":\"secret\"}", ERR_BAD_ARGUMENT, "name"},
        {"{\"name\":\"a\",\"kind\":\"secret\"}", ERR_BAD_ARGUMENT, "kind"},
        {"{\"name\":\"a\",\"kind\":\"one two\"}", ERR_BAD_ARGUMENT, "kind"},
        {"{\"name\":\"a\",\"kind\":\"\"}", ERR_BAD_ARGUMENT, "kind"},
        {"{\"name\":\"a\",\"page\":\"secret\"}", ERR_BAD_ARGUMENT, "page"},
        {"{\"name\":\"a\",\"count\":4}", ERR_BAD_ARGUMENT, "count"},
        {"{\"name\":\"a\",\"count\":1.5}", ERR_BAD_JSON, "count"},
        {"{\"name\":\"a\",\"done\":0}", ERR_BAD_JSON, "done"},
        {"{\"name\":\"a\",\"fields\":{\"a\":1}}", ERR_BAD_JSON, "fields.a"},
        {"{\"name\":\"a\",\"fields\":{\"the secret\":\"x\"}}", ERR_BAD_ARGUMENT, "fields"},
        {"{\"name\":\"a\",\"fields\":{\"a\":\"x\",\"b\":\"x\",\"c\":\"x\"}}", ERR_BAD_ARGUMENT,
         "fields"},
        {"{\"name\":\"a\",\"area\":[1,2,3]}", ERR_BAD_JSON, "area"},
        {"{\"name\":\"a\",\"area\":[-1,2,30,40]}", ERR_BAD_ARGUMENT, "area"},
        {"{\"name\":\"a\",\"area\":[1,2,30,4]}", ERR_BAD_ARGUMENT, "area"},
        {"{\"name\":\"a\",\"area\":[1,2,30,1e9]}", ERR_BAD_ARGUMENT, "area"},
        {"[]", ERR_BAD_JSON, "body"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = ERR_INIT;
        AUTO(js) struct js *args = js_object();
        if (take(cases[i].body, args, &err) != cases[i].code || !strstr(err.detail, cases[i].named))
            fail_msg("%s: %s %s", cases[i].body, err_name(err.code), err.detail);
        assert_null(strstr(err.detail, "secret"));
    }
}

static void a_number_in_a_query_is_plain_digits(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t number; /* -1: refused */
    } cases[] = {{"1", 1},
                 {"500", 500},
                 {"007", 7},
                 {"0", -1},
                 {"501", -1},
                 {"", -1},
                 {"-1", -1},
                 {"+1", -1},
                 {" 1", -1},
                 {"1 ", -1},
                 {"0x1", -1},
                 {"1e2", -1},
                 {"9999999999999999999999", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = ERR_INIT;
        int64_t number = -1;
        args_number("limit", cases[i].text, 1, 500, &number, &err);
        assert_true(number == cases[i].number);
        assert_int_equal(err.code, cases[i].number < 0 ? ERR_BAD_ARGUMENT : ERR_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_rules_allow_is_copied),
        cmocka_unit_test(what_they_do_not_allow_is_refused_by_name),
        cmocka_unit_test(a_number_in_a_query_is_plain_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
