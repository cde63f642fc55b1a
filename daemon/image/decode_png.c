#include "daemon/image/image_decode.h"

#include <setjmp.h>
#include <stdio.h>

#include <png.h>

#define METRE_PER_INCH 0.0254
#define CHUNK_MAX_BYTES (8u << 20)

/* On the heap, so that nothing in it is lost by longjmp. */
struct decoder {
    png_structp png;
    png_infop info;
    int fd;
    off_t offset;
    png_bytep *rows;
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
    png_set_scale_16(decoder->png);
    png_set_background(decoder->png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
    png_set_interlace_handling(decoder->png);
    png_read_update_info(decoder->png, decoder->info);
}

static void read_tags(struct decoder *decoder, struct image *out)
{
    png_uint_32 x = 0, y = 0;
    int unit = PNG_RESOLUTION_UNKNOWN;
    if (png_get_pHYs(decoder->png, decoder->info, &x, &y, &unit) && unit == PNG_RESOLUTION_METER)
        out->dpi = image_one_dpi(x * METRE_PER_INCH, y * METRE_PER_INCH);
}

static enum err_code decode(struct decoder *decoder, struct image *out, struct err *err)
{
    png_structp png = decoder->png;
    if (setjmp(png_jmpbuf(png)))
        return err_set(err, ERR_IMAGE_UNREADABLE, "PNG: %s", decoder->text);
    png_set_read_fn(png, decoder, read_bytes);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_chunk_malloc_max(png, CHUNK_MAX_BYTES);
    png_read_info(png, decoder->info);
    png_uint_32 width = png_get_image_width(png, decoder->info);
    png_uint_32 height = png_get_image_height(png, decoder->info);
    enum err_code code = image_check_size(width, height, err);
    if (code)
        return code;
    read_tags(decoder, out);
    ask_for_plain_pixels(decoder);
    int channels = png_get_channels(png, decoder->info);
    if (png_get_rowbytes(png, decoder->info) != (size_t)width * channels)
        return err_set(err, ERR_IMAGE_UNREADABLE, "PNG: %d channels", channels);
    code = raster_new((int)width, (int)height, channels, &out->raster, err);
    if (code)
        return code;
    decoder->rows = mem_array(height, sizeof *decoder->rows);
    if (!decoder->rows)
        return err_set(err, ERR_NO_MEMORY, "PNG rows");
    for (png_uint_32 y = 0; y < height; y++)
        decoder->rows[y] = raster_row(out->raster, (int)y);
    png_read_image(png, decoder->rows);
    png_read_end(png, NULL);
    return ERR_OK;
}

enum err_code decode_png(int fd, struct image *out, struct err *err)
{
    AUTO(mem) struct decoder *decoder = mem_alloc(sizeof *decoder);
    if (!decoder)
        return err_set(err, ERR_NO_MEMORY, "PNG decoder");
    decoder->fd = fd;
    decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, fail, discard_warning);
    decoder->info = decoder->png ? png_create_info_struct(decoder->png) : NULL;
    enum err_code code =
        decoder->info ? decode(decoder, out, err) : err_set(err, ERR_NO_MEMORY, "PNG decoder");
    png_destroy_read_struct(&decoder->png, &decoder->info, NULL);
    mem_free(decoder->rows);
    return code;
}
