#include "ocr/clean/photo.h"

#include <stdlib.h>

#define COARSE_PX_PER_MM 2.0 /* dots of a screen run together, lines of text do not */
#define WHITE_SPOT 205
#define SMALLEST_MM 12.0 /* no white spot in a square of that side */
#define CLOSE_MM 8.0     /* light parts of a photo */
#define CELL_MM 4.0
/* Share of a cell within so many levels of its commonest one: a tint has most of it, a photo
 * little, unless it is black. */
#define MODE_REACH 16
#define MODE_SHARE 0.45
#define BLACK 90
/* Of the cells of an area that have to be a photo's. */
#define PHOTO_SHARE 0.5
#define RUN_MAX 16 /* short, so that they lie right on a page that leans */
#define RECTANGLES_MAX 40000

/* One area at a time: where it is set and how cells of `grey` lie on it. */
struct area {
    const struct raster *grey, *mask;
    double scale; /* pixels of grey per pixel of the mask */
    int cell;     /* pixels of the mask */
};

static bool is_set(const struct area *area, int x, int y)
{
    int mx = x + area->cell / 2, my = y + area->cell / 2;
    return mx < area->mask->width && my < area->mask->height && raster_row(area->mask, my)[mx];
}

static bool has_many_tones(const struct area *area, int x, int y)
{
    unsigned histogram[256] = {0}, count = 0, most = 0, level = 0;
    int left = (int)(x * area->scale), right = (int)((x + area->cell) * area->scale);
    int top = (int)(y * area->scale), bottom = (int)((y + area->cell) * area->scale);
    right = right < area->grey->width ? right : area->grey->width;
    bottom = bottom < area->grey->height ? bottom : area->grey->height;
    for (int row = top; row < bottom; row++)
        for (int column = left; column < right; column++, count++)
            histogram[raster_row(area->grey, row)[column]]++;
    for (unsigned low = 0; low + 2 * MODE_REACH < 256; low += 4) {
        unsigned sum = 0;
        for (unsigned i = low; i <= low + 2 * MODE_REACH; i++)
            sum += histogram[i];
        if (sum > most) {
            most = sum;
            level = low + MODE_REACH;
        }
    }
    return count && (most < MODE_SHARE * count || level < BLACK);
}

static bool is_photo(const struct area *area, const struct piece *box)
{
    int photo = 0, count = 0;
    for (int y = box->y; y < box->y + box->h; y += area->cell)
        for (int x = box->x; x < box->x + box->w; x += area->cell) {
            if (!is_set(area, x, y))
                continue;
            count++;
            photo += has_many_tones(area, x, y);
        }
    return count && photo >= PHOTO_SHARE * count;
}

/* Runs of the mask, a mask row at a time; one pixel over at both ends. */
static void add_runs(const struct area *area, const struct piece *box, struct pieces *out)
{
    for (int y = box->y; y < box->y + box->h; y++) {
        const uint8_t *row = raster_row(area->mask, y);
        for (int x = box->x, end; x < box->x + box->w; x = end) {
            for (end = x; end < box->x + box->w && end < x + RUN_MAX && row[end] == row[x]; end++)
                ;
            if (!row[x] || out->count == RECTANGLES_MAX)
                continue;
            out->item[out->count++] = (struct piece){.x = (int)((x - 1) * area->scale),
                                                     .y = (int)((y - 1) * area->scale),
                                                     .w = (int)((end - x + 2) * area->scale),
                                                     .h = (int)(3 * area->scale)};
        }
    }
}

static enum err_code find_areas(const struct raster *coarse, double px_per_mm, struct raster **mask,
                                struct pieces *out, struct err *err)
{
    AUTO(bits) struct Pix *dark = NULL;
    AUTO(bits) struct Pix *broad = NULL;
    AUTO(bits) struct Pix *whole = NULL;
    int smallest = (int)(SMALLEST_MM * px_per_mm), close = (int)(CLOSE_MM * px_per_mm);
    enum err_code code = bits_from_grey(coarse, WHITE_SPOT, &dark, err);
    if (!code)
        code = bits_open(dark, smallest, smallest, &broad, err);
    if (!code)
        code = bits_find_pieces(broad, 1, out, err);
    if (code || !out->count)
        return code;
    pieces_done(out);
    code = bits_close(broad, close, close, &whole, err);
    if (!code)
        code = bits_find_pieces(whole, 1, out, err);
    return code ? code : bits_to_raster(whole, mask, err);
}

enum err_code photo_find(const struct raster *grey, double px_per_mm, struct pieces *out,
                         struct err *err)
{
    AUTO(raster) struct raster *coarse = NULL;
    AUTO(raster) struct raster *mask = NULL;
    AUTO(pieces) struct pieces areas = {0};
    AUTO(pieces) struct pieces found = {0};
    int factor = (int)(px_per_mm / COARSE_PX_PER_MM + 0.5);
    factor = factor < 1 ? 1 : factor;
    enum err_code code = raster_reduce(grey, factor, &coarse, err);
    if (!code)
        code = find_areas(coarse, px_per_mm / factor, &mask, &areas, err);
    if (code)
        return code;
    if (areas.count) {
        found.item = mem_array(RECTANGLES_MAX, sizeof *found.item);
        if (!found.item)
            return err_set(err, ERR_NO_MEMORY, "photos of a page");
    }
    struct area area = {grey, mask, factor, (int)(CELL_MM * px_per_mm / factor)};
    for (int i = 0; i < areas.count; i++)
        if (is_photo(&area, &areas.item[i]))
            add_runs(&area, &areas.item[i], &found);
    *out = found;
    found = (struct pieces){0};
    return ERR_OK;
}
