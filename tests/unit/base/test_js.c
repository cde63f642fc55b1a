#include "tests/harness/test.h"

#include "daemon/base/js.h"

#include <math.h>

static enum err_code parse(const char *text, struct js **out, struct err *err)
{
    return js_parse(text, strlen(text), out, err);
}

static void a_path_reaches_into_objects_and_arrays(void **state)
{
    (void)state;
    AUTO(js) struct js *doc = NULL;
    double number;
    assert_int_equal(parse("{\"fields\": [{\"box\": [1, 2.5]}]}", &doc, NULL), ERR_OK);
    assert_int_equal(js_get_real(doc, "fields[0].box[1]", &number, NULL), ERR_OK);
    assert_true(number == 2.5);
    assert_null(js_at(doc, "fields[1]"));
    assert_null(js_at(doc, "fields[x]"));
    assert_null(js_at(doc, "fields["));
}

static void a_missing_or_mistyped_value_is_named_by_its_path(void **state)
{
    (void)state;
    AUTO(js) struct js *doc = NULL;
    struct err err = ERR_INIT;
    const char *text;
    parse("{\"a\": {\"b\": 3}}", &doc, NULL);
    assert_int_equal(js_get_text(doc, "a.b", &text, &err), ERR_BAD_JSON);
    assert_string_equal(err.detail, "'a.b' has the wrong type, wanted text");
    assert_int_equal(js_get_text(doc, "a.c", &text, &err), ERR_BAD_JSON);
    assert_string_equal(err.detail, "'a.c' is missing, wanted text");
}

static void text_becomes_nfc_when_it_enters(void **state)
{
    (void)state;
    static const struct {
        const char *in, *nfc;
    } cases[] = {
        {"Tie\xcc\x82\xcc\x81ng", "Tiếng"},
        {"Tiếng Việt – “đã có dấu”…", "Tiếng Việt – “đã có dấu”…"},
        {"ê\xcc\x81", "ế"},
        {"đ\xcc\xa3", "đ\xcc\xa3"},                   /* joins with nothing */
        {"\xe2\x84\xab", "Å"},                        /* Angstrom sign */
        {"\xe2\x80\x80x", "\xe2\x80\x82x"},           /* en quad */
        {"a\xcc\xa3\xcc\x82", "ậ"},                   /* marks in order */
        {"a\xcc\x82\xcc\xa3", "ậ"},                   /* and not */
        {"\xe1\x84\x80\xe1\x85\xa1", "\xea\xb0\x80"}, /* Hangul */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *doc = NULL;
        AUTO(mem) char *text = mem_printf("[\"%s\"]", cases[i].in);
        assert_int_equal(parse(text, &doc, NULL), ERR_OK);
        assert_string_equal(js_text_or(doc, "[0]", ""), cases[i].nfc);
    }
}

static void bad_input_is_refused_and_never_quoted(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "{",
        "{\"a\":}",
        "[1,]",
        "{\"secret\":\"036073521904",
        "nul",
        "{\"a\":1,\"a\":2}",
        "\"\\u0000\"",
        "\"\xff\"",
        "\"\xed\xa0\x80\"",
        "[1] x",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *doc = NULL;
        struct err err = ERR_INIT;
        assert_int_equal(parse(cases[i], &doc, &err), ERR_BAD_JSON);
        assert_null(strstr(err.detail, "036073521904"));
    }
}

static void depth_and_count_have_ceilings(void **state)
{
    (void)state;
    char deep[2 * (JS_MAX_DEPTH + 1) + 1];
    memset(deep, '[', JS_MAX_DEPTH + 1);
    memset(deep + JS_MAX_DEPTH + 1, ']', JS_MAX_DEPTH + 1);
    deep[sizeof deep - 1] = 0;
    AUTO(js) struct js *doc = NULL;
    assert_int_equal(parse(deep, &doc, NULL), ERR_BAD_JSON);
    assert_int_equal(js_parse("[]", JS_MAX_BYTES + 1, &doc, NULL), ERR_TOO_LARGE);
}

static void building_without_memory_gives_null_and_never_half_a_value(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        mem_fail_from(n);
        struct js *value = js_pack("{s:s, s:[i,i], s:{s:b}}", "a", "text", "b", 1, 2, "c", "d", 1);
        mem_fail_from(0);
        if (!value)
            continue;
        AUTO(mem) char *text = js_dump(value);
        assert_string_equal(text, "{\"a\":\"text\",\"b\":[1,2],\"c\":{\"d\":true}}");
        js_free(value);
        assert_true(n > 3);
        return;
    }
}

static void set_and_push_report_a_null_value(void **state)
{
    (void)state;
    AUTO(js) struct js *object = js_object();
    AUTO(js) struct js *array = js_array();
    assert_false(js_set(object, "a", NULL));
    assert_false(js_push(array, NULL));
    assert_false(js_set(NULL, "a", js_int(1)));
    assert_true(js_set(object, "a", js_real(NAN)));
    assert_false(js_has(object, "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_reaches_into_objects_and_arrays),
        cmocka_unit_test(a_missing_or_mistyped_value_is_named_by_its_path),
        cmocka_unit_test(text_becomes_nfc_when_it_enters),
        cmocka_unit_test(bad_input_is_refused_and_never_quoted),
        cmocka_unit_test(depth_and_count_have_ceilings),
        cmocka_unit_test(building_without_memory_gives_null_and_never_half_a_value),
        cmocka_unit_test(set_and_push_report_a_null_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
