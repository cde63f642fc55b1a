#include "ocr/clean/card.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MM_PER_INCH 25.4
#define PX_PER_MM 2.0
#define LONG_MM 85.6
#define SHORT_MM 53.98
#define SIZE_TOLERANCE_MM 2.6 /* its shadow, a lens that is off by 1 % */
/* A printed tint differs that much from lid or paper; noise of means over 6 x 6 pixels does not. */
#define STANDS_OUT 10
#define CLOSE_MM 1.0   /* gaps of print within a card */
#define RECTANGLE 0.94 /* of the turned box around it that a card fills */
#define TINTED 0.75    /* of a card that stands out; a paragraph has half */
#define RIMMED 0.92    /* of its rim, for a white card on a white lid: its shadow */
#define RIM_MM 1.0

struct look {
    struct raster *small;
    double px_per_mm;
    int width, height;
    uint8_t *raw;    /* 1: unlike the background */
    uint8_t *filled; /* closed, without holes; 2: looked at already */
    int *stack;
};

static inline void look_auto(struct look *look)
{
    raster_free(look->small);
    mem_free(look->raw);
    mem_free(look->filled);
    mem_free(look->stack);
}

/* ---- what stands out ----------------------------------------------------------------------------
 */

static int brightness(const uint8_t *px, int channels)
{
    return channels == 1 ? px[0] : (px[0] * 77 + px[1] * 150 + px[2] * 29) >> 8;
}

/* The commonest brightness and the mean colour there: lid or paper. */
static void find_background(const struct raster *page, int out[3])
{
    size_t count = (size_t)page->width * (size_t)page->height, histogram[64] = {0}, best = 0, n = 0;
    double sum[3] = {0};
    const uint8_t *px = page->px;
    for (size_t i = 0; i < count; i++, px += page->channels)
        histogram[brightness(px, page->channels) / 4]++;
    for (size_t i = 1; i < 64; i++)
        best = histogram[i] > histogram[best] ? i : best;
    px = page->px;
    for (size_t i = 0; i < count; i++, px += page->channels) {
        if ((size_t)brightness(px, page->channels) / 4 != best)
            continue;
        for (int c = 0; c < page->channels; c++)
            sum[c] += px[c];
        n++;
    }
    for (int c = 0; c < page->channels; c++)
        out[c] = (int)(sum[c] / (double)n + 0.5);
}

static void find_raw(struct look *look)
{
    int background[3] = {0};
    const struct raster *page = look->small;
    const uint8_t *px = page->px;
    size_t count = (size_t)look->width * (size_t)look->height;
    find_background(page, background);
    for (size_t i = 0; i < count; i++, px += page->channels)
        for (int c = 0; c < page->channels; c++)
            look->raw[i] |= abs(px[c] - background[c]) >= STANDS_OUT;
}

/* Is there a pixel of `value` within `reach`? Rows first, columns in the second run. */
static void spread(uint8_t *mask, uint8_t *row, int count, int stride, int reach, uint8_t value)
{
    for (int i = 0; i < count; i++)
        row[i] = mask[(size_t)i * (size_t)stride];
    for (int i = 0; i < count; i++)
        for (int k = i - reach < 0 ? 0 : i - reach; k <= i + reach && k < count; k++)
            if (row[k] == value) {
                mask[(size_t)i * (size_t)stride] = value;
                break;
            }
}

static void spread_all(struct look *look, uint8_t *line, int reach, uint8_t value)
{
    for (int y = 0; y < look->height; y++)
        spread(look->filled + (size_t)y * (size_t)look->width, line, look->width, 1, reach, value);
    for (int x = 0; x < look->width; x++)
        spread(look->filled + x, line, look->height, look->width, reach, value);
}

/* Marks all that hangs together with a pixel; returns how many there are, on the stack. */
static int flood(struct look *look, int start, uint8_t from, uint8_t to)
{
    int count = 0, w = look->width, h = look->height;
    look->filled[start] = to;
    look->stack[count++] = start;
    for (int i = 0; i < count; i++) {
        int at = look->stack[i], x = at % w, y = at / w;
        const int beside[] = {x > 0 ? at - 1 : -1, x + 1 < w ? at + 1 : -1, y > 0 ? at - w : -1,
                              y + 1 < h ? at + w : -1};
        for (size_t k = 0; k < 4; k++)
            if (beside[k] >= 0 && look->filled[beside[k]] == from) {
                look->filled[beside[k]] = to;
                look->stack[count++] = beside[k];
            }
    }
    return count;
}

/* What cannot be reached from the edge of the image is inside something. */
static void fill_holes(struct look *look)
{
    size_t count = (size_t)look->width * (size_t)look->height;
    for (int x = 0; x < look->width; x++) {
        int bottom = (look->height - 1) * look->width + x;
        if (look->filled[x] == 0)
            flood(look, x, 0, 3);
        if (look->filled[bottom] == 0)
            flood(look, bottom, 0, 3);
    }
    for (int y = 0; y < look->height; y++) {
        int left = y * look->width, right = left + look->width - 1;
        if (look->filled[left] == 0)
            flood(look, left, 0, 3);
        if (look->filled[right] == 0)
            flood(look, right, 0, 3);
    }
    for (size_t i = 0; i < count; i++)
        look->filled[i] = look->filled[i] != 3;
}

static enum err_code look_at(const struct raster *page, double dpi, struct look *out,
                             struct err *err)
{
    int factor = (int)(dpi / MM_PER_INCH / PX_PER_MM);
    factor = factor < 1 ? 1 : factor;
    enum err_code code = raster_reduce(page, factor, &out->small, err);
    if (code)
        return code;
    out->px_per_mm = dpi / MM_PER_INCH / factor;
    out->width = out->small->width;
    out->height = out->small->height;
    size_t count = (size_t)out->width * (size_t)out->height;
    AUTO(mem) uint8_t *line = mem_array((size_t)(out->width + out->height), 1);
    out->raw = mem_array(count, 1);
    out->filled = mem_array(count, 1);
    out->stack = mem_array(count, sizeof *out->stack);
    if (!line || !out->raw || !out->filled || !out->stack)
        return err_set(err, ERR_NO_MEMORY, "cards of a page");
    find_raw(out);
    memcpy(out->filled, out->raw, count);
    int reach = (int)(CLOSE_MM * out->px_per_mm + 0.5);
    spread_all(out, line, reach, 1);
    spread_all(out, line, reach, 0);
    fill_holes(out);
    return ERR_OK;
}

/* ---- is it a card? ------------------------------------------------------------------------------
 */

/* A turned rectangle in pixels. */
struct tilted {
    double angle, left, right, top, bottom; /* extents along the turned axes */
};

/* The smallest box around the pixels on the stack, over all angles. */
static struct tilted smallest_box(const struct look *look, int count)
{
    struct tilted best = {0};
    double best_area = 1e18;
    for (int half_deg = 0; half_deg < 180; half_deg++) {
        double angle = half_deg * M_PI / 360, c = cos(angle), s = sin(angle);
        struct tilted box = {angle, 1e9, -1e9, 1e9, -1e9};
        for (int i = 0; i < count; i++) {
            double x = look->stack[i] % look->width, y = look->stack[i] / look->width;
            double u = c * x + s * y, v = -s * x + c * y;
            box.left = fmin(box.left, u);
            box.right = fmax(box.right, u);
            box.top = fmin(box.top, v);
            box.bottom = fmax(box.bottom, v);
        }
        double area = (box.right - box.left) * (box.bottom - box.top);
        if (area < best_area) {
            best_area = area;
            best = box;
        }
    }
    return best;
}

static bool stands_out(const struct look *look, double x, double y)
{
    int px = (int)floor(x + 0.5), py = (int)floor(y + 0.5);
    return px >= 0 && py >= 0 && px < look->width && py < look->height &&
           look->raw[(size_t)py * (size_t)look->width + (size_t)px];
}

/* Of the points along the rim those that have something that stands out within RIM_MM. */
static double rim(const struct look *look, const struct tilted *box)
{
    double c = cos(box->angle), s = sin(box->angle), reach = RIM_MM * look->px_per_mm;
    int seen = 0, count = 0;
    for (int side = 0; side < 4; side++) {
        bool upright = side >= 2;
        double from = upright ? box->top : box->left, to = upright ? box->bottom : box->right;
        double edge = side == 0   ? box->top
                      : side == 1 ? box->bottom
                      : side == 2 ? box->left
                                  : box->right;
        for (double along = from + 2 * reach; along < to - 2 * reach; along++, count++)
            for (double off = -reach; off <= reach; off += 0.5) {
                double u = upright ? edge + off : along, v = upright ? along : edge + off;
                if (stands_out(look, c * u - s * v, s * u + c * v)) {
                    seen++;
                    break;
                }
            }
    }
    return count ? (double)seen / count : 0;
}

static bool is_card(const struct look *look, int count)
{
    double mm2 = count / look->px_per_mm / look->px_per_mm;
    if (mm2 < 0.8 * LONG_MM * SHORT_MM || mm2 > 1.2 * LONG_MM * SHORT_MM)
        return false;
    struct tilted box = smallest_box(look, count);
    double w = (box.right - box.left + 1) / look->px_per_mm;
    double h = (box.bottom - box.top + 1) / look->px_per_mm;
    if (fabs(fmax(w, h) - LONG_MM) > SIZE_TOLERANCE_MM ||
        fabs(fmin(w, h) - SHORT_MM) > SIZE_TOLERANCE_MM || mm2 < RECTANGLE * w * h)
        return false;
    int tinted = 0;
    for (int i = 0; i < count; i++)
        tinted += look->raw[look->stack[i]];
    return tinted >= TINTED * count || rim(look, &box) >= RIMMED;
}

static struct rect_mm box_of(const struct look *look, int count)
{
    int left = look->width, top = look->height, right = 0, bottom = 0;
    for (int i = 0; i < count; i++) {
        int x = look->stack[i] % look->width, y = look->stack[i] / look->width;
        left = x < left ? x : left;
        top = y < top ? y : top;
        right = x + 1 > right ? x + 1 : right;
        bottom = y + 1 > bottom ? y + 1 : bottom;
    }
    return (struct rect_mm){left / look->px_per_mm, top / look->px_per_mm,
                            (right - left) / look->px_per_mm, (bottom - top) / look->px_per_mm};
}

enum err_code cards_find(const struct raster *page, double dpi, struct cards *out, struct err *err)
{
    __attribute__((cleanup(look_auto))) struct look look = {0};
    *out = (struct cards){0};
    if (dpi < PX_PER_MM * MM_PER_INCH)
        return ERR_OK;
    enum err_code code = look_at(page, dpi, &look, err);
    for (int i = 0; i < look.width * look.height && !code && out->count < CARDS_MAX; i++) {
        if (look.filled[i] != 1)
            continue;
        int count = flood(&look, i, 1, 2);
        if (is_card(&look, count))
            out->item[out->count++] = box_of(&look, count);
    }
    return code;
}
