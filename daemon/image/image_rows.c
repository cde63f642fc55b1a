#include "daemon/image/image_decode.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum err_code image_take_size(uint64_t width, uint64_t height, struct image_info *info,
                              struct err *err)
{
    if (width == 0 || height == 0)
        return err_set(err, ERR_IMAGE_UNREADABLE, "image without %s", width ? "rows" : "columns");
    if (width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE || width * height > IMAGE_MAX_PIXELS)
        return err_set(err, ERR_IMAGE_TOO_LARGE, "%llu x %llu pixels, at most %d megapixels",
                       (unsigned long long)width, (unsigned long long)height,
                       IMAGE_MAX_PIXELS / 1000000);
    info->width = (int)width;
    info->height = (int)height;
    return ERR_OK;
}

void image_take_icc(const void *bytes, size_t size, struct image_info *info)
{
    info->icc = size ? mem_alloc(size) : NULL;
    if (!info->icc)
        return;
    memcpy(info->icc, bytes, size);
    info->icc_size = size;
}

double image_one_dpi(double x_dpi, double y_dpi)
{
    if (!(x_dpi > 0) || !(y_dpi > 0) || fabs(x_dpi - y_dpi) > 0.05 * x_dpi)
        return 0;
    return (x_dpi + y_dpi) / 2;
}

int image_turn_of_orientation(int orientation)
{
    switch (orientation) {
    case 3:
        return 180;
    case 6:
        return 90;
    case 8:
        return 270;
    default:
        return 0;
    }
}

void image_row_from_cmyk(const uint8_t *cmyk, int stride, uint8_t *row, int width)
{
    for (int x = 0; x < width; x++, cmyk += stride, row += 3)
        for (int c = 0; c < 3; c++)
            row[c] = (uint8_t)((255 - cmyk[c]) * (255 - cmyk[3]) / 255);
}

ssize_t image_pread(int fd, void *bytes, size_t size, off_t offset)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = pread(fd, (char *)bytes + done, size - done, offset + (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static const struct image_decoder *decoder_of(const unsigned char head[8])
{
    static const struct {
        const char *magic;
        size_t size;
        const struct image_decoder *decoder;
    } kinds[] = {
        {"\xff\xd8\xff", 3, &image_decoder_jpeg}, {"\x89PNG\r\n\x1a\n", 8, &image_decoder_png},
        {"II*\0", 4, &image_decoder_tiff},        {"MM\0*", 4, &image_decoder_tiff},
        {"II+\0", 4, &image_decoder_tiff},        {"MM\0+", 4, &image_decoder_tiff},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (memcmp(head, kinds[i].magic, kinds[i].size) == 0)
            return kinds[i].decoder;
    bool pnm = head[0] == 'P' && head[1] >= '1' && head[1] <= '6' && memchr(" \t\r\n#", head[2], 5);
    return pnm ? &image_decoder_pnm : NULL;
}

enum err_code image_rows_open(int fd, int index, struct image_rows **out, struct err *err)
{
    unsigned char head[8] = {0};
    ssize_t size = image_pread(fd, head, sizeof head, 0);
    if (size < 0)
        return err_set_errno(err, ERR_IO, errno, "reading an image");
    if (size == 0)
        return err_set(err, ERR_IMAGE_EMPTY, "the image has no bytes");
    AUTO(image_rows) struct image_rows *rows = mem_alloc(sizeof *rows);
    if (!rows)
        return err_set(err, ERR_NO_MEMORY, "image");
    rows->decoder = decoder_of(head);
    if (!rows->decoder)
        return err_set(err, ERR_FORMAT_UNKNOWN, "neither JPEG, PNG, TIFF nor PNM");
    rows->info.count = 1;
    if (index != 0 && rows->decoder != &image_decoder_tiff)
        return err_set(err, ERR_NOT_FOUND, "image %d of a file with one image", index);
    enum err_code code = rows->decoder->open(fd, index, rows, err);
    if (code)
        return code;
    *out = TAKE(rows);
    return ERR_OK;
}

void image_rows_close(struct image_rows *rows)
{
    if (!rows)
        return;
    if (rows->state)
        rows->decoder->close(rows->state);
    mem_free(rows->info.icc);
    mem_free(rows);
}

const struct image_info *image_rows_info(const struct image_rows *rows)
{
    return &rows->info;
}

enum err_code image_rows_next(struct image_rows *rows, uint8_t *row, struct err *err)
{
    return rows->decoder->read_row(rows, rows->next_row++, row, err);
}
