#include "tests/harness/test.h"

#include "daemon/model/words.h"

static void make(struct words *words)
{
    words_init(words, (struct size_mm){210, 297}, 0.5);
    words_add(words, "ỦY", 0.9, (struct rect_mm){30, 20, 8, 4}, 23, 0, 0, NULL);
    words_add(words, "BAN", 0.7, (struct rect_mm){40, 20, 9, 4}, 23, 0, 0, NULL);
    words_add(words, "Số:", 0.8, (struct rect_mm){30, 30, 8, 4}, 33, 0, 1, NULL);
    words_add(words, "Kính", 0.8, (struct rect_mm){30, 60, 8, 4}, 63, 1, 2, NULL);
}

static void they_come_back_from_json_as_they_went(void **state)
{
    (void)state;
    AUTO(words) struct words words, again;
    make(&words);
    words.item[1].hand = 0.75;
    AUTO(js) struct js *json = words_to_js(&words);
    assert_int_equal(words_from_js(json, &again, NULL), ERR_OK);
    assert_true(word_is_hand(&again.item[1]) && again.item[1].hand == 0.75);
    assert_false(word_is_hand(&again.item[0]));
    assert_int_equal(again.count, 4);
    assert_string_equal(again.item[0].text, "ỦY");
    assert_int_equal(again.item[3].block, 1);
    assert_true(again.item[2].baseline_mm == 33 && again.skew_deg == 0.5);
}

static void text_keeps_lines_and_blocks_apart(void **state)
{
    (void)state;
    AUTO(words) struct words words;
    make(&words);
    AUTO(mem) char *text = words_text(&words);
    assert_string_equal(text, "ỦY BAN\nSố:\n\nKính");
    assert_true(words_mean_confidence(&words) > 0.79 && words_mean_confidence(&words) < 0.81);
}

static void bad_words_are_named_by_their_place(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "{}",
        "{\"schema\":\"sohoa.words/2\"}",
        "{\"schema\":\"sohoa.words/1\",\"width_mm\":1,\"height_mm\":1,\"skew_deg\":0,\"words\":3}",
        "{\"schema\":\"sohoa.words/"
        "1\",\"width_mm\":1,\"height_mm\":1,\"skew_deg\":0,\"words\":[[1]]}",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *json = NULL;
        AUTO(words) struct words words;
        struct err err = ERR_INIT;
        js_parse(cases[i], strlen(cases[i]), &json, NULL);
        assert_int_equal(words_from_js(json, &words, &err), ERR_BAD_JSON);
        if (i == 3)
            assert_non_null(strstr(err.detail, "words[0]"));
    }
}

static void without_memory_nothing_half_is_left(void **state)
{
    (void)state;
    AUTO(words) struct words words;
    make(&words);
    mem_fail_from(1);
    assert_int_equal(words_add(&words, "x", 1, (struct rect_mm){0}, 0, 0, 0, NULL), ERR_NO_MEMORY);
    mem_fail_from(0);
    assert_int_equal(words.count, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_come_back_from_json_as_they_went),
        cmocka_unit_test(text_keeps_lines_and_blocks_apart),
        cmocka_unit_test(bad_words_are_named_by_their_place),
        cmocka_unit_test(without_memory_nothing_half_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
