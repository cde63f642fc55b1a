#include "ocr/recognize/lone_ink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PX_PER_MM 11.8
#define WORD_MM 3.2

/* A page of 100 x 80 mm with ten lines of words from 30 mm on. */
struct page {
    struct recognition_image image;
    struct words words;
};

static void ink(struct page *page, double x, double y, double w, double h)
{
    struct raster *grey = page->image.grey;
    for (int row = (int)(y * PX_PER_MM); row < (int)((y + h) * PX_PER_MM); row++)
        memset(raster_row(grey, row) + (int)(x * PX_PER_MM), 0, (size_t)(w * PX_PER_MM));
}

static void make_page(struct page *page)
{
    *page = (struct page){.image = {.px_per_mm = PX_PER_MM}};
    assert_int_equal(
        raster_new((int)(100 * PX_PER_MM), (int)(80 * PX_PER_MM), 1, &page->image.grey, NULL),
        ERR_OK);
    words_init(&page->words, (struct size_mm){100, 80}, 0);
    for (int i = 0; i < 30; i++) {
        struct rect_mm box = {10 + i % 3 * 25, 30 + i / 3 * 5, 12, WORD_MM};
        ink(page, box.x, box.y, box.w, box.h);
        assert_int_equal(words_add(&page->words, "word", 0.96, box, box.y + 2.6, 0, i / 3, NULL),
                         ERR_OK);
    }
}

static void page_auto(struct page *page)
{
    recognition_image_done(&page->image);
    words_done(&page->words);
}

static int lone_count(struct page *page)
{
    struct lone_ink found = {0};
    assert_int_equal(lone_ink_find(&page->image, &page->words, &found, NULL), ERR_OK);
    return found.count;
}

static void a_page_number_that_nobody_read_is_found_where_it_stands(void **state)
{
    (void)state;
    AUTO(page) struct page page;
    struct lone_ink found = {0};
    make_page(&page);
    assert_int_equal(lone_count(&page), 0);
    ink(&page, 48, 10, 1.8, 2.4);
    ink(&page, 50.5, 10, 1.8, 2.4);
    assert_int_equal(lone_ink_find(&page.image, &page.words, &found, NULL), ERR_OK);
    assert_int_equal(found.count, 1);
    assert_float_equal(found.item[0].x, 48, 0.3);
    assert_float_equal(found.item[0].y, 10, 0.3);
    assert_float_equal(found.item[0].w, 4.3, 0.5);
}

static void other_unread_ink_is_no_writing(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        double x, y, w, h;
    } cases[] = {
        {"a rule", 10, 12, 70, 0.4},       {"a seal", 60, 2, 20, 20},
        {"a speck", 48, 10, 0.4, 0.4},     {"a stroke beside a word", 23, 31, 1.2, 2.4},
        {"a long stroke", 48, 3, 1.0, 12},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(page) struct page page;
        make_page(&page);
        ink(&page, cases[i].x, cases[i].y, cases[i].w, cases[i].h);
        if (lone_count(&page) != 0)
            fail_msg("%s is taken for writing", cases[i].what);
    }
}

static void a_page_of_drawing_is_not_searched(void **state)
{
    (void)state;
    AUTO(page) struct page page;
    make_page(&page);
    for (int i = 0; i < 450; i++)
        ink(&page, 2 + i % 30 * 3.2, 1 + i / 30 * 1.9, 1, 1.4);
    ink(&page, 48, 76, 1.8, 2.4);
    assert_int_equal(lone_count(&page), 0);
}

static bool can_stand(const char *text, double confidence, int count)
{
    AUTO(words) struct words reading;
    words_init(&reading, (struct size_mm){100, 80}, 0);
    for (int i = 0; i < count; i++)
        words_add(&reading, text, confidence, (struct rect_mm){1, 1, 2, 3}, 4, 0, 0, NULL);
    return lone_ink_is_word(&reading);
}

static void only_one_sure_word_is_believed(void **state)
{
    (void)state;
    assert_true(can_stand("2", 0.97, 1));
    assert_true(can_stand("Đ", 0.95, 1));
    assert_false(can_stand("2", 0.7, 1));
    assert_false(can_stand("-", 0.97, 1));
    assert_false(can_stand("2", 0.97, 2));
    assert_false(can_stand("", 0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_number_that_nobody_read_is_found_where_it_stands),
        cmocka_unit_test(other_unread_ink_is_no_writing),
        cmocka_unit_test(a_page_of_drawing_is_not_searched),
        cmocka_unit_test(only_one_sure_word_is_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
