#include "daemon/image/image_decode.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#define CHUNK_BYTES 65536
#define EXIF_MARKER (JPEG_APP0 + 1)
#define ICC_MARKER (JPEG_APP0 + 2)
/* A progressive file makes the library keep every coefficient, and one with thousands of empty
 * scans would keep it busy for hours. */
#define COEFFICIENTS_MAX_BYTES (400L << 20)
#define SCANS_MAX 200

/* On the heap, so that nothing in it is lost by longjmp. */
struct decoder {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf jump;
    char text[JMSG_LENGTH_MAX];
    bool damaged, cut_short;
    int fd;
    off_t offset;
    uint8_t *cmyk_row;
    uint8_t bytes[CHUNK_BYTES];
};

static void fail(j_common_ptr info)
{
    struct decoder *decoder = info->client_data;
    decoder->errors.format_message(info, decoder->text);
    longjmp(decoder->jump, 1);
}

/* Warnings about bytes between markers are harmless; those about entropy-coded data mean that
 * pixels were made up. */
static void note(j_common_ptr info, int level)
{
    struct decoder *decoder = info->client_data;
    int code = decoder->errors.msg_code;
    if (level >= 0 || decoder->damaged || code == JWRN_EXTRANEOUS_DATA ||
        code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR)
        return;
    decoder->damaged = true;
    decoder->errors.format_message(info, decoder->text);
}

static void count_scans(j_common_ptr info)
{
    struct decoder *decoder = info->client_data;
    if (decoder->info.input_scan_number <= SCANS_MAX)
        return;
    snprintf(decoder->text, sizeof decoder->text, "more than %d scans", SCANS_MAX);
    longjmp(decoder->jump, 1);
}

static void discard_message(j_common_ptr info)
{
    (void)info;
}

static void start_source(j_decompress_ptr info)
{
    (void)info;
}

static boolean fill_source(j_decompress_ptr info)
{
    static const uint8_t end_of_image[] = {0xff, JPEG_EOI};
    struct decoder *decoder = info->client_data;
    ssize_t got = image_pread(decoder->fd, decoder->bytes, sizeof decoder->bytes, decoder->offset);
    decoder->cut_short = got <= 0;
    decoder->offset += got > 0 ? got : 0;
    decoder->source.next_input_byte = got > 0 ? decoder->bytes : end_of_image;
    decoder->source.bytes_in_buffer = got > 0 ? (size_t)got : sizeof end_of_image;
    return TRUE;
}

static void skip_source(j_decompress_ptr info, long count)
{
    struct decoder *decoder = info->client_data;
    if (count <= 0)
        return;
    if ((size_t)count <= decoder->source.bytes_in_buffer) {
        decoder->source.next_input_byte += count;
        decoder->source.bytes_in_buffer -= (size_t)count;
        return;
    }
    decoder->offset += count - (long)decoder->source.bytes_in_buffer;
    decoder->source.bytes_in_buffer = 0;
}

static unsigned exif_number(const uint8_t *bytes, int size, bool little)
{
    unsigned number = 0;
    for (int i = 0; i < size; i++)
        number = number << 8 | bytes[little ? size - 1 - i : i];
    return number;
}

/* TIFF 6.0 directory inside APP1: orientation (0x112), x and y resolution, unit. Damaged EXIF is
 * the same as none. */
static void read_exif(const uint8_t *bytes, size_t size, struct image_info *out)
{
    if (size < 14 || memcmp(bytes, "Exif\0", 6) != 0)
        return;
    const uint8_t *tiff = bytes + 6;
    size -= 6;
    bool little = tiff[0] == 'I';
    size_t place = exif_number(tiff + 4, 4, little);
    if (place > size || size - place < 2)
        return;
    unsigned entries = exif_number(tiff + place, 2, little);
    double resolution[2] = {0}, unit = 1;
    for (place += 2; entries-- > 0 && size - place >= 12 && place < size; place += 12) {
        unsigned tag = exif_number(tiff + place, 2, little);
        unsigned number = exif_number(tiff + place + 8, 4, little);
        unsigned half = exif_number(tiff + place + 8, 2, little);
        if (tag == 0x112)
            out->turn_deg = image_turn_of_orientation((int)half);
        else if (tag == 0x128)
            unit = half == 3 ? 2.54 : 1;
        else if ((tag == 0x11a || tag == 0x11b) && number < size && size - number >= 8) {
            unsigned divisor = exif_number(tiff + number + 4, 4, little);
            if (divisor)
                resolution[tag - 0x11a] = (double)exif_number(tiff + number, 4, little) / divisor;
        }
    }
    if (out->dpi == 0)
        out->dpi = image_one_dpi(resolution[0] * unit, resolution[1] * unit);
}

static void read_tags(const struct jpeg_decompress_struct *info, struct image_info *out)
{
    if (info->saw_JFIF_marker && info->density_unit != 0) {
        double unit = info->density_unit == 2 ? 2.54 : 1;
        out->dpi = image_one_dpi(info->X_density * unit, info->Y_density * unit);
    }
    for (jpeg_saved_marker_ptr marker = info->marker_list; marker; marker = marker->next)
        if (marker->marker == EXIF_MARKER)
            read_exif(marker->data, marker->data_length, out);
}

static void read_icc(struct jpeg_decompress_struct *info, struct image_info *out)
{
    JOCTET *bytes = NULL; /* the library's malloc */
    unsigned int size = 0;
    if (jpeg_read_icc_profile(info, &bytes, &size))
        image_take_icc(bytes, size, out);
    free(bytes);
}

/* PDF viewers decode baseline and progressive Huffman JPEG with one channel, or three that are
 * YCbCr by default or by Adobe's marker (ISO 32000-1, 7.4.8). */
static bool is_reusable(const struct jpeg_decompress_struct *info)
{
    if (info->arith_code || info->data_precision != 8)
        return false;
    if (info->num_components == 1)
        return true;
    return info->num_components == 3 &&
           (info->jpeg_color_space == JCS_YCbCr ||
            (info->jpeg_color_space == JCS_RGB && info->saw_Adobe_marker));
}

static enum err_code unreadable(const struct decoder *decoder, struct err *err)
{
    int code = decoder->errors.msg_code;
    bool memory = code == JERR_OUT_OF_MEMORY || code == JERR_NO_BACKING_STORE;
    return err_set(err, memory ? ERR_IMAGE_TOO_LARGE : ERR_IMAGE_UNREADABLE, "JPEG: %s",
                   decoder->text);
}

static enum err_code read_head(struct decoder *decoder, struct image_info *out, struct err *err)
{
    struct jpeg_decompress_struct *info = &decoder->info;
    if (setjmp(decoder->jump))
        return unreadable(decoder, err);
    jpeg_create_decompress(info);
    info->src = &decoder->source;
    info->progress = &decoder->progress;
    info->mem->max_memory_to_use = COEFFICIENTS_MAX_BYTES;
    jpeg_save_markers(info, EXIF_MARKER, 0xffff);
    jpeg_save_markers(info, ICC_MARKER, 0xffff);
    jpeg_read_header(info, TRUE);
    enum err_code code = image_take_size(info->image_width, info->image_height, out, err);
    if (code)
        return code;
    read_tags(info, out);
    read_icc(info, out);
    bool cmyk = info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK;
    bool grey = info->jpeg_color_space == JCS_GRAYSCALE;
    info->out_color_space = cmyk ? JCS_CMYK : grey ? JCS_GRAYSCALE : JCS_RGB;
    out->channels = grey ? 1 : 3;
    out->reusable = is_reusable(info);
    return ERR_OK;
}

static enum err_code open_jpeg(int fd, int index, struct image_rows *rows, struct err *err)
{
    (void)index;
    struct decoder *decoder = rows->state = mem_alloc(sizeof *decoder);
    if (!decoder)
        return err_set(err, ERR_NO_MEMORY, "JPEG decoder");
    decoder->fd = fd;
    decoder->source.init_source = start_source;
    decoder->source.fill_input_buffer = fill_source;
    decoder->source.skip_input_data = skip_source;
    decoder->source.resync_to_restart = jpeg_resync_to_restart;
    decoder->source.term_source = start_source;
    decoder->progress.progress_monitor = count_scans;
    decoder->info.err = jpeg_std_error(&decoder->errors);
    decoder->info.client_data = decoder;
    decoder->errors.error_exit = fail;
    decoder->errors.emit_message = note;
    decoder->errors.output_message = discard_message;
    return read_head(decoder, &rows->info, err);
}

static enum err_code start_rows(struct decoder *decoder, struct err *err)
{
    struct jpeg_decompress_struct *info = &decoder->info;
    jpeg_start_decompress(info);
    if (info->out_color_space != JCS_CMYK)
        return ERR_OK;
    decoder->cmyk_row = mem_array(info->output_width, 4);
    return decoder->cmyk_row ? ERR_OK : err_set(err, ERR_NO_MEMORY, "JPEG row");
}

/* Adobe's files hold the inks inverted. */
static void take_cmyk(struct decoder *decoder, uint8_t *row)
{
    int width = (int)decoder->info.output_width;
    for (int i = 0; decoder->info.saw_Adobe_marker && i < 4 * width; i++)
        decoder->cmyk_row[i] = 255 - decoder->cmyk_row[i];
    image_row_from_cmyk(decoder->cmyk_row, 4, row, width);
}

static enum err_code end_rows(struct decoder *decoder, struct err *err)
{
    jpeg_finish_decompress(&decoder->info);
    if (decoder->cut_short)
        return err_set(err, ERR_IMAGE_UNREADABLE, "JPEG cut short");
    return decoder->damaged ? unreadable(decoder, err) : ERR_OK;
}

static enum err_code read_jpeg_row(struct image_rows *rows, int y, uint8_t *row, struct err *err)
{
    struct decoder *decoder = rows->state;
    if (setjmp(decoder->jump))
        return unreadable(decoder, err);
    enum err_code code = y == 0 ? start_rows(decoder, err) : ERR_OK;
    if (code)
        return code;
    JSAMPROW targets[] = {decoder->cmyk_row ? decoder->cmyk_row : row};
    jpeg_read_scanlines(&decoder->info, targets, 1);
    if (decoder->cmyk_row)
        take_cmyk(decoder, row);
    return y + 1 < rows->info.height ? ERR_OK : end_rows(decoder, err);
}

static void close_jpeg(void *state)
{
    struct decoder *decoder = state;
    jpeg_destroy_decompress(&decoder->info);
    mem_free(decoder->cmyk_row);
    mem_free(decoder);
}

const struct image_decoder image_decoder_jpeg = {open_jpeg, read_jpeg_row, close_jpeg};
