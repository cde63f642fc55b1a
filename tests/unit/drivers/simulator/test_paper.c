#include "drivers/simulator/paper.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WIDTH 300
#define HEIGHT 200
#define LID 77

static char path[] = "/tmp/sohoa-paper-XXXXXX.ppm";

static uint8_t sample(int x, int y, int c)
{
    return (uint8_t)(x * 3 + y * 5 + c * 60);
}

/* Colour paper of 300 by 200 pixels: 25.4 by 16.9 mm at the default 300 dpi. */
static int make_paper(void **state)
{
    (void)state;
    strcpy(path, "/tmp/sohoa-paper-XXXXXX.ppm");
    int fd = mkstemps(path, 4);
    FILE *file = fdopen(fd, "wb");
    fprintf(file, "P6\n%d %d\n255\n", WIDTH, HEIGHT);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            for (int c = 0; c < 3; c++)
                fputc(sample(x, y, c), file);
    return fclose(file);
}

static int drop_paper(void **state)
{
    (void)state;
    return unlink(path);
}

static uint8_t *scan(const struct paper *paper, struct view_window window)
{
    struct view *view = view_new(paper, &window);
    assert_non_null(view);
    size_t row_bytes = view_row_bytes(&window);
    uint8_t *rows = malloc(row_bytes * (size_t)window.height_px);
    for (int y = 0; y < window.height_px; y++)
        view_row(view, y, rows + row_bytes * (size_t)y);
    view_free(view);
    return rows;
}

static void at_its_own_resolution_pixels_come_out_as_they_are(void **state)
{
    (void)state;
    struct paper *paper = paper_open(path, 300);
    assert_non_null(paper);
    assert_true(fabs(paper_width_mm(paper) - 25.4) < 0.001);
    struct view_window window = {.left_mm = 8.47,
                                 .top_mm = 4.23,
                                 .width_px = 250,
                                 .height_px = 180,
                                 .dpi = 300,
                                 .mode = VIEW_COLOR,
                                 .lid = LID};
    uint8_t *rows = scan(paper, window); /* 100 pixels from the left, 50 from the top */
    for (int y = 0; y < window.height_px; y++)
        for (int x = 0; x < window.width_px; x++)
            for (int c = 0; c < 3; c++) {
                bool inside = x + 100 < WIDTH && y + 50 < HEIGHT;
                int expected = inside ? sample(x + 100, y + 50, c) : LID;
                assert_int_equal(rows[(y * window.width_px + x) * 3 + c], expected);
            }
    free(rows);
    paper_free(paper);
}

static void half_the_resolution_is_the_mean_of_four_pixels(void **state)
{
    (void)state;
    struct paper *paper = paper_open(path, 300);
    struct view_window window = {
        .width_px = 150, .height_px = 100, .dpi = 150, .mode = VIEW_COLOR, .lid = LID};
    uint8_t *rows = scan(paper, window);
    for (int y = 0; y < 100; y++)
        for (int x = 0; x < 150; x++)
            for (int c = 0; c < 3; c++) {
                int sum = sample(2 * x, 2 * y, c) + sample(2 * x + 1, 2 * y, c) +
                          sample(2 * x, 2 * y + 1, c) + sample(2 * x + 1, 2 * y + 1, c);
                assert_int_equal(rows[(y * 150 + x) * 3 + c], (sum + 2) / 4);
            }
    free(rows);
    paper_free(paper);
}

static void an_even_paper_stays_even_at_every_resolution(void **state)
{
    (void)state;
    struct paper *like = paper_open(path, 300);
    struct paper *paper = paper_blank(like);
    for (int dpi = 50; dpi <= 600; dpi += 37) {
        struct view_window window = {
            .width_px = dpi, .height_px = dpi / 2, .dpi = dpi, .mode = VIEW_GRAY, .lid = LID};
        uint8_t *rows = scan(paper, window);
        for (int y = 1; y < window.height_px; y++)
            for (int x = 1; x < window.width_px - 2; x++) /* edges mix with the lid */
                assert_int_equal(rows[y * window.width_px + x], 255);
        free(rows);
    }
    paper_free(paper);
    paper_free(like);
}

static void twice_the_resolution_has_the_paper_at_twice_the_place(void **state)
{
    (void)state;
    struct paper *paper = paper_open(path, 300);
    struct view_window window = {
        .width_px = 600, .height_px = 400, .dpi = 600, .mode = VIEW_COLOR, .lid = LID};
    uint8_t *rows = scan(paper, window);
    for (int y = 1; y < 20; y++)
        for (int x = 1; x < 20; x++) {
            /* the ramp 3x + 5y between pixel centres */
            double expected = 3 * ((x + 0.5) / 2 - 0.5) + 5 * ((y + 0.5) / 2 - 0.5);
            assert_true(fabs(rows[(y * 600 + x) * 3] - expected) <= 1);
        }
    free(rows);
    paper_free(paper);
}

static void grey_and_lineart_follow_the_colour(void **state)
{
    (void)state;
    struct paper *paper = paper_open(path, 300);
    struct view_window window = {
        .width_px = 61, .height_px = 20, .dpi = 300, .mode = VIEW_GRAY, .lid = LID};
    uint8_t *grey = scan(paper, window);
    window.mode = VIEW_LINEART;
    assert_int_equal(view_row_bytes(&window), 8);
    uint8_t *bits = scan(paper, window);
    for (int y = 0; y < 20; y++)
        for (int x = 0; x < 61; x++) {
            int expected =
                (299 * sample(x, y, 0) + 587 * sample(x, y, 1) + 114 * sample(x, y, 2) + 500) /
                1000;
            assert_int_equal(grey[y * 61 + x], expected);
            bool black = bits[y * 8 + x / 8] & (0x80 >> (x % 8));
            assert_int_equal(black, expected < 128);
        }
    free(grey);
    free(bits);
    paper_free(paper);
}

static void an_empty_glass_shows_the_lid(void **state)
{
    (void)state;
    struct paper *paper = paper_blank(NULL);
    struct view_window window = {
        .width_px = 10, .height_px = 10, .dpi = 100, .mode = VIEW_COLOR, .lid = LID};
    uint8_t *rows = scan(paper, window);
    for (int i = 0; i < 300; i++)
        assert_int_equal(rows[i], LID);
    free(rows);
    paper_free(paper);
}

static void what_is_no_image_is_no_paper(void **state)
{
    (void)state;
    assert_null(paper_open("/nonexistent.jpg", 300));
    assert_null(paper_open("/etc/hostname", 300));
}

#define ON_PAPER(name) cmocka_unit_test_setup_teardown(name, make_paper, drop_paper)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_PAPER(at_its_own_resolution_pixels_come_out_as_they_are),
        ON_PAPER(half_the_resolution_is_the_mean_of_four_pixels),
        ON_PAPER(an_even_paper_stays_even_at_every_resolution),
        ON_PAPER(twice_the_resolution_has_the_paper_at_twice_the_place),
        ON_PAPER(grey_and_lineart_follow_the_colour),
        cmocka_unit_test(an_empty_glass_shows_the_lid),
        cmocka_unit_test(what_is_no_image_is_no_paper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
