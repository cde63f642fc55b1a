#include "queue/seal/pdf_image.h"

#include "daemon/base/file.h"
#include "daemon/image/image_rows.h"
#include "queue/seal/colour.h"
#include "queue/seal/pdf_writer.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>
/* jpeglib.h wants stdio.h first */
#include <jpeglib.h>

#define COPY_BYTES 65536u

struct image_dict {
    char text[400];
};

static struct image_dict make_dict(const struct image_info *info, int icc_number,
                                   const char *filter)
{
    char space[40];
    if (icc_number)
        snprintf(space, sizeof space, "[/ICCBased %d 0 R]", icc_number);
    else
        snprintf(space, sizeof space, "%s", info->channels == 1 ? "/DeviceGray" : "/DeviceRGB");
    struct image_dict dict;
    snprintf(dict.text, sizeof dict.text,
             "/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent %d "
             "/ColorSpace %s %s",
             info->width, info->height, info->bilevel ? 1 : 8, space, filter);
    return dict;
}

static int write_icc(struct pdf_writer *writer, const struct image_info *info)
{
    if (info->bilevel || !colour_icc_fits(info->icc, info->icc_size, info->channels))
        return 0;
    char dict[80];
    snprintf(dict, sizeof dict, "/N %d /Alternate %s", info->channels,
             info->channels == 1 ? "/DeviceGray" : "/DeviceRGB");
    int number = pdf_reserve(writer);
    pdf_begin_stream(writer, number, dict, true);
    pdf_put(writer, info->icc, info->icc_size);
    pdf_end_stream(writer);
    return number;
}

static enum err_code copy_file(struct pdf_writer *writer, int fd, struct err *err)
{
    AUTO(mem)
    char *part = mem_alloc(COPY_BYTES);
    if (!part)
        return err_set(err, ERR_NO_MEMORY, "copy of a JPEG");
    off_t offset = 0;
    for (;;) {
        ssize_t got = pread(fd, part, COPY_BYTES, offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set_errno(err, ERR_IO, errno, "page image");
        if (got == 0)
            return ERR_OK;
        pdf_put(writer, part, (size_t)got);
        offset += got;
    }
}

/* libjpeg's destination: the open stream of the PDF writer. */
struct jpeg_sink {
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    struct jpeg_destination_mgr target;
    jmp_buf escape;
    char message[JMSG_LENGTH_MAX];
    struct pdf_writer *writer;
    unsigned char *row;
    JOCTET buffer[16384];
};

static void sink_error(j_common_ptr info)
{
    struct jpeg_sink *sink = info->client_data;
    info->err->format_message(info, sink->message);
    longjmp(sink->escape, 1);
}

static void sink_start(j_compress_ptr info)
{
    struct jpeg_sink *sink = info->client_data;
    sink->target.next_output_byte = sink->buffer;
    sink->target.free_in_buffer = sizeof sink->buffer;
}

static boolean sink_full(j_compress_ptr info)
{
    struct jpeg_sink *sink = info->client_data;
    pdf_put(sink->writer, sink->buffer, sizeof sink->buffer);
    sink_start(info);
    return TRUE;
}

static void sink_end(j_compress_ptr info)
{
    struct jpeg_sink *sink = info->client_data;
    pdf_put(sink->writer, sink->buffer, sizeof sink->buffer - sink->target.free_in_buffer);
}

static void start_jpeg(struct jpeg_sink *sink, const struct image_info *image)
{
    jpeg_create_compress(&sink->info);
    sink->info.dest = &sink->target;
    sink->info.image_width = (JDIMENSION)image->width;
    sink->info.image_height = (JDIMENSION)image->height;
    sink->info.input_components = image->channels;
    sink->info.in_color_space = image->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&sink->info);
    jpeg_set_quality(&sink->info, PDF_IMAGE_JPEG_QUALITY, TRUE);
    for (int i = 0; i < sink->info.num_components; i++) {
        sink->info.comp_info[i].h_samp_factor = 1;
        sink->info.comp_info[i].v_samp_factor = 1;
    }
    jpeg_start_compress(&sink->info, TRUE);
}

static enum err_code pump_rows(struct jpeg_sink *sink, struct image_rows *rows, struct err *err)
{
    if (setjmp(sink->escape))
        return err_set(err, ERR_INTERNAL, "JPEG compressor: %s", sink->message);
    const struct image_info *image = image_rows_info(rows);
    start_jpeg(sink, image);
    JSAMPROW row = sink->row;
    for (int y = 0; y < image->height; y++) {
        enum err_code code = image_rows_next(rows, sink->row, err);
        if (code)
            return code;
        jpeg_write_scanlines(&sink->info, &row, 1);
    }
    jpeg_finish_compress(&sink->info);
    return ERR_OK;
}

static enum err_code write_jpeg(struct pdf_writer *writer, struct image_rows *rows, struct err *err)
{
    AUTO(mem)
    struct jpeg_sink *sink = mem_alloc(sizeof *sink);
    const struct image_info *image = image_rows_info(rows);
    AUTO(mem)
    unsigned char *row = mem_array((size_t)image->width, (size_t)image->channels);
    if (!sink || !row)
        return err_set(err, ERR_NO_MEMORY, "JPEG compressor");
    sink->writer = writer;
    sink->row = row;
    sink->info.err = jpeg_std_error(&sink->errors);
    sink->errors.error_exit = sink_error;
    sink->info.client_data = sink;
    sink->target = (struct jpeg_destination_mgr){
        .init_destination = sink_start,
        .empty_output_buffer = sink_full,
        .term_destination = sink_end,
    };
    enum err_code code = pump_rows(sink, rows, err);
    jpeg_destroy_compress(&sink->info);
    return code;
}

/* 1 = black, from the high bit. */
static void pack_bits(const unsigned char *row, int width, unsigned char *bits)
{
    memset(bits, 0, ((size_t)width + 7) / 8);
    for (int x = 0; x < width; x++)
        if (!row[x])
            bits[x / 8] |= (unsigned char)(0x80 >> (x % 8));
}

/*
 * G4 through libtiff: the rows go into a one-strip TIFF in memory (a page of text is about 50 kB),
 * whose strip is the fax data as PDF wants it.
 */
static enum err_code encode_g4(TIFF *tiff, struct image_rows *rows, struct err *err)
{
    const struct image_info *image = image_rows_info(rows);
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, (uint32_t)image->width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, (uint32_t)image->height);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, (uint32_t)image->height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 1);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
    TIFFSetField(tiff, TIFFTAG_FILLORDER, FILLORDER_MSB2LSB);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
    AUTO(mem)
    unsigned char *row = mem_alloc((size_t)image->width);
    AUTO(mem)
    unsigned char *bits = mem_alloc(((size_t)image->width + 7) / 8);
    if (!row || !bits)
        return err_set(err, ERR_NO_MEMORY, "G4 row");
    for (int y = 0; y < image->height; y++) {
        enum err_code code = image_rows_next(rows, row, err);
        if (code)
            return code;
        pack_bits(row, image->width, bits);
        if (TIFFWriteScanline(tiff, bits, (uint32_t)y, 0) != 1)
            return err_set(err, ERR_INTERNAL, "G4 encoder");
    }
    return TIFFFlushData(tiff) == 1 ? ERR_OK : err_set(err, ERR_INTERNAL, "G4 encoder");
}

static enum err_code write_g4(struct pdf_writer *writer, struct image_rows *rows, struct err *err)
{
    AUTO(fd)
    int memory = -1;
    enum err_code code = file_memfd("g4", NULL, 0, &memory, err);
    if (code)
        return code;
    TIFFSetErrorHandler(NULL); /* it would write to stderr */
    TIFFSetWarningHandler(NULL);
    TIFF *tiff = TIFFFdOpen(dup(memory), "g4", "w+");
    if (!tiff)
        return err_set(err, ERR_NO_MEMORY, "G4 encoder");
    code = encode_g4(tiff, rows, err);
    tmsize_t size = code ? 0 : (tmsize_t)TIFFRawStripSize64(tiff, 0);
    AUTO(mem)
    void *bytes = size > 0 ? mem_alloc((size_t)size) : NULL;
    if (!code && (!bytes || TIFFReadRawStrip(tiff, 0, bytes, size) != size))
        code = err_set(err, ERR_NO_MEMORY, "G4 data");
    if (!code)
        pdf_put(writer, bytes, (size_t)size);
    TIFFClose(tiff);
    return code;
}

static enum err_code write_stream(struct pdf_writer *writer, const struct pdf_image_source *source,
                                  struct image_rows *rows, int number, struct err *err)
{
    const struct image_info *image = image_rows_info(rows);
    int icc = write_icc(writer, image);
    char filter[160] = "/Filter /DCTDecode";
    if (image->bilevel)
        snprintf(filter, sizeof filter,
                 "/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns %d /Rows %d >>",
                 image->width, image->height);
    struct image_dict dict = make_dict(image, icc, filter);
    pdf_begin_stream(writer, number, dict.text, false);
    enum err_code code = ERR_OK;
    if (image->reusable)
        code = copy_file(writer, source->fd, err);
    else if (image->bilevel)
        code = write_g4(writer, rows, err);
    else
        code = write_jpeg(writer, rows, err);
    pdf_end_stream(writer);
    return code;
}

enum err_code pdf_image_write(struct pdf_writer *writer, const struct pdf_image_source *source,
                              int *out_number, struct err *err)
{
    AUTO(image_rows)
    struct image_rows *rows = NULL;
    enum err_code code = image_rows_open(source->fd, source->index, &rows, err);
    if (code)
        return code;
    const struct image_info *image = image_rows_info(rows);
    if (image->width != source->width || image->height != source->height)
        return err_set(err, ERR_IMAGE_UNREADABLE, "image is %d x %d pixels, page says %d x %d",
                       image->width, image->height, source->width, source->height);
    int number = pdf_reserve(writer);
    code = write_stream(writer, source, rows, number, err);
    if (code)
        return code;
    *out_number = number;
    return ERR_OK;
}
