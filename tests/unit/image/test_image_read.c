#include "daemon/base/buf.h"
#include "daemon/base/file.h"
#include "daemon/image/image_read.h"
#include "daemon/image/image_write.h"
#include "daemon/image/paper.h"
#include "tests/unit/image/pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>

static enum err_code read_fd(int fd, int index, struct image *out)
{
    struct err err = ERR_INIT;
    enum err_code code = image_read(fd, index, out, &err);
    assert_int_equal(code, err.code);
    assert_true(!code || err.detail[0]);
    return code;
}

/* --- what the formats can hold --------------------------------------------------------------- */

static int png_fd(int width, int height, int depth, int colour, const uint8_t *rows,
                  size_t row_bytes, double dpi)
{
    char path[] = "/tmp/sohoa-png-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w+b");
    unlink(path);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_init_io(png, file);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, depth, colour,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    static const png_color palette[] = {{255, 255, 255}, {200, 10, 10}, {0, 0, 0}, {0, 0, 255}};
    if (colour == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, palette, 4);
    if (dpi > 0)
        png_set_pHYs(png, info, (png_uint_32)(dpi / 0.0254 + 0.5),
                     (png_uint_32)(dpi / 0.0254 + 0.5), PNG_RESOLUTION_METER);
    png_write_info(png, info);
    for (int y = 0; y < height; y++)
        png_write_row(png, rows + (size_t)y * row_bytes);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    fflush(file);
    int fd = dup(fileno(file));
    fclose(file);
    return fd;
}

struct tiff_case {
    int bits, samples, photometric, compression, planar;
    const char *name;
};

/* Left half of the page dark, right half paper. */
static int tiff_fd(const struct tiff_case *c, int width, int height, int images, double dpi)
{
    char path[] = "/tmp/sohoa-tiff-XXXXXX";
    int fd = mkstemp(path);
    TIFF *tiff = TIFFOpen(path, "w");
    unlink(path);
    for (int image = 0; image < images; image++) {
        TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
        TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height + image);
        TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, c->bits);
        TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, c->samples);
        TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, c->photometric);
        TIFFSetField(tiff, TIFFTAG_COMPRESSION, c->compression);
        TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, c->planar);
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 16);
        TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_RIGHTTOP);
        if (c->samples == 4 && c->photometric == PHOTOMETRIC_RGB) {
            uint16_t alpha = EXTRASAMPLE_UNASSALPHA;
            TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &alpha);
        }
        if (dpi > 0) {
            TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
            TIFFSetField(tiff, TIFFTAG_XRESOLUTION, dpi);
            TIFFSetField(tiff, TIFFTAG_YRESOLUTION, dpi);
        }
        if (c->photometric == PHOTOMETRIC_PALETTE) {
            static uint16_t map[256];
            for (int i = 0; i < 256; i++)
                map[i] = (uint16_t)(i * 257);
            TIFFSetField(tiff, TIFFTAG_COLORMAP, map, map, map);
        }
        bool inks =
            c->photometric == PHOTOMETRIC_SEPARATED || c->photometric == PHOTOMETRIC_MINISWHITE;
        uint8_t *row = calloc(1, (size_t)TIFFScanlineSize(tiff));
        int planes = c->planar == PLANARCONFIG_SEPARATE ? c->samples : 1;
        int per_row = planes > 1 ? 1 : c->samples;
        for (int x = 0; x < width; x++)
            for (int s = 0; s < per_row; s++) {
                bool high = (x < width / 2) == inks;
                if (c->samples == 4 && s == 3 && c->photometric == PHOTOMETRIC_RGB)
                    high = x < width / 2; /* paper shines through the right half */
                size_t i = (size_t)x * per_row + s;
                if (c->bits == 1)
                    row[i / 8] |= (uint8_t)((high ? 1 : 0) << (7 - i % 8));
                else
                    memset(row + i * c->bits / 8, high ? 255 : 0, (size_t)c->bits / 8);
            }
        for (int plane = 0; plane < planes; plane++)
            for (int y = 0; y < height + image; y++)
                assert_int_equal(TIFFWriteScanline(tiff, row, (uint32_t)y, (uint16_t)plane), 1);
        free(row);
        TIFFWriteDirectory(tiff);
    }
    TIFFClose(tiff);
    return fd;
}

static void assert_left_dark_right_paper(const struct raster *raster)
{
    int middle = raster->height / 2;
    for (int c = 0; c < raster->channels; c++) {
        assert_in_range(raster_row(raster, middle)[5 * raster->channels + c], 0, 10);
        assert_in_range(raster_row(raster, middle)[(raster->width - 5) * raster->channels + c], 245,
                        255);
    }
}

static void every_kind_of_tiff_becomes_grey_or_rgb(void **state)
{
    (void)state;
    static const struct tiff_case cases[] = {
        {1, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_CCITTFAX4, PLANARCONFIG_CONTIG, "G4"},
        {1, 1, PHOTOMETRIC_MINISBLACK, COMPRESSION_PACKBITS, PLANARCONFIG_CONTIG, "bits"},
        {8, 1, PHOTOMETRIC_MINISBLACK, COMPRESSION_ADOBE_DEFLATE, PLANARCONFIG_CONTIG, "grey"},
        {8, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_LZW, PLANARCONFIG_CONTIG, "inverted grey"},
        {16, 1, PHOTOMETRIC_MINISBLACK, COMPRESSION_NONE, PLANARCONFIG_CONTIG, "16-bit grey"},
        {8, 3, PHOTOMETRIC_RGB, COMPRESSION_NONE, PLANARCONFIG_CONTIG, "RGB"},
        {16, 3, PHOTOMETRIC_RGB, COMPRESSION_LZW, PLANARCONFIG_CONTIG, "16-bit RGB"},
        {8, 3, PHOTOMETRIC_RGB, COMPRESSION_NONE, PLANARCONFIG_SEPARATE, "planes"},
        {8, 4, PHOTOMETRIC_RGB, COMPRESSION_NONE, PLANARCONFIG_CONTIG, "alpha"},
        {8, 4, PHOTOMETRIC_SEPARATED, COMPRESSION_NONE, PLANARCONFIG_CONTIG, "CMYK"},
        {8, 4, PHOTOMETRIC_SEPARATED, COMPRESSION_LZW, PLANARCONFIG_SEPARATE, "CMYK planes"},
        {8, 5, PHOTOMETRIC_SEPARATED, COMPRESSION_NONE, PLANARCONFIG_CONTIG, "CMYK and one more"},
        {16, 4, PHOTOMETRIC_SEPARATED, COMPRESSION_NONE, PLANARCONFIG_CONTIG, "16-bit CMYK"},
        {16, 4, PHOTOMETRIC_SEPARATED, COMPRESSION_LZW, PLANARCONFIG_CONTIG, "16-bit CMYK, LZW"},
        {16, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_NONE, PLANARCONFIG_CONTIG, "16-bit inverted"},
        {16, 3, PHOTOMETRIC_RGB, COMPRESSION_NONE, PLANARCONFIG_SEPARATE, "16-bit planes"},
        {16, 4, PHOTOMETRIC_RGB, COMPRESSION_NONE, PLANARCONFIG_CONTIG, "16-bit alpha"},
        {8, 1, PHOTOMETRIC_PALETTE, COMPRESSION_NONE, PLANARCONFIG_CONTIG, "palette"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(fd) int fd = tiff_fd(&cases[i], 120, 90, 2, 200);
        AUTO(image) struct image image = {0};
        print_message("%s\n", cases[i].name);
        assert_int_equal(read_fd(fd, 1, &image), ERR_OK);
        assert_int_equal(image.count, 2);
        assert_int_equal(image.raster->width, 120);
        assert_int_equal(image.raster->height, 91);
        assert_int_equal(image.turn_deg, 90);
        assert_int_equal(image.dpi_source, DPI_FILE);
        assert_float_equal(image.dpi, 200, 0.01);
        assert_left_dark_right_paper(image.raster);
        AUTO(image) struct image beyond = {0};
        assert_int_equal(read_fd(fd, 2, &beyond), ERR_NOT_FOUND);
    }
}

/* One pixel of CMYK, every ink in 255ths, the file in one of both byte orders. */
static void read_inks(const char *mode, int bits, const uint8_t inks[4], uint8_t out_rgb[3])
{
    char path[] = "/tmp/sohoa-tiff-XXXXXX";
    AUTO(fd) int fd = mkstemp(path);
    TIFF *tiff = TIFFOpen(path, mode);
    unlink(path);
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 1);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 1);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 4);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_SEPARATED);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    uint16_t wide[4];
    uint8_t narrow[4];
    for (int i = 0; i < 4; i++) {
        narrow[i] = inks[i];
        wide[i] = (uint16_t)(inks[i] * 257);
    }
    assert_int_equal(TIFFWriteScanline(tiff, bits == 16 ? (void *)wide : narrow, 0, 0), 1);
    TIFFClose(tiff);
    AUTO(image) struct image image = {0};
    assert_int_equal(read_fd(fd, 0, &image), ERR_OK);
    assert_int_equal(image.raster->channels, 3);
    memcpy(out_rgb, image.raster->px, 3);
}

static void inks_become_the_colours_they_print(void **state)
{
    (void)state;
    static const struct {
        uint8_t inks[4], rgb[3];
    } cases[] = {
        {{0, 0, 0, 0}, {255, 255, 255}},     {{255, 0, 0, 0}, {0, 255, 255}},
        {{0, 255, 0, 0}, {255, 0, 255}},     {{0, 0, 255, 0}, {255, 255, 0}},
        {{0, 0, 0, 255}, {0, 0, 0}},         {{255, 255, 255, 255}, {0, 0, 0}},
        {{51, 102, 0, 127}, {102, 76, 128}},
    };
    static const char *const modes[] = {"wl", "wb"};
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        for (int bits = 8; bits <= 16; bits += 8) {
            uint8_t rgb[3];
            read_inks(modes[i % 2], bits, cases[i / 2].inks, rgb);
            for (int c = 0; c < 3; c++)
                if (rgb[c] != cases[i / 2].rgb[c])
                    fail_msg("case %zu, %d bits: channel %d is %d", i / 2, bits, c, rgb[c]);
        }
    }
}

static void every_kind_of_png_becomes_grey_or_rgb(void **state)
{
    (void)state;
    static const struct {
        int depth, colour;
        uint8_t pixel[8]; /* two pixels */
        size_t row_bytes;
        int channels;
        uint8_t first[3], second[3];
    } cases[] = {
        {1, PNG_COLOR_TYPE_GRAY, {0x40}, 1, 1, {0}, {255}},
        {8, PNG_COLOR_TYPE_GRAY, {0, 128}, 2, 1, {0}, {128}},
        {16, PNG_COLOR_TYPE_GRAY, {0, 0, 0x80, 0}, 4, 1, {0}, {128}},
        {2, PNG_COLOR_TYPE_PALETTE, {0x60}, 1, 3, {200, 10, 10}, {0, 0, 0}},
        {8, PNG_COLOR_TYPE_RGB, {1, 2, 3, 9, 8, 7}, 6, 3, {1, 2, 3}, {9, 8, 7}},
        {8, PNG_COLOR_TYPE_RGBA, {0, 0, 0, 255, 0, 0, 0, 0}, 8, 3, {0, 0, 0}, {255, 255, 255}},
        {8, PNG_COLOR_TYPE_GRAY_ALPHA, {0, 255, 0, 0}, 4, 1, {0}, {255}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(fd)
        int fd =
            png_fd(2, 1, cases[i].depth, cases[i].colour, cases[i].pixel, cases[i].row_bytes, 150);
        AUTO(image) struct image image = {0};
        assert_int_equal(read_fd(fd, 0, &image), ERR_OK);
        assert_int_equal(image.raster->channels, cases[i].channels);
        for (int c = 0; c < cases[i].channels; c++) {
            assert_in_range(image.raster->px[c] + 2, cases[i].first[c] + 1, cases[i].first[c] + 3);
            assert_in_range(image.raster->px[cases[i].channels + c] + 2, cases[i].second[c] + 1,
                            cases[i].second[c] + 3);
        }
        assert_float_equal(image.dpi, 150, 0.1);
    }
}

static void every_kind_of_pnm_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        int channels;
        uint8_t px[2];
    } cases[] = {
        {"P1\n# note\n2 1\n1 0", 17, 1, {0, 255}},
        {"P1 2 1 10", 9, 1, {0, 255}},
        {"P2\n2 1 15\n0 15\n", 15, 1, {0, 255}},
        {"P4\n2 1\n\x80", 8, 1, {0, 255}},
        {"P5\n2 1\n255\n\x10\x20", 13, 1, {16, 32}},
        {"P5\n2 1\n65535\n\x10\x00\x20\x00", 17, 1, {16, 32}},
        {"P6\n1 1\n255\n\x10\x20\x30", 14, 3, {16, 32}},
        {"P3\n1 1\n255\n16 32 48\n", 20, 3, {16, 32}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(fd) int fd = pages_bytes_fd(cases[i].bytes, cases[i].size);
        AUTO(image) struct image image = {0};
        assert_int_equal(read_fd(fd, 0, &image), ERR_OK);
        assert_int_equal(image.raster->channels, cases[i].channels);
        assert_memory_equal(image.raster->px, cases[i].px, 2);
    }
}

static int cmyk_jpeg_fd(void)
{
    struct jpeg_compress_struct info = {0};
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &bytes, &size);
    info.image_width = 40;
    info.image_height = 16;
    info.input_components = 4;
    info.in_color_space = JCS_CMYK;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, 95, TRUE);
    jpeg_start_compress(&info, TRUE);
    unsigned char row[160];
    for (int x = 0; x < 40; x++) /* Adobe stores ink inverted */
        memset(row + 4 * x, x < 20 ? 0 : 255, 4);
    while (info.next_scanline < info.image_height)
        jpeg_write_scanlines(&info, (JSAMPROW[]){row}, 1);
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    int fd = pages_bytes_fd(bytes, size);
    free(bytes);
    return fd;
}

static void a_cmyk_jpeg_becomes_rgb(void **state)
{
    (void)state;
    AUTO(fd) int fd = cmyk_jpeg_fd();
    AUTO(image) struct image image = {0};
    assert_int_equal(read_fd(fd, 0, &image), ERR_OK);
    assert_int_equal(image.raster->channels, 3);
    assert_left_dark_right_paper(image.raster);
}

static void exif_says_which_way_the_camera_was_held(void **state)
{
    (void)state;
    static const uint8_t exif[] = {
        0xff, 0xd8, 0xff, 0xe1, 0,   34, 'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 8, 0, 0,
        0,    1,    0,    0x12, 0x1, 3,  0,   1,   0,   0,   0, 6, 0,   0,   0,  0, 0, 0, 0,
    };
    AUTO(raster) struct raster *page = NULL;
    raster_new(64, 48, 3, &page, NULL);
    AUTO(fd) int plain = pages_jpeg_fd(page, 0);
    AUTO(mem) char *bytes = NULL;
    size_t size;
    file_read_fd(plain, 1 << 20, &bytes, &size, NULL);
    AUTO(buf) struct buf tagged;
    buf_init(&tagged, 1 << 20);
    buf_append(&tagged, exif, sizeof exif);
    buf_append(&tagged, bytes + 2, size - 2);
    AUTO(fd) int fd = pages_bytes_fd(tagged.bytes, tagged.size);
    AUTO(image) struct image image = {0};
    assert_int_equal(read_fd(fd, 0, &image), ERR_OK);
    assert_int_equal(image.turn_deg, 90);
    assert_int_equal(image.raster->width, 64); /* stored pixels stay as they are */
}

/* --- what is wrong with files ---------------------------------------------------------------- */

struct bad_case {
    const char *name, *bytes;
    size_t size;
    enum err_code code;
};

#define BYTES(text) text, sizeof text - 1

static void bad_bytes_give_their_own_error(void **state)
{
    (void)state;
    static const struct bad_case cases[] = {
        {"nothing", BYTES(""), ERR_IMAGE_EMPTY},
        {"text named .jpg", BYTES("Xin chao, day la van ban.\n"), ERR_FORMAT_UNKNOWN},
        {"one byte", BYTES("\xff"), ERR_FORMAT_UNKNOWN},
        {"PDF", BYTES("%PDF-1.4\n"), ERR_FORMAT_UNKNOWN},
        {"start of a JPEG", BYTES("\xff\xd8\xff\xe0"), ERR_IMAGE_UNREADABLE},
        {"start of a PNG", BYTES("\x89PNG\r\n\x1a\n"), ERR_IMAGE_UNREADABLE},
        {"start of a TIFF", BYTES("II*\0"), ERR_IMAGE_UNREADABLE},
        {"TIFF without directory", BYTES("II*\0\x08\0\0\0\0\0\0\0\0\0"), ERR_IMAGE_UNREADABLE},
        {"PNM without size", BYTES("P5\nabc"), ERR_IMAGE_UNREADABLE},
        {"PNM of no rows", BYTES("P5\n10 0\n255\n"), ERR_IMAGE_UNREADABLE},
        {"PNM cut short", BYTES("P5\n10 10\n255\nabc"), ERR_IMAGE_UNREADABLE},
        {"30,000 x 30,000 PNM", BYTES("P6\n30000 30000\n255\n"), ERR_IMAGE_TOO_LARGE},
        {"PNM number without end", BYTES("P5\n99999999999999999999 1\n255\n"), ERR_IMAGE_TOO_LARGE},
        {"30,000 x 30,000 PNG",
         BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x75\x30\0\0\x75\x30\x08\x02\0\0\0\xe9\x45\x6f"
               "\xed\0\0\0\1IDAT"),
         ERR_IMAGE_TOO_LARGE},
        {"20,000 x 20,000 JPEG",
         BYTES("\xff\xd8\xff\xc0\0\x0b\x08\x4e\x20\x4e\x20\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0"
               "\x3f\0"),
         ERR_IMAGE_TOO_LARGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(fd) int fd = pages_bytes_fd(cases[i].bytes, cases[i].size);
        AUTO(image) struct image image = {0};
        struct err err = ERR_INIT;
        enum err_code code = image_read(fd, 0, &image, &err);
        if (code != cases[i].code)
            fail_msg("%s: %s (%s)", cases[i].name, err_name(code), err.detail);
    }
}

static void a_lying_header_allocates_nothing(void **state)
{
    (void)state;
    AUTO(fd) int fd = pages_bytes_fd(BYTES("P6\n30000 30000\n255\n"));
    AUTO(image) struct image image = {0};
    mem_fail_from(3); /* reader only; the raster would be the third */
    enum err_code code = image_read(fd, 0, &image, NULL);
    mem_fail_from(0);
    assert_int_equal(code, ERR_IMAGE_TOO_LARGE);
}

static void a_file_cut_anywhere_is_unreadable(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_draw_text(400, 300, 3);
    static const struct tiff_case grey = {
        8, 1, PHOTOMETRIC_MINISBLACK, COMPRESSION_ADOBE_DEFLATE, PLANARCONFIG_CONTIG, ""};
    int files[] = {pages_jpeg_fd(page, 300), tiff_fd(&grey, 400, 300, 1, 300),
                   png_fd(400, 300, 8, PNG_COLOR_TYPE_RGB, page->px, 1200, 300)};
    for (int f = 0; f < 3; f++) {
        AUTO(mem) char *bytes = NULL;
        size_t size;
        assert_int_equal(file_read_fd(files[f], 8 << 20, &bytes, &size, NULL), ERR_OK);
        for (int tenth = 1; tenth < 10; tenth++) {
            AUTO(fd) int fd = pages_bytes_fd(bytes, size * tenth / 10);
            AUTO(image) struct image image = {0};
            assert_int_equal(read_fd(fd, 0, &image), ERR_IMAGE_UNREADABLE);
        }
        close(files[f]);
    }
}

static void a_single_pixel_and_a_long_strip_are_images(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {20000, 1}, {1, 20000}};
    for (int i = 0; i < 3; i++) {
        AUTO(raster) struct raster *page = NULL;
        assert_int_equal(raster_new(sizes[i][0], sizes[i][1], 3, &page, NULL), ERR_OK);
        AUTO(fd) int fd = pages_jpeg_fd(page, 0);
        AUTO(image) struct image image = {0};
        assert_int_equal(read_fd(fd, 0, &image), ERR_OK);
        assert_int_equal(image.raster->width, sizes[i][0]);
        assert_int_equal(image.dpi_source, DPI_ASSUMED);
    }
}

static void without_memory_reading_fails_and_leaks_nothing(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_draw_text(200, 150, 3);
    AUTO(fd) int fd = pages_jpeg_fd(page, 300);
    for (unsigned long nth = 1; nth < 20; nth++) {
        AUTO(image) struct image image = {0};
        mem_fail_from(nth);
        enum err_code code = image_read(fd, 0, &image, NULL);
        mem_fail_from(0);
        if (code == ERR_OK)
            return;
        assert_int_equal(code, ERR_NO_MEMORY);
    }
    fail_msg("never succeeded");
}

static void resolution_comes_from_the_file_else_from_the_paper(void **state)
{
    (void)state;
    static const struct {
        int width, height;
        double file_dpi, dpi;
        enum dpi_source source;
    } cases[] = {
        {2480, 3508, 0, 300, DPI_PAPER},    {3508, 2480, 0, 300, DPI_PAPER},
        {1654, 2339, 0, 200, DPI_PAPER},    {1700, 2200, 0, 200, DPI_PAPER},
        {1240, 1754, 0, 150, DPI_PAPER},    {1748, 2480, 0, 300, DPI_PAPER},
        {2022, 1275, 0, 600, DPI_PAPER},    {2550, 3507, 0, 300, DPI_PAPER},
        {4961, 7016, 0, 600, DPI_PAPER},    {637, 848, 0, 300, DPI_ASSUMED},
        {3000, 1000, 0, 300, DPI_ASSUMED},  {1240, 1754, 200, 200, DPI_FILE},
        {3000, 4000, 72, 300, DPI_ASSUMED}, /* a camera's 72 is no resolution */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum dpi_source source = DPI_FILE;
        double dpi = cases[i].file_dpi;
        if (!paper_dpi_is_plausible(cases[i].width, cases[i].height, dpi))
            dpi = paper_guess_dpi(cases[i].width, cases[i].height, &source);
        assert_float_equal(dpi, cases[i].dpi, 0.01);
        assert_int_equal(source, cases[i].source);
    }
}

static void a_written_jpeg_keeps_size_and_resolution(void **state)
{
    (void)state;
    AUTO(raster) struct raster *page = pages_draw_text(300, 200, 1);
    AUTO(fd) int fd = pages_jpeg_fd(page, 200);
    AUTO(image) struct image image = {0};
    assert_int_equal(read_fd(fd, 0, &image), ERR_OK);
    assert_int_equal(image.raster->channels, 1);
    assert_int_equal(image.raster->height, 200);
    assert_float_equal(image.dpi, 200, 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_tiff_becomes_grey_or_rgb),
        cmocka_unit_test(inks_become_the_colours_they_print),
        cmocka_unit_test(every_kind_of_png_becomes_grey_or_rgb),
        cmocka_unit_test(every_kind_of_pnm_is_read),
        cmocka_unit_test(a_cmyk_jpeg_becomes_rgb),
        cmocka_unit_test(exif_says_which_way_the_camera_was_held),
        cmocka_unit_test(bad_bytes_give_their_own_error),
        cmocka_unit_test(a_lying_header_allocates_nothing),
        cmocka_unit_test(a_file_cut_anywhere_is_unreadable),
        cmocka_unit_test(a_single_pixel_and_a_long_strip_are_images),
        cmocka_unit_test(without_memory_reading_fails_and_leaks_nothing),
        cmocka_unit_test(resolution_comes_from_the_file_else_from_the_paper),
        cmocka_unit_test(a_written_jpeg_keeps_size_and_resolution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
