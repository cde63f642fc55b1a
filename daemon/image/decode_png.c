#include "daemon/image/image_decode.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <png.h>

#define METRE_PER_INCH 0.0254
#define CHUNK_MAX_BYTES (8u << 20)

/* On the heap, so that nothing in it is lost by longjmp. */
struct decoder {
    png_structp png;
    png_infop info;
    int fd;
    off_t offset;
    int passes;
    uint8_t *whole; /* interlaced files only */
    char text[128];
};

static void fail(png_structp png, png_const_charp text)
{
    struct decoder *decoder = png_get_error_ptr(png);
    snprintf(decoder->text, sizeof decoder->text, "%s", text);
    longjmp(png_jmpbuf(png), 1);
}

static void discard_warning(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static void read_bytes(png_structp png, png_bytep bytes, size_t size)
{
    struct decoder *decoder = png_get_io_ptr(png);
    if (image_pread(decoder->fd, bytes, size, decoder->offset) != (ssize_t)size)
        png_error(png, "cut short");
    decoder->offset += (off_t)size;
}

/* Everything becomes 8-bit grey or RGB; what is transparent lies on white paper. */
static void ask_for_plain_pixels(struct decoder *decoder)
{
    static const png_color_16 white = {0, 0xffff, 0xffff, 0xffff, 0xffff};
    png_set_expand(decoder->png);
    png_set_strip_16(decoder->png);
    png_set_background(decoder->png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
    decoder->passes = png_set_interlace_handling(decoder->png);
    png_read_update_info(decoder->png, decoder->info);
}

static void read_tags(struct decoder *decoder, struct image_info *out)
{
    png_uint_32 x = 0, y = 0, size = 0;
    int unit = PNG_RESOLUTION_UNKNOWN, compression;
    png_charp name;
    png_bytep icc;
    if (png_get_pHYs(decoder->png, decoder->info, &x, &y, &unit) && unit == PNG_RESOLUTION_METER)
        out->dpi = image_one_dpi(x * METRE_PER_INCH, y * METRE_PER_INCH);
    if (png_get_iCCP(decoder->png, decoder->info, &name, &compression, &icc, &size))
        image_take_icc(icc, size, out);
    out->bilevel = png_get_bit_depth(decoder->png, decoder->info) == 1 &&
                   png_get_color_type(decoder->png, decoder->info) == PNG_COLOR_TYPE_GRAY &&
                   !png_get_valid(decoder->png, decoder->info, PNG_INFO_tRNS);
}

static enum err_code unreadable(const struct decoder *decoder, struct err *err)
{
    return err_set(err, ERR_IMAGE_UNREADABLE, "PNG: %s", decoder->text);
}

static enum err_code read_head(struct decoder *decoder, struct image_info *out, struct err *err)
{
    png_structp png = decoder->png;
    if (setjmp(png_jmpbuf(png)))
        return unreadable(decoder, err);
    png_set_read_fn(png, decoder, read_bytes);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_chunk_malloc_max(png, CHUNK_MAX_BYTES);
    png_read_info(png, decoder->info);
    enum err_code code = image_take_size(png_get_image_width(png, decoder->info),
                                         png_get_image_height(png, decoder->info), out, err);
    if (code)
        return code;
    read_tags(decoder, out);
    ask_for_plain_pixels(decoder);
    out->channels = png_get_channels(png, decoder->info);
    size_t row_bytes = (size_t)out->width * out->channels;
    if (png_get_rowbytes(png, decoder->info) != row_bytes)
        return err_set(err, ERR_IMAGE_UNREADABLE, "PNG: %d channels", out->channels);
    return ERR_OK;
}

static enum err_code open_png(int fd, int index, struct image_rows *rows, struct err *err)
{
    (void)index;
    struct decoder *decoder = rows->state = mem_alloc(sizeof *decoder);
    if (!decoder)
        return err_set(err, ERR_NO_MEMORY, "PNG decoder");
    decoder->fd = fd;
    decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, fail, discard_warning);
    decoder->info = decoder->png ? png_create_info_struct(decoder->png) : NULL;
    return decoder->info ? read_head(decoder, &rows->info, err)
                         : err_set(err, ERR_NO_MEMORY, "PNG decoder");
}

/* Every pass of an interlaced image goes over all of it. */
static enum err_code read_passes(struct decoder *decoder, int height, size_t row_bytes,
                                 struct err *err)
{
    decoder->whole = mem_array((size_t)height, row_bytes);
    if (!decoder->whole)
        return err_set(err, ERR_NO_MEMORY, "interlaced PNG");
    for (int pass = 0; pass < decoder->passes; pass++)
        for (int y = 0; y < height; y++)
            png_read_row(decoder->png, decoder->whole + (size_t)y * row_bytes, NULL);
    return ERR_OK;
}

static enum err_code read_png_row(struct image_rows *rows, int y, uint8_t *row, struct err *err)
{
    struct decoder *decoder = rows->state;
    const struct image_info *info = &rows->info;
    size_t row_bytes = (size_t)info->width * info->channels;
    if (setjmp(png_jmpbuf(decoder->png)))
        return unreadable(decoder, err);
    enum err_code code =
        y == 0 && decoder->passes > 1 ? read_passes(decoder, info->height, row_bytes, err) : ERR_OK;
    if (code)
        return code;
    if (decoder->whole)
        memcpy(row, decoder->whole + (size_t)y * row_bytes, row_bytes);
    else
        png_read_row(decoder->png, row, NULL);
    if (y + 1 == info->height)
        png_read_end(decoder->png, NULL);
    return ERR_OK;
}

static void close_png(void *state)
{
    struct decoder *decoder = state;
    png_destroy_read_struct(&decoder->png, &decoder->info, NULL);
    mem_free(decoder->whole);
    mem_free(decoder);
}

const struct image_decoder image_decoder_png = {open_png, read_png_row, close_png};
