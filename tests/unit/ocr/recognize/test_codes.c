#include "ocr/clean/clean.h"
#include "ocr/recognize/codes.h"
#include "tests/unit/image/pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dmtx.h>

static void texts_are_utf8_and_hold_no_relatives(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *text;
    } cases[] = {
        {"H42.31-210315-0192|1.000894", "H42.31-210315-0192|1.000894"},
        {"Nguyễn Thị Hồng", "Nguyễn Thị Hồng"},
        /* UTF-8 taken for Latin-1 and encoded again */
        {"H\xc3\x83\xc2\xb2"
         "a B\xc3\x83\xc2\xac"
         "nh",
         "Hòa Bình"},
        {"H\xf2"
         "a B\xec"
         "nh",
         "Hòa Bình"}, /* Latin-1 */
        {"H\x6f\xcc\x80"
         "a",
         "Hòa"}, /* decomposed */
        {"036173521904|286533942|Trịnh Thị Hoa|27081973|Nữ|Xã Hải Phú|20122023",
         "036173521904|286533942|Trịnh Thị Hoa|27081973|Nữ|Xã Hải Phú|20122023"},
        {"036173521904||Trịnh Thị Hoa|27081973|Nữ|Xã Hải Phú|20122023||Trịnh Văn Cha|Lê Thị Mẹ|123",
         "036173521904||Trịnh Thị Hoa|27081973|Nữ|Xã Hải Phú|20122023"},
        {"a|b|c|d|e|f|g|h|i", "a|b|c|d|e|f|g|h|i"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(mem) char *text = NULL;
        assert_int_equal(codes_text(cases[i].bytes, strlen(cases[i].bytes), &text, NULL), ERR_OK);
        assert_string_equal(text, cases[i].text);
    }
}

/* An A4 page at 200 dpi with text, the symbol at (x, y) with a white rim. */
static struct raster *page_with(const struct raster *symbol, int x, int y)
{
    struct raster *page = pages_draw_text(1654, 2339, 1);
    for (int row = -24; row < symbol->height + 24; row++)
        for (int column = -24; column < symbol->width + 24; column++) {
            bool inside = row >= 0 && column >= 0 && row < symbol->height && column < symbol->width;
            raster_row(page, y + row)[x + column] = inside ? raster_row(symbol, row)[column] : 255;
        }
    return page;
}

static struct raster *datamatrix(const char *text)
{
    DmtxEncode *encode = dmtxEncodeCreate();
    dmtxEncodeSetProp(encode, DmtxPropPixelPacking, DmtxPack24bppRGB);
    dmtxEncodeSetProp(encode, DmtxPropModuleSize, 5);
    assert_int_equal(
        dmtxEncodeDataMatrix(encode, (int)strlen(text), (unsigned char *)(uintptr_t)text),
        DmtxPass);
    int width = dmtxImageGetProp(encode->image, DmtxPropWidth);
    int height = dmtxImageGetProp(encode->image, DmtxPropHeight);
    struct raster *symbol = NULL;
    raster_new(width, height, 1, &symbol, NULL);
    for (int i = 0; i < width * height; i++)
        symbol->px[i] = encode->image->pxl[3 * i];
    dmtxEncodeDestroy(&encode);
    return symbol;
}

static void a_datamatrix_is_read_between_text(void **state)
{
    (void)state;
    AUTO(raster) struct raster *symbol = datamatrix("000.23.14.H40-210326-0139");
    AUTO(raster) struct raster *page = page_with(symbol, 1200, 200);
    AUTO(codes) struct codes codes = {0};
    assert_int_equal(codes_find(page, 200, &codes, NULL), ERR_OK);
    assert_int_equal(codes.count, 1);
    assert_string_equal(codes.item[0].kind, "DATAMATRIX");
    assert_string_equal(codes.item[0].text, "000.23.14.H40-210326-0139");
    assert_true(codes.item[0].left > 1100 && codes.item[0].right < 1450);
}

static void text_alone_gives_no_code(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_draw_text(1654, 2339, 1);
    AUTO(codes) struct codes codes = {0};
    assert_int_equal(codes_find(page, 200, &codes, NULL), ERR_OK);
    assert_int_equal(codes.count, 0);
}

static void tiny_images_have_no_codes(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {2, 300}, {5000, 3}};
    for (int i = 0; i < 3; i++) {
        AUTO(raster) struct raster *page = NULL;
        raster_new(sizes[i][0], sizes[i][1], 1, &page, NULL);
        memset(page->px, 0, (size_t)sizes[i][0] * sizes[i][1]);
        AUTO(codes) struct codes codes = {0};
        assert_int_equal(codes_find(page, 300, &codes, NULL), ERR_OK);
        assert_int_equal(codes.count, 0);
    }
}

static void codes_of_the_corpus_are_read_at_any_turn(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
    } sheets[] = {
        {"a011-marital-status/p1.jpg", "H42.31-210315-0192|1.000894|020179222870|marital-status|"
                                       "HTTT giai quyet TTHC tinh|2021-03-15T09:00:00"},
        {"a013-citizen-id/p1.jpg", "036173521904|286533942|Trịnh Thị Hoa|27081973|Nữ|Tổ dân phố 4, "
                                   "Xã Hải Phú, Huyện Hải Hậu, Nam Định|20122023"},
        {"a023-receipt-slip/p1.jpg", "000.23.14.H40-210326-0139"},
        {"a048-receipt-slip/p1.jpg", "000.21.25.H40-241004-0096"},
    };
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++) {
        AUTO(raster) struct raster *page = pages_read(pages_corpus(sheets[i].name));
        for (int turn = 0; turn < 360; turn += 90) {
            struct image image = {.count = 1, .dpi = 300, .dpi_source = DPI_PAPER};
            AUTO(clean_page) struct clean_page cleaned = {0};
            AUTO(codes) struct codes codes = {0};
            raster_turn(page, turn, &image.raster, NULL);
            assert_int_equal(clean_page(&image, NULL, &cleaned, NULL), ERR_OK);
            assert_int_equal(codes_find(cleaned.evened, 300, &codes, NULL), ERR_OK);
            assert_int_equal(codes.count, 1);
            assert_string_equal(codes.item[0].text, sheets[i].text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_utf8_and_hold_no_relatives),
        cmocka_unit_test(a_datamatrix_is_read_between_text),
        cmocka_unit_test(text_alone_gives_no_code),
        cmocka_unit_test(tiny_images_have_no_codes),
        cmocka_unit_test(codes_of_the_corpus_are_read_at_any_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
