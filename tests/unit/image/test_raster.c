#include "daemon/image/raster.h"
#include "daemon/image/recognition_image.h"
#include "tests/unit/image/pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct raster *numbered(int width, int height, int channels)
{
    struct raster *raster = NULL;
    assert_int_equal(raster_new(width, height, channels, &raster, NULL), ERR_OK);
    for (int i = 0; i < width * height * channels; i++)
        raster->px[i] = (uint8_t)(i * 7);
    return raster;
}

static void four_quarter_turns_are_none(void **state)
{
    (void)state;
    for (int channels = 1; channels <= 3; channels += 2) {
        AUTO(raster) struct raster *page = numbered(70, 41, channels);
        AUTO(raster) struct raster *once = NULL;
        AUTO(raster) struct raster *half = NULL;
        AUTO(raster) struct raster *back = NULL;
        assert_int_equal(raster_turn(page, 90, &once, NULL), ERR_OK);
        assert_int_equal(once->width, 41);
        assert_memory_equal(raster_row(once, 0) + 40 * channels, page->px, channels);
        assert_int_equal(raster_turn(once, 180, &half, NULL), ERR_OK);
        assert_int_equal(raster_turn(half, 90, &back, NULL), ERR_OK);
        assert_memory_equal(back->px, page->px, 70 * 41 * channels);
    }
}

static void reducing_takes_means_also_at_the_edge(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = NULL;
    AUTO(raster) struct raster *small = NULL;
    raster_new(5, 3, 1, &page, NULL);
    memset(page->px, 100, 15);
    page->px[0] = 104;
    assert_int_equal(raster_reduce(page, 2, &small, NULL), ERR_OK);
    assert_int_equal(small->width, 3);
    assert_int_equal(small->height, 2);
    assert_int_equal(small->px[0], 101);
    assert_int_equal(small->px[5], 100);
}

static void enlarging_keeps_the_corners(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = numbered(9, 7, 3);
    AUTO(raster) struct raster *large = NULL;
    assert_int_equal(raster_resize(page, 18, 14, &large, NULL), ERR_OK);
    assert_memory_equal(large->px, page->px, 3);
    assert_memory_equal(raster_row(large, 13) + 17 * 3, raster_row(page, 6) + 8 * 3, 3);
}

static void a_crop_stays_inside(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = numbered(20, 10, 1);
    AUTO(raster) struct raster *part = NULL;
    assert_int_equal(raster_crop(page, -3, 8, 10, 10, &part, NULL), ERR_OK);
    assert_int_equal(part->width, 7);
    assert_int_equal(part->height, 2);
    assert_memory_equal(part->px, raster_row(page, 8), 7);
    assert_int_equal(raster_crop(page, 25, 0, 4, 4, &part, NULL), ERR_BAD_ARGUMENT);
}

static void a_recognition_image_survives_its_file(void **state)
{
    (void)state;
    struct recognition_image image = {numbered(33, 21, 1), 11.811024, -2.5, 17.25};
    AUTO(fd) int fd = -1;
    AUTO(recognition_image) struct recognition_image back = {0};
    assert_int_equal(recognition_image_to_memfd(&image, &fd, NULL), ERR_OK);
    assert_int_equal(recognition_image_read_fd(fd, &back, NULL), ERR_OK);
    assert_memory_equal(back.grey->px, image.grey->px, 33 * 21);
    assert_float_equal(back.px_per_mm, image.px_per_mm, 1e-5);
    assert_float_equal(back.left_mm, -2.5, 1e-4);
    assert_float_equal(back.top_mm, 17.25, 1e-4);
    assert_null(back.red);
    recognition_image_done(&image);
}

static void red_ink_travels_behind_it(void **state)
{
    (void)state;
    struct recognition_image image = {numbered(33, 21, 1), 11.8, 0, 0};
    AUTO(fd) int fd = -1;
    AUTO(recognition_image) struct recognition_image back = {0};
    image.red = mem_alloc(sizeof *image.red);
    *image.red = (struct recognition_image){numbered(7, 5, 1), 7.875, 12.5, -1};
    assert_int_equal(recognition_image_to_memfd(&image, &fd, NULL), ERR_OK);
    assert_int_equal(recognition_image_read_fd(fd, &back, NULL), ERR_OK);
    assert_memory_equal(back.grey->px, image.grey->px, 33 * 21);
    assert_non_null(back.red);
    assert_memory_equal(back.red->grey->px, image.red->grey->px, 7 * 5);
    assert_float_equal(back.red->px_per_mm, 7.875, 1e-5);
    assert_float_equal(back.red->left_mm, 12.5, 1e-4);
    recognition_image_done(&image);
}

static void other_files_are_no_recognition_images(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        enum err_code code;
    } cases[] = {
        {"", ERR_FORMAT_UNKNOWN},
        {"P5\n2 1\n255\nab", ERR_FORMAT_UNKNOWN},
        {"P5\n# sohoa.recognition/1 -1 0 0\n2 1\n255\nab", ERR_FORMAT_UNKNOWN},
        {"P5\n# sohoa.recognition/1 nan 0 0\n2 1\n255\nab", ERR_FORMAT_UNKNOWN},
        {"P5\n# sohoa.recognition/1 11.8 0 0\n2 1\n255\na", ERR_IMAGE_UNREADABLE},
        {"P5\n# sohoa.recognition/1 11.8 0 0\n1 1\n255\nax", ERR_FORMAT_UNKNOWN},
        {"P5\n# sohoa.recognition/1 11.8 0 0\n1 1\n255\na"
         "P5\n# sohoa.recognition/1 11.8 0 0\n2 2\n255\nabc",
         ERR_IMAGE_UNREADABLE},
        {"P5\n# sohoa.recognition/1 11.8 0 0\n1 1\n255\na"
         "P5\n# sohoa.recognition/1 11.8 0 0\n70000 70000\n255\nabc",
         ERR_IMAGE_TOO_LARGE},
        {"P5\n# sohoa.recognition/1 11.8 0 0\n60000 60000\n255\na", ERR_IMAGE_TOO_LARGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(fd) int fd = pages_bytes_fd(cases[i].bytes, strlen(cases[i].bytes));
        AUTO(recognition_image) struct recognition_image image = {0};
        assert_int_equal(recognition_image_read_fd(fd, &image, NULL), cases[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_quarter_turns_are_none),
        cmocka_unit_test(reducing_takes_means_also_at_the_edge),
        cmocka_unit_test(enlarging_keeps_the_corners),
        cmocka_unit_test(a_crop_stays_inside),
        cmocka_unit_test(a_recognition_image_survives_its_file),
        cmocka_unit_test(red_ink_travels_behind_it),
        cmocka_unit_test(other_files_are_no_recognition_images),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
