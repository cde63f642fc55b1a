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
        struct print_scale scale = print_scale_of(&set.words, 0, 1, "Số:");
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
        struct print_scale scale = print_scale_of(&set.words, 0, 1, "Số:");
        bool fits = print_fits(&set.words, 1, &scale, &print_digits) &&
                    print_same_baseline(&set.words, 0, 1, &scale);
        if (fits != rows[i].fits)
            fail_msg("%s: %s", rows[i].why, fits ? "fits" : "does not fit");
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
    struct print_scale scale = print_scale_of(&set.words, 0, 1, "Số:");
    assert_false(print_fits(&set.words, 1, &scale, &print_digits));
    struct print_scale doubtful = print_scale_of(&set.words, 2, 1, "Số:");
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
    struct print_scale scale = print_scale_of(&set.words, 0, 6, NULL);
    assert_true(print_gap_fits(&set.words, 0, 1, &scale));
    assert_true(print_gap_fits(&set.words, 1, 2, &scale));
    set.words.item[1].box.x += 0.8;
    assert_false(print_gap_fits(&set.words, 0, 1, &scale));
    assert_false(print_gap_fits(&set.words, 1, 2, &scale));
    typeset_done(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(print_fits_its_neighbours_at_every_type_size),
        cmocka_unit_test(handwriting_does_not_fit),
        cmocka_unit_test(nothing_is_said_of_what_the_table_does_not_know),
        cmocka_unit_test(gaps_wider_than_a_space_are_blanks_filled_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
