#include "daemon/base/buf.h"
#include "daemon/base/file.h"
#include "daemon/image/image_read.h"
#include "tests/harness/test.h"
#include "tests/unit/image/pages.h"

#include <tiffio.h>

/* TIFF as old scanners, copiers and fax machines wrote it: each page left half dark, right half
 * paper. */

#define WIDTH 128
#define HEIGHT 96

struct kind {
    const char *name;
    int bits, samples, photometric, compression;
    bool tiled, two_dimensional, lsb_first;
};

static const struct kind kinds[] = {
    {"G3", 1, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_CCITTFAX3},
    {"G3 in two dimensions", 1, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_CCITTFAX3,
     .two_dimensional = true},
    {"G3 with the bits of a modem", 1, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_CCITTFAX3,
     .lsb_first = true},
    {"modified Huffman", 1, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_CCITTRLE},
    {"G4", 1, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_CCITTFAX4},
    {"G4, black is zero", 1, 1, PHOTOMETRIC_MINISBLACK, COMPRESSION_CCITTFAX4},
    {"G4 with the bits of a modem", 1, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_CCITTFAX4,
     .lsb_first = true},
    {"G4 in tiles", 1, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_CCITTFAX4, .tiled = true},
    {"JPEG in colour", 8, 3, PHOTOMETRIC_YCBCR, COMPRESSION_JPEG},
    {"JPEG in RGB", 8, 3, PHOTOMETRIC_RGB, COMPRESSION_JPEG},
    {"JPEG in grey", 8, 1, PHOTOMETRIC_MINISBLACK, COMPRESSION_JPEG},
    {"JPEG in tiles", 8, 3, PHOTOMETRIC_YCBCR, COMPRESSION_JPEG, .tiled = true},
    {"grey tiles", 8, 1, PHOTOMETRIC_MINISBLACK, COMPRESSION_LZW, .tiled = true},
    {"colour tiles", 8, 3, PHOTOMETRIC_RGB, COMPRESSION_ADOBE_DEFLATE, .tiled = true},
};

static void set_fields(TIFF *tiff, const struct kind *kind)
{
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, WIDTH);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, HEIGHT);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, kind->bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, kind->samples);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, kind->photometric);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, kind->compression);
    if (kind->two_dimensional)
        TIFFSetField(tiff, TIFFTAG_GROUP3OPTIONS, GROUP3OPT_2DENCODING);
    if (kind->lsb_first)
        TIFFSetField(tiff, TIFFTAG_FILLORDER, FILLORDER_LSB2MSB);
    if (kind->compression == COMPRESSION_JPEG && kind->photometric == PHOTOMETRIC_YCBCR)
        TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    if (kind->tiled) {
        TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 64);
        TIFFSetField(tiff, TIFFTAG_TILELENGTH, 64);
    } else {
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 16);
    }
    TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_CENTIMETER);
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, 200 / 2.54);
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, 200 / 2.54);
}

/* Paper, or ink, over `size` bytes. */
static void fill(const struct kind *kind, uint8_t *bytes, bool ink, size_t size)
{
    memset(bytes, (kind->photometric == PHOTOMETRIC_MINISWHITE) == ink ? 255 : 0, size);
}

static void add_page(TIFF *tiff, const struct kind *kind)
{
    uint8_t bytes[64 * 64 * 3];
    set_fields(tiff, kind);
    size_t row = (size_t)WIDTH * (size_t)kind->bits * (size_t)kind->samples / 8;
    if (kind->tiled) {
        for (uint32_t y = 0; y < HEIGHT; y += 64)
            for (uint32_t x = 0; x < WIDTH; x += 64) {
                fill(kind, bytes, x < WIDTH / 2, sizeof bytes);
                assert_true(TIFFWriteTile(tiff, bytes, x, y, 0, 0) > 0);
            }
    } else {
        fill(kind, bytes, true, row / 2);
        fill(kind, bytes + row / 2, false, row - row / 2);
        for (uint32_t y = 0; y < HEIGHT; y++)
            assert_int_equal(TIFFWriteScanline(tiff, bytes, y, 0), 1);
    }
    assert_int_equal(TIFFWriteDirectory(tiff), 1);
}

static int tiff_fd(const struct kind *pages, size_t count, const char *mode)
{
    char path[] = "/tmp/sohoa-tiff-XXXXXX";
    int fd = mkstemp(path);
    TIFF *tiff = TIFFOpen(path, mode);
    unlink(path);
    for (size_t i = 0; i < count; i++)
        add_page(tiff, &pages[i]);
    TIFFClose(tiff);
    return fd;
}

static void assert_page(int fd, int index, const char *name)
{
    AUTO(image) struct image image = {0};
    struct err err = ERR_INIT;
    if (image_read(fd, index, &image, &err))
        fail_msg("%s: %s (%s)", name, err_name(err.code), err.detail);
    const struct raster *raster = image.raster;
    assert_int_equal(raster->width, WIDTH);
    assert_int_equal(raster->height, HEIGHT);
    for (int y = 0; y < HEIGHT; y++)
        for (int c = 0; c < raster->channels; c++) {
            const uint8_t *row = raster_row(raster, y);
            uint8_t ink = row[10 * raster->channels + c], paper = row[120 * raster->channels + c];
            if (ink > 10 || paper < 245)
                fail_msg("%s: row %d has %d and %d", name, y, ink, paper);
        }
    assert_float_equal(image.dpi, 200, 0.5);
    assert_int_equal(image.dpi_source, DPI_FILE);
}

static void every_old_kind_of_tiff_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        AUTO(fd) int fd = tiff_fd(&kinds[i], 1, "w");
        assert_page(fd, 0, kinds[i].name);
    }
}

static void pages_of_all_kinds_lie_in_one_file(void **state)
{
    (void)state;
    static const char *const modes[] = {"wl", "wb", "w8l", "w8b"}; /* byte orders, BigTIFF */
    for (size_t m = 0; m < COUNT_OF(modes); m++) {
        AUTO(fd) int fd = tiff_fd(kinds, COUNT_OF(kinds), modes[m]);
        for (size_t i = 0; i < COUNT_OF(kinds); i++)
            assert_page(fd, (int)i, kinds[i].name);
        AUTO(image) struct image image = {0};
        assert_int_equal(image_read(fd, COUNT_OF(kinds), &image, NULL), ERR_NOT_FOUND);
    }
}

static void put16(struct buf *out, unsigned value)
{
    buf_append(out, (uint8_t[]){value & 255, value >> 8 & 255}, 2);
}

static void put_entry(struct buf *out, unsigned tag, unsigned type, unsigned value)
{
    put16(out, tag);
    put16(out, type);
    put16(out, 1);
    put16(out, 0);
    put16(out, value & 0xffff);
    put16(out, value >> 16);
}

/* Compression 6 as the TIFF 6.0 text of 1992 had it; its makers differ in what the tags mean. */
static void old_style_jpeg_is_refused_or_right(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_draw_text(WIDTH, HEIGHT, 3);
    AUTO(fd) int jpeg = pages_jpeg_fd(page, 200);
    AUTO(mem) char *bytes = NULL;
    size_t size = 0;
    assert_int_equal(file_read_fd(jpeg, 1 << 20, &bytes, &size, NULL), ERR_OK);
    AUTO(buf) struct buf tiff;
    buf_init(&tiff, 1 << 20);
    buf_append(&tiff, "II*\0\x08\0\0\0", 8);
    unsigned at = 8 + 2 + 11 * 12 + 4;
    put16(&tiff, 11);
    put_entry(&tiff, 256, 3, WIDTH);
    put_entry(&tiff, 257, 3, HEIGHT);
    put_entry(&tiff, 258, 3, 8);
    put_entry(&tiff, 259, 3, COMPRESSION_OJPEG);
    put_entry(&tiff, 262, 3, PHOTOMETRIC_YCBCR);
    put_entry(&tiff, 273, 4, at);
    put_entry(&tiff, 277, 3, 3);
    put_entry(&tiff, 278, 3, HEIGHT);
    put_entry(&tiff, 279, 4, (unsigned)size);
    put_entry(&tiff, 513, 4, at);
    put_entry(&tiff, 514, 4, (unsigned)size);
    buf_append(&tiff, "\0\0\0\0", 4);
    buf_append(&tiff, bytes, size);
    AUTO(fd) int fd = pages_bytes_fd(tiff.bytes, tiff.size);
    AUTO(image) struct image image = {0};
    struct err err = ERR_INIT;
    enum err_code code = image_read(fd, 0, &image, &err);
    if (code) {
        assert_int_equal(code, ERR_IMAGE_UNREADABLE);
        return;
    }
    long long off = 0;
    for (int y = 0; y < HEIGHT; y++)
        for (int i = 0; i < WIDTH * 3; i++)
            off += abs(raster_row(image.raster, y)[i] - raster_row(page, y)[i]);
    assert_true(off / (WIDTH * HEIGHT * 3) < 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_old_kind_of_tiff_is_read),
        cmocka_unit_test(pages_of_all_kinds_lie_in_one_file),
        cmocka_unit_test(old_style_jpeg_is_refused_or_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
