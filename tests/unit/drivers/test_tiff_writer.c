#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/image/tiff_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <tiffio.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/sohoa-tiff-XXXXXX";

static int make_file(void **state)
{
    (void)state;
    strcpy(path, "/tmp/sohoa-tiff-XXXXXX");
    int fd = mkstemp(path);
    if (fd < 0)
        return -1;
    close(fd);
    return 0;
}

static int drop_file(void **state)
{
    (void)state;
    sys_fail_from(SYS_WRITE, 0, 0);
    sys_fail_from(SYS_FSYNC, 0, 0);
    return unlink(path);
}

static uint8_t sample(int x, int y)
{
    return (uint8_t)(x * 7 + y * 13 + (x * y) % 31);
}

static void fill_row(uint8_t *row, size_t bytes, int y)
{
    for (size_t i = 0; i < bytes; i++)
        row[i] = sample((int)i, y);
}

/* Writes `height` rows of our pattern, `at_once` at a time. */
static enum err_code write_page(const struct tiff_page *page, int height, int at_once,
                                struct err *err)
{
    AUTO(fd) int fd = open(path, O_RDWR | O_TRUNC | O_CLOEXEC);
    AUTO(tiff_writer) struct tiff_writer *writer = NULL;
    size_t row_bytes = ((size_t)page->width_px * (size_t)(page->channels * page->bits) + 7) / 8;
    AUTO(mem) uint8_t *rows = mem_array((size_t)at_once, row_bytes);
    assert_non_null(rows);
    enum err_code code = tiff_writer_open(fd, page, &writer, err);
    for (int y = 0; y < height && !code;) {
        int count = height - y < at_once ? height - y : at_once;
        for (int i = 0; i < count; i++)
            fill_row(rows + row_bytes * (size_t)i, row_bytes, y + i);
        code = tiff_writer_rows(writer, rows, count, err);
        y += count;
    }
    return code ? code : tiff_writer_finish(writer, err);
}

static void every_kind_of_page_reads_back_pixel_for_pixel(void **state)
{
    (void)state;
    static const struct {
        struct tiff_page page;
        int height, at_once;
        uint16_t photometric;
    } cases[] = {
        {{2480, 3, 8, 300}, 400, 7, PHOTOMETRIC_RGB},
        {{2480, 1, 8, 300}, 401, 1, PHOTOMETRIC_MINISBLACK},
        {{2479, 1, 1, 600}, 2000, 64, PHOTOMETRIC_MINISWHITE},
        {{1, 1, 8, 75}, 1, 1, PHOTOMETRIC_MINISBLACK},
        {{300000, 3, 8, 300}, 3, 3, PHOTOMETRIC_RGB}, /* one row is more than a strip */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = ERR_INIT;
        const struct tiff_page *page = &cases[i].page;
        if (write_page(page, cases[i].height, cases[i].at_once, &err))
            fail_msg("%s", err.detail);
        TIFF *tiff = TIFFOpen(path, "r");
        assert_non_null(tiff);
        uint32_t width, height;
        uint16_t bits, channels, photometric, unit, compression;
        float across, down;
        assert_true(TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width));
        assert_true(TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height));
        assert_true(TIFFGetField(tiff, TIFFTAG_BITSPERSAMPLE, &bits));
        assert_true(TIFFGetField(tiff, TIFFTAG_SAMPLESPERPIXEL, &channels));
        assert_true(TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric));
        assert_true(TIFFGetField(tiff, TIFFTAG_RESOLUTIONUNIT, &unit));
        assert_true(TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &across));
        assert_true(TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &down));
        assert_true(TIFFGetField(tiff, TIFFTAG_COMPRESSION, &compression));
        assert_int_equal(width, page->width_px);
        assert_int_equal(height, cases[i].height);
        assert_int_equal(bits, page->bits);
        assert_int_equal(channels, page->channels);
        assert_int_equal(photometric, cases[i].photometric);
        assert_int_equal(unit, RESUNIT_INCH);
        assert_true(across == (float)page->dpi && down == (float)page->dpi);
        assert_int_equal(compression, COMPRESSION_ADOBE_DEFLATE);
        size_t row_bytes = (size_t)TIFFScanlineSize(tiff);
        AUTO(mem) uint8_t *got = mem_alloc(row_bytes);
        AUTO(mem) uint8_t *expected = mem_alloc(row_bytes);
        for (int y = 0; y < cases[i].height; y++) {
            assert_int_equal(TIFFReadScanline(tiff, got, (uint32_t)y, 0), 1);
            fill_row(expected, row_bytes, y);
            assert_memory_equal(got, expected, row_bytes);
        }
        TIFFClose(tiff);
    }
}

static void tiffinfo_reads_the_file_without_a_warning(void **state)
{
    (void)state;
    if (access("/usr/bin/tiffinfo", X_OK)) {
        print_message("SKIP: no tiffinfo here\n");
        skip();
    }
    struct err err = ERR_INIT;
    struct tiff_page page = {1240, 3, 8, 150};
    assert_int_equal(write_page(&page, 1754, 50, &err), ERR_OK);
    char command[200], line[200];
    snprintf(command, sizeof command, "tiffinfo -D %s 2>&1", path);
    FILE *output = popen(command, "r");
    int found = 0;
    while (fgets(line, sizeof line, output)) {
        found += strstr(line, "Image Width: 1240 Image Length: 1754") != NULL;
        found += strstr(line, "Resolution: 150, 150 pixels/inch") != NULL;
        assert_null(strstr(line, "arning"));
        assert_null(strstr(line, "rror"));
    }
    assert_int_equal(pclose(output), 0);
    assert_int_equal(found, 2);
}

static void memory_does_not_grow_with_the_page(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct rusage before, after;
    struct tiff_page page = {5000, 3, 8, 300};
    assert_int_equal(write_page(&page, 100, 10, &err), ERR_OK);
    getrusage(RUSAGE_SELF, &before);
    assert_int_equal(write_page(&page, 6000, 10, &err), ERR_OK); /* 90 MB of pixels */
    getrusage(RUSAGE_SELF, &after);
#ifndef __SANITIZE_ADDRESS__ /* which keeps freed memory */
    assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 4096);
#endif
}

static void a_disk_that_fills_up_is_named(void **state)
{
    (void)state;
    struct tiff_page page = {1000, 3, 8, 300};
    static const struct {
        int error;
        enum err_code code;
    } cases[] = {{ENOSPC, ERR_DISK_FULL}, {EROFS, ERR_READ_ONLY}, {EIO, ERR_IO}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (unsigned long nth = 1;; nth++) {
            struct err err = ERR_INIT;
            sys_fail_from(SYS_WRITE, nth, cases[i].error);
            enum err_code code = write_page(&page, 300, 10, &err);
            unsigned long calls = sys_calls(SYS_WRITE);
            sys_fail_from(SYS_WRITE, 0, 0);
            if (!code) {
                assert_true(nth > calls);
                assert_true(nth > 3);
                break;
            }
            assert_int_equal(code, cases[i].code);
        }
    }
    struct err err = ERR_INIT;
    sys_fail_from(SYS_FSYNC, 1, ENOSPC);
    assert_int_equal(write_page(&page, 10, 10, &err), ERR_DISK_FULL);
}

static void the_file_is_flushed_once(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    struct tiff_page page = {100, 1, 8, 300};
    sys_fail_from(SYS_FSYNC, 0, 0);
    assert_int_equal(write_page(&page, 100, 10, &err), ERR_OK);
    assert_int_equal(sys_calls(SYS_FSYNC), 1);
}

static void what_is_no_page_is_refused(void **state)
{
    (void)state;
    static const struct tiff_page bad[] = {
        {0, 1, 8, 300}, {10, 2, 8, 300}, {10, 3, 1, 300}, {10, 1, 16, 300}, {10, 1, 8, 0}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err err = ERR_INIT;
        AUTO(fd) int fd = open(path, O_RDWR | O_CLOEXEC);
        struct tiff_writer *writer = NULL;
        assert_int_equal(tiff_writer_open(fd, &bad[i], &writer, &err), ERR_BAD_ARGUMENT);
        assert_null(writer);
    }
    struct err err = ERR_INIT;
    struct tiff_page page = {10, 1, 8, 300};
    assert_int_equal(write_page(&page, 0, 1, &err), ERR_IMAGE_EMPTY);
}

#define ON_FILE(name) cmocka_unit_test_setup_teardown(name, make_file, drop_file)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_FILE(every_kind_of_page_reads_back_pixel_for_pixel),
        ON_FILE(tiffinfo_reads_the_file_without_a_warning),
        ON_FILE(memory_does_not_grow_with_the_page),
        ON_FILE(a_disk_that_fills_up_is_named),
        ON_FILE(the_file_is_flushed_once),
        ON_FILE(what_is_no_page_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
