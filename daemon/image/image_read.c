#include "daemon/image/image_read.h"
#include "daemon/image/image_decode.h"
#include "daemon/image/paper.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum err_code image_check_size(uint64_t width, uint64_t height, struct err *err)
{
    if (width == 0 || height == 0)
        return err_set(err, ERR_IMAGE_UNREADABLE, "image without %s", width ? "rows" : "columns");
    if (width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE || width * height > IMAGE_MAX_PIXELS)
        return err_set(err, ERR_IMAGE_TOO_LARGE, "%llu x %llu pixels, at most %d megapixels",
                       (unsigned long long)width, (unsigned long long)height,
                       IMAGE_MAX_PIXELS / 1000000);
    return ERR_OK;
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

static enum err_code decode(int fd, int index, struct image *out, struct err *err)
{
    unsigned char head[8] = {0};
    ssize_t size = image_pread(fd, head, sizeof head, 0);
    if (size < 0)
        return err_set_errno(err, ERR_IO, errno, "reading an image");
    if (size == 0)
        return err_set(err, ERR_IMAGE_EMPTY, "the image has no bytes");
    if (!memcmp(head, "II*\0", 4) || !memcmp(head, "MM\0*", 4) || !memcmp(head, "II+\0", 4) ||
        !memcmp(head, "MM\0+", 4))
        return decode_tiff(fd, index, out, err);
    if (index != 0)
        return err_set(err, ERR_NOT_FOUND, "image %d of a file with one image", index);
    out->count = 1;
    if (!memcmp(head, "\xff\xd8\xff", 3))
        return decode_jpeg(fd, out, err);
    if (!memcmp(head, "\x89PNG\r\n\x1a\n", 8))
        return decode_png(fd, out, err);
    if (head[0] == 'P' && head[1] >= '1' && head[1] <= '6' && memchr(" \t\r\n#", head[2], 5))
        return decode_pnm(fd, out, err);
    return err_set(err, ERR_FORMAT_UNKNOWN, "neither JPEG, PNG, TIFF nor PNM");
}

enum err_code image_read(int fd, int index, struct image *out, struct err *err)
{
    *out = (struct image){0};
    enum err_code code = decode(fd, index, out, err);
    if (code)
        return code;
    out->dpi_source = DPI_FILE;
    if (!paper_dpi_is_plausible(out->raster->width, out->raster->height, out->dpi))
        out->dpi = paper_guess_dpi(out->raster->width, out->raster->height, &out->dpi_source);
    return ERR_OK;
}

void image_done(struct image *image)
{
    raster_free(image->raster);
    *image = (struct image){0};
}
