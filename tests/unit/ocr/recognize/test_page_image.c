#include "tests/harness/test.h"

#include "ocr/clean/bits.h"
#include "ocr/recognize/page_image.h"
#include "tests/unit/image/pages.h"

#include <leptonica/allheaders.h>
#include <tesseract/capi.h>

static TessBaseAPI *tesseract(void)
{
    TessBaseAPI *api = TessBaseAPICreate();
    TessBaseAPISetVariable(api, "debug_file", "/dev/null");
    assert_int_equal(TessBaseAPIInit2(api, NULL, "vie", OEM_LSTM_ONLY), 0);
    return api;
}

/* Ink and paper of these levels, with noise of some levels around. */
static void retone(struct raster *page, int ink, int paper, int noise)
{
    for (int i = 0; i < page->width * page->height; i++) {
        int level = ink + page->px[i] * (paper - ink) / 255 + rand() % (2 * noise + 1) - noise;
        page->px[i] = (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : level);
    }
}

static void the_bits_are_those_tesseract_would_make(void **state)
{
    static const int tones[][3] = {{0, 255, 0}, {30, 250, 4}, {120, 200, 20}, {0, 255, 60}};
    (void)state;
    srand(3);
    TessBaseAPI *api = tesseract();
    for (size_t i = 0; i < COUNT_OF(tones); i++) {
        AUTO(raster) struct raster *page = pages_draw_text(803, 600, 1);
        AUTO(bits) struct Pix *bits = NULL;
        l_int32 same = 0;
        retone(page, tones[i][0], tones[i][1], tones[i][2]);
        int threshold = page_image_threshold(page);
        assert_in_range(threshold, tones[i][0] + 1, tones[i][1]);
        assert_int_equal(bits_from_grey(page, threshold, &bits, NULL), ERR_OK);
        TessBaseAPISetImage(api, page->px, page->width, page->height, 1, page->width);
        AUTO(bits) struct Pix *theirs = TessBaseAPIGetThresholdedImage(api);
        pixEqual(bits, theirs, &same);
        assert_true(same);
    }
    TessBaseAPIEnd(api);
    TessBaseAPIDelete(api);
}

static void a_page_of_one_tone_or_of_much_ink_has_no_threshold(void **state)
{
    (void)state;
    AUTO(raster) struct raster *white = NULL;
    AUTO(raster) struct raster *dark = pages_draw_text(803, 600, 1);
    raster_new(100, 70, 1, &white, NULL);
    assert_int_equal(page_image_threshold(white), 0);
    memset(white->px, 90, 7000);
    assert_int_equal(page_image_threshold(white), 0);
    for (int i = 0; i < dark->width * dark->height; i++)
        dark->px[i] = 255 - dark->px[i];
    assert_int_equal(page_image_threshold(dark), 0);
}

static void assert_holds(struct Pix *pix, const struct raster *page)
{
    assert_int_equal(pixGetDepth(pix), 8);
    assert_int_equal(pixGetWidth(pix), page->width);
    assert_int_equal(pixGetHeight(pix), page->height);
    for (int i = 0; i < page->width * page->height; i++) {
        l_uint32 level = 256;
        pixGetPixel(pix, i % page->width, i / page->width, &level);
        assert_int_equal(level, page->px[i]);
    }
}

/* Also after the way every line takes through Tesseract, and without being packed there. */
static void the_grey_image_keeps_every_level(void **state)
{
    (void)state;
    for (int width = 1; width < 12; width++) {
        AUTO(raster) struct raster *page = NULL;
        AUTO(bits) struct Pix *grey = NULL;
        l_uint8 *bytes = NULL;
        size_t size = 0;
        raster_new(width, 50, 1, &page, NULL);
        for (int i = 0; i < width * 50; i++)
            page->px[i] = (uint8_t)rand();
        assert_int_equal(page_image_grey(page, &grey, NULL), ERR_OK);
        assert_holds(grey, page);
        assert_int_equal(pixWriteMem(&bytes, &size, grey, IFF_PNG), 0);
        assert_memory_equal(bytes, "spix", 4);
        AUTO(bits) struct Pix *again = pixReadMem(bytes, size);
        assert_holds(again, page);
        lept_free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bits_are_those_tesseract_would_make),
        cmocka_unit_test(a_page_of_one_tone_or_of_much_ink_has_no_threshold),
        cmocka_unit_test(the_grey_image_keeps_every_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
