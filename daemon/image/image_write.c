#include "daemon/image/image_write.h"
#include "daemon/base/file.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

/* On the heap, so that nothing in it is lost by longjmp. */
struct encoder {
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    jmp_buf jump;
    char text[JMSG_LENGTH_MAX];
    unsigned char *bytes; /* the library's malloc */
    unsigned long size;
};

static void fail(j_common_ptr info)
{
    struct encoder *encoder = info->client_data;
    encoder->errors.format_message(info, encoder->text);
    longjmp(encoder->jump, 1);
}

static void discard_message(j_common_ptr info)
{
    (void)info;
}

static enum err_code encode(struct encoder *encoder, const struct raster *raster, int quality,
                            double dpi, struct err *err)
{
    struct jpeg_compress_struct *info = &encoder->info;
    if (setjmp(encoder->jump))
        return err_set(err, ERR_INTERNAL, "JPEG: %s", encoder->text);
    jpeg_create_compress(info);
    jpeg_mem_dest(info, &encoder->bytes, &encoder->size);
    info->image_width = (JDIMENSION)raster->width;
    info->image_height = (JDIMENSION)raster->height;
    info->input_components = raster->channels;
    info->in_color_space = raster->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(info);
    jpeg_set_quality(info, quality, TRUE);
    if (dpi > 0) {
        info->density_unit = 1;
        info->X_density = info->Y_density = (UINT16)(dpi + 0.5);
    }
    jpeg_start_compress(info, TRUE);
    while (info->next_scanline < info->image_height) {
        JSAMPROW rows[] = {raster_row(raster, (int)info->next_scanline)};
        jpeg_write_scanlines(info, rows, 1);
    }
    jpeg_finish_compress(info);
    return ERR_OK;
}

enum err_code image_write_jpeg(const struct raster *raster, int quality, double dpi, int fd,
                               struct err *err)
{
    AUTO(mem) struct encoder *encoder = mem_alloc(sizeof *encoder);
    if (!encoder)
        return err_set(err, ERR_NO_MEMORY, "JPEG encoder");
    encoder->info.err = jpeg_std_error(&encoder->errors);
    encoder->info.client_data = encoder;
    encoder->errors.error_exit = fail;
    encoder->errors.output_message = discard_message;
    enum err_code code = encode(encoder, raster, quality, dpi, err);
    jpeg_destroy_compress(&encoder->info);
    if (!code)
        code = file_write_all(fd, encoder->bytes, encoder->size, err);
    free(encoder->bytes);
    return code;
}
