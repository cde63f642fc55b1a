#include "ocr/recognize/codes_crop.h"

#include <math.h>
#include <string.h>

void code_crop_done(struct code_crop *crop)
{
    raster_free(crop->grey);
    *crop = (struct code_crop){0};
}

void code_crop_to_page(const struct code_crop *crop, double x, double y, double *out_x,
                       double *out_y)
{
    double turn = crop->place->turn_deg * M_PI / 180;
    double u = (x - crop->grey->width / 2.0) / crop->scale;
    double v = (y - crop->grey->height / 2.0) / crop->scale;
    *out_x = crop->place->x + u * cos(turn) - v * sin(turn);
    *out_y = crop->place->y + u * sin(turn) + v * cos(turn);
}

/* Bilinear; x, y in 1/256 pixels. */
static uint8_t sample(const struct raster *page, int64_t x, int64_t y)
{
    int left = (int)(x >> 8), top = (int)(y >> 8), fx = (int)(x & 255), fy = (int)(y & 255);
    if (left < 0 || top < 0 || left + 1 >= page->width || top + 1 >= page->height)
        return 255;
    const uint8_t *upper = raster_row(page, top) + left, *lower = upper + page->width;
    int above = upper[0] * (256 - fx) + upper[1] * fx;
    int below = lower[0] * (256 - fx) + lower[1] * fx;
    return (uint8_t)((above * (256 - fy) + below * fy + 32768) >> 16);
}

enum err_code code_crop_take(const struct raster *page, const struct code_place *place,
                             struct crop_margin margin, double scale, struct code_crop *out,
                             struct err *err)
{
    AUTO(code_crop)
    struct code_crop crop = {.place = place, .scale = scale};
    enum err_code code =
        raster_new((int)((place->w + 2 * margin.x) * scale) + 1,
                   (int)((place->h + 2 * margin.y) * scale) + 1, 1, &crop.grey, err);
    if (code)
        return code;
    double turn = place->turn_deg * M_PI / 180;
    int64_t step_x = llround(cos(turn) / scale * 65536),
            step_y = llround(sin(turn) / scale * 65536);
    for (int y = 0; y < crop.grey->height; y++) {
        double page_x, page_y;
        code_crop_to_page(&crop, 0.5, y + 0.5, &page_x, &page_y);
        int64_t at_x = llround((page_x - 0.5) * 65536), at_y = llround((page_y - 0.5) * 65536);
        uint8_t *px = raster_row(crop.grey, y);
        for (int x = 0; x < crop.grey->width; x++, at_x += step_x, at_y += step_y)
            px[x] = sample(page, at_x >> 8, at_y >> 8);
    }
    *out = crop;
    crop.grey = NULL;
    return ERR_OK;
}

enum err_code code_crop_sharpen(struct code_crop *crop, int reach, struct err *err)
{
    struct raster *grey = crop->grey;
    int width = grey->width, height = grey->height;
    size_t stride = (size_t)width + 1;
    AUTO(mem)
    uint32_t *sums = mem_array(stride * ((size_t)height + 1), sizeof *sums);
    if (!sums)
        return err_set(err, ERR_NO_MEMORY, "sharpening");
    for (int y = 0; y < height; y++)
        for (int x = 0, row = 0; x < width; x++) {
            row += raster_row(grey, y)[x];
            sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + (uint32_t)row;
        }
    for (int y = 0; y < height; y++) {
        int y0 = y > reach ? y - reach : 0, y1 = y + reach < height ? y + reach + 1 : height;
        uint8_t *px = raster_row(grey, y);
        for (int x = 0; x < width; x++) {
            int x0 = x > reach ? x - reach : 0, x1 = x + reach < width ? x + reach + 1 : width;
            uint32_t sum = sums[y1 * stride + x1] - sums[y0 * stride + x1] -
                           sums[y1 * stride + x0] + sums[y0 * stride + x0];
            int mean = (int)(sum / (uint32_t)((y1 - y0) * (x1 - x0)));
            int value = px[x] + (px[x] - mean) * 5 / 2;
            px[x] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
        }
    }
    return ERR_OK;
}

void code_crop_binarise(struct code_crop *crop)
{
    struct raster *grey = crop->grey;
    unsigned histogram[256] = {0};
    size_t count = (size_t)grey->width * grey->height, seen = 0;
    for (size_t i = 0; i < count; i++)
        histogram[grey->px[i]]++;
    int ink = 0;
    while (ink < 200 && (seen += histogram[ink]) < count / 20)
        ink++;
    for (size_t i = 0; i < count; i++)
        grey->px[i] = grey->px[i] < ink + (255 - ink) * 55 / 100 ? 0 : 255;
}

enum err_code code_crop_flatten(const struct code_crop *crop, int first, int count, int height,
                                struct code_crop *out, struct err *err)
{
    AUTO(code_crop)
    struct code_crop flat = {.place = crop->place, .scale = crop->scale};
    enum err_code code = raster_new(crop->grey->width, height, 1, &flat.grey, err);
    if (code)
        return code;
    for (int x = 0; x < flat.grey->width; x++) {
        unsigned sum = 0;
        for (int y = first; y < first + count; y++)
            sum += raster_row(crop->grey, y)[x];
        flat.grey->px[x] = (uint8_t)(sum / (unsigned)count);
    }
    for (int y = 1; y < height; y++)
        memcpy(raster_row(flat.grey, y), flat.grey->px, (size_t)flat.grey->width);
    *out = flat;
    flat.grey = NULL;
    return ERR_OK;
}

#define LEAN_MAX_DEG 7.0
#define LEAN_STEP_DEG 0.25

/* Sum of squared steps of the column sums when each row is moved so that bars leaning by that much
 * stand upright. */
static double step_energy(const struct raster *grey, double lean_deg, uint32_t *sums)
{
    int width = grey->width, first = grey->height / 4, end = grey->height - first;
    double tangent = tan(lean_deg * M_PI / 180), energy = 0;
    memset(sums, 0, (size_t)width * sizeof *sums);
    for (int y = first; y < end; y++) {
        int shift = (int)lround((y - grey->height / 2.0) * -tangent);
        int x0 = shift < 0 ? -shift : 0, x1 = shift > 0 ? width - shift : width;
        const uint8_t *px = raster_row(grey, y);
        for (int x = x0; x < x1; x++)
            sums[x] += px[x + shift];
    }
    for (int x = width / 8; x < width - width / 8; x++) {
        double step = (double)sums[x + 1] - sums[x];
        energy += step * step;
    }
    return energy;
}

enum err_code code_crop_measure_lean(const struct code_crop *crop, double *out_deg, struct err *err)
{
    double best = 0, most = -1;
    AUTO(mem)
    uint32_t *sums = mem_array((size_t)crop->grey->width + 1, sizeof *sums);
    if (!sums)
        return err_set(err, ERR_NO_MEMORY, "bars");
    for (double lean = -LEAN_MAX_DEG; lean <= LEAN_MAX_DEG; lean += LEAN_STEP_DEG) {
        double energy = step_energy(crop->grey, lean, sums);
        if (energy > most) {
            most = energy;
            best = lean;
        }
    }
    *out_deg = best;
    return ERR_OK;
}
