#include "tests/golden/pdf/pdf_kit.h"
#include "tests/harness/test.h"

#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>

static const char *const names[IMAGE_KIND_COUNT] = {
    [IMAGE_JPEG_COLOUR] = "jpeg colour",
    [IMAGE_JPEG_GREY] = "jpeg grey",
    [IMAGE_JPEG_PROGRESSIVE] = "jpeg progressive",
    [IMAGE_JPEG_CMYK] = "jpeg CMYK",
    [IMAGE_TIFF_1] = "tiff 1 bit",
    [IMAGE_TIFF_1_WHITE] = "tiff 1 bit, min is white",
    [IMAGE_TIFF_8] = "tiff 8 bit grey",
    [IMAGE_TIFF_16] = "tiff 16 bit grey",
    [IMAGE_TIFF_RGB_8] = "tiff 8 bit colour",
    [IMAGE_TIFF_RGB_16] = "tiff 16 bit colour",
    [IMAGE_TIFF_TILED] = "tiff tiled",
    [IMAGE_TIFF_SECOND] = "tiff with two images",
    [IMAGE_PNG_1] = "png 1 bit",
    [IMAGE_PNG_8] = "png grey",
    [IMAGE_PNG_RGB_8] = "png colour",
    [IMAGE_PNG_RGB_16] = "png 16 bit colour",
    [IMAGE_PNG_ALPHA] = "png with alpha",
    [IMAGE_PNG_INTERLACED] = "png interlaced",
    [IMAGE_PNM_1] = "pbm ascii",
    [IMAGE_PNM_4] = "pbm",
    [IMAGE_PNM_5] = "pgm",
    [IMAGE_PNM_6] = "ppm",
    [IMAGE_PNM_16] = "ppm 16 bit",
};

const char *image_kind_name(enum image_kind kind)
{
    return names[kind];
}

bool image_kind_is_bilevel(enum image_kind kind)
{
    return kind == IMAGE_TIFF_1 || kind == IMAGE_TIFF_1_WHITE || kind == IMAGE_PNG_1 ||
           kind == IMAGE_PNM_1 || kind == IMAGE_PNM_4;
}

static bool is_grey(enum image_kind kind)
{
    return kind == IMAGE_JPEG_GREY || kind == IMAGE_TIFF_8 || kind == IMAGE_TIFF_16 ||
           kind == IMAGE_PNG_8 || kind == IMAGE_PNM_5;
}

static struct picture picture_blank(int width, int height)
{
    struct picture picture = {width, height, malloc((size_t)width * (size_t)height * 3)};
    assert_non_null(picture.rgb);
    return picture;
}

static unsigned char *pixel(const struct picture *picture, int x, int y)
{
    return picture->rgb + ((size_t)y * (size_t)picture->width + (size_t)x) * 3;
}

struct picture picture_make(int width, int height)
{
    struct picture picture = picture_blank(width, height);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            unsigned char *p = pixel(&picture, x, y);
            bool left = x < width / 4, top = y < height / 5, right = x >= width - width / 6;
            bool stripe = y > height / 2 && (y / 12) % 2 == 0 && x < width / 2;
            unsigned char ramp = (unsigned char)(120 + 120 * x / width);
            p[0] = left && top ? 200 : stripe ? 30 : ramp;
            p[1] = right && top ? 180 : stripe ? 30 : left && top ? 20 : ramp;
            p[2] = left && top ? 40 : stripe ? 90 : (unsigned char)(240 - 100 * y / height);
        }
    }
    return picture;
}

void picture_free(struct picture *picture)
{
    free(picture->rgb);
    *picture = (struct picture){0};
}

struct picture picture_turn(const struct picture *from, int rotation_deg)
{
    bool lies = rotation_deg % 180 != 0;
    struct picture to =
        picture_blank(lies ? from->height : from->width, lies ? from->width : from->height);
    for (int y = 0; y < from->height; y++) {
        for (int x = 0; x < from->width; x++) {
            int tx = x, ty = y;
            if (rotation_deg == 90) {
                tx = from->height - 1 - y;
                ty = x;
            } else if (rotation_deg == 180) {
                tx = from->width - 1 - x;
                ty = from->height - 1 - y;
            } else if (rotation_deg == 270) {
                tx = y;
                ty = from->width - 1 - x;
            }
            memcpy(pixel(&to, tx, ty), pixel(from, x, y), 3);
        }
    }
    return to;
}

struct picture picture_grey(const struct picture *from)
{
    struct picture to = picture_blank(from->width, from->height);
    for (size_t i = 0; i < (size_t)from->width * (size_t)from->height; i++) {
        const unsigned char *p = from->rgb + 3 * i;
        memset(to.rgb + 3 * i, (p[0] * 299 + p[1] * 587 + p[2] * 114) / 1000, 3);
    }
    return to;
}

struct picture picture_bilevel(const struct picture *from)
{
    struct picture to = picture_grey(from);
    for (size_t i = 0; i < (size_t)to.width * (size_t)to.height * 3; i++)
        to.rgb[i] = to.rgb[i] < 150 ? 0 : 255;
    return to;
}

static void read_bits(FILE *file, struct picture *picture)
{
    for (int y = 0; y < picture->height; y++) {
        int byte = 0;
        for (int x = 0; x < picture->width; x++) {
            if (x % 8 == 0)
                byte = fgetc(file);
            memset(pixel(picture, x, y), byte & (0x80 >> (x % 8)) ? 0 : 255, 3);
        }
    }
}

struct picture picture_read_pnm(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    int kind, width, height, max;
    assert_int_equal(fscanf(file, "P%d %d %d", &kind, &width, &height), 3);
    if (kind != 4)
        assert_int_equal(fscanf(file, "%d", &max), 1);
    fgetc(file);
    struct picture picture = picture_blank(width, height);
    if (kind == 4)
        read_bits(file, &picture);
    for (size_t i = 0; kind != 4 && i < (size_t)width * (size_t)height; i++) {
        size_t channels = kind == 6 ? 3 : 1;
        assert_int_equal(fread(picture.rgb + 3 * i, 1, channels, file), channels);
        if (channels == 1)
            memset(picture.rgb + 3 * i, picture.rgb[3 * i], 3);
    }
    fclose(file);
    return picture;
}

double picture_difference(const struct picture *a, const struct picture *b)
{
    if (a->width != b->width || a->height != b->height)
        return 255;
    size_t count = (size_t)a->width * (size_t)a->height * 3;
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += abs(a->rgb[i] - b->rgb[i]);
    return sum / (double)count;
}

static void jpeg_row(const struct picture *picture, int y, int channels, bool cmyk,
                     unsigned char *row)
{
    for (int x = 0; x < picture->width; x++) {
        const unsigned char *p = pixel(picture, x, y);
        for (int c = 0; c < (cmyk ? 3 : channels); c++)
            row[x * channels + c] = p[c]; /* Adobe's inverted CMYK without black: RGB itself */
        if (cmyk)
            row[x * channels + 3] = 255;
    }
}

static void write_jpeg(enum image_kind kind, const struct picture *picture, const char *path)
{
    bool cmyk = kind == IMAGE_JPEG_CMYK;
    int channels = cmyk ? 4 : kind == IMAGE_JPEG_GREY ? 1 : 3;
    FILE *file = fopen(path, "wb");
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_stdio_dest(&info, file);
    info.image_width = (JDIMENSION)picture->width;
    info.image_height = (JDIMENSION)picture->height;
    info.input_components = channels;
    info.in_color_space = cmyk ? JCS_CMYK : channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, 92, TRUE);
    if (kind == IMAGE_JPEG_PROGRESSIVE)
        jpeg_simple_progression(&info);
    jpeg_start_compress(&info, TRUE);
    unsigned char *row = malloc((size_t)picture->width * 4);
    for (int y = 0; y < picture->height; y++) {
        jpeg_row(picture, y, channels, cmyk, row);
        JSAMPROW rows = row;
        jpeg_write_scanlines(&info, &rows, 1);
    }
    free(row);
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    fclose(file);
}

static void tiff_fields(TIFF *tiff, const struct picture *picture, int bits, int channels,
                        int photometric)
{
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, (uint32_t)picture->width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, (uint32_t)picture->height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, channels);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, photometric);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
}

/* Packed or plain samples of one row; 1 bit: set = black when `ones_are_black`. */
static size_t sample_row(const struct picture *picture, int y, int bits, int channels,
                         bool ones_are_black, unsigned char *row)
{
    memset(row, 0, (size_t)picture->width * 6 + 1);
    for (int x = 0; x < picture->width; x++) {
        const unsigned char *p = pixel(picture, x, y);
        if (bits == 1 && (p[0] == 0) == ones_are_black)
            row[x / 8] |= (unsigned char)(0x80 >> (x % 8));
        for (int c = 0; c < channels && bits > 1; c++) {
            int at = x * channels + c;
            if (bits == 8)
                row[at] = p[c];
            else
                ((uint16_t *)(void *)row)[at] = (uint16_t)(p[c] << 8 | (x & 255));
        }
    }
    return bits == 1 ? ((size_t)picture->width + 7) / 8
                     : (size_t)picture->width * (size_t)(channels * bits / 8);
}

static void write_tiff_rows(TIFF *tiff, const struct picture *picture, int bits, int channels,
                            int photometric)
{
    tiff_fields(tiff, picture, bits, channels, photometric);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 64);
    unsigned char *row = malloc((size_t)picture->width * 6 + 2);
    for (int y = 0; y < picture->height; y++) {
        sample_row(picture, y, bits, channels, photometric == PHOTOMETRIC_MINISWHITE, row);
        assert_int_equal(TIFFWriteScanline(tiff, row, (uint32_t)y, 0), 1);
    }
    free(row);
}

static void write_tiff_tiled(TIFF *tiff, const struct picture *picture)
{
    enum { TILE = 64 };
    tiff_fields(tiff, picture, 8, 3, PHOTOMETRIC_RGB);
    TIFFSetField(tiff, TIFFTAG_TILEWIDTH, TILE);
    TIFFSetField(tiff, TIFFTAG_TILELENGTH, TILE);
    static unsigned char tile[TILE * TILE * 3];
    for (int top = 0; top < picture->height; top += TILE) {
        for (int left = 0; left < picture->width; left += TILE) {
            for (int i = 0; i < TILE * TILE; i++) {
                int x = left + i % TILE, y = top + i / TILE;
                if (x < picture->width && y < picture->height)
                    memcpy(tile + 3 * i, pixel(picture, x, y), 3);
            }
            TIFFWriteTile(tiff, tile, (uint32_t)left, (uint32_t)top, 0, 0);
        }
    }
}

static void write_tiff(enum image_kind kind, const struct picture *picture, const char *path)
{
    TIFF *tiff = TIFFOpen(path, "w");
    assert_non_null(tiff);
    bool wide = kind == IMAGE_TIFF_16 || kind == IMAGE_TIFF_RGB_16;
    if (kind == IMAGE_TIFF_TILED)
        write_tiff_tiled(tiff, picture);
    else if (image_kind_is_bilevel(kind))
        write_tiff_rows(tiff, picture, 1, 1,
                        kind == IMAGE_TIFF_1 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_MINISWHITE);
    else if (is_grey(kind))
        write_tiff_rows(tiff, picture, wide ? 16 : 8, 1, PHOTOMETRIC_MINISBLACK);
    else {
        if (kind == IMAGE_TIFF_SECOND) {
            struct picture other = picture_make(40, 30);
            write_tiff_rows(tiff, &other, 8, 1, PHOTOMETRIC_MINISBLACK);
            TIFFWriteDirectory(tiff);
            picture_free(&other);
        }
        write_tiff_rows(tiff, picture, wide ? 16 : 8, 3, PHOTOMETRIC_RGB);
    }
    TIFFClose(tiff);
}

static void write_png(enum image_kind kind, const struct picture *picture, const char *path)
{
    FILE *file = fopen(path, "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_init_io(png, file);
    int bits = kind == IMAGE_PNG_1 ? 1 : kind == IMAGE_PNG_RGB_16 ? 16 : 8;
    int channels = bits == 1 || kind == IMAGE_PNG_8 ? 1 : 3;
    bool alpha = kind == IMAGE_PNG_ALPHA;
    png_set_IHDR(png, info, (png_uint_32)picture->width, (png_uint_32)picture->height, bits,
                 alpha           ? PNG_COLOR_TYPE_RGBA
                 : channels == 1 ? PNG_COLOR_TYPE_GRAY
                                 : PNG_COLOR_TYPE_RGB,
                 kind == IMAGE_PNG_INTERLACED ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    if (bits == 16)
        png_set_swap(png);
    size_t stride = (size_t)picture->width * 6 + 2;
    unsigned char *rows = calloc((size_t)picture->height, stride);
    png_bytep *pointers = calloc((size_t)picture->height, sizeof *pointers);
    for (int y = 0; y < picture->height; y++) {
        pointers[y] = rows + (size_t)y * stride;
        if (!alpha) {
            sample_row(picture, y, bits, channels, false, pointers[y]);
            continue;
        }
        for (int x = 0; x < picture->width; x++) {
            memcpy(pointers[y] + 4 * x, pixel(picture, x, y), 3);
            pointers[y][4 * x + 3] = y < picture->height / 2 ? 255 : 0;
        }
    }
    png_write_image(png, pointers);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    free(pointers);
    free(rows);
    fclose(file);
}

static void write_pnm(enum image_kind kind, const struct picture *picture, const char *path)
{
    FILE *file = fopen(path, "wb");
    int number = kind == IMAGE_PNM_1 ? 1 : kind == IMAGE_PNM_4 ? 4 : kind == IMAGE_PNM_5 ? 5 : 6;
    fprintf(file, "P%d\n# made for a test\n%d %d\n", number, picture->width, picture->height);
    if (number >= 5)
        fprintf(file, "%d\n", kind == IMAGE_PNM_16 ? 65535 : 255);
    unsigned char *row = malloc((size_t)picture->width * 6 + 2);
    for (int y = 0; y < picture->height; y++) {
        int channels = number == 6 ? 3 : 1;
        if (number == 1) {
            for (int x = 0; x < picture->width; x++)
                fputs(pixel(picture, x, y)[0] ? "0" : "1", file);
            fputc('\n', file);
        } else if (kind == IMAGE_PNM_16) {
            for (int i = 0; i < picture->width * 3; i++) {
                fputc(pixel(picture, 0, y)[i], file);
                fputc(77, file);
            }
        } else {
            size_t size = sample_row(picture, y, number == 4 ? 1 : 8, channels, true, row);
            fwrite(row, 1, size, file);
        }
    }
    free(row);
    fclose(file);
}

void image_write(enum image_kind kind, const struct picture *picture, const char *path,
                 struct picture *out_seen)
{
    struct picture seen = image_kind_is_bilevel(kind) ? picture_bilevel(picture)
                          : is_grey(kind)             ? picture_grey(picture)
                                                      : picture_turn(picture, 0);
    if (kind <= IMAGE_JPEG_CMYK)
        write_jpeg(kind, &seen, path);
    else if (kind <= IMAGE_TIFF_SECOND)
        write_tiff(kind, &seen, path);
    else if (kind <= IMAGE_PNG_INTERLACED)
        write_png(kind, &seen, path);
    else
        write_pnm(kind, &seen, path);
    if (kind == IMAGE_PNG_ALPHA)
        memset(pixel(&seen, 0, seen.height / 2), 255,
               (size_t)(seen.height - seen.height / 2) * (size_t)seen.width * 3);
    *out_seen = seen;
}
