#include "daemon/image/tiff_writer.h"

#include "daemon/base/mem.h"
#include "daemon/base/sys.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <tiffio.h>
#include <unistd.h>

#define STRIP_BYTES (256u << 10)
#define DEFLATE_LEVEL 1

struct tiff_writer {
    int fd;
    TIFF *tiff;
    size_t row_bytes;
    uint8_t *strip; /* rows waiting for their strip to be full */
    int strip_rows;
    int strip_capacity;
    int rows_written;
    int write_errno;   /* of the descriptor, behind libtiff's back */
    bool closing;      /* nothing more reaches the descriptor */
    char message[160]; /* libtiff's own words */
};

/* libtiff's descriptor calls, so that the descriptor stays ours and errno is not lost. */

static tmsize_t client_read(thandle_t self, void *bytes, tmsize_t size)
{
    return read(((struct tiff_writer *)self)->fd, bytes, (size_t)size);
}

static tmsize_t client_write(thandle_t self, void *bytes, tmsize_t size)
{
    struct tiff_writer *writer = self;
    if (writer->closing)
        return size;
    tmsize_t done = 0;
    while (done < size) {
        ssize_t wrote = sys_write(writer->fd, (char *)bytes + done, (size_t)(size - done));
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) {
            writer->write_errno = wrote < 0 ? errno : EIO;
            return -1;
        }
        done += wrote;
    }
    return done;
}

static toff_t client_seek(thandle_t self, toff_t offset, int whence)
{
    return (toff_t)lseek(((struct tiff_writer *)self)->fd, (off_t)offset, whence);
}

static int client_close(thandle_t self)
{
    (void)self;
    return 0;
}

static toff_t client_size(thandle_t self)
{
    struct stat status;
    return fstat(((struct tiff_writer *)self)->fd, &status) ? 0 : (toff_t)status.st_size;
}

__attribute__((format(printf, 4, 0))) static int
keep_message(TIFF *tiff, void *self, const char *module, const char *fmt, va_list args)
{
    (void)tiff, (void)module;
    struct tiff_writer *writer = self;
    vsnprintf(writer->message, sizeof writer->message, fmt, args);
    return 1;
}

static int drop_message(TIFF *tiff, void *self, const char *module, const char *fmt, va_list args)
{
    (void)tiff, (void)self, (void)module, (void)fmt, (void)args;
    return 1;
}

static enum err_code failure(const struct tiff_writer *writer, const char *doing, struct err *err)
{
    if (writer->write_errno)
        return err_set_errno(err, ERR_IO, writer->write_errno, "%s the TIFF", doing);
    return err_set(err, ERR_IO, "%s the TIFF: %s", doing, writer->message);
}

static enum err_code set_tags(struct tiff_writer *writer, const struct tiff_page *page,
                              struct err *err)
{
    TIFF *tiff = writer->tiff;
    uint16_t photometric = page->channels == 3 ? PHOTOMETRIC_RGB
                           : page->bits == 1   ? PHOTOMETRIC_MINISWHITE
                                               : PHOTOMETRIC_MINISBLACK;
    bool ok = TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, (uint32_t)page->width_px) &&
              TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, page->bits) &&
              TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, page->channels) &&
              TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, photometric) &&
              TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) &&
              TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT) &&
              TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, (uint32_t)writer->strip_capacity) &&
              TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH) &&
              TIFFSetField(tiff, TIFFTAG_XRESOLUTION, page->dpi) &&
              TIFFSetField(tiff, TIFFTAG_YRESOLUTION, page->dpi) &&
              TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE) &&
              TIFFSetField(tiff, TIFFTAG_ZIPQUALITY, DEFLATE_LEVEL);
    if (ok && page->bits == 8)
        ok = TIFFSetField(tiff, TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
    return ok ? ERR_OK : failure(writer, "starting", err);
}

enum err_code tiff_writer_open(int fd, const struct tiff_page *page, struct tiff_writer **out,
                               struct err *err)
{
    bool bilevel = page->channels == 1 && page->bits == 1;
    bool full = (page->channels == 1 || page->channels == 3) && page->bits == 8;
    if (page->width_px < 1 || !(bilevel || full) || !(page->dpi > 0))
        return err_set(err, ERR_BAD_ARGUMENT, "a TIFF of %d pixels, %d channels of %d bits",
                       page->width_px, page->channels, page->bits);

    AUTO(tiff_writer) struct tiff_writer *writer = mem_alloc(sizeof *writer);
    if (!writer)
        return err_set(err, ERR_NO_MEMORY, "TIFF writer");
    writer->fd = fd;
    writer->row_bytes = ((size_t)page->width_px * (size_t)(page->channels * page->bits) + 7) / 8;
    writer->strip_capacity = (int)(STRIP_BYTES / writer->row_bytes);
    if (writer->strip_capacity < 1)
        writer->strip_capacity = 1;
    writer->strip = mem_array((size_t)writer->strip_capacity, writer->row_bytes);
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!writer->strip || !options) {
        TIFFOpenOptionsFree(options);
        return err_set(err, ERR_NO_MEMORY, "TIFF strip");
    }
    TIFFOpenOptionsSetErrorHandlerExtR(options, keep_message, writer);
    TIFFOpenOptionsSetWarningHandlerExtR(options, drop_message, writer);
    writer->tiff = TIFFClientOpenExt("page", "w", writer, client_read, client_write, client_seek,
                                     client_close, client_size, NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    if (!writer->tiff)
        return failure(writer, "starting", err);
    enum err_code code = set_tags(writer, page, err);
    if (code)
        return code;
    *out = TAKE(writer);
    return ERR_OK;
}

/* The length is set as the page grows: libtiff allows that for this one tag while writing. */
static enum err_code write_strip(struct tiff_writer *writer, struct err *err)
{
    if (!writer->strip_rows)
        return ERR_OK;
    uint32_t strip = (uint32_t)(writer->rows_written / writer->strip_capacity);
    uint32_t length = (uint32_t)(writer->rows_written + writer->strip_rows);
    tmsize_t size = (tmsize_t)(writer->row_bytes * (size_t)writer->strip_rows);
    if (!TIFFSetField(writer->tiff, TIFFTAG_IMAGELENGTH, length) ||
        TIFFWriteEncodedStrip(writer->tiff, strip, writer->strip, size) != size)
        return failure(writer, "writing", err);
    writer->rows_written += writer->strip_rows;
    writer->strip_rows = 0;
    return ERR_OK;
}

enum err_code tiff_writer_rows(struct tiff_writer *writer, const uint8_t *rows, int count,
                               struct err *err)
{
    while (count > 0) {
        int fit = writer->strip_capacity - writer->strip_rows;
        int part = count < fit ? count : fit;
        size_t bytes = writer->row_bytes * (size_t)part;
        memcpy(writer->strip + writer->row_bytes * (size_t)writer->strip_rows, rows, bytes);
        writer->strip_rows += part;
        rows += bytes;
        count -= part;
        if (writer->strip_rows < writer->strip_capacity)
            break;
        enum err_code code = write_strip(writer, err);
        if (code)
            return code;
    }
    return ERR_OK;
}

enum err_code tiff_writer_end(struct tiff_writer *writer, struct err *err)
{
    enum err_code code = write_strip(writer, err);
    if (code)
        return code;
    if (!writer->rows_written)
        return err_set(err, ERR_IMAGE_EMPTY, "a page without rows");
    if (!TIFFWriteDirectory(writer->tiff) || writer->write_errno)
        return failure(writer, "finishing", err);
    return ERR_OK;
}

enum err_code tiff_writer_finish(struct tiff_writer *writer, struct err *err)
{
    enum err_code code = tiff_writer_end(writer, err);
    if (!code && sys_fdatasync(writer->fd))
        code = err_set_errno(err, ERR_IO, errno, "flushing the TIFF");
    return code;
}

void tiff_writer_free(struct tiff_writer *writer)
{
    if (!writer)
        return;
    writer->closing = true;
    if (writer->tiff)
        TIFFClose(writer->tiff);
    mem_free(writer->strip);
    mem_free(writer);
}
