#include "tests/bench/recognition_variant.h"

#include "daemon/base/file.h"
#include "daemon/image/image_write.h"

#include <math.h>
#include <string.h>

#define BILEVEL_DPI 200.0
/* Share of the paper's brightness below which a copier prints black. */
#define BILEVEL_INK 0.66
#define PHONE_JPEG_QUALITY 80

static int brightness(const uint8_t *px, int channels)
{
    return channels == 1 ? px[0] : (px[0] * 77 + px[1] * 151 + px[2] * 28) >> 8;
}

/* The brightness that nine tenths of the page stay below: its paper. */
static int paper_white(const struct raster *page)
{
    size_t histogram[256] = {0}, count = (size_t)page->width * page->height, seen = 0;
    for (size_t i = 0; i < count; i++)
        histogram[brightness(page->px + i * page->channels, page->channels)]++;
    int level = 0;
    while (level < 255 && (seen += histogram[level]) < count * 9 / 10)
        level++;
    return level;
}

static enum err_code make_bilevel(struct image *image, struct err *err)
{
    AUTO(raster) struct raster *small = NULL;
    struct raster *out = NULL;
    double scale = BILEVEL_DPI / image->dpi;
    enum err_code code = raster_resize(image->raster, (int)(image->raster->width * scale + 0.5),
                                       (int)(image->raster->height * scale + 0.5), &small, err);
    if (!code)
        code = raster_new(small->width, small->height, 1, &out, err);
    if (code)
        return code;
    int ink = (int)(paper_white(small) * BILEVEL_INK);
    for (size_t i = 0; i < (size_t)out->width * out->height; i++)
        out->px[i] = brightness(small->px + i * small->channels, small->channels) < ink ? 0 : 255;
    raster_free(image->raster);
    image->raster = out;
    image->dpi = BILEVEL_DPI;
    image->dpi_source = DPI_FILE;
    return ERR_OK;
}

/* Where a point of the photo lies on the sheet, both as shares of their sides: the sheet's far edge
 * is shorter, and the camera was held a little askew. */
static void photo_to_sheet(double x, double y, double *out_x, double *out_y)
{
    double w = 1 + 0.06 * (y - 0.5) - 0.03 * (x - 0.5);
    *out_x = (1.12 * (x - 0.5) + 0.02 * (y - 0.5)) / w + 0.5;
    *out_y = (1.10 * (y - 0.5) - 0.015 * (x - 0.5)) / w + 0.5;
}

/* A hand's shadow lies over the lower right, its edge soft; the corners are darker anyway. */
static double light_at(double x, double y)
{
    double shadow = 1 / (1 + exp(-((x + y) - 1.25) * 14));
    double far = (x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5);
    return (1 - 0.35 * shadow) * (1 - 0.3 * far);
}

static void take_pixel(const struct raster *page, double x, double y, uint8_t *out)
{
    static const uint8_t table[] = {92, 70, 52};
    double px = x * page->width - 0.5, py = y * page->height - 0.5;
    bool outside = px < 0 || py < 0 || px >= page->width - 1 || py >= page->height - 1;
    int left = (int)px, top = (int)py;
    for (int c = 0; c < 3; c++) {
        if (outside) {
            out[c] = table[c];
            continue;
        }
        int from = page->channels == 1 ? 0 : c, step = page->channels;
        const uint8_t *a = raster_row(page, top) + left * step + from;
        const uint8_t *b = raster_row(page, top + 1) + left * step + from;
        double u = px - left, v = py - top;
        out[c] = (uint8_t)((a[0] * (1 - u) + a[step] * u) * (1 - v) +
                           (b[0] * (1 - u) + b[step] * u) * v + 0.5);
    }
}

static enum err_code take_photo(const struct raster *page, struct raster **out, struct err *err)
{
    struct raster *photo = NULL;
    enum err_code code = raster_new(page->width, page->height, 3, &photo, err);
    if (code)
        return code;
    for (int row = 0; row < photo->height; row++) {
        uint8_t *px = raster_row(photo, row);
        for (int column = 0; column < photo->width; column++, px += 3) {
            double x = (column + 0.5) / photo->width, y = (row + 0.5) / photo->height;
            double light = light_at(x, y), sheet_x, sheet_y;
            photo_to_sheet(x, y, &sheet_x, &sheet_y);
            take_pixel(page, sheet_x, sheet_y, px);
            for (int c = 0; c < 3; c++)
                px[c] = (uint8_t)(px[c] * light);
        }
    }
    *out = photo;
    return ERR_OK;
}

static enum err_code make_photo(struct image *image, struct err *err)
{
    AUTO(raster) struct raster *photo = NULL;
    AUTO(fd) int fd = -1;
    enum err_code code = take_photo(image->raster, &photo, err);
    if (!code)
        code = file_memfd("photo", "", 0, &fd, err);
    if (!code)
        code = image_write_jpeg(photo, PHONE_JPEG_QUALITY, 0, fd, err);
    if (code)
        return code;
    image_done(image);
    return image_read(fd, 0, image, err);
}

enum err_code variant_make(const char *name, struct image *image, struct err *err)
{
    if (strcmp(name, "bilevel") == 0)
        return make_bilevel(image, err);
    if (strcmp(name, "phone") == 0)
        return make_photo(image, err);
    return err_set(err, ERR_BAD_ARGUMENT, "no variant '%s'", name);
}
