#include "daemon/image/image_small.h"
#include "daemon/image/part_join.h"
#include "tests/unit/image/big_sheet.h"
#include "tests/unit/image/pages.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A sheet of 27 by 19 cm on a glass of 15 cm. */
#define SHEET_W 1600
#define SHEET_H 1132
#define VIEW_MAX 4000

struct parts {
    struct part_image image[PARTS_MAX];
    size_t count;
};

static void add(struct parts *parts, const struct raster *sheet, struct glass glass)
{
    AUTO(raster) struct raster *part = big_sheet_scan(sheet, glass);
    parts->image[parts->count++] =
        (struct part_image){.fd = pages_jpeg_fd(part, SHEET_DPI), .dpi = SHEET_DPI};
}

static void parts_auto(struct parts *parts)
{
    for (size_t i = 0; i < parts->count; i++)
        fd_close(parts->image[i].fd);
}
#define PARTS __attribute__((cleanup(parts_auto))) struct parts

static double ink_mean(const struct raster *page, int x, int y, int size)
{
    double sum = 0;
    for (int row = y; row < y + size; row++)
        for (int column = x; column < x + size; column++)
            sum += raster_row(page, row)[column * page->channels];
    return sum / size / size;
}

/* How alike two pictures of one sheet are, cell by cell; the view may lie a little turned and is
 * larger by lids, so it is looked for around. */
static double likeness(const struct raster *sheet, const struct raster *view)
{
    enum { CELL = 12 };
    double best = -1;
    for (int oy = -60; oy <= 60; oy += 4)
        for (int ox = -60; ox <= 60; ox += 4) {
            double n = 0, a = 0, b = 0, aa = 0, bb = 0, ab = 0;
            for (int y = 120; y + 120 < sheet->height; y += 97)
                for (int x = 120; x + 120 < sheet->width; x += 61) {
                    int vx = x + (view->width - sheet->width) / 2 + ox;
                    int vy = y + (view->height - sheet->height) / 2 + oy;
                    if (vx < 0 || vy < 0 || vx + CELL > view->width || vy + CELL > view->height)
                        continue;
                    double p = ink_mean(sheet, x, y, CELL), q = ink_mean(view, vx, vy, CELL);
                    n++, a += p, b += q, aa += p * p, bb += q * q, ab += p * q;
                }
            double top = ab - a * b / n, low = sqrt((aa - a * a / n) * (bb - b * b / n));
            best = n > 100 && low > 0 && top / low > best ? top / low : best;
        }
    return best;
}

static struct raster *join(struct parts *parts)
{
    struct raster *view = NULL;
    struct err err = ERR_INIT;
    double dpi = 0;
    if (parts_join(parts->image, parts->count, VIEW_MAX, &view, &dpi, &err))
        fail_msg("%s: %s", err_name(err.code), err.detail);
    assert_true(fabs(dpi - SHEET_DPI) < 1.5);
    assert_true(view->width <= VIEW_MAX && view->height <= VIEW_MAX);
    return view;
}

static void refuses(struct parts *parts)
{
    struct raster *view = NULL;
    struct err err = ERR_INIT;
    double dpi = 0;
    assert_int_equal(parts_join(parts->image, parts->count, VIEW_MAX, &view, &dpi, &err),
                     ERR_PARTS_DO_NOT_MEET);
    assert_null(view);
}

#define LEFT                                                                                       \
    {                                                                                              \
        0, 0, 900, SHEET_H                                                                         \
    }
#define RIGHT                                                                                      \
    {                                                                                              \
        700, 0, 900, SHEET_H                                                                       \
    }

static void two_halves_become_one_side(void **state)
{
    static const struct {
        const char *what;
        struct glass first, second;
    } cases[] = {
        {"side by side", {0, 0, 900, SHEET_H}, {700, 0, 900, SHEET_H}},
        {"the right one first", {700, 0, 900, SHEET_H}, {0, 0, 900, SHEET_H}},
        {"leaning", {0, 0, 900, SHEET_H, .lean_deg = 1}, {700, 0, 900, SHEET_H, .lean_deg = -1}},
        {"one below the other", {0, 0, SHEET_W, 650}, {0, 482, SHEET_W, 650, .lean_deg = -0.7}},
        {"narrow overlap, other light",
         {0, 0, 860, SHEET_H},
         {680, 0, 920, SHEET_H, .lean_deg = 0.6, .light = -25}},
    };
    (void)state;
    AUTO(raster) struct raster *sheet = big_sheet(SHEET_W, SHEET_H, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PARTS parts = {0};
        add(&parts, sheet, cases[i].first);
        add(&parts, sheet, cases[i].second);
        AUTO(raster) struct raster *view = join(&parts);
        if (abs(view->width - SHEET_W) > 80 || abs(view->height - SHEET_H) > 80)
            fail_msg("%s: %d x %d", cases[i].what, view->width, view->height);
        if (cases[i].first.lean_deg == 0 && likeness(sheet, view) < 0.8)
            fail_msg("%s: not the sheet, %.2f", cases[i].what, likeness(sheet, view));
    }
}

static void four_quarters_are_laid_two_by_two_in_any_order(void **state)
{
    static const struct glass quarters[] = {
        {700, 482, 900, 650, .lean_deg = 0.5},
        {0, 0, 900, 650},
        {0, 482, 900, 650, .lean_deg = -0.8},
        {700, 0, 900, 650, .lean_deg = 0.3},
    };
    (void)state;
    AUTO(raster) struct raster *sheet = big_sheet(SHEET_W, SHEET_H, 2);
    PARTS parts = {0};
    for (size_t i = 0; i < 4; i++)
        add(&parts, sheet, quarters[i]);
    AUTO(raster) struct raster *view = join(&parts);
    assert_true(abs(view->width - SHEET_W) < 80 && abs(view->height - SHEET_H) < 80);
}

static void a_sheet_turned_round_for_its_second_half_is_joined_upright(void **state)
{
    (void)state;
    AUTO(raster) struct raster *sheet = big_sheet(SHEET_W, SHEET_H, 3);
    PARTS parts = {0};
    add(&parts, sheet, (struct glass){0, 0, 900, SHEET_H, .turn_deg = 90});
    add(&parts, sheet, (struct glass){700, 0, 900, SHEET_H, .turn_deg = 270});
    parts.image[0].turn_deg = 270;
    parts.image[0].turn_score = 0.9;
    AUTO(raster) struct raster *view = join(&parts);
    assert_true(abs(view->width - SHEET_W) < 40 && abs(view->height - SHEET_H) < 40);
    assert_true(likeness(sheet, view) > 0.8);
}

static void the_view_is_no_larger_than_asked_for(void **state)
{
    (void)state;
    AUTO(raster) struct raster *sheet = big_sheet(SHEET_W, SHEET_H, 4);
    AUTO(raster) struct raster *view = NULL;
    double dpi = 0;
    PARTS parts = {0};
    add(&parts, sheet, (struct glass)LEFT);
    add(&parts, sheet, (struct glass)RIGHT);
    assert_int_equal(parts_join(parts.image, 2, 800, &view, &dpi, NULL), ERR_OK);
    assert_true(view->width <= 800 && view->width > 780);
    assert_true(fabs(dpi - 800.0 / SHEET_W * SHEET_DPI) < 2);
}

static void parts_of_two_sheets_are_refused(void **state)
{
    (void)state;
    AUTO(raster) struct raster *sheet = big_sheet(SHEET_W, SHEET_H, 5);
    AUTO(raster) struct raster *other = big_sheet(SHEET_W, SHEET_H, 6);
    PARTS parts = {0};
    add(&parts, sheet, (struct glass)LEFT);
    add(&parts, other, (struct glass)RIGHT);
    refuses(&parts);
}

static void a_blank_overlap_is_refused(void **state)
{
    (void)state;
    AUTO(raster) struct raster *sheet = big_sheet(SHEET_W, SHEET_H, 7);
    big_sheet_clear(sheet, 660, 0, 280, SHEET_H);
    PARTS parts = {0};
    add(&parts, sheet, (struct glass)LEFT);
    add(&parts, sheet, (struct glass)RIGHT);
    refuses(&parts);
}

static void parts_that_only_touch_are_refused(void **state)
{
    (void)state;
    AUTO(raster) struct raster *sheet = big_sheet(SHEET_W, SHEET_H, 8);
    PARTS parts = {0};
    add(&parts, sheet, (struct glass){0, 0, 800, SHEET_H});
    add(&parts, sheet, (struct glass){800, 0, 800, SHEET_H});
    refuses(&parts);
}

/* An empty form looks the same one row further: which row is it? */
static void an_overlap_that_fits_in_several_places_is_refused(void **state)
{
    (void)state;
    AUTO(raster) struct raster *sheet = NULL;
    assert_int_equal(raster_new(SHEET_W, SHEET_H, 3, &sheet, NULL), ERR_OK);
    for (int y = 60; y < SHEET_H; y++)
        for (int x = 60; x < SHEET_W; x++)
            if (y % 60 < 2 || x % 120 < 2)
                memset(raster_row(sheet, y) + x * 3, 30, 3);
    PARTS parts = {0};
    add(&parts, sheet, (struct glass)LEFT);
    add(&parts, sheet, (struct glass)RIGHT);
    refuses(&parts);
}

static void the_same_place_twice_is_nothing_to_join(void **state)
{
    (void)state;
    AUTO(raster) struct raster *sheet = big_sheet(SHEET_W, SHEET_H, 9);
    PARTS parts = {0};
    add(&parts, sheet, (struct glass)LEFT);
    add(&parts, sheet, (struct glass){4, 2, 900, SHEET_H});
    refuses(&parts);
}

static void a_file_is_made_smaller_while_it_is_read(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_draw_text(701, 503, 3);
    AUTO(fd) int fd = pages_jpeg_fd(page, 200);
    AUTO(raster) struct raster *whole = NULL;
    AUTO(raster) struct raster *wanted = NULL;
    AUTO(raster) struct raster *small = NULL;
    int width, height;
    assert_int_equal(image_read_size(fd, 0, &width, &height, NULL), ERR_OK);
    assert_true(width == 701 && height == 503);
    assert_int_equal(image_read_small(fd, 0, 1, &whole, NULL), ERR_OK);
    assert_int_equal(raster_reduce(whole, 4, &wanted, NULL), ERR_OK);
    assert_int_equal(image_read_small(fd, 0, 4, &small, NULL), ERR_OK);
    assert_true(small->width == wanted->width && small->height == wanted->height);
    assert_memory_equal(small->px, wanted->px, (size_t)small->width * (size_t)small->height * 3);
    struct raster *none = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(image_read_small(fd, 0, 0, &none, &err), ERR_BAD_ARGUMENT);
}

static void too_few_and_too_many_parts_are_no_side(void **state)
{
    (void)state;
    struct part_image images[PARTS_MAX + 1] = {0};
    struct raster *view = NULL;
    struct err err = ERR_INIT;
    double dpi;
    assert_int_equal(parts_join(images, 1, 800, &view, &dpi, &err), ERR_BAD_ARGUMENT);
    assert_int_equal(parts_join(images, PARTS_MAX + 1, 800, &view, &dpi, &err), ERR_BAD_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_made_smaller_while_it_is_read),
        cmocka_unit_test(two_halves_become_one_side),
        cmocka_unit_test(four_quarters_are_laid_two_by_two_in_any_order),
        cmocka_unit_test(a_sheet_turned_round_for_its_second_half_is_joined_upright),
        cmocka_unit_test(the_view_is_no_larger_than_asked_for),
        cmocka_unit_test(parts_of_two_sheets_are_refused),
        cmocka_unit_test(a_blank_overlap_is_refused),
        cmocka_unit_test(parts_that_only_touch_are_refused),
        cmocka_unit_test(an_overlap_that_fits_in_several_places_is_refused),
        cmocka_unit_test(the_same_place_twice_is_nothing_to_join),
        cmocka_unit_test(too_few_and_too_many_parts_are_no_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
