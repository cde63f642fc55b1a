#include "queue/seal/pixels.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <tiffio.h>
#include <unistd.h>

/*
 * The scan worker's files (strips, grey or RGB, 1, 8 or 16 bits) are read scan line by scan line.
 * Everything else (palette, CMYK, YCbCr, tiles, separate planes, alpha) goes through libtiff's RGBA
 * reader, one strip or row of tiles at a time.
 */

struct tiff_state {
    TIFF *tiff;
    int fd;
    off_t offset;
    int sample_bits;
    bool invert;
    unsigned char *line; /* 16-bit scan line */
    TIFFRGBAImage rgba;
    bool is_rgba;
    uint32_t *band;
    int band_rows, next_row;
};

/* libtiff over the caller's descriptor, without moving its offset. */
static tmsize_t on_read(thandle_t handle, void *bytes, tmsize_t size)
{
    struct tiff_state *state = handle;
    ssize_t got = pread(state->fd, bytes, (size_t)size, state->offset);
    if (got > 0)
        state->offset += got;
    return got;
}

static tmsize_t on_write(thandle_t handle, void *bytes, tmsize_t size)
{
    (void)handle;
    (void)bytes;
    (void)size;
    return -1;
}

static toff_t on_size(thandle_t handle)
{
    struct tiff_state *state = handle;
    struct stat stat;
    return fstat(state->fd, &stat) == 0 ? (toff_t)stat.st_size : 0;
}

static toff_t on_seek(thandle_t handle, toff_t offset, int whence)
{
    struct tiff_state *state = handle;
    if (whence == SEEK_CUR)
        state->offset += (off_t)offset;
    else if (whence == SEEK_END)
        state->offset = (off_t)(on_size(handle) + offset);
    else
        state->offset = (off_t)offset;
    return (toff_t)state->offset;
}

static int on_close(thandle_t handle)
{
    (void)handle;
    return 0;
}

static void on_message(const char *module, const char *fmt, va_list args)
{
    (void)module;
    (void)fmt;
    (void)args;
}

static void tiff_close(struct pixels *pixels)
{
    struct tiff_state *state = pixels->state;
    if (state->is_rgba)
        TIFFRGBAImageEnd(&state->rgba);
    if (state->tiff)
        TIFFClose(state->tiff);
    mem_free(state->line);
    mem_free(state->band);
    mem_free(state);
    pixels->state = NULL;
}

static enum err_code unreadable(struct err *err, const char *what)
{
    return err_set(err, ERR_IMAGE_UNREADABLE, "TIFF: %s", what);
}

static bool is_plain(TIFF *tiff, int *out_channels, int *out_bits, bool *out_invert)
{
    uint16_t bits, samples, photometric, planar, format;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
    if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric) || TIFFIsTiled(tiff) ||
        planar != PLANARCONFIG_CONTIG || format != SAMPLEFORMAT_UINT)
        return false;
    *out_channels = samples;
    *out_bits = bits;
    *out_invert = photometric == PHOTOMETRIC_MINISWHITE;
    bool is_grey = photometric == PHOTOMETRIC_MINISWHITE || photometric == PHOTOMETRIC_MINISBLACK;
    if (is_grey && samples == 1)
        return bits == 1 || bits == 8 || bits == 16;
    return photometric == PHOTOMETRIC_RGB && samples == 3 && (bits == 8 || bits == 16);
}

static enum err_code open_plain(struct pixels *pixels, struct err *err)
{
    struct tiff_state *state = pixels->state;
    pixels->bilevel = state->sample_bits == 1;
    size_t wanted = pixels_row_bytes(pixels) * (state->sample_bits == 16 ? 2 : 1);
    if (TIFFScanlineSize64(state->tiff) != wanted)
        return unreadable(err, "odd rows");
    if (state->sample_bits == 16 && !(state->line = mem_alloc(wanted)))
        return err_set(err, ERR_NO_MEMORY, "TIFF row");
    /* Bilevel rows come out with 1 = black. */
    if (pixels->bilevel)
        state->invert = !state->invert;
    return ERR_OK;
}

static enum err_code open_rgba(struct pixels *pixels, struct err *err)
{
    struct tiff_state *state = pixels->state;
    char message[1024] = "";
    if (!TIFFRGBAImageOK(state->tiff, message) ||
        !TIFFRGBAImageBegin(&state->rgba, state->tiff, 1, message))
        return unreadable(err, message);
    state->is_rgba = true;
    state->rgba.orientation = state->rgba.req_orientation = ORIENTATION_TOPLEFT;
    uint32_t rows = 0;
    if (TIFFIsTiled(state->tiff))
        TIFFGetField(state->tiff, TIFFTAG_TILELENGTH, &rows);
    else
        TIFFGetFieldDefaulted(state->tiff, TIFFTAG_ROWSPERSTRIP, &rows);
    state->band_rows = rows == 0 || rows > (uint32_t)pixels->height ? pixels->height : (int)rows;
    pixels->channels = 3;
    state->band = mem_array((size_t)state->band_rows * (size_t)pixels->width, sizeof *state->band);
    return state->band ? ERR_OK : err_set(err, ERR_NO_MEMORY, "TIFF strip");
}

static void take_icc(struct pixels *pixels, TIFF *tiff)
{
    uint32_t size = 0;
    void *bytes = NULL;
    if (!TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &size, &bytes) || !size)
        return;
    pixels->icc = mem_alloc(size);
    if (!pixels->icc)
        return;
    memcpy(pixels->icc, bytes, size);
    pixels->icc_size = size;
}

static enum err_code tiff_open(int fd, int index, struct pixels *pixels, struct err *err)
{
    struct tiff_state *state = mem_alloc(sizeof *state);
    if (!state)
        return err_set(err, ERR_NO_MEMORY, "TIFF");
    pixels->state = state;
    state->fd = fd;
    TIFFSetErrorHandler(on_message);
    TIFFSetWarningHandler(on_message);
    state->tiff = TIFFClientOpen("page", "rm", state, on_read, on_write, on_seek, on_close, on_size,
                                 NULL, NULL);
    if (!state->tiff)
        return unreadable(err, "cannot be opened");
    if (index < 0 || index > UINT16_MAX || !TIFFSetDirectory(state->tiff, (tdir_t)index))
        return err_set(err, ERR_NOT_FOUND, "image %d of a TIFF", index);
    uint32_t width = 0, height = 0;
    TIFFGetField(state->tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(state->tiff, TIFFTAG_IMAGELENGTH, &height);
    enum err_code code = pixels_check_size(width, height, err);
    if (code)
        return code;
    pixels->width = (int)width;
    pixels->height = (int)height;
    if (!is_plain(state->tiff, &pixels->channels, &state->sample_bits, &state->invert))
        return open_rgba(pixels, err);
    take_icc(pixels, state->tiff);
    return open_plain(pixels, err);
}

static enum err_code next_plain_row(struct pixels *pixels, unsigned char *row, struct err *err)
{
    struct tiff_state *state = pixels->state;
    void *line = state->line ? state->line : row;
    if (TIFFReadScanline(state->tiff, line, (uint32_t)state->next_row++, 0) != 1)
        return unreadable(err, "row cannot be decoded");
    size_t row_bytes = pixels_row_bytes(pixels);
    const uint16_t *wide = (const uint16_t *)(const void *)state->line;
    for (size_t i = 0; wide && i < row_bytes; i++)
        row[i] = (unsigned char)(wide[i] >> 8);
    for (size_t i = 0; state->invert && i < row_bytes; i++)
        row[i] = (unsigned char)~row[i];
    return ERR_OK;
}

static enum err_code next_rgba_row(struct pixels *pixels, unsigned char *row, struct err *err)
{
    struct tiff_state *state = pixels->state;
    int within = state->next_row % state->band_rows;
    if (within == 0) {
        int left = pixels->height - state->next_row;
        int rows = left < state->band_rows ? left : state->band_rows;
        state->rgba.row_offset = state->next_row;
        state->rgba.col_offset = 0;
        if (!TIFFRGBAImageGet(&state->rgba, state->band, (uint32_t)pixels->width, (uint32_t)rows))
            return unreadable(err, "strip cannot be decoded");
    }
    const uint32_t *from = state->band + (size_t)within * (size_t)pixels->width;
    for (int x = 0; x < pixels->width; x++, row += 3) {
        /* Colours are multiplied by alpha already; what is missing is white. */
        unsigned white = 255 - TIFFGetA(from[x]);
        row[0] = (unsigned char)(TIFFGetR(from[x]) + white);
        row[1] = (unsigned char)(TIFFGetG(from[x]) + white);
        row[2] = (unsigned char)(TIFFGetB(from[x]) + white);
    }
    state->next_row++;
    return ERR_OK;
}

static enum err_code tiff_next_row(struct pixels *pixels, unsigned char *row, struct err *err)
{
    struct tiff_state *state = pixels->state;
    return state->is_rgba ? next_rgba_row(pixels, row, err) : next_plain_row(pixels, row, err);
}

const struct pixels_reader pixels_tiff = {tiff_open, tiff_next_row, tiff_close};
