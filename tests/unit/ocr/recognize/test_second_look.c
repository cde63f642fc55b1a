#include "daemon/base/mem.h"
#include "ocr/recognize/second_look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One reading of a line: words with their left and right end in millimetres. */
struct seen {
    const char *text;
    double confidence, left, right;
};

static void put(struct words *words, const struct seen *seen)
{
    words_init(words, (struct size_mm){210, 297}, 0);
    for (; seen->text; seen++)
        assert_int_equal(words_add(words, seen->text, seen->confidence,
                                   (struct rect_mm){seen->left, 50, seen->right - seen->left, 3},
                                   53, 4, 9, NULL),
                         ERR_OK);
}

static char *merged(const struct seen *first, const struct seen *again)
{
    AUTO(words) struct words line = {0}, other = {0}, out;
    put(&line, first);
    put(&other, again);
    words_init(&out, line.page, 0);
    assert_int_equal(second_look_merge(line.item, line.count, &other, &out, NULL), ERR_OK);
    for (size_t i = 0; i < out.count; i++) {
        assert_int_equal(out.item[i].block, 4);
        assert_int_equal(out.item[i].line, 9);
    }
    return words_text(&out);
}

static void the_surer_reading_of_each_word_stays(void **state)
{
    (void)state;
    static const struct {
        const char *what, *text;
        struct seen first[5], again[5];
    } cases[] = {
        {"one word better, one worse",
         "QUYẾT ĐỊNH",
         {{"QUYÉT", 0.7, 20, 35}, {"ĐỊNH", 0.95, 37, 48}, {0}},
         {{"QUYẾT", 0.93, 20.2, 35}, {"ĐINH", 0.8, 37, 48}, {0}}},
        {"a space that the first look did not see",
         "TM. ỦY BAN",
         {{"TM.-ỦY", 0.6, 20, 34}, {"BAN", 0.95, 36, 45}, {0}},
         {{"TM.", 0.95, 20, 27}, {"ỦY", 0.94, 28.5, 34}, {"BAN", 0.9, 36, 45}, {0}}},
        {"a space that is none",
         "Nguyễn Văn",
         {{"Ngu", 0.5, 20, 26}, {"yễn", 0.6, 27, 33}, {"Văn", 0.96, 35, 41}, {0}},
         {{"Nguyễn", 0.9, 20, 33}, {"Văn", 0.9, 35, 41}, {0}}},
        {"what only the first look saw stays",
         "Lưu: VT",
         {{"Lưu:", 0.8, 20, 27}, {"VT", 0.8, 29, 34}, {0}},
         {{"VT", 0.7, 29, 34}, {0}}},
        {"what only the second look saw may be another line's",
         "Số:",
         {{"Số:", 0.8, 20, 27}, {0}},
         {{"Số:", 0.9, 20, 27}, {"ngày", 0.9, 60, 70}, {0}}},
        {"one word is not torn into many",
         "chuyển",
         {{"chuyển", 0.6, 20, 40}, {0}},
         {{"c", 0.9, 20, 22}, {"h", 0.9, 23, 25}, {"u", 0.9, 26, 28}, {"n", 0.9, 37, 40}, {0}}},
        {"a date written widely is one word",
         "08/09/1956",
         {{"08/09/1956", 0.8, 20, 55}, {0}},
         {{"08/09/", 0.9, 20, 38}, {"1956", 0.95, 42, 55}, {0}}},
        {"a date that the first look tore",
         "08/09/1956",
         {{"08/09/", 0.9, 20, 38}, {"1956", 0.84, 42, 55}, {0}},
         {{"08/09/1956", 0.7, 20, 55}, {0}}},
        {"a slash between words tears nothing",
         "Số / No.:",
         {{"Số", 0.9, 20, 26}, {"/", 0.8, 27, 28}, {"No.:", 0.8, 29, 38}, {0}},
         {{"Số", 0.9, 20, 26}, {"/No.:", 0.5, 27, 38}, {0}}},
        {"nothing was seen again", "kể", {{"kể", 0.4, 20, 25}, {0}}, {{0}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(mem) char *text = merged(cases[i].first, cases[i].again);
        if (strcmp(text, cases[i].text) != 0)
            fail_msg("%s: '%s'", cases[i].what, text);
    }
}

/* Rows and print are told by where words stand, and a strip says less about that than the page. */
static void words_stay_where_the_first_look_saw_them(void **state)
{
    (void)state;
    AUTO(words) struct words line = {0}, again = {0}, out;
    put(&line, (struct seen[]){{"ỦY", 0.7, 20, 26}, {"BANNHÂN", 0.6, 28, 50}, {0}});
    put(&again,
        (struct seen[]){{"ỦY", 0.9, 20.4, 26}, {"BAN", 0.9, 28, 36}, {"NHÂN", 0.9, 38, 50}, {0}});
    for (size_t i = 0; i < again.count; i++) {
        again.item[i].baseline_mm = 51;
        again.item[i].box.y = 48;
    }
    words_init(&out, line.page, 0);
    assert_int_equal(second_look_merge(line.item, line.count, &again, &out, NULL), ERR_OK);
    assert_int_equal(out.count, 3);
    assert_float_equal(out.item[0].box.x, 20, 0.01);
    assert_float_equal(out.item[2].box.x, 38, 0.01);
    for (size_t i = 0; i < out.count; i++) {
        assert_float_equal(out.item[i].baseline_mm, 53, 0.01);
        assert_float_equal(out.item[i].box.y, 50, 0.01);
        assert_float_equal(out.item[i].box.h, 3, 0.01);
    }
}

static double confidence_after(const char *first, double once, const char *again, double twice)
{
    AUTO(words) struct words line = {0}, other = {0}, out;
    put(&line, (struct seen[]){{first, once, 20, 30}, {0}});
    put(&other, (struct seen[]){{again, twice, 20, 30}, {0}});
    words_init(&out, line.page, 0);
    assert_int_equal(second_look_merge(line.item, line.count, &other, &out, NULL), ERR_OK);
    assert_int_equal(out.count, 1);
    return out.item[0].confidence;
}

static void two_looks_that_differ_are_never_very_sure(void **state)
{
    (void)state;
    assert_float_equal(confidence_after("quyên", 0.78, "quyên", 0.92), 0.85, 0.001);
    assert_float_equal(confidence_after("quyền", 0.80, "quyên", 0.92), 0.87, 0.001);
    assert_float_equal(confidence_after("SỞ", 0.97, "sở", 0.96), 0.92, 0.001);
    assert_float_equal(confidence_after("Điều", 0.96, "Điều", 0.97), 0.965, 0.001);
    assert_float_equal(confidence_after("k", 0.02, "lu", 0.01), 0, 0.001);
}

static bool is_due(const struct seen *seen)
{
    AUTO(words) struct words line = {0};
    put(&line, seen);
    return second_look_is_due(line.item, line.count);
}

static void only_lines_with_an_unsure_word_are_looked_at_twice(void **state)
{
    (void)state;
    assert_false(is_due((struct seen[]){{"Điều", 0.96, 20, 28}, {"1.", 0.9, 29, 32}, {0}}));
    assert_true(is_due((struct seen[]){{"Điều", 0.96, 20, 28}, {"l.", 0.7, 29, 32}, {0}}));
    AUTO(words) struct words line = {0};
    put(&line, (struct seen[]){{"I", 0.3, 20, 21}, {0}});
    line.item[0].box.h = 90; /* the border of a table */
    assert_false(second_look_is_due(line.item, line.count));
}

static bool is_mark(const struct seen *seen)
{
    AUTO(words) struct words line = {0};
    put(&line, seen);
    return second_look_is_mark(line.item, line.count);
}

static void an_unsure_letter_or_two_alone_on_a_line_are_no_text(void **state)
{
    (void)state;
    assert_true(is_mark((struct seen[]){{"Z—", 0.74, 120, 140}, {0}}));
    assert_true(is_mark((struct seen[]){{"&", 0.5, 20, 22}, {"œ", 0.65, 120, 140}, {0}}));
    assert_false(is_mark((struct seen[]){{"2", 0.93, 100, 102}, {0}}));
    assert_false(is_mark((struct seen[]){{"MẬT", 0.6, 20, 30}, {"KHẨN", 0.6, 31, 40}, {0}}));
    assert_false(is_mark((struct seen[]){{"z", 0.4, 20, 22}, {"Số:", 0.95, 24, 30}, {0}}));
}

static void the_strip_reaches_over_the_accents(void **state)
{
    (void)state;
    AUTO(words) struct words line = {0};
    put(&line, (struct seen[]){{"ÁN", 0.8, 20, 30}, {"văn", 0.8, 40, 50}, {0}});
    struct rect_mm box = second_look_box(line.item, line.count);
    assert_true(box.x < 20 && box.x + box.w > 50);
    assert_true(box.y < 50 - 0.7 && box.y + box.h > 53 + 0.7);
    assert_true(box.h < 2 * 3 + 0.1); /* and not over the next line */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_surer_reading_of_each_word_stays),
        cmocka_unit_test(words_stay_where_the_first_look_saw_them),
        cmocka_unit_test(two_looks_that_differ_are_never_very_sure),
        cmocka_unit_test(only_lines_with_an_unsure_word_are_looked_at_twice),
        cmocka_unit_test(an_unsure_letter_or_two_alone_on_a_line_are_no_text),
        cmocka_unit_test(the_strip_reaches_over_the_accents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
