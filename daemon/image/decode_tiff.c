#include "daemon/image/image_decode.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tiffio.h>

/* No single block of a page within IMAGE_MAX_PIXELS needs more; a header may lie. */
#define BLOCK_MAX_BYTES (410 << 20)

struct file {
    int fd;
    off_t offset, size;
    char text[160]; /* first complaint of the library */
};

static tmsize_t read_bytes(thandle_t handle, void *bytes, tmsize_t size)
{
    struct file *file = handle;
    ssize_t got = image_pread(file->fd, bytes, (size_t)size, file->offset);
    if (got > 0)
        file->offset += got;
    return got;
}

static tmsize_t refuse_writing(thandle_t handle, void *bytes, tmsize_t size)
{
    (void)handle;
    (void)bytes;
    (void)size;
    return -1;
}

static toff_t seek_bytes(thandle_t handle, toff_t offset, int whence)
{
    struct file *file = handle;
    off_t base = whence == SEEK_CUR ? file->offset : whence == SEEK_END ? file->size : 0;
    file->offset = base + (off_t)offset;
    return (toff_t)file->offset;
}

static int keep_open(thandle_t handle)
{
    (void)handle;
    return 0;
}

static toff_t file_size(thandle_t handle)
{
    return (toff_t)((struct file *)handle)->size;
}

static int __attribute__((format(printf, 4, 0)))
keep_complaint(TIFF *tiff, void *user, const char *module, const char *fmt, va_list ap)
{
    struct file *file = user;
    (void)tiff;
    (void)module;
    if (!file->text[0])
        vsnprintf(file->text, sizeof file->text, fmt, ap);
    return 1;
}

static int discard_warning(TIFF *tiff, void *user, const char *module, const char *fmt, va_list ap)
{
    (void)tiff;
    (void)user;
    (void)module;
    (void)fmt;
    (void)ap;
    return 1;
}

static TIFF *open_tiff(struct file *file)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options)
        return NULL;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, BLOCK_MAX_BYTES);
    TIFFOpenOptionsSetErrorHandlerExtR(options, keep_complaint, file);
    TIFFOpenOptionsSetWarningHandlerExtR(options, discard_warning, file);
    /* m: no memory mapping (the file may shrink under us), O: strip tables read on demand */
    TIFF *tiff = TIFFClientOpenExt("page", "rmO", file, read_bytes, refuse_writing, seek_bytes,
                                   keep_open, file_size, NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

static bool is_preview(TIFF *tiff)
{
    uint32_t kind = 0;
    return TIFFGetField(tiff, TIFFTAG_SUBFILETYPE, &kind) && (kind & FILETYPE_REDUCEDIMAGE);
}

/* Counts the images (previews aside) and leaves the file at image `index`. */
static enum err_code find_image(TIFF *tiff, struct file *file, int index, int *out_count,
                                struct err *err)
{
    int count = 0, directory = 0, wanted = -1;
    do {
        if (!is_preview(tiff)) {
            if (count == index)
                wanted = directory;
            count++;
        }
        directory++;
    } while (directory < IMAGE_MAX_COUNT && TIFFReadDirectory(tiff));
    *out_count = count;
    if (wanted < 0)
        return err_set(err, ERR_NOT_FOUND, "image %d of a TIFF file with %d", index, count);
    file->text[0] = 0;
    if (wanted != directory - 1 && !TIFFSetDirectory(tiff, (tdir_t)wanted))
        return err_set(err, ERR_IMAGE_UNREADABLE, "TIFF: %s", file->text);
    return ERR_OK;
}

struct layout {
    uint32_t width, height;
    uint16_t bits, samples, photometric, planar, format, compression;
};

static struct layout read_layout(TIFF *tiff)
{
    struct layout layout = {0};
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &layout.width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &layout.height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &layout.bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &layout.samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &layout.planar);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &layout.format);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &layout.compression);
    if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &layout.photometric))
        layout.photometric = PHOTOMETRIC_MINISBLACK;
    return layout;
}

static void read_tags(TIFF *tiff, struct image *out)
{
    float x = 0, y = 0;
    uint16_t unit = RESUNIT_INCH, orientation = ORIENTATION_TOPLEFT;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
    if (TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &x) &&
        TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &y) && unit != RESUNIT_NONE) {
        double scale = unit == RESUNIT_CENTIMETER ? 2.54 : 1;
        out->dpi = image_one_dpi(x * scale, y * scale);
    }
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
    out->turn_deg = image_turn_of_orientation(orientation);
}

/* What scanners write: rows of grey, black and white or RGB. All else takes the library's own way,
 * which needs four more bytes a pixel. */
static bool is_plain(TIFF *tiff, struct layout *layout)
{
    if (layout->photometric == PHOTOMETRIC_YCBCR && layout->compression == COMPRESSION_JPEG &&
        layout->samples == 3 && TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB))
        layout->photometric = PHOTOMETRIC_RGB;
    bool grey = layout->samples == 1 && (layout->photometric == PHOTOMETRIC_MINISBLACK ||
                                         layout->photometric == PHOTOMETRIC_MINISWHITE);
    bool rgb = layout->samples == 3 && layout->photometric == PHOTOMETRIC_RGB &&
               layout->planar == PLANARCONFIG_CONTIG;
    bool depth = layout->bits == 8 || layout->bits == 16 || (grey && layout->bits == 1);
    return (grey || rgb) && depth && layout->format == SAMPLEFORMAT_UINT && !TIFFIsTiled(tiff) &&
           TIFFScanlineSize(tiff) ==
               (tmsize_t)(((uint64_t)layout->width * layout->samples * layout->bits + 7) / 8);
}

static void convert_row(const struct layout *layout, const uint8_t *from, uint8_t *to)
{
    size_t values = (size_t)layout->width * layout->samples;
    uint8_t flip = layout->photometric == PHOTOMETRIC_MINISWHITE ? 255 : 0;
    if (layout->bits == 1) {
        for (size_t i = 0; i < values; i++)
            to[i] = ((from[i >> 3] >> (7 - (i & 7)) & 1) ? 255 : 0) ^ flip;
    } else if (layout->bits == 16) {
        for (size_t i = 0; i < values; i++) {
            uint16_t value;
            memcpy(&value, from + 2 * i, 2);
            to[i] = (uint8_t)(value >> 8) ^ flip;
        }
    } else {
        for (size_t i = 0; i < values; i++)
            to[i] = from[i] ^ flip;
    }
}

static enum err_code decode_plain(TIFF *tiff, const struct file *file, const struct layout *layout,
                                  struct image *out, struct err *err)
{
    enum err_code code =
        raster_new((int)layout->width, (int)layout->height, layout->samples, &out->raster, err);
    if (code)
        return code;
    AUTO(mem) uint8_t *row = mem_alloc((size_t)TIFFScanlineSize(tiff));
    if (!row)
        return err_set(err, ERR_NO_MEMORY, "TIFF row");
    for (uint32_t y = 0; y < layout->height; y++) {
        if (TIFFReadScanline(tiff, row, y, 0) != 1)
            return err_set(err, ERR_IMAGE_UNREADABLE, "TIFF row %u: %s", y, file->text);
        convert_row(layout, row, raster_row(out->raster, (int)y));
    }
    return ERR_OK;
}

static enum err_code decode_other(TIFF *tiff, struct file *file, const struct layout *layout,
                                  struct image *out, struct err *err)
{
    char why[1024] = "";
    if (!TIFFRGBAImageOK(tiff, why))
        return err_set(err, ERR_IMAGE_UNREADABLE, "TIFF: %.200s", why);
    uint16_t orientation = ORIENTATION_TOPLEFT;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
    AUTO(mem) uint32_t *pixels = mem_array((size_t)layout->width * layout->height, sizeof *pixels);
    if (!pixels)
        return err_set(err, ERR_NO_MEMORY, "TIFF of %u x %u", layout->width, layout->height);
    if (!TIFFReadRGBAImageOriented(tiff, layout->width, layout->height, pixels, orientation, 1) ||
        file->text[0])
        return err_set(err, ERR_IMAGE_UNREADABLE, "TIFF: %s", file->text);
    enum err_code code = raster_new((int)layout->width, (int)layout->height, 3, &out->raster, err);
    if (code)
        return code;
    size_t count = (size_t)layout->width * layout->height;
    uint8_t *target = out->raster->px;
    for (size_t i = 0; i < count; i++, target += 3) {
        /* colours come multiplied by alpha: what is missing is white paper */
        unsigned paper = 255 - TIFFGetA(pixels[i]);
        unsigned rgb[] = {TIFFGetR(pixels[i]), TIFFGetG(pixels[i]), TIFFGetB(pixels[i])};
        for (int c = 0; c < 3; c++)
            target[c] = (uint8_t)(rgb[c] + paper > 255 ? 255 : rgb[c] + paper);
    }
    return ERR_OK;
}

static enum err_code decode(TIFF *tiff, struct file *file, int index, struct image *out,
                            struct err *err)
{
    enum err_code code = find_image(tiff, file, index, &out->count, err);
    if (code)
        return code;
    struct layout layout = read_layout(tiff);
    code = image_check_size(layout.width, layout.height, err);
    if (code)
        return code;
    read_tags(tiff, out);
    return is_plain(tiff, &layout) ? decode_plain(tiff, file, &layout, out, err)
                                   : decode_other(tiff, file, &layout, out, err);
}

enum err_code decode_tiff(int fd, int index, struct image *out, struct err *err)
{
    struct stat about;
    if (fstat(fd, &about) != 0 || index < 0)
        return err_set(err, ERR_BAD_ARGUMENT, "TIFF image %d", index);
    struct file file = {.fd = fd, .size = about.st_size};
    TIFF *tiff = open_tiff(&file);
    if (!tiff)
        return err_set(err, ERR_IMAGE_UNREADABLE, "TIFF: %s", file.text);
    enum err_code code = decode(tiff, &file, index, out, err);
    TIFFClose(tiff);
    return code;
}
