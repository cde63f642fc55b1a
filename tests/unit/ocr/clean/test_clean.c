#include "ocr/clean/bits.h"
#include "ocr/clean/clean.h"
#include "ocr/clean/deskew.h"
#include "ocr/clean/tone.h"
#include "tests/unit/image/pages.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 1654
#define HEIGHT 2339

/* Takes the raster over. */
static void clean(struct raster *page, struct clean_page *out)
{
    struct image image = {.raster = page, .count = 1, .dpi = 200, .dpi_source = DPI_FILE};
    struct err err = ERR_INIT;
    if (clean_page(&image, NULL, out, &err))
        fail_msg("%s %s", err_name(err.code), err.detail);
    assert_null(image.raster);
}

static double level_at(const struct raster *grey, int x, int y)
{
    return raster_row(grey, y)[x];
}

static void a_turned_page_is_found_upright(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_draw_text(WIDTH, HEIGHT, 1);
    for (int turn = 0; turn < 360; turn += 90) {
        AUTO(clean_page) struct clean_page cleaned = {0};
        struct raster *turned = NULL;
        raster_turn(page, turn, &turned, NULL);
        clean(turned, &cleaned);
        assert_int_equal(cleaned.info.rotation_deg, (360 - turn) % 360);
        assert_true(cleaned.info.rotation_score >= DIRECTION_SURE);
        assert_float_equal(cleaned.info.size.w, WIDTH * 25.4 / 200, 0.01);
        assert_true(cleaned.thumbnail->height > cleaned.thumbnail->width);
        assert_in_range(cleaned.thumbnail->height, 1, CLEAN_THUMBNAIL_MAX);
        assert_false(cleaned.info.blank);
        assert_string_equal(cleaned.info.verdict, "good");
    }
}

static void skew_is_found_to_a_tenth_of_a_degree(void **state)
{
    (void)state;
    static const double leans[] = {-6.5, -3, -0.4, 0.2, 1.7, 6.8};
    AUTO(raster) struct raster *page = pages_draw_text(WIDTH, HEIGHT, 1);
    for (size_t i = 0; i < sizeof leans / sizeof *leans; i++) {
        AUTO(clean_page) struct clean_page cleaned = {0};
        clean(pages_lean(page, leans[i]), &cleaned);
        assert_float_equal(cleaned.info.skew_deg, leans[i], 0.1);
    }
}

static void a_turn_that_a_person_gave_stands(void **state)
{
    (void)state;
    for (int turn_deg = 0; turn_deg < 360; turn_deg += 90) {
        AUTO(raster) struct raster *page = pages_draw_text(WIDTH, HEIGHT, 1);
        AUTO(clean_page) struct clean_page cleaned = {0};
        AUTO(image)
        struct image image = {.raster = pages_lean(page, 1.5),
                              .count = 1,
                              .dpi = 200,
                              .turn_deg = turn_deg,
                              .turn_is_given = true};
        assert_int_equal(clean_page(&image, NULL, &cleaned, NULL), ERR_OK);
        assert_int_equal(cleaned.info.rotation_deg, turn_deg);
        if (turn_deg % 180 == 0)
            assert_float_equal(cleaned.info.skew_deg, 1.5, 0.1);
        assert_int_equal(cleaned.thumbnail->width > cleaned.thumbnail->height, turn_deg % 180 != 0);
    }
}

/* Every black pixel of the upright page must lie inside the recognition image. */
static void deskewing_cuts_no_text(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_draw_text(WIDTH, HEIGHT, 1);
    AUTO(raster) struct raster *leaning = pages_lean(page, 6);
    AUTO(raster) struct raster *narrow = NULL; /* lines end at the edge of the page */
    raster_crop(leaning, 90, 120, WIDTH - 90, HEIGHT - 120, &narrow, NULL);
    AUTO(clean_page) struct clean_page cleaned = {0};
    struct raster *copy = NULL;
    raster_turn(narrow, 0, &copy, NULL);
    clean(copy, &cleaned);
    const struct recognition_image *image = &cleaned.recognition;
    int outside = 0;
    for (int y = 0; y < narrow->height; y++)
        for (int x = 0; x < narrow->width; x++) {
            double px = x + 0.5, py = y + 0.5;
            if (raster_row(narrow, y)[x] > 100)
                continue;
            deskew_point(narrow->width, narrow->height, 0, cleaned.info.skew_deg, &px, &py);
            px = (px * 25.4 / 200 - image->left_mm) * image->px_per_mm;
            py = (py * 25.4 / 200 - image->top_mm) * image->px_per_mm;
            outside += px < 0 || py < 0 || px >= image->grey->width || py >= image->grey->height;
        }
    assert_int_equal(outside, 0);
}

static void small_print_is_enlarged_and_huge_print_reduced(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_draw_text(WIDTH, HEIGHT, 1);
    AUTO(clean_page) struct clean_page as_is = {0};
    AUTO(clean_page) struct clean_page small = {0};
    AUTO(clean_page) struct clean_page large = {0};
    struct raster *half = NULL, *triple = NULL, *copy = NULL;
    raster_turn(page, 0, &copy, NULL);
    raster_reduce(page, 2, &half, NULL);
    raster_resize(page, WIDTH * 3, HEIGHT * 3, &triple, NULL);
    clean(copy, &as_is);
    clean(half, &small);
    struct image image = {.raster = triple, .count = 1, .dpi = 600, .dpi_source = DPI_FILE};
    assert_int_equal(clean_page(&image, NULL, &large, NULL), ERR_OK);
    assert_float_equal(as_is.recognition.px_per_mm, 200 / 25.4, 0.01);
    assert_true(small.recognition.px_per_mm > 1.9 * 200 / 25.4);
    assert_float_equal(large.recognition.px_per_mm, 300 / 25.4, 0.01);
}

/* A page with a few folds, specks, holes and a dark lid round it. */
static struct raster *empty_page(int lid)
{
    struct raster *page = NULL;
    raster_new(WIDTH, HEIGHT, 3, &page, NULL);
    memset(page->px, 235, (size_t)WIDTH * HEIGHT * 3);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            bool hole = hypot(x - 90, y - 800) < 24 || hypot(x - 90, y - 1500) < 24;
            bool fold = y == 1170 + x / 90;
            bool speck = (x * 7919 + y * 104729) % 400009 < 3;
            bool beyond = x > WIDTH - 70 - y / 40 || y < 40;
            int value = beyond ? lid : hole ? 30 : fold ? 170 : speck ? 60 : 235;
            memset(raster_row(page, y) + 3 * x, value, 3);
        }
    return page;
}

static void an_empty_back_is_blank_on_any_lid(void **state)
{
    (void)state;
    static const int lids[] = {255, 246, 90, 40, 5};
    for (size_t i = 0; i < sizeof lids / sizeof *lids; i++) {
        AUTO(clean_page) struct clean_page cleaned = {0};
        clean(empty_page(lids[i]), &cleaned);
        assert_true(cleaned.info.blank);
        assert_int_equal(cleaned.info.rotation_deg, 0);
        assert_true(cleaned.info.rotation_score < DIRECTION_SURE);
    }
}

static void one_line_of_writing_is_not_blank(void **state)
{
    (void)state;
    AUTO(raster) struct raster *text = pages_draw_text(WIDTH, HEIGHT, 3);
    struct raster *page = empty_page(40);
    for (int y = 100; y < 170; y++) /* the first line or two */
        memcpy(raster_row(page, y + 300) + 600, raster_row(text, y + 80) + 600, 2400);
    AUTO(clean_page) struct clean_page cleaned = {0};
    clean(page, &cleaned);
    assert_false(cleaned.info.blank);
}

static void shadows_and_lid_become_white_and_letters_stay(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_draw_text(WIDTH, HEIGHT, 3);
    for (int y = 0; y < HEIGHT; y++) /* half the light at the right edge, lid on top */
        for (int x = 0; x < 3 * WIDTH; x++) {
            uint8_t *px = raster_row(page, y) + x;
            *px = y < 30 ? 40 : (uint8_t)(*px * (1 - x / 3 * 0.5 / WIDTH));
        }
    AUTO(tone) struct tone tone = {0};
    AUTO(raster) struct raster *grey = NULL;
    assert_int_equal(tone_measure(page, &tone, NULL), ERR_OK);
    assert_int_equal(tone_even(page, &tone, NULL, &grey, NULL), ERR_OK);
    tone_stretch(grey, TONE_RANGE_USUAL);
    assert_int_equal(level_at(grey, 800, 10), 255);
    assert_int_equal(level_at(grey, WIDTH - 20, 1200), 255);
    long dark = 0;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            dark += level_at(grey, x, y) < 60;
    assert_true(dark > 20000);
}

static void paint_ring(struct raster *page, int cx, int cy, int radius, const uint8_t rgb[3])
{
    for (int y = cy - radius; y <= cy + radius; y++)
        for (int x = cx - radius; x <= cx + radius; x++) {
            double distance = hypot(x - cx, y - cy);
            if (distance > radius || (distance < radius - 8 && distance > radius / 3.0))
                continue;
            uint8_t *px = raster_row(page, y) + 3 * x;
            for (int c = 0; c < 3; c++) /* ink over ink: the darker wins */
                px[c] = px[c] < rgb[c] ? px[c] : rgb[c];
        }
}

static void a_seal_goes_and_text_under_it_and_red_titles_stay(void **state)
{
    (void)state;
    static const uint8_t red[3] = {205, 45, 50};
    AUTO(raster) struct raster *page = pages_draw_text(WIDTH, HEIGHT, 3);
    AUTO(raster) struct raster *plain = pages_draw_text(WIDTH, HEIGHT, 1);
    for (int y = 100; y < 300; y++) /* the first lines are printed in red */
        for (int x = 0; x < WIDTH; x++)
            if (raster_row(page, y)[3 * x] < 128)
                memcpy(raster_row(page, y) + 3 * x, red, 3);
    paint_ring(page, 800, 1500, 140, red);
    AUTO(clean_page) struct clean_page cleaned = {0};
    struct raster *copy = NULL;
    raster_turn(page, 0, &copy, NULL);
    clean(copy, &cleaned);
    int seal_left = 0, text_lost = 0, title_lost = 0;
    for (int y = 1350; y < 1650; y++)
        for (int x = 650; x < 950; x++) {
            bool ink = level_at(plain, x, y) < 100;
            seal_left +=
                !ink && level_at(plain, x, y) > 250 && level_at(cleaned.evened, x, y) < 150;
            text_lost += ink && level_at(cleaned.evened, x, y) > 120;
        }
    for (int y = 100; y < 300; y++)
        for (int x = 0; x < WIDTH; x++)
            title_lost += level_at(plain, x, y) < 60 && level_at(cleaned.evened, x, y) > 170;
    assert_int_equal(seal_left, 0);
    assert_int_equal(text_lost, 0);
    assert_int_equal(title_lost, 0);
}

static bool has_reason(const struct page_info *info, const char *reason)
{
    for (size_t i = 0; i < info->reason_count; i++)
        if (strcmp(info->reasons[i], reason) == 0)
            return true;
    return false;
}

static void blur(struct raster *page, int reach)
{
    AUTO(raster) struct raster *copy = NULL;
    raster_turn(page, 0, &copy, NULL);
    for (int y = reach; y < page->height - reach; y++)
        for (int x = reach; x < page->width - reach; x++) {
            int sum = 0;
            for (int dy = -reach; dy <= reach; dy++)
                for (int dx = -reach; dx <= reach; dx++)
                    sum += raster_row(copy, y + dy)[x + dx];
            raster_row(page, y)[x] = (uint8_t)(sum / ((2 * reach + 1) * (2 * reach + 1)));
        }
}

static void a_verdict_names_what_is_wrong(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_draw_text(WIDTH, HEIGHT, 1);
    struct raster *copy = NULL;
    raster_turn(page, 0, &copy, NULL);
    blur(copy, 6);
    AUTO(clean_page) struct clean_page blurred = {0};
    clean(copy, &blurred);
    assert_true(has_reason(&blurred.info, "blurred"));
    raster_turn(page, 0, &copy, NULL);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        copy->px[i] /= 4;
    AUTO(clean_page) struct clean_page dark = {0};
    clean(copy, &dark);
    assert_true(has_reason(&dark.info, "dark"));
    assert_string_equal(dark.info.verdict, "bad");
    raster_reduce(page, 2, &copy, NULL);
    struct image image = {.raster = copy, .count = 1, .dpi = 100, .dpi_source = DPI_FILE};
    AUTO(clean_page) struct clean_page small = {0};
    assert_int_equal(clean_page(&image, NULL, &small, NULL), ERR_OK);
    assert_true(has_reason(&small.info, "low-resolution"));
}

static void tiny_and_odd_images_are_cleaned_without_an_error(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {3, 2}, {20000, 1}, {1, 20000}, {20000, 40}, {9, 3000}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int value = 0; value < 256; value += 255) {
            struct raster *page = NULL;
            raster_new(sizes[i][0], sizes[i][1], 3, &page, NULL);
            memset(page->px, value, (size_t)sizes[i][0] * sizes[i][1] * 3);
            AUTO(clean_page) struct clean_page cleaned = {0};
            clean(page, &cleaned);
            assert_true(cleaned.info.blank);
        }
}

static void without_memory_cleaning_fails_and_leaks_nothing(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_draw_text(400, 500, 3);
    for (unsigned long nth = 1; nth < 200; nth++) {
        struct raster *copy = NULL;
        raster_turn(page, 0, &copy, NULL);
        struct image image = {.raster = copy, .count = 1, .dpi = 100, .dpi_source = DPI_FILE};
        AUTO(clean_page) struct clean_page cleaned = {0};
        mem_fail_from(nth);
        enum err_code code = clean_page(&image, NULL, &cleaned, NULL);
        mem_fail_from(0);
        image_done(&image);
        if (code == ERR_OK)
            return;
        assert_int_equal(code, ERR_NO_MEMORY);
    }
    fail_msg("never succeeded");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turned_page_is_found_upright),
        cmocka_unit_test(skew_is_found_to_a_tenth_of_a_degree),
        cmocka_unit_test(a_turn_that_a_person_gave_stands),
        cmocka_unit_test(deskewing_cuts_no_text),
        cmocka_unit_test(small_print_is_enlarged_and_huge_print_reduced),
        cmocka_unit_test(an_empty_back_is_blank_on_any_lid),
        cmocka_unit_test(one_line_of_writing_is_not_blank),
        cmocka_unit_test(shadows_and_lid_become_white_and_letters_stay),
        cmocka_unit_test(a_seal_goes_and_text_under_it_and_red_titles_stay),
        cmocka_unit_test(a_verdict_names_what_is_wrong),
        cmocka_unit_test(tiny_and_odd_images_are_cleaned_without_an_error),
        cmocka_unit_test(without_memory_cleaning_fails_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
