#include "ocr/recognize/page_parts.h"
#include "ocr/recognize/words_packed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINE 40
#define PITCH 60

static void add_row(struct text_rows *rows, int left, int top, int width, int height)
{
    struct text_row row = {left, top, left + width, top + height, rows->count == 0, false};
    assert_int_equal(text_rows_add(rows, &row, NULL), ERR_OK);
}

static void add_column(struct text_rows *rows, int left, int top, int width, int lines)
{
    for (int i = 0; i < lines; i++)
        add_row(rows, left, top + i * PITCH, width, LINE);
}

static void a_page_is_parted_between_two_rows_near_the_middle_of_its_work(void **state)
{
    (void)state;
    AUTO(text_rows) struct text_rows rows = {0};
    size_t row = 0;
    add_column(&rows, 100, 100, 300, 10); /* a short head costs less than it is high */
    add_column(&rows, 100, 1000, 1600, 20);
    assert_true(page_parts_find(&rows, &row));
    assert_in_range(row, 18, 20);
}

static void capitals_without_tails_cost_what_other_rows_do(void **state)
{
    (void)state;
    AUTO(text_rows) struct text_rows rows = {0};
    size_t row = 0;
    for (int i = 0; i < 20; i++)
        add_row(&rows, 100, 100 + i * PITCH, 1600, i < 9 ? LINE / 2 : LINE);
    assert_true(page_parts_find(&rows, &row));
    assert_int_equal(row, 10);
}

static void little_text_is_not_parted(void **state)
{
    (void)state;
    AUTO(text_rows) struct text_rows rows = {0};
    size_t row = 77;
    assert_false(page_parts_find(&rows, &row));
    add_column(&rows, 100, 100, 400, 4);
    assert_false(page_parts_find(&rows, &row));
    assert_int_equal(row, 77);
}

/* A seal beside the text, a brace, a drop capital: a row that reaches over others. */
static void rows_that_share_a_place_stay_in_one_part(void **state)
{
    (void)state;
    AUTO(text_rows) struct text_rows rows = {0};
    size_t row = 0;
    add_column(&rows, 100, 100, 1600, 6);
    add_row(&rows, 300, 100 + 4 * PITCH, 300, 8 * PITCH);
    add_column(&rows, 100, 100 + 6 * PITCH, 1600, 14);
    assert_true(page_parts_find(&rows, &row));
    assert_true(row >= 6 + 1 + 6);
}

static void a_parting_has_text_on_both_sides(void **state)
{
    (void)state;
    AUTO(text_rows) struct text_rows rows = {0};
    size_t row = 0;
    add_column(&rows, 100, 100, 1600, 10);
    add_row(&rows, 800, 100 + 10 * PITCH, 60, LINE); /* a dash between paragraphs */
    add_column(&rows, 100, 100 + 11 * PITCH, 1600, 10);
    assert_true(page_parts_find(&rows, &row));
    assert_true(row != 10 && row != 11);
    for (size_t i = 0; i < rows.count; i++)
        rows.item[i].is_picture = i % 2 == 0;
    assert_false(page_parts_find(&rows, &row));
}

/* The layout reads one column after the other, and a table cell by cell: that order stays. */
static void columns_and_cells_keep_their_order(void **state)
{
    (void)state;
    AUTO(text_rows) struct text_rows columns = {0};
    AUTO(text_rows) struct text_rows table = {0};
    size_t row = 0;
    add_column(&columns, 100, 100, 700, 20);
    add_column(&columns, 900, 100, 700, 20);
    assert_true(page_parts_find(&columns, &row));
    assert_int_equal(row, 20);
    for (int i = 0; i < 60; i++)
        add_row(&table, 100 + i % 3 * 500, 100 + i / 3 * PITCH, 400, LINE);
    assert_true(page_parts_find(&table, &row));
    assert_int_equal(row, 30);
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Tesseract asks piece by piece, and both processes have to give the same answer: each piece of a
 * row lies in the part of its row, and no row is in two. */
static void each_piece_of_a_row_falls_into_the_part_of_its_row(void **state)
{
    (void)state;
    size_t parted = 0;
    for (uint32_t seed = 1; seed <= 400; seed++) {
        AUTO(text_rows) struct text_rows rows = {0};
        uint32_t random = seed;
        size_t second = 0, at = 0;
        for (int i = 0; i < 40; i++)
            add_row(&rows, (int)(next_random(&random) % 900),
                    100 + i * 30 + (int)(next_random(&random) % 120),
                    200 + (int)(next_random(&random) % 900), 15 + (int)(next_random(&random) % 50));
        if (!page_parts_find(&rows, &second))
            continue;
        parted++;
        for (size_t i = 0; i < rows.count; i++)
            for (int k = 0; k < 4; k++) {
                struct text_row piece = rows.item[i];
                int quarter = (piece.right - piece.left) / 4;
                piece.left += k * quarter;
                piece.right = piece.left + quarter;
                at = page_parts_row_of(&rows, at, &piece);
                assert_int_equal(at >= second, i >= second);
            }
    }
    assert_true(parted > 20);
}

static void add(struct words *words, const char *text, double y, int block, int line)
{
    assert_int_equal(words_add(words, text, 0.1 + y / 3, (struct rect_mm){20, y, 100, 4}, y + 3,
                               block, line, NULL),
                     ERR_OK);
}

static void the_parts_are_numbered_as_if_they_had_been_read_at_once(void **state)
{
    (void)state;
    static const bool begins[] = {false, true};
    for (size_t i = 0; i < 2; i++) {
        AUTO(text_rows) struct text_rows rows = {0};
        AUTO(words) struct words words = {0};
        AUTO(words) struct words second = {0};
        struct recognition_image image = {.px_per_mm = 10};
        add_row(&rows, 200, 100, 1000, 40);
        add_row(&rows, 200, 200, 1000, 40);
        rows.item[1].begins_block = begins[i];
        add(&words, "a", 10, 3, 7);
        add(&second, "b", 20, 1, 1); /* a picture was passed over before it */
        add(&second, "c", 30, 2, 2);
        assert_int_equal(page_parts_join(&rows, 1, &image, &second, &words, NULL), ERR_OK);
        assert_int_equal(words.count, 3);
        assert_int_equal(words.item[1].line, 8);
        assert_int_equal(words.item[2].line, 9);
        assert_int_equal(words.item[1].block, 3 + begins[i]);
        assert_int_equal(words.item[2].block, 4 + begins[i]);
    }
}

static void parts_whose_rows_at_the_parting_have_no_words_are_not_joined(void **state)
{
    (void)state;
    AUTO(text_rows) struct text_rows rows = {0};
    AUTO(words) struct words words = {0};
    AUTO(words) struct words second = {0};
    struct recognition_image image = {.px_per_mm = 10};
    add_row(&rows, 200, 100, 1000, 40);
    add_row(&rows, 200, 200, 1000, 40);
    assert_int_equal(page_parts_join(&rows, 1, &image, &second, &words, NULL), ERR_NOT_FOUND);
    add(&words, "a", 10, 0, 0);
    add(&second, "c", 40, 0, 0);
    assert_int_equal(page_parts_join(&rows, 1, &image, &second, &words, NULL), ERR_NOT_FOUND);
    assert_int_equal(words.count, 1);
}

static void packed_words_come_back_to_the_last_bit_and_half_ones_not_at_all(void **state)
{
    (void)state;
    AUTO(words) struct words words = {0};
    AUTO(buf) struct buf bytes;
    buf_init(&bytes, 10000);
    add(&words, "Nguyễn", 10.123456789, 1, 2);
    add(&words, "Đức", 20.1, 1, 2);
    words_pack(&words, &bytes);
    assert_true(buf_ok(&bytes));
    for (size_t size = 0; size <= bytes.size; size++) {
        AUTO(words) struct words back = {0};
        struct packed packed = {bytes.bytes, bytes.bytes + size};
        enum err_code code = words_unpack(&packed, &back, NULL);
        assert_int_equal(code, size < bytes.size ? ERR_BAD_MESSAGE : ERR_OK);
        for (size_t i = 0; i < back.count; i++) {
            assert_string_equal(back.item[i].text, words.item[i].text);
            assert_memory_equal(&back.item[i].confidence, &words.item[i].confidence,
                                sizeof(double));
            assert_memory_equal(&back.item[i].box, &words.item[i].box, sizeof(struct rect_mm));
            assert_int_equal(back.item[i].line, 2);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_parted_between_two_rows_near_the_middle_of_its_work),
        cmocka_unit_test(capitals_without_tails_cost_what_other_rows_do),
        cmocka_unit_test(little_text_is_not_parted),
        cmocka_unit_test(rows_that_share_a_place_stay_in_one_part),
        cmocka_unit_test(a_parting_has_text_on_both_sides),
        cmocka_unit_test(columns_and_cells_keep_their_order),
        cmocka_unit_test(each_piece_of_a_row_falls_into_the_part_of_its_row),
        cmocka_unit_test(the_parts_are_numbered_as_if_they_had_been_read_at_once),
        cmocka_unit_test(parts_whose_rows_at_the_parting_have_no_words_are_not_joined),
        cmocka_unit_test(packed_words_come_back_to_the_last_bit_and_half_ones_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
