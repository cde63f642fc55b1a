#include "daemon/base/mem.h"
#include "ocr/recognize/specks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A page of `count` words as high as print of 12 points. */
static void make_page(struct words *words, int count)
{
    words_init(words, (struct size_mm){210, 297}, 0);
    for (int i = 0; i < count; i++)
        assert_int_equal(words_add(words, "chữ", 0.96, (struct rect_mm){30, 20 + 6 * i, 12, 3.2},
                                   23 + 6 * i, 0, i, NULL),
                         ERR_OK);
}

static bool stays(const char *text, double height, int others)
{
    AUTO(words) struct words words;
    make_page(&words, others);
    assert_int_equal(
        words_add(&words, text, 0.9, (struct rect_mm){120, 35, 5, height}, 36, 1, 99, NULL),
        ERR_OK);
    assert_int_equal(specks_drop(&words, NULL), ERR_OK);
    return words.count == (size_t)others + 1;
}

static void letters_as_low_as_a_hairline_are_no_text(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double height;
        bool stays;
    } cases[] = {
        {"trấn", 0.6, false}, {"Ộ", 0.7, false}, {"7", 0.5, false},     {"an", 1.9, true},
        {"1", 1.1, true},     {"-", 0.3, true},  {"......", 0.4, true}, {"“", 0.8, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (stays(cases[i].text, cases[i].height, 20) != cases[i].stays)
            fail_msg("'%s', %.1f mm high", cases[i].text, cases[i].height);
}

static void on_a_page_of_few_words_nobody_knows_what_is_low(void **state)
{
    (void)state;
    assert_true(stays("trấn", 0.6, 5));
}

static void small_print_under_a_large_title_stays(void **state)
{
    (void)state;
    AUTO(words) struct words words;
    make_page(&words, 12);
    for (size_t i = 0; i < words.count; i++)
        words.item[i].box.h = 14;
    assert_int_equal(
        words_add(&words, "nhỏ", 0.9, (struct rect_mm){30, 200, 5, 1.2}, 201, 1, 99, NULL), ERR_OK);
    assert_int_equal(specks_drop(&words, NULL), ERR_OK);
    assert_int_equal(words.count, 13);
}

static void the_words_that_stay_keep_their_order(void **state)
{
    (void)state;
    AUTO(words) struct words words;
    make_page(&words, 12);
    words.item[3].box.h = words.item[8].box.h = 0.5;
    assert_int_equal(specks_drop(&words, NULL), ERR_OK);
    assert_int_equal(words.count, 10);
    for (size_t i = 1; i < words.count; i++)
        assert_true(words.item[i].line > words.item[i - 1].line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_as_low_as_a_hairline_are_no_text),
        cmocka_unit_test(on_a_page_of_few_words_nobody_knows_what_is_low),
        cmocka_unit_test(small_print_under_a_large_title_stays),
        cmocka_unit_test(the_words_that_stay_keep_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
