#include "ocr/clean/clean.h"
#include "ocr/recognize/codes_beside.h"
#include "ocr/recognize/codes_text.h"
#include "tests/unit/image/pages.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

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

#define CODE_TEXT "000.23.14.H40-210326-0139"

/* Modules as hexadecimal rows, made by the zint program. */
static const char *const qr_rows[] = {"FEA6BF8", "8230A08", "BA8FAE8", "BA302E8", "BA63AE8",
                                      "8287A08", "FEAABF8", "002C000", "A36D928", "0950AD0",
                                      "46D73E8", "3D12800", "76F6F38", "1CC6A40", "EF10198",
                                      "0C24440", "D63DF98", "00A88A0", "FEEFA90", "827B880",
                                      "BA46FA0", "BA262A0", "BAB1EF8", "82258E8", "FE9DE38"};
static const char *const code128_rows[] = {
    "D213B2764EC99D9CB2E4CE9CD93A67628C9D3B26E5DEDC9263935EE9B977B366889318EB"};

/* module: pixels; stretch: rows of one row of modules, for bars */
static struct raster *symbol_of(const char *const *rows, int count, int module, int stretch)
{
    struct raster *symbol = NULL;
    int width = (int)strlen(rows[0]) * 4;
    raster_new(width * module, count * module * stretch, 1, &symbol, NULL);
    for (int y = 0; y < symbol->height; y++)
        for (int x = 0; x < symbol->width; x++) {
            char digit[2] = {rows[y / module / stretch][x / module / 4], 0};
            bool dark = strtol(digit, NULL, 16) >> (3 - x / module % 4) & 1;
            raster_row(symbol, y)[x] = dark ? 0 : 255;
        }
    return symbol;
}

static void codes_are_read_at_any_turn(void **state)
{
    (void)state;
    struct raster *const symbols[] = {
        symbol_of(qr_rows, sizeof qr_rows / sizeof *qr_rows, 4, 1),
        symbol_of(code128_rows, 1, 3, 40),
        datamatrix(CODE_TEXT),
    };
    static const char *const kinds[] = {"QR", "CODE128", "DATAMATRIX"};
    for (int i = 0; i < 3; i++) {
        AUTO(raster) struct raster *page = page_with(symbols[i], 500, 900);
        for (int turn = 0; turn < 360; turn += 33) {
            AUTO(raster) struct raster *turned = pages_lean(page, turn);
            AUTO(codes) struct codes codes = {0};
            assert_int_equal(codes_find(turned, 200, &codes, NULL), ERR_OK);
            if (codes.count != 1)
                fail_msg("%s turned by %d degrees: %zu codes", kinds[i], turn, codes.count);
            assert_string_equal(codes.item[0].kind, kinds[i]);
            assert_string_equal(codes.item[0].text, CODE_TEXT);
        }
        raster_free(symbols[i]);
    }
}

static bool ask_no_more(void)
{
    return true;
}

/* By a copy of this process, by one that is killed, and by none. */
static void codes_found_beside_are_those_found_here(void **state)
{
    (void)state;
    AUTO(raster)
    struct raster *symbol = symbol_of(qr_rows, sizeof qr_rows / sizeof *qr_rows, 4, 1);
    AUTO(raster) struct raster *page = page_with(symbol, 500, 900);
    AUTO(codes) struct codes here = {0};
    assert_int_equal(codes_find(page, 200, &here, NULL), ERR_OK);
    for (int round = 0; round < 3; round++) {
        AUTO(codes_beside) struct codes_beside beside = {0};
        AUTO(codes) struct codes codes = {0};
        codes_begin(page, 200, round < 2, &beside);
        assert_int_equal(beside.copy.pid > 0, round < 2);
        if (round == 1)
            kill(beside.copy.pid, SIGKILL);
        assert_int_equal(codes_take(&beside, NULL, &codes, NULL), ERR_OK);
        assert_int_equal(codes.count, 1);
        assert_string_equal(codes.item[0].kind, here.item[0].kind);
        assert_string_equal(codes.item[0].text, here.item[0].text);
        assert_memory_equal(&codes.item[0].left, &here.item[0].left, 4 * sizeof(double));
    }
    AUTO(codes_beside) struct codes_beside beside = {0};
    AUTO(codes) struct codes codes = {0};
    codes_begin(page, 200, true, &beside);
    kill(beside.copy.pid, SIGSTOP); /* for a cancel has to find it at work */
    assert_int_equal(codes_take(&beside, ask_no_more, &codes, NULL), ERR_CANCELLED);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* Strokes, squares and grains as dense as modules. */
static uint8_t lookalike(int kind, int x, int y)
{
    unsigned grain = (unsigned)(x / 4) * 2654435761u ^ (unsigned)(y / 4) * 2246822519u;
    switch (kind) {
    case 0:
        return (x + y / 3) % 12 < 5 ? 0 : 255;
    case 1:
        return (x / 8 + y / 8) % 2 ? 0 : 255;
    case 2:
        return (grain ^ grain >> 15) * 2246822519u >> 31 ? 0 : 255;
    default:
        return (x % 40 < 4 || y % 40 < 4) ? 0 : 255;
    }
}

static void what_only_looks_like_a_code_is_none(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        AUTO(raster) struct raster *page = pages_draw_text(1654, 2339, 1);
        AUTO(codes) struct codes codes = {0};
        for (int y = 900; y < 1200; y++)
            for (int x = 500; x < 1000; x++)
                raster_row(page, y)[x] = lookalike(kind, x, y);
        assert_int_equal(codes_find(page, 200, &codes, NULL), ERR_OK);
        assert_int_equal(codes.count, 0);
    }
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
        cmocka_unit_test(codes_are_read_at_any_turn),
        cmocka_unit_test(codes_found_beside_are_those_found_here),
        cmocka_unit_test(what_only_looks_like_a_code_is_none),
        cmocka_unit_test(text_alone_gives_no_code),
        cmocka_unit_test(tiny_images_have_no_codes),
        cmocka_unit_test(codes_of_the_corpus_are_read_at_any_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
