#include "tests/harness/test.h"

#include "ocr/clean/red_ink.h"

#include <string.h>

#define SIZE 400
#define DPI 300

static void fill(struct raster *page, int x0, int y0, int x1, int y1, int r, int g, int b)
{
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++) {
            uint8_t *px = raster_row(page, y) + 3 * x;
            px[0] = (uint8_t)r;
            px[1] = (uint8_t)g;
            px[2] = (uint8_t)b;
        }
}

static void find(struct raster *page, double dpi, struct red_ink *out)
{
    AUTO(tone) struct tone tone = {0};
    assert_int_equal(tone_measure(page, &tone, NULL), ERR_OK);
    assert_int_equal(red_ink_find(page, &tone, dpi, out, NULL), ERR_OK);
}

static int at(const struct red_ink *ink, int x, int y)
{
    AUTO(raster) struct raster *whole = NULL;
    assert_int_equal(red_ink_whole(ink, &whole, NULL), ERR_OK);
    return raster_row(whole, y)[x];
}

static void red_ink_is_shown_without_print_and_print_does_not_cut_it(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = NULL;
    struct red_ink ink;
    assert_int_equal(raster_new(SIZE, SIZE, 3, &page, NULL), ERR_OK);
    fill(page, 0, 0, SIZE, SIZE, 250, 246, 232); /* warm paper */
    fill(page, 100, 100, 112, 200, 204, 25, 25);
    fill(page, 200, 100, 212, 200, 225, 155, 150); /* pale */
    fill(page, 60, 150, 300, 155, 20, 15, 15);     /* a line of print across both */
    find(page, DPI, &ink);
    assert_non_null(ink.grey);
    assert_true(at(&ink, 106, 120) < 40);
    assert_true(at(&ink, 206, 120) < 160);
    assert_true(at(&ink, 106, 152) < 80);
    assert_true(at(&ink, 206, 152) < 180);
    assert_int_equal(at(&ink, 80, 152), 255);
    assert_int_equal(at(&ink, 280, 152), 255);
    assert_int_equal(at(&ink, 20, 20), 255);
    red_ink_done(&ink);
}

static void a_fine_page_takes_no_more_memory_and_is_shown_alike(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = NULL;
    struct red_ink ink;
    assert_int_equal(raster_new(2 * SIZE, 2 * SIZE, 3, &page, NULL), ERR_OK);
    fill(page, 0, 0, 2 * SIZE, 2 * SIZE, 250, 246, 232);
    fill(page, 200, 200, 224, 400, 204, 25, 25);
    fill(page, 120, 300, 600, 310, 20, 15, 15);
    find(page, 2 * DPI, &ink);
    assert_non_null(ink.grey);
    assert_int_equal(ink.factor, 3);
    assert_int_equal(ink.grey->width, (2 * SIZE + 2) / 3);
    assert_in_range(ink.grey->height, 200 / 3, 208 / 3); /* only the rows with red */
    assert_true(at(&ink, 212 / 3, 240 / 3) < 40);
    assert_true(at(&ink, 212 / 3, 305 / 3) < 80);
    assert_int_equal(at(&ink, 160 / 3, 305 / 3), 255);
    assert_int_equal(at(&ink, 20, 20), 255);
    red_ink_done(&ink);
}

static void a_page_without_red_has_none(void **state)
{
    (void)state;
    for (int channels = 1; channels <= 3; channels += 2) {
        AUTO(raster) struct raster *page = NULL;
        struct red_ink ink;
        assert_int_equal(raster_new(SIZE, SIZE, channels, &page, NULL), ERR_OK);
        memset(page->px, 240, (size_t)SIZE * SIZE * (size_t)channels);
        if (channels == 3) {
            fill(page, 100, 100, 112, 200, 20, 20, 20);
            fill(page, 200, 100, 212, 200, 40, 60, 190);
        }
        find(page, DPI, &ink);
        assert_null(ink.grey);
        red_ink_done(&ink);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(red_ink_is_shown_without_print_and_print_does_not_cut_it),
        cmocka_unit_test(a_fine_page_takes_no_more_memory_and_is_shown_alike),
        cmocka_unit_test(a_page_without_red_has_none),
    };
    return cmocka_run_group_tests_name("red_ink", tests, NULL, NULL);
}
