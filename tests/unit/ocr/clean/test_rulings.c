#include "tests/harness/test.h"

#include "ocr/clean/rulings.h"
#include "tests/unit/image/pages.h"

#include <math.h>

#define PX_PER_MM 8.0

static void draw(struct raster *page, double x_mm, double y_mm, double w_mm, double h_mm,
                 double lean)
{
    for (int y = 0; y < page->height; y++)
        for (int x = 0; x < page->width; x++) {
            double u = x / PX_PER_MM, v = y / PX_PER_MM - (u - x_mm) * lean;
            if (u >= x_mm && u < x_mm + w_mm && v >= y_mm && v < y_mm + h_mm)
                page->px[(size_t)y * (size_t)page->width + (size_t)x] = 40;
        }
}

/* Hairlines, leaning as much as a levelled page still may, on a part that begins at (10, 20) mm. */
static void lines_of_a_table_are_found_among_text(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_draw_text(1600, 1200, 1);
    AUTO(rulings) struct rulings rulings = {0};
    draw(page, 10, 100, 150, 0.25, 0.003);
    draw(page, 40, 100, 0.25, 30, 0);
    struct recognition_image image = {page, PX_PER_MM, 10, 20};
    assert_int_equal(rulings_find(&image, &rulings, NULL), ERR_OK);
    assert_int_equal(rulings.count, 2);
    const struct ruling *level = &rulings.item[0], *upright = &rulings.item[1];
    assert_false(level->upright);
    assert_float_equal(level->at_mm, 120, 0.6);
    assert_float_equal(level->from_mm, 20, 1);
    assert_float_equal(level->to_mm, 170, 1);
    assert_true(upright->upright);
    assert_float_equal(upright->at_mm, 50, 0.6);
    assert_float_equal(upright->to_mm - upright->from_mm, 30, 1);
}

static void text_bars_and_halftones_have_no_lines(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_draw_text(1600, 1200, 1);
    AUTO(rulings) struct rulings rulings = {0};
    draw(page, 20, 90, 100, 12, 0);
    for (int y = 900; y < 1100; y++)
        for (int x = 100; x < 1500; x++)
            page->px[(size_t)y * 1600 + (size_t)x] = (x / 3 + y / 3) % 2 ? 255 : 60;
    assert_int_equal(
        rulings_find(&(struct recognition_image){page, PX_PER_MM, 0, 0}, &rulings, NULL), ERR_OK);
    assert_int_equal(rulings.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_a_table_are_found_among_text),
        cmocka_unit_test(text_bars_and_halftones_have_no_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
