#ifndef SOHOA_TESTS_PAGE_FILE_H
#define SOHOA_TESTS_PAGE_FILE_H

#include "daemon/base/hash.h"
#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "tests/flow/scan/scan_site.h"
#include "tests/harness/test.h"

#include <fcntl.h>
#include <tiffio.h>

/* A page file read back. */
struct page_file {
    uint32_t width, height;
    uint16_t channels, bits;
    float dpi;
    uint8_t *pixels;
    size_t row_bytes;
};

static inline void page_file_read(const struct scan_site *site, const char *name,
                                  struct page_file *out)
{
    char path[256];
    site_path(site, name, path, sizeof path);
    TIFF *tiff = TIFFOpen(path, "r");
    assert_non_null(tiff);
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &out->width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &out->height);
    TIFFGetField(tiff, TIFFTAG_SAMPLESPERPIXEL, &out->channels);
    TIFFGetField(tiff, TIFFTAG_BITSPERSAMPLE, &out->bits);
    TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &out->dpi);
    out->row_bytes = (size_t)TIFFScanlineSize(tiff);
    out->pixels = malloc(out->row_bytes * out->height);
    for (uint32_t y = 0; y < out->height; y++)
        assert_int_equal(TIFFReadScanline(tiff, out->pixels + out->row_bytes * y, y, 0), 1);
    TIFFClose(tiff);
}

/* The answer of `next` says the truth about the file. */
static inline void page_file_check(const struct scan_site *site, const char *name,
                                   const struct js *answer, struct page_file *out)
{
    page_file_read(site, name, out);
    assert_int_equal(js_int_or(answer, "image.width_px", 0), out->width);
    assert_int_equal(js_int_or(answer, "image.height_px", 0), out->height);
    assert_int_equal(js_int_or(answer, "image.channels", 0), out->channels);
    assert_int_equal(js_int_or(answer, "image.bits", 0), out->bits);
    assert_true(js_real_or(answer, "image.dpi", 0) == out->dpi);
    char hex[HASH_HEX_SIZE], path[256];
    hash_bytes(out->pixels, out->row_bytes * out->height, hex);
    assert_string_equal(js_text_or(answer, "image.pixel_sha256", ""), hex);
    site_path(site, name, path, sizeof path);
    AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    uint64_t size;
    assert_int_equal(hash_fd(fd, hex, &size, NULL), ERR_OK);
    assert_string_equal(js_text_or(answer, "image.sha256", ""), hex);
    assert_int_equal(js_int_or(answer, "image.size_bytes", 0), size);
}

#endif
