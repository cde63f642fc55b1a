#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "drivers/page_check.h"
#include "drivers/preview_sink.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Preview and doubts, fed with rows as a capture feeds them. */

static void feed(struct row_sink *sink, struct page_shape shape, const uint8_t *rows, int height,
                 int at_once)
{
    struct err err = ERR_INIT;
    assert_int_equal(sink->begin(sink->self, &shape, &err), ERR_OK);
    for (int y = 0; y < height; y += at_once) {
        int count = height - y < at_once ? height - y : at_once;
        assert_int_equal(
            sink->rows(sink->self, rows + row_size_bytes(&shape) * (size_t)y, count, &err), ERR_OK);
    }
    assert_int_equal(sink->end(sink->self, height, &err), ERR_OK);
}

/* ---- preview ----------------------------------------------------------------------------------
 */

static void a_preview_pixel_is_the_mean_of_its_box(void **state)
{
    (void)state;
    enum { W = 101, H = 61, PW = 20 };
    for (int channels = 1; channels <= 3; channels += 2) {
        AUTO(mem) uint8_t *page = mem_alloc(W * H * 3);
        for (int i = 0; i < W * H * channels; i++)
            page[i] = (uint8_t)(i * 7 + i / 31);
        AUTO(fd) int fd = -1;
        assert_int_equal(file_memfd("preview", NULL, 0, &fd, NULL), ERR_OK);
        AUTO(preview_sink) struct preview_sink preview;
        preview_sink_init(&preview, fd, PW);
        struct page_shape shape = {W, H, channels, 8, 300};
        feed(&preview.sink, shape, page, H, 7);
        assert_int_equal(preview.width, PW);
        assert_int_equal(preview.channels, channels);
        assert_int_equal(preview.rows, H * PW / W);
        assert_int_equal(preview.rows_expected, preview.rows);
        assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
        assert_int_equal(lseek(fd, 0, SEEK_END), preview.rows * PW * channels);
        uint8_t got[3 * PW * H];
        pread(fd, got, sizeof got, 0);
        for (int row = 0; row < preview.rows; row++)
            for (int box = 0; box < PW; box++)
                for (int c = 0; c < channels; c++) {
                    uint32_t sum = 0, count = 0;
                    for (int y = 0; y < H; y++)
                        for (int x = 0; x < W; x++)
                            if (x * PW / W == box && y * PW / W == row) {
                                sum += page[(y * W + x) * channels + c];
                                count++;
                            }
                    uint8_t mean = (uint8_t)((sum + count / 2) / count);
                    assert_int_equal(got[(row * PW + box) * channels + c], mean);
                }
    }
}

static void rows_are_there_while_the_page_comes(void **state)
{
    (void)state;
    enum { W = 2480, PW = 400 };
    AUTO(mem) uint8_t *row = mem_alloc(W * 3);
    AUTO(fd) int fd = -1;
    assert_int_equal(file_memfd("preview", NULL, 0, &fd, NULL), ERR_OK);
    AUTO(preview_sink) struct preview_sink preview;
    preview_sink_init(&preview, fd, PW);
    struct page_shape shape = {W, -1, 3, 8, 300};
    struct err err = ERR_INIT;
    assert_int_equal(preview.sink.begin(&preview, &shape, &err), ERR_OK);
    assert_int_equal(preview.rows_expected, -1);
    for (int y = 1; y <= 100; y++) {
        assert_int_equal(preview.sink.rows(&preview, row, 1, &err), ERR_OK);
        assert_int_equal(preview.rows, y * PW / W);
        assert_int_equal(lseek(fd, 0, SEEK_END), preview.rows * PW * 3);
    }
}

static void a_bilevel_page_becomes_grey_with_black_ink(void **state)
{
    (void)state;
    static const uint8_t page[] = {0xff, 0x00, 0xf0, 0x00}; /* 16 by 2 */
    AUTO(fd) int fd = -1;
    assert_int_equal(file_memfd("preview", NULL, 0, &fd, NULL), ERR_OK);
    AUTO(preview_sink) struct preview_sink preview;
    preview_sink_init(&preview, fd, 8);
    feed(&preview.sink, (struct page_shape){16, 2, 1, 1, 300}, page, 2, 1);
    uint8_t got[8];
    assert_int_equal(pread(fd, got, 8, 0), 8);
    static const uint8_t wanted[] = {0, 0, 128, 128, 255, 255, 255, 255};
    assert_memory_equal(got, wanted, 8);
}

static void a_preview_is_never_larger_than_the_page(void **state)
{
    (void)state;
    static const uint8_t page[] = {1, 2, 3, 4, 5, 6};
    AUTO(fd) int fd = -1;
    assert_int_equal(file_memfd("preview", NULL, 0, &fd, NULL), ERR_OK);
    AUTO(preview_sink) struct preview_sink preview;
    preview_sink_init(&preview, fd, 4000);
    feed(&preview.sink, (struct page_shape){3, 2, 1, 8, 300}, page, 2, 2);
    uint8_t got[6];
    assert_int_equal(pread(fd, got, 6, 0), 6);
    assert_memory_equal(got, page, 6);
}

static void a_preview_that_cannot_be_written_leaves_the_page_alone(void **state)
{
    (void)state;
    static const uint8_t page[64];
    AUTO(fd) int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    AUTO(preview_sink) struct preview_sink preview;
    preview_sink_init(&preview, fd, 8);
    feed(&preview.sink, (struct page_shape){8, 8, 1, 8, 300}, page, 8, 1);
    assert_true(preview.failed);
    assert_int_equal(preview.rows, 0);
}

/* ---- one colour -------------------------------------------------------------------------------
 */

enum { SIDE = 400 };

static bool is_one_color(const uint8_t *page, int channels, int bits)
{
    struct page_check check;
    page_check_init(&check);
    feed(&check.sink, (struct page_shape){SIDE, SIDE, channels, bits, 300}, page, SIDE, 13);
    return check.one_color;
}

static void a_dead_sensor_is_told_from_an_empty_sheet(void **state)
{
    (void)state;
    AUTO(mem) uint8_t *page = mem_alloc(SIDE * SIDE * 3);
    size_t size = SIDE * SIDE * 3;
    memset(page, 255, size);
    assert_true(is_one_color(page, 3, 8));
    memset(page, 0, size);
    assert_true(is_one_color(page, 1, 8));
    unsigned seed = 5;
    for (size_t i = 0; i < size; i++) /* noise of electronics */
        page[i] = (uint8_t)(240 + rand_r(&seed) % 5);
    assert_true(is_one_color(page, 3, 8));
    for (size_t i = 0; i < size; i++) /* grain of paper */
        page[i] = (uint8_t)(238 + rand_r(&seed) % 12);
    assert_false(is_one_color(page, 3, 8));
    memset(page, 250, size); /* perfect paper that casts a shadow of one pixel at one edge */
    for (size_t y = 0; y < SIDE; y++)
        page[y * SIDE] = 200;
    assert_false(is_one_color(page, 1, 8));
    memset(page, 250, size);
    for (size_t i = 0; i < 16; i++) /* 1 in 10 000 is dust */
        page[i * SIDE] = 0;
    assert_true(is_one_color(page, 1, 8));
    page[17 * SIDE] = 0;
    assert_false(is_one_color(page, 1, 8));
    for (size_t i = 0; i < size; i++) /* one channel is dead: the others show the paper */
        page[i] = i % 3 == 1 ? 0 : (uint8_t)(i / 3);
    assert_false(is_one_color(page, 3, 8));
}

static void a_page_that_ends_in_one_grey_is_seen(void **state)
{
    (void)state;
    static const struct {
        int flat_rows, value, padding; /* padding: columns and rows of white behind */
        bool flat_end;
    } cases[] = {{SIDE / 20, 128, 0, true},      {SIDE / 2, 128, 0, true},
                 {SIDE / 2, 128, 1, true},       {SIDE / 2, 128, 15, true},
                 {SIDE / 20 - 1, 128, 0, false}, {SIDE / 2, 128, 17, false},
                 {SIDE / 2, 255, 0, false},      {SIDE / 2, 0, 0, false}};
    AUTO(mem) uint8_t *page = mem_alloc(SIDE * SIDE * 3);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct page_check check;
        int padding = cases[i].padding;
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE * 3; x++) {
                bool kept = y < SIDE - padding - cases[i].flat_rows;
                bool pad = padding && (x >= (SIDE - padding) * 3 || y >= SIDE - padding);
                int value = kept ? (y + x) * 7 & 255 : cases[i].value;
                page[y * SIDE * 3 + x] = (uint8_t)(pad ? 255 : value);
            }
        page_check_init(&check);
        feed(&check.sink, (struct page_shape){SIDE, SIDE, 3, 8, 300}, page, SIDE, 13);
        assert_int_equal(check.flat_end, cases[i].flat_end);
    }
}

static void a_bilevel_page_of_one_colour_is_seen(void **state)
{
    (void)state;
    uint8_t page[SIDE / 8 * SIDE];
    memset(page, 0, sizeof page);
    assert_true(is_one_color(page, 1, 1));
    memset(page, 0xff, sizeof page);
    assert_true(is_one_color(page, 1, 1));
    memset(page, 0, 3); /* 24 of 160000 */
    assert_false(is_one_color(page, 1, 1));
}

/* ---- size -------------------------------------------------------------------------------------
 */

static void a_page_of_another_size_is_a_question(void **state)
{
    (void)state;
    static const struct {
        enum paper paper;
        struct rect_mm area;
        double asked_dpi, dpi;
        struct size_mm page;
        const char *doubts;
    } cases[] = {
        {PAPER_A4, {0, 0, 210, 297}, 300, 300, {210, 297}, "[]"},
        {PAPER_A4, {0, 0, 210, 297}, 300, 300, {209.9, 295}, "[]"},
        {PAPER_A4, {0, 0, 210, 297}, 300, 300, {210, 120}, "[\"short\",\"odd_size\"]"},
        {PAPER_A4, {0, 0, 210, 297}, 300, 300, {210, 148}, "[\"short\"]"}, /* A5 lying */
        {PAPER_A4, {0, 0, 210, 297}, 300, 300, {148, 210}, "[\"short\"]"},
        {PAPER_A4, {0, 0, 210, 297}, 300, 300, {210, 355}, "[\"odd_size\"]"},
        {PAPER_A4, {0, 0, 210, 297}, 300, 300, {297, 420}, "[]"},
        {PAPER_A4, {0, 0, 210, 297}, 300, 600, {210, 297}, "[\"resolution_differs\"]"},
        {PAPER_A4, {0, 0, 210, 297}, 300, 300, {105, 148.5}, "[\"resolution_differs\"]"},
        {PAPER_UNSET, {0, 0, 210, 297}, 300, 300, {110, 200}, "[\"short\",\"odd_size\"]"},
        {PAPER_AUTO, {0, 0, 221, 863}, 300, 300, {210, 297}, "[]"},
        {PAPER_AUTO, {0, 0, 221, 863}, 300, 300, {210, 330}, "[\"odd_size\"]"},
        {PAPER_ID1, {0, 0, 90.6, 59}, 600, 600, {90.6, 59}, "[]"},
        {PAPER_UNSET, {0, 0, 0, 0}, 300, 300, {100, 100}, "[]"}, /* does not tell its area */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scan_settings asked = {.paper = cases[i].paper,
                                      .resolution_dpi = cases[i].asked_dpi};
        struct scan_settings set = {.area = cases[i].area, .resolution_dpi = cases[i].dpi};
        struct page_size_doubts doubts = page_check_size(&asked, &set, cases[i].page);
        struct page_check check;
        page_check_init(&check);
        AUTO(js) struct js *names = page_check_to_js(&check, &doubts);
        AUTO(mem) char *text = js_dump(names);
        if (strcmp(text, cases[i].doubts) != 0)
            print_message("case %zu\n", i);
        assert_string_equal(text, cases[i].doubts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_preview_pixel_is_the_mean_of_its_box),
        cmocka_unit_test(rows_are_there_while_the_page_comes),
        cmocka_unit_test(a_bilevel_page_becomes_grey_with_black_ink),
        cmocka_unit_test(a_preview_is_never_larger_than_the_page),
        cmocka_unit_test(a_preview_that_cannot_be_written_leaves_the_page_alone),
        cmocka_unit_test(a_dead_sensor_is_told_from_an_empty_sheet),
        cmocka_unit_test(a_page_that_ends_in_one_grey_is_seen),
        cmocka_unit_test(a_bilevel_page_of_one_colour_is_seen),
        cmocka_unit_test(a_page_of_another_size_is_a_question),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
