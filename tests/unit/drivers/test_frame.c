#include "daemon/base/mem.h"
#include "drivers/frame.h"
#include "drivers/hash_sink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A sink that keeps everything. */
struct kept {
    struct row_sink sink;
    struct page_shape shape;
    uint8_t bytes[4096];
    size_t size;
    int ended_height; /* -1 before the end */
};

static enum err_code kept_begin(void *self, const struct page_shape *shape, struct err *err)
{
    (void)err;
    ((struct kept *)self)->shape = *shape;
    return ERR_OK;
}

static enum err_code kept_rows(void *self, const uint8_t *rows, int count, struct err *err)
{
    (void)err;
    struct kept *kept = self;
    size_t size = row_size_bytes(&kept->shape) * (size_t)count;
    assert_true(kept->size + size <= sizeof kept->bytes);
    memcpy(kept->bytes + kept->size, rows, size);
    kept->size += size;
    return ERR_OK;
}

static enum err_code kept_end(void *self, int height_px, struct err *err)
{
    (void)err;
    ((struct kept *)self)->ended_height = height_px;
    return ERR_OK;
}

static void kept_init(struct kept *kept)
{
    *kept = (struct kept){.sink = {kept, kept_begin, kept_rows, kept_end}, .ended_height = -1};
}

struct pass {
    struct frame_params params;
    const char *bytes;
    size_t size;
};

/* Feeds the passes in pieces of `piece` bytes; the first error ends it. */
static enum err_code feed(struct kept *kept, const struct pass *passes, size_t count, size_t piece,
                          struct page_shape *out)
{
    AUTO(assembly) struct assembly *assembly = NULL;
    struct err err = ERR_INIT;
    struct row_sink *const sinks[] = {&kept->sink};
    enum err_code code = assembly_new(sinks, 1, 300, &assembly, &err);
    for (size_t i = 0; i < count && !code; i++) {
        code = assembly_begin_frame(assembly, &passes[i].params, &err);
        for (size_t at = 0; at < passes[i].size && !code; at += piece) {
            size_t part = passes[i].size - at < piece ? passes[i].size - at : piece;
            code = assembly_bytes(assembly, (const uint8_t *)passes[i].bytes + at, part, &err);
        }
        if (!code)
            code = assembly_end_frame(assembly, &err);
    }
    return code ? code : assembly_finish(assembly, out, &err);
}

#define FRAME(f, width, height, bits, stride)                                                      \
    {                                                                                              \
        .format = (f), .last = true, .bytes_per_line = (stride), .pixels_per_line = (width),       \
        .lines = (height), .depth = (bits)                                                         \
    }
#define BYTES(text) .bytes = (text), .size = sizeof(text) - 1

static const uint16_t wide[] = {0x0000, 0xffff, 0x8000, 0x00ff, 0xff00, 0x0100};

static void good_frames_become_rows_in_whatever_pieces_they_come(void **state)
{
    (void)state;
    const struct {
        const char *what;
        struct pass passes[3];
        size_t passes_count;
        int channels, bits, height;
        const char *rows;
        size_t rows_size;
    } cases[] = {
        {"grey", {{FRAME(FRAME_GRAY, 3, 2, 8, 3), BYTES("abcdef")}}, 1, 1, 8, 2, "abcdef", 6},
        {"grey with padding",
         {{FRAME(FRAME_GRAY, 3, 2, 8, 5), BYTES("abcXXdefXX")}},
         1,
         1,
         8,
         2,
         "abcdef",
         6},
        {"colour", {{FRAME(FRAME_RGB, 2, 1, 8, 6), BYTES("rgbRGB")}}, 1, 3, 8, 1, "rgbRGB", 6},
        {"unknown height",
         {{FRAME(FRAME_GRAY, 2, -1, 8, 2), BYTES("aabbcc")}},
         1,
         1,
         8,
         3,
         "aabbcc",
         6},
        {"bilevel keeps 1 = black and clears what is no pixel",
         {{FRAME(FRAME_GRAY, 10, 2, 1, 2), BYTES("\xaa\xff\x55\x80")}},
         1,
         1,
         1,
         2,
         "\xaa\xc0\x55\x80",
         4},
        {"16 bit grey is rounded to 8",
         {{FRAME(FRAME_GRAY, 6, 1, 16, 12), (const char *)wide, sizeof wide}},
         1,
         1,
         8,
         1,
         "\x00\xff\x80\x01\xfe\x01",
         6},
        {"16 bit colour",
         {{FRAME(FRAME_RGB, 2, 1, 16, 12), (const char *)wide, sizeof wide}},
         1,
         3,
         8,
         1,
         "\x00\xff\x80\x01\xfe\x01",
         6},
        {"three passes",
         {{FRAME(FRAME_RED, 2, 2, 8, 2), BYTES("rRsS")},
          {FRAME(FRAME_GREEN, 2, 2, 8, 2), BYTES("gGhH")},
          {FRAME(FRAME_BLUE, 2, 2, 8, 2), BYTES("bBcC")}},
         3,
         3,
         8,
         2,
         "rgbRGBshcSHC",
         12},
        {"three passes, blue first, padding, unknown height",
         {{FRAME(FRAME_BLUE, 2, -1, 8, 3), BYTES("bB.cC.")},
          {FRAME(FRAME_RED, 2, -1, 8, 3), BYTES("rR.sS.")},
          {FRAME(FRAME_GREEN, 2, -1, 8, 3), BYTES("gG.hH.")}},
         3,
         3,
         8,
         2,
         "rgbRGBshcSHC",
         12},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t piece = 1; piece <= 13; piece++) {
            struct kept kept;
            struct page_shape shape;
            kept_init(&kept);
            enum err_code code = feed(&kept, cases[i].passes, cases[i].passes_count, piece, &shape);
            if (code)
                fail_msg("%s: %s", cases[i].what, err_name(code));
            assert_int_equal(shape.channels, cases[i].channels);
            assert_int_equal(shape.bits, cases[i].bits);
            assert_int_equal(shape.height_px, cases[i].height);
            assert_int_equal(kept.ended_height, cases[i].height);
            assert_int_equal(kept.size, cases[i].rows_size);
            if (memcmp(kept.bytes, cases[i].rows, kept.size) != 0)
                fail_msg("%s: other rows, pieces of %zu", cases[i].what, piece);
        }
    }
}

static void colours_may_come_in_any_order(void **state)
{
    (void)state;
    static const enum frame_format orders[6][3] = {
        {FRAME_RED, FRAME_GREEN, FRAME_BLUE}, {FRAME_RED, FRAME_BLUE, FRAME_GREEN},
        {FRAME_GREEN, FRAME_RED, FRAME_BLUE}, {FRAME_GREEN, FRAME_BLUE, FRAME_RED},
        {FRAME_BLUE, FRAME_RED, FRAME_GREEN}, {FRAME_BLUE, FRAME_GREEN, FRAME_RED},
    };
    for (size_t i = 0; i < 6; i++) {
        struct pass passes[3];
        for (size_t p = 0; p < 3; p++)
            passes[p] = (struct pass){.params = FRAME(orders[i][p], 1, 1, 8, 1),
                                      .bytes = &"rgb"[orders[i][p] - FRAME_RED],
                                      .size = 1};
        struct kept kept;
        struct page_shape shape;
        kept_init(&kept);
        assert_int_equal(feed(&kept, passes, 3, 1, &shape), ERR_OK);
        assert_memory_equal(kept.bytes, "rgb", 3);
    }
}

static void pages_that_are_not_whole_are_refused(void **state)
{
    (void)state;
    const struct {
        const char *what;
        struct pass passes[3];
        size_t passes_count;
        enum err_code code;
    } cases[] = {
        {"a line too few",
         {{FRAME(FRAME_GRAY, 3, 3, 8, 3), BYTES("abcdef")}},
         1,
         ERR_PAGE_TRUNCATED},
        {"half a line", {{FRAME(FRAME_GRAY, 3, 2, 8, 3), BYTES("abcd")}}, 1, ERR_PAGE_TRUNCATED},
        {"no byte", {{FRAME(FRAME_GRAY, 3, 2, 8, 3), BYTES("")}}, 1, ERR_PAGE_TRUNCATED},
        {"no byte, unknown height",
         {{FRAME(FRAME_GRAY, 3, -1, 8, 3), BYTES("")}},
         1,
         ERR_PAGE_TRUNCATED},
        {"half a line, unknown height",
         {{FRAME(FRAME_GRAY, 3, -1, 8, 3), BYTES("abcd")}},
         1,
         ERR_PAGE_TRUNCATED},
        {"more lines than said",
         {{FRAME(FRAME_GRAY, 3, 1, 8, 3), BYTES("abcdef")}},
         1,
         ERR_SCANNER_IO},
        {"a pass is missing",
         {{FRAME(FRAME_RED, 1, 1, 8, 1), BYTES("r")}, {FRAME(FRAME_BLUE, 1, 1, 8, 1), BYTES("b")}},
         2,
         ERR_SCANNER_IO},
        {"the same pass twice",
         {{FRAME(FRAME_RED, 1, 1, 8, 1), BYTES("r")}, {FRAME(FRAME_RED, 1, 1, 8, 1), BYTES("r")}},
         2,
         ERR_SCANNER_IO},
        {"passes of other width",
         {{FRAME(FRAME_RED, 1, 1, 8, 1), BYTES("r")}, {FRAME(FRAME_BLUE, 2, 1, 8, 2), BYTES("bb")}},
         2,
         ERR_SCANNER_IO},
        {"passes of other length",
         {{FRAME(FRAME_RED, 1, -1, 8, 1), BYTES("r")},
          {FRAME(FRAME_BLUE, 1, -1, 8, 1), BYTES("bb")}},
         2,
         ERR_SCANNER_IO},
        {"grey after a pass",
         {{FRAME(FRAME_RED, 1, 1, 8, 1), BYTES("r")}, {FRAME(FRAME_GRAY, 1, 1, 8, 1), BYTES("b")}},
         2,
         ERR_SCANNER_IO},
        {"a second page",
         {{FRAME(FRAME_GRAY, 1, 1, 8, 1), BYTES("r")}, {FRAME(FRAME_GRAY, 1, 1, 8, 1), BYTES("b")}},
         2,
         ERR_SCANNER_IO},
        {"colour of depth 1",
         {{FRAME(FRAME_RGB, 8, 1, 1, 3), BYTES("abc")}},
         1,
         ERR_SCANNER_UNSUPPORTED},
        {"depth 12", {{FRAME(FRAME_GRAY, 8, 1, 12, 12), BYTES("")}}, 1, ERR_SCANNER_UNSUPPORTED},
        {"no width", {{FRAME(FRAME_GRAY, 0, 1, 8, 1), BYTES("")}}, 1, ERR_SCANNER_IO},
        {"no height", {{FRAME(FRAME_GRAY, 1, 0, 8, 1), BYTES("")}}, 1, ERR_SCANNER_IO},
        {"lines shorter than their pixels",
         {{FRAME(FRAME_RGB, 2, 1, 8, 5), BYTES("")}},
         1,
         ERR_SCANNER_IO},
        {"lines far longer than their pixels",
         {{FRAME(FRAME_GRAY, 2, 1, 8, 1 << 30), BYTES("")}},
         1,
         ERR_SCANNER_IO},
        {"too wide", {{FRAME(FRAME_GRAY, 70000, 1, 8, 70000), BYTES("")}}, 1, ERR_IMAGE_TOO_LARGE},
        {"too many pixels",
         {{FRAME(FRAME_GRAY, 20000, 20000, 8, 20000), BYTES("")}},
         1,
         ERR_IMAGE_TOO_LARGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kept kept;
        struct page_shape shape;
        kept_init(&kept);
        enum err_code code = feed(&kept, cases[i].passes, cases[i].passes_count, 4, &shape);
        if (code != cases[i].code)
            fail_msg("%s: %s", cases[i].what, err_name(code));
        assert_int_equal(kept.ended_height, -1);
    }
}

static void an_endless_page_ends_at_the_ceiling(void **state)
{
    (void)state;
    struct kept kept;
    kept_init(&kept);
    AUTO(assembly) struct assembly *assembly = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(assembly_new(NULL, 0, 300, &assembly, &err), ERR_OK);
    struct frame_params params = FRAME(FRAME_GRAY, 50000, -1, 8, 50000);
    assert_int_equal(assembly_begin_frame(assembly, &params, &err), ERR_OK);
    AUTO(mem) uint8_t *lines = mem_array(100, 50000);
    enum err_code code = ERR_OK;
    int fed = 0;
    while (!code && fed < 3000) {
        code = assembly_bytes(assembly, lines, 100 * 50000, &err);
        fed += 100;
    }
    assert_int_equal(code, ERR_IMAGE_TOO_LARGE);
    assert_true((int64_t)fed * 50000 <= FRAME_MAX_PIXELS + 100 * 50000);
}

static enum err_code full_disk(void *self, const uint8_t *rows, int count, struct err *err)
{
    (void)self, (void)rows, (void)count;
    return err_set(err, ERR_DISK_FULL, "no space");
}

static void a_sink_that_fails_ends_the_page(void **state)
{
    (void)state;
    struct kept kept;
    struct page_shape shape;
    kept_init(&kept);
    kept.sink.rows = full_disk;
    struct pass pass = {FRAME(FRAME_GRAY, 3, 2, 8, 3), BYTES("abcdef")};
    assert_int_equal(feed(&kept, &pass, 1, 6, &shape), ERR_DISK_FULL);
    assert_int_equal(kept.ended_height, -1);
}

static void no_memory_at_any_point_is_an_error(void **state)
{
    (void)state;
    const struct pass passes[] = {{FRAME(FRAME_RED, 2, 2, 8, 2), BYTES("rRsS")},
                                  {FRAME(FRAME_GREEN, 2, 2, 8, 2), BYTES("gGhH")},
                                  {FRAME(FRAME_BLUE, 2, 2, 8, 2), BYTES("bBcC")}};
    enum err_code code = ERR_NO_MEMORY;
    unsigned long nth = 0;
    while (code) {
        struct kept kept;
        struct page_shape shape;
        kept_init(&kept);
        mem_fail_from(++nth);
        code = feed(&kept, passes, 3, 3, &shape);
        mem_fail_from(0);
        if (code)
            assert_int_equal(code, ERR_NO_MEMORY);
        assert_int_equal(kept.ended_height, code ? -1 : 2);
    }
    assert_true(nth > 5);
}

static void progress_counts_a_line_of_three_passes_once(void **state)
{
    (void)state;
    AUTO(assembly) struct assembly *assembly = NULL;
    struct err err = ERR_INIT;
    int lines, expected;
    assert_int_equal(assembly_new(NULL, 0, 300, &assembly, &err), ERR_OK);
    assembly_progress(assembly, &lines, &expected);
    assert_int_equal(lines, 0);
    assert_int_equal(expected, -1);
    for (int pass = 0; pass < 3; pass++) {
        struct frame_params params = FRAME(FRAME_RED + pass, 1, 3, 8, 1);
        assert_int_equal(assembly_begin_frame(assembly, &params, &err), ERR_OK);
        assert_int_equal(assembly_bytes(assembly, (const uint8_t *)"abc", 3, &err), ERR_OK);
        assembly_progress(assembly, &lines, &expected);
        assert_int_equal(lines, pass + 1);
        assert_int_equal(expected, 3);
        assert_int_equal(assembly_end_frame(assembly, &err), ERR_OK);
    }
    assert_true(assembly_is_complete(assembly));
}

static void equal_pixels_have_equal_hashes(void **state)
{
    (void)state;
    char expected[HASH_HEX_SIZE];
    hash_bytes("abcdef", 6, expected);
    for (int padding = 0; padding < 3; padding++) {
        static const char *const bytes[] = {"abcdef", "abc.def.", "abc..def.."};
        AUTO(assembly) struct assembly *assembly = NULL;
        AUTO(hash_sink) struct hash_sink hash;
        hash_sink_init(&hash);
        struct row_sink *const sinks[] = {&hash.sink};
        struct err err = ERR_INIT;
        struct page_shape shape;
        struct frame_params params = FRAME(FRAME_GRAY, 3, 2, 8, 3 + padding);
        assert_int_equal(assembly_new(sinks, 1, 300, &assembly, &err), ERR_OK);
        assert_int_equal(assembly_begin_frame(assembly, &params, &err), ERR_OK);
        assert_int_equal(
            assembly_bytes(assembly, (const uint8_t *)bytes[padding], strlen(bytes[padding]), &err),
            ERR_OK);
        assert_int_equal(assembly_end_frame(assembly, &err), ERR_OK);
        assert_int_equal(assembly_finish(assembly, &shape, &err), ERR_OK);
        assert_string_equal(hash.hex, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_frames_become_rows_in_whatever_pieces_they_come),
        cmocka_unit_test(colours_may_come_in_any_order),
        cmocka_unit_test(pages_that_are_not_whole_are_refused),
        cmocka_unit_test(an_endless_page_ends_at_the_ceiling),
        cmocka_unit_test(a_sink_that_fails_ends_the_page),
        cmocka_unit_test(no_memory_at_any_point_is_an_error),
        cmocka_unit_test(progress_counts_a_line_of_three_passes_once),
        cmocka_unit_test(equal_pixels_have_equal_hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
