#include "queue/seal/pixels.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* jpeglib.h wants stdio.h first */
#include <jpeglib.h>

struct jpeg_state {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    jmp_buf escape;
    char message[JMSG_LENGTH_MAX];
    FILE *file;
    bool is_decoding;
    unsigned char *cmyk; /* one row, for four-channel files */
};

static void on_error(j_common_ptr info)
{
    struct jpeg_state *state = info->client_data;
    info->err->format_message(info, state->message);
    longjmp(state->escape, 1);
}

static void on_message(j_common_ptr info)
{
    (void)info;
}

static void jpeg_close(struct pixels *pixels)
{
    struct jpeg_state *state = pixels->state;
    jpeg_destroy_decompress(&state->info);
    if (state->file)
        fclose(state->file);
    mem_free(state->cmyk);
    mem_free(state);
    pixels->state = NULL;
}

/*
 * PDF viewers decode baseline and progressive Huffman JPEG with one channel, or three that are
 * YCbCr by default or by Adobe's marker (ISO 32000-1, 7.4.8). Anything else is coded anew.
 */
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

static void take_icc(struct pixels *pixels, struct jpeg_decompress_struct *info)
{
    JOCTET *bytes = NULL;
    unsigned int size = 0;
    if (!jpeg_read_icc_profile(info, &bytes, &size))
        return;
    pixels->icc = mem_alloc(size);
    if (pixels->icc) {
        memcpy(pixels->icc, bytes, size);
        pixels->icc_size = size;
    }
    free(bytes);
}

static enum err_code read_header(struct pixels *pixels, struct err *err)
{
    struct jpeg_state *state = pixels->state;
    if (setjmp(state->escape))
        return err_set(err, ERR_IMAGE_UNREADABLE, "JPEG: %s", state->message);
    jpeg_create_decompress(&state->info);
    jpeg_stdio_src(&state->info, state->file);
    jpeg_save_markers(&state->info, JPEG_APP0 + 2, 0xFFFF);
    jpeg_read_header(&state->info, TRUE);
    enum err_code code = pixels_check_size(state->info.image_width, state->info.image_height, err);
    if (code)
        return code;
    pixels->width = (int)state->info.image_width;
    pixels->height = (int)state->info.image_height;
    pixels->channels = state->info.num_components == 1 ? 1 : 3;
    pixels->reusable = is_reusable(&state->info);
    take_icc(pixels, &state->info);
    return ERR_OK;
}

static enum err_code jpeg_open(int fd, int index, struct pixels *pixels, struct err *err)
{
    (void)index;
    struct jpeg_state *state = mem_alloc(sizeof *state);
    if (!state)
        return err_set(err, ERR_NO_MEMORY, "JPEG");
    pixels->state = state;
    state->info.err = jpeg_std_error(&state->errors);
    state->errors.error_exit = on_error;
    state->errors.output_message = on_message;
    state->info.client_data = state;
    AUTO(fd)
    int copy = dup(fd);
    if (copy < 0 || lseek(copy, 0, SEEK_SET) < 0 || !(state->file = fdopen(copy, "rb")))
        return err_set_errno(err, ERR_IO, errno, "JPEG");
    copy = -1;
    return read_header(pixels, err);
}

static enum err_code start_decoding(struct pixels *pixels, struct err *err)
{
    struct jpeg_state *state = pixels->state;
    bool is_cmyk = state->info.num_components == 4;
    state->info.out_color_space = is_cmyk                 ? JCS_CMYK
                                  : pixels->channels == 1 ? JCS_GRAYSCALE
                                                          : JCS_RGB;
    jpeg_start_decompress(&state->info);
    state->is_decoding = true;
    if (is_cmyk && !(state->cmyk = mem_array((size_t)pixels->width, 4)))
        return err_set(err, ERR_NO_MEMORY, "JPEG row");
    return ERR_OK;
}

static void rgb_from_cmyk(const unsigned char *cmyk, unsigned char *row, int width, bool inverted)
{
    for (int x = 0; x < width; x++, cmyk += 4, row += 3) {
        for (int channel = 0; channel < 3; channel++) {
            int ink = inverted ? 255 - cmyk[channel] : cmyk[channel];
            int black = inverted ? 255 - cmyk[3] : cmyk[3];
            row[channel] = (unsigned char)((255 - ink) * (255 - black) / 255);
        }
    }
}

__attribute__((noinline)) static enum err_code read_row(struct pixels *pixels, unsigned char *row,
                                                        struct err *err)
{
    struct jpeg_state *state = pixels->state;
    enum err_code code = state->is_decoding ? ERR_OK : start_decoding(pixels, err);
    if (code)
        return code;
    JSAMPROW target = state->cmyk ? state->cmyk : row;
    jpeg_read_scanlines(&state->info, &target, 1);
    if (state->cmyk)
        rgb_from_cmyk(state->cmyk, row, pixels->width, state->info.saw_Adobe_marker);
    return ERR_OK;
}

static enum err_code jpeg_next_row(struct pixels *pixels, unsigned char *row, struct err *err)
{
    struct jpeg_state *state = pixels->state;
    if (setjmp(state->escape))
        return err_set(err, ERR_IMAGE_UNREADABLE, "JPEG: %s", state->message);
    return read_row(pixels, row, err);
}

const struct pixels_reader pixels_jpeg = {jpeg_open, jpeg_next_row, jpeg_close};
