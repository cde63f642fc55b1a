#include "queue/seal/pixels.h"

#include <errno.h>
#include <png.h>
#include <string.h>
#include <unistd.h>

struct png_state {
    png_structp png;
    png_infop info;
    int fd;
    off_t offset;
    char message[120];
    bool invert;          /* 1-bit grey has 1 = white */
    unsigned char *whole; /* interlaced files only */
    int next_row;
};

static void on_error(png_structp png, png_const_charp message)
{
    struct png_state *state = png_get_error_ptr(png);
    snprintf(state->message, sizeof state->message, "%s", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void on_read(png_structp png, png_bytep bytes, size_t size)
{
    struct png_state *state = png_get_io_ptr(png);
    while (size) {
        ssize_t got = pread(state->fd, bytes, size, state->offset);
        if (got <= 0)
            png_error(png, "file ends early");
        state->offset += got;
        bytes += got;
        size -= (size_t)got;
    }
}

static void png_close(struct pixels *pixels)
{
    struct png_state *state = pixels->state;
    png_destroy_read_struct(&state->png, &state->info, NULL);
    mem_free(state->whole);
    mem_free(state);
    pixels->state = NULL;
}

static void take_icc(struct pixels *pixels, struct png_state *state)
{
    png_charp name;
    png_bytep bytes;
    png_uint_32 size;
    int compression;
    if (png_get_iCCP(state->png, state->info, &name, &compression, &bytes, &size) != PNG_INFO_iCCP)
        return;
    pixels->icc = mem_alloc(size);
    if (!pixels->icc)
        return;
    memcpy(pixels->icc, bytes, size);
    pixels->icc_size = size;
}

/* Everything but 1-bit grey becomes 8-bit grey or RGB, transparency on white. */
static void ask_for_plain_pixels(struct pixels *pixels, struct png_state *state)
{
    png_byte depth = png_get_bit_depth(state->png, state->info);
    png_byte colour = png_get_color_type(state->png, state->info);
    bool has_alpha =
        (colour & PNG_COLOR_MASK_ALPHA) || png_get_valid(state->png, state->info, PNG_INFO_tRNS);
    pixels->channels = (colour & PNG_COLOR_MASK_COLOR) ? 3 : 1;
    pixels->bilevel = depth == 1 && colour == PNG_COLOR_TYPE_GRAY && !has_alpha;
    state->invert = pixels->bilevel;
    if (pixels->bilevel)
        return;
    png_set_expand(state->png);
    png_set_strip_16(state->png);
    if (!has_alpha)
        return;
    png_color_16 white = {.red = 255, .green = 255, .blue = 255, .gray = 255};
    if (depth == 16)
        white = (png_color_16){.red = 65535, .green = 65535, .blue = 65535, .gray = 65535};
    png_set_background(state->png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
}

static enum err_code png_open(int fd, int index, struct pixels *pixels, struct err *err)
{
    (void)index;
    struct png_state *state = mem_alloc(sizeof *state);
    if (!state)
        return err_set(err, ERR_NO_MEMORY, "PNG");
    pixels->state = state;
    state->fd = fd;
    state->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, state, on_error, on_warning);
    state->info = state->png ? png_create_info_struct(state->png) : NULL;
    if (!state->info)
        return err_set(err, ERR_NO_MEMORY, "PNG");
    if (setjmp(png_jmpbuf(state->png)))
        return err_set(err, ERR_IMAGE_UNREADABLE, "PNG: %s", state->message);
    png_set_read_fn(state->png, state, on_read);
    png_read_info(state->png, state->info);
    enum err_code code = pixels_check_size(png_get_image_width(state->png, state->info),
                                           png_get_image_height(state->png, state->info), err);
    if (code)
        return code;
    pixels->width = (int)png_get_image_width(state->png, state->info);
    pixels->height = (int)png_get_image_height(state->png, state->info);
    take_icc(pixels, state);
    ask_for_plain_pixels(pixels, state);
    int passes = png_set_interlace_handling(state->png);
    png_read_update_info(state->png, state->info);
    size_t row_bytes = pixels_row_bytes(pixels);
    if (png_get_rowbytes(state->png, state->info) != row_bytes)
        return err_set(err, ERR_IMAGE_UNREADABLE, "PNG with odd rows");
    if (passes == 1)
        return ERR_OK;
    state->whole = mem_array((size_t)pixels->height, row_bytes);
    if (!state->whole)
        return err_set(err, ERR_NO_MEMORY, "interlaced PNG");
    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < pixels->height; y++)
            png_read_row(state->png, state->whole + (size_t)y * row_bytes, NULL);
    return ERR_OK;
}

static enum err_code png_next_row(struct pixels *pixels, unsigned char *row, struct err *err)
{
    struct png_state *state = pixels->state;
    size_t row_bytes = pixels_row_bytes(pixels);
    if (setjmp(png_jmpbuf(state->png)))
        return err_set(err, ERR_IMAGE_UNREADABLE, "PNG: %s", state->message);
    if (state->whole)
        memcpy(row, state->whole + (size_t)state->next_row++ * row_bytes, row_bytes);
    else
        png_read_row(state->png, row, NULL);
    for (size_t i = 0; state->invert && i < row_bytes; i++)
        row[i] = (unsigned char)~row[i];
    return ERR_OK;
}

const struct pixels_reader pixels_png = {png_open, png_next_row, png_close};
