#include "tests/harness/test.h"

#include "ocr/clean/bits.h"
#include "tests/unit/image/pages.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <allheaders.h>

static struct raster *noise(int width, int height, int ink_percent)
{
    struct raster *page = NULL;
    assert_int_equal(raster_new(width, height, 1, &page, NULL), ERR_OK);
    for (int i = 0; i < width * height; i++)
        page->px[i] = (uint8_t)(rand() % 100 < ink_percent ? rand() % 128 : 128 + rand() % 128);
    return page;
}

/* Every width beside whole words, every threshold. */
static void each_pixel_darker_than_the_threshold_is_black(void **state)
{
    (void)state;
    srand(1);
    for (int width = 1; width < 140; width += 3) {
        AUTO(raster) struct raster *page = noise(width, 3, 50);
        for (int threshold = 0; threshold < 256; threshold++) {
            AUTO(bits) struct Pix *bits = NULL;
            memset(page->px, threshold, (size_t)width / 2);
            assert_int_equal(bits_from_grey(page, threshold, &bits, NULL), ERR_OK);
            for (int i = 0; i < 3 * width; i++) {
                l_uint32 black = 2;
                pixGetPixel(bits, i % width, i / width, &black);
                assert_int_equal(black, page->px[i] < threshold);
            }
        }
    }
}

/* By Leptonica's own, which the program's stands before. */
static struct Pix *open_slowly(struct Pix *bits, int width, int height)
{
    PIX *(*open_brick)(PIX *, PIX *, l_int32, l_int32) = NULL;
    *(void **)&open_brick = dlsym(RTLD_NEXT, "pixOpenBrick");
    assert_non_null(open_brick);
    assert_true(open_brick != pixOpenBrick);
    return open_brick(NULL, bits, width, height);
}

static void assert_alike(const struct raster *page, int width, int height)
{
    AUTO(bits) struct Pix *bits = NULL;
    AUTO(bits) struct Pix *opened = NULL;
    assert_int_equal(bits_from_grey(page, 128, &bits, NULL), ERR_OK);
    AUTO(bits) struct Pix *expected = open_slowly(bits, width, height);
    assert_int_equal(bits_open(bits, width, height, &opened, NULL), ERR_OK);
    l_int32 same = 0;
    pixEqual(expected, opened, &same);
    assert_true(same);
    AUTO(bits) struct Pix *expected_closed = pixCloseSafeBrick(NULL, bits, width, height);
    AUTO(bits) struct Pix *closed = NULL;
    assert_int_equal(bits_close(bits, width, height, &closed, NULL), ERR_OK);
    pixEqual(expected_closed, closed, &same);
    assert_true(same);
    pixOpenBrick(bits, bits, width, height); /* as Leptonica itself and Tesseract call it */
    pixEqual(expected, bits, &same);
    assert_true(same);
}

static void opening_and_closing_by_doubling_leave_the_same_bits(void **state)
{
    static const int bricks[][2] = {{1, 1}, {2, 1},  {1, 2},   {3, 3},   {5, 4},    {15, 15},
                                    {7, 1}, {1, 75}, {75, 1},  {64, 1},  {33, 2},   {200, 1},
                                    {1, 9}, {1, 90}, {201, 1}, {1, 121}, {300, 300}};
    (void)state;
    AUTO(raster) struct raster *text = pages_draw_text(800, 600, 1);
    for (int share = 10; share <= 100; share += 15) {
        AUTO(raster) struct raster *page = noise(200, 120, share);
        for (size_t i = 0; i < sizeof bricks / sizeof *bricks; i++)
            assert_alike(page, bricks[i][0], bricks[i][1]);
    }
    for (size_t i = 0; i < sizeof bricks / sizeof *bricks; i++)
        assert_alike(text, bricks[i][0], bricks[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_pixel_darker_than_the_threshold_is_black),
        cmocka_unit_test(opening_and_closing_by_doubling_leave_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
