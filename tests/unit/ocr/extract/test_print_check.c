#include "ocr/extract/print_check.h"
#include "typeset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void print_fits_its_neighbours_at_every_type_size(void **state)
{
    static const double sizes[] = {8, 11, 13, 14, 18};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct typeset set;
        typeset_start(&set);
        typeset_at(&set, 47, 38, sizes[i], "Số: 583/QĐ-UBND");
        struct print_scale scale = print_scale_of(&set.words, 0, 1, "Số:", 0);
        assert_true(scale.known);
        assert_true(print_fits(&set.words, 1, &scale, &print_digits));
        assert_true(print_same_baseline(&set.words, 0, 1, &scale));
        typeset_done(&set);
    }
}

static void handwriting_does_not_fit(void **state)
{
    static const struct {
        const char *why;
        double taller, wider, lower_mm;
        bool fits;
    } rows[] = {
        {"as printed", 1, 1, 0, true},      {"a scanner's half pixel", 1.03, 1.02, 0, true},
        {"taller", 1.15, 1, 0, false},      {"smaller", 0.85, 1, 0, false},
        {"wider", 1, 1.12, 0, false},       {"narrower", 1, 0.88, 0, false},
        {"off the line", 1, 1, 0.7, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset set;
        typeset_start(&set);
        typeset_at(&set, 47, 38, 13, "Số: 331/TB-SYT");
        struct rect_mm *box = &set.words.item[1].box;
        box->h *= rows[i].taller;
        box->w *= rows[i].wider;
        box->y += rows[i].lower_mm - (rows[i].taller - 1) * box->h / rows[i].taller;
        struct print_scale scale = print_scale_of(&set.words, 0, 1, "Số:", 0);
        bool fits = print_fits(&set.words, 1, &scale, &print_digits) &&
                    print_same_baseline(&set.words, 0, 1, &scale);
        if (fits != rows[i].fits)
            fail_msg("%s: %s", rows[i].why, fits ? "fits" : "does not fit");
        typeset_done(&set);
    }
}

/* Faces draw the stroke as they like; hands write higher than print. */
static void of_a_number_with_a_stroke_the_top_has_to_be_right(void **state)
{
    static const struct {
        const char *why;
        double higher_mm, deeper_mm;
        bool fits;
    } rows[] = {
        {"as printed", 0, 0, true},
        {"the stroke goes below the line", 0, 0.45, true},
        {"far below the line", 0, 0.9, false},
        {"above the figures", 0.45, 0, false},
        {"lower than the figures", -0.45, 0, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset set;
        typeset_start(&set);
        typeset_at(&set, 47, 38, 13, "Số: 331/TB-SYT");
        struct rect_mm *box = &set.words.item[1].box;
        box->y -= rows[i].higher_mm;
        box->h += rows[i].higher_mm + rows[i].deeper_mm;
        struct print_scale scale = print_scale_of(&set.words, 0, 1, "Số:", 0);
        if (print_same_top(&set.words, 0, 1, &scale, "Số:") != rows[i].fits)
            fail_msg("%s: %s", rows[i].why, rows[i].fits ? "does not fit" : "fits");
        typeset_done(&set);
    }
}

static void faces_draw_horns_and_tails_as_they_like(void **state)
{
    static const struct {
        const char *name;
        double taller;
        bool clear;
    } rows[] = {
        {"Võ Quyền Ngân", 1.13, true},  {"Võ Quyền Ngân", 0.88, false}, {"Võ Ước Ngân", 1.13, true},
        {"Võ Quyền Ngân", 1.25, false}, {"Võ Thị Ngân", 1.13, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset set;
        typeset_start(&set);
        typeset_at(&set, 120, 200, 13, rows[i].name);
        set.words.item[1].box.h *= rows[i].taller;
        if (print_is_clear(&set.words, 0, 3) != rows[i].clear)
            fail_msg("%s, %.2f: %s", rows[i].name, rows[i].taller,
                     rows[i].clear ? "not clear" : "clear");
        typeset_done(&set);
    }
}

static void words_all_of_one_height_that_nobody_wrote_are_clear(void **state)
{
    static const struct {
        double confidence, hand, taller;
        bool clear;
    } rows[] = {
        {0.95, 0, 1, true},
        {0.85, 0, 1, false},
        {0.95, 0.1, 1, false},
        {0.95, 0, 1.15, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset set;
        typeset_start(&set);
        typeset_at(&set, 120, 200, 13, "Võ Thị Sương");
        struct word *word = &set.words.item[1];
        word->confidence = rows[i].confidence;
        word->hand = rows[i].hand;
        word->box.h *= rows[i].taller;
        assert_int_equal(print_is_clear(&set.words, 0, 3), rows[i].clear);
        assert_false(print_is_clear(&set.words, 0, 2));
        typeset_done(&set);
    }
}

static void nothing_is_said_of_what_the_table_does_not_know(void **state)
{
    struct typeset set;
    (void)state;
    typeset_start(&set);
    typeset_at(&set, 47, 38, 13, "Số: 12†/TB-SYT");
    set.confidence = 0.3;
    typeset_at(&set, 47, 48, 13, "Số: 12/TB-SYT");
    struct print_scale scale = print_scale_of(&set.words, 0, 1, "Số:", 0);
    assert_false(print_fits(&set.words, 1, &scale, &print_digits));
    struct print_scale doubtful = print_scale_of(&set.words, 2, 1, "Số:", 0);
    assert_false(doubtful.known);
    assert_false(print_fits(&set.words, 3, &doubtful, &print_digits));
    typeset_done(&set);
}

static void gaps_wider_than_a_space_are_blanks_filled_in(void **state)
{
    struct typeset set;
    (void)state;
    typeset_start(&set);
    typeset_at(&set, 110, 38, 13, "ngày 05 tháng 11 năm 2020");
    struct print_scale scale = print_scale_of(&set.words, 0, 6, NULL, 0);
    assert_true(print_gap_fits(&set.words, 0, 1, &scale));
    assert_true(print_gap_fits(&set.words, 1, 2, &scale));
    set.words.item[1].box.x += 0.8;
    assert_false(print_gap_fits(&set.words, 0, 1, &scale));
    assert_false(print_gap_fits(&set.words, 1, 2, &scale));
    typeset_done(&set);
}

/* A face a tenth wider for its height, as more than half of a page's words say. */
static void set_wide_page(struct typeset *set, double wider)
{
    typeset_start(set);
    for (int i = 0; i < 4; i++)
        typeset_at(set, 30, 60 + 8 * i, 13, "Quê quán của người yêu cầu đăng ký tại địa phương");
    typeset_at(set, 30, 38, 13, "Ngày sinh: 17/07/1959 Sơn");
    for (size_t i = 0; i < set->words.count; i++)
        set->words.item[i].box.w *= wider;
}

static void a_page_tells_how_wide_its_face_is(void **state)
{
    struct typeset set;
    (void)state;
    set_wide_page(&set, 1.15);
    double aspect = print_aspect(&set.words);
    assert_true(aspect > 1.10 && aspect < 1.20);
    size_t first = set.words.count - 4;
    /* figures of such a face are as narrow as the book face's, its "/" is taller */
    set.words.item[first + 2].box.w /= 1.15;
    set.words.item[first + 2].box.h *= 1.15;
    struct print_scale scale = print_scale_of(&set.words, first, 2, NULL, aspect);
    assert_true(print_fits(&set.words, first + 2, &scale, &print_figures));
    assert_false(print_fits(&set.words, first + 2, &scale, &print_digits));
    scale = print_scale_of(&set.words, first, 2, NULL, 0);
    assert_false(print_fits(&set.words, first + 2, &scale, &print_figures));
    scale = print_scale_of(&set.words, first, 2, NULL, aspect);
    set.words.item[first + 2].hand = WORD_HAND_DOUBT;
    assert_false(print_fits(&set.words, first + 2, &scale, &print_figures));
    typeset_done(&set);
    set_wide_page(&set, 1);
    set.words.count = 8; /* too few to tell */
    assert_true(print_aspect(&set.words) == 0);
    typeset_done(&set);
}

static void words_of_a_name_have_one_size(void **state)
{
    static const struct {
        const char *name, *read; /* what the third word was drawn as, and read as */
        double taller;
        bool agrees;
    } rows[] = {
        {"Vi Trọng Sơn", NULL, 1, true},
        {"Vi Trọng Sơn", "Vị", 1, false}, /* there is no dot below */
        {"Vi Trọng Sơn", NULL, 1.2, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset set;
        set_wide_page(&set, 1);
        double aspect = print_aspect(&set.words);
        size_t first = typeset_at(&set, 120, 120, 15, rows[i].name);
        set.words.item[first + 1].box.h *= rows[i].taller;
        if (rows[i].read)
            words_add(&set.words, rows[i].read, 0.96, set.words.item[first].box, 120, 0, 99, NULL);
        if (rows[i].read) {
            struct word swapped = set.words.item[first];
            set.words.item[first] = set.words.item[set.words.count - 1];
            set.words.item[set.words.count - 1] = swapped;
        }
        if (print_agrees(&set.words, first, 3, aspect) != rows[i].agrees)
            fail_msg("row %zu", i);
        typeset_done(&set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(print_fits_its_neighbours_at_every_type_size),
        cmocka_unit_test(handwriting_does_not_fit),
        cmocka_unit_test(of_a_number_with_a_stroke_the_top_has_to_be_right),
        cmocka_unit_test(faces_draw_horns_and_tails_as_they_like),
        cmocka_unit_test(words_all_of_one_height_that_nobody_wrote_are_clear),
        cmocka_unit_test(nothing_is_said_of_what_the_table_does_not_know),
        cmocka_unit_test(a_page_tells_how_wide_its_face_is),
        cmocka_unit_test(words_of_a_name_have_one_size),
        cmocka_unit_test(gaps_wider_than_a_space_are_blanks_filled_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
