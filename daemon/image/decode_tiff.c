#include "daemon/image/image_decode.h"

#include <errno.h>
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

static TIFF *open_file(struct file *file)
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
    uint16_t bits, samples, photometric, planar, format, compression, inks;
};

struct decoder {
    struct file file;
    TIFF *tiff;
    struct layout layout;
    uint8_t *line; /* as the file has it */
    /* the library's own way: some rows at a time, as RGB and alpha */
    TIFFRGBAImage rgba;
    bool is_rgba;
    uint32_t *band;
    uint32_t band_rows;
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
    TIFFGetFieldDefaulted(tiff, TIFFTAG_INKSET, &layout.inks);
    if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &layout.photometric))
        layout.photometric = PHOTOMETRIC_MINISBLACK;
    return layout;
}

static void read_tags(TIFF *tiff, struct image_info *out)
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

static bool is_grey(const struct layout *layout)
{
    return layout->samples == 1 && (layout->photometric == PHOTOMETRIC_MINISBLACK ||
                                    layout->photometric == PHOTOMETRIC_MINISWHITE);
}

static bool is_cmyk(const struct layout *layout)
{
    return layout->samples >= 4 && layout->photometric == PHOTOMETRIC_SEPARATED &&
           layout->inks == INKSET_CMYK && layout->planar == PLANARCONFIG_CONTIG;
}

/* What scanners write, rows of grey, black and white or RGB, and CMYK, which the library reads with
 * 8 bits only. All else takes the library's own way, which needs four more bytes a pixel. */
static bool is_plain(TIFF *tiff, struct layout *layout)
{
    if (layout->photometric == PHOTOMETRIC_YCBCR && layout->compression == COMPRESSION_JPEG &&
        layout->samples == 3 && TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB))
        layout->photometric = PHOTOMETRIC_RGB;
    bool grey = is_grey(layout);
    bool rgb = layout->samples == 3 && layout->photometric == PHOTOMETRIC_RGB &&
               layout->planar == PLANARCONFIG_CONTIG;
    bool depth = layout->bits == 8 || layout->bits == 16 || (grey && layout->bits == 1);
    return (grey || rgb || is_cmyk(layout)) && depth && layout->format == SAMPLEFORMAT_UINT &&
           !TIFFIsTiled(tiff) &&
           TIFFScanlineSize(tiff) ==
               (tmsize_t)(((uint64_t)layout->width * layout->samples * layout->bits + 7) / 8);
}

static void read_icc(TIFF *tiff, struct image_info *out)
{
    uint32_t size = 0;
    void *bytes = NULL;
    if (TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &size, &bytes))
        image_take_icc(bytes, size, out);
}

static enum err_code open_plain(struct decoder *decoder, struct image_info *out, struct err *err)
{
    const struct layout *layout = &decoder->layout;
    out->channels = is_grey(layout) ? 1 : 3;
    out->bilevel = layout->bits == 1;
    read_icc(decoder->tiff, out);
    decoder->line = mem_alloc((size_t)TIFFScanlineSize(decoder->tiff));
    return decoder->line ? ERR_OK : err_set(err, ERR_NO_MEMORY, "TIFF row");
}

/* 16-bit samples, in the machine's byte order, to their high bytes. */
static void narrow(uint8_t *line, size_t values)
{
    for (size_t i = 0; i < values; i++) {
        uint16_t value;
        memcpy(&value, line + 2 * i, 2);
        line[i] = (uint8_t)(value >> 8);
    }
}

static void convert_row(const struct layout *layout, uint8_t *line, uint8_t *row)
{
    size_t values = (size_t)layout->width * layout->samples;
    uint8_t flip = layout->photometric == PHOTOMETRIC_MINISWHITE ? 255 : 0;
    if (layout->bits == 16)
        narrow(line, values);
    if (layout->bits == 1)
        for (size_t i = 0; i < values; i++)
            row[i] = ((line[i >> 3] >> (7 - (i & 7)) & 1) ? 255 : 0) ^ flip;
    else if (is_cmyk(layout))
        image_row_from_cmyk(line, layout->samples, row, (int)layout->width);
    else
        for (size_t i = 0; i < values; i++)
            row[i] = line[i] ^ flip;
}

static enum err_code open_rgba(struct decoder *decoder, struct image_info *out, struct err *err)
{
    const struct layout *layout = &decoder->layout;
    char why[1024] = "";
    if (!TIFFRGBAImageOK(decoder->tiff, why) ||
        !TIFFRGBAImageBegin(&decoder->rgba, decoder->tiff, 1, why))
        return err_set(err, ERR_IMAGE_UNREADABLE, "TIFF: %.200s", why);
    decoder->is_rgba = true;
    decoder->rgba.orientation = decoder->rgba.req_orientation = ORIENTATION_TOPLEFT;
    TIFFGetFieldDefaulted(decoder->tiff,
                          TIFFIsTiled(decoder->tiff) ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP,
                          &decoder->band_rows);
    if (decoder->band_rows == 0 || decoder->band_rows > layout->height)
        decoder->band_rows = layout->height;
    out->channels = 3;
    decoder->band = mem_array((size_t)layout->width * decoder->band_rows, sizeof *decoder->band);
    return decoder->band
               ? ERR_OK
               : err_set(err, ERR_NO_MEMORY, "TIFF of %u x %u", layout->width, layout->height);
}

static bool read_band(struct decoder *decoder, uint32_t y)
{
    const struct layout *layout = &decoder->layout;
    uint32_t left = layout->height - y;
    decoder->rgba.row_offset = (int)y;
    decoder->rgba.col_offset = 0;
    return TIFFRGBAImageGet(&decoder->rgba, decoder->band, layout->width,
                            left < decoder->band_rows ? left : decoder->band_rows) &&
           !decoder->file.text[0];
}

static void convert_pixels(const uint32_t *pixels, uint8_t *row, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++, row += 3) {
        /* colours come multiplied by alpha: what is missing is white paper */
        unsigned paper = 255 - TIFFGetA(pixels[x]);
        unsigned rgb[] = {TIFFGetR(pixels[x]), TIFFGetG(pixels[x]), TIFFGetB(pixels[x])};
        for (int c = 0; c < 3; c++)
            row[c] = (uint8_t)(rgb[c] + paper > 255 ? 255 : rgb[c] + paper);
    }
}

static enum err_code open_tiff(int fd, int index, struct image_rows *rows, struct err *err)
{
    struct stat about;
    if (fstat(fd, &about) != 0)
        return err_set_errno(err, ERR_IO, errno, "TIFF");
    struct decoder *decoder = rows->state = mem_alloc(sizeof *decoder);
    if (!decoder)
        return err_set(err, ERR_NO_MEMORY, "TIFF decoder");
    decoder->file = (struct file){.fd = fd, .size = about.st_size};
    decoder->tiff = open_file(&decoder->file);
    if (!decoder->tiff)
        return err_set(err, ERR_IMAGE_UNREADABLE, "TIFF: %s", decoder->file.text);
    enum err_code code = find_image(decoder->tiff, &decoder->file, index, &rows->info.count, err);
    if (code)
        return code;
    decoder->layout = read_layout(decoder->tiff);
    code = image_take_size(decoder->layout.width, decoder->layout.height, &rows->info, err);
    if (code)
        return code;
    read_tags(decoder->tiff, &rows->info);
    return is_plain(decoder->tiff, &decoder->layout) ? open_plain(decoder, &rows->info, err)
                                                     : open_rgba(decoder, &rows->info, err);
}

static enum err_code read_tiff_row(struct image_rows *rows, int y, uint8_t *row, struct err *err)
{
    struct decoder *decoder = rows->state;
    uint32_t within = decoder->is_rgba ? (uint32_t)y % decoder->band_rows : 0;
    bool read = decoder->is_rgba
                    ? within > 0 || read_band(decoder, (uint32_t)y)
                    : TIFFReadScanline(decoder->tiff, decoder->line, (uint32_t)y, 0) == 1;
    if (!read)
        return err_set(err, ERR_IMAGE_UNREADABLE, "TIFF row %d: %s", y, decoder->file.text);
    uint32_t width = decoder->layout.width;
    if (decoder->is_rgba)
        convert_pixels(decoder->band + (size_t)within * width, row, width);
    else
        convert_row(&decoder->layout, decoder->line, row);
    return ERR_OK;
}

static void close_tiff(void *state)
{
    struct decoder *decoder = state;
    if (decoder->is_rgba)
        TIFFRGBAImageEnd(&decoder->rgba);
    if (decoder->tiff)
        TIFFClose(decoder->tiff);
    mem_free(decoder->line);
    mem_free(decoder->band);
    mem_free(decoder);
}

const struct image_decoder image_decoder_tiff = {open_tiff, read_tiff_row, close_tiff};
