#include "ocr/clean/deskew.h"

#include <math.h>
#include <string.h>

#define TILE 64
#define BLOCK_ROWS 8
#define ONE 65536 /* fixed point */

static void upright_from_stored(int width, int height, int turn_deg, double *x, double *y)
{
    double sx = *x, sy = *y;
    switch (turn_deg) {
    case 90:
        *x = height - sy;
        *y = sx;
        break;
    case 180:
        *x = width - sx;
        *y = height - sy;
        break;
    case 270:
        *x = sy;
        *y = width - sx;
        break;
    default:
        break;
    }
}

void deskew_point(int stored_width, int stored_height, int turn_deg, double skew_deg, double *x,
                  double *y)
{
    bool sideways = turn_deg == 90 || turn_deg == 270;
    upright_from_stored(stored_width, stored_height, turn_deg, x, y);
    double cx = (sideways ? stored_height : stored_width) / 2.0;
    double cy = (sideways ? stored_width : stored_height) / 2.0;
    double angle = skew_deg * M_PI / 180, dx = *x - cx, dy = *y - cy;
    *x = cx + dx * cos(angle) - dy * sin(angle);
    *y = cy + dx * sin(angle) + dy * cos(angle);
}

/* The other way round. */
static void stored_point(int stored_width, int stored_height, int turn_deg, double skew_deg,
                         double *x, double *y)
{
    bool sideways = turn_deg == 90 || turn_deg == 270;
    int upright_width = sideways ? stored_height : stored_width;
    int upright_height = sideways ? stored_width : stored_height;
    double cx = upright_width / 2.0, cy = upright_height / 2.0;
    double angle = -skew_deg * M_PI / 180, dx = *x - cx, dy = *y - cy;
    *x = cx + dx * cos(angle) - dy * sin(angle);
    *y = cy + dx * sin(angle) + dy * cos(angle);
    upright_from_stored(upright_width, upright_height, (360 - turn_deg) % 360, x, y);
}

/* Both pixels beside it in each direction are there. */
static inline bool lies_inside(const struct raster *grey, int64_t x, int64_t y)
{
    int64_t x0 = x >> 16, y0 = y >> 16;
    return x0 >= 0 && y0 >= 0 && x0 + 1 < grey->width && y0 + 1 < grey->height;
}

/* Bilinear, in ONEths of a pixel measured between pixel centres, where lies_inside. */
static inline uint8_t sample_inside(const struct raster *grey, int64_t x, int64_t y)
{
    const uint8_t *p = raster_row(grey, (int)(y >> 16)) + (x >> 16), *q = p + grey->width;
    int fx = (int)(x & (ONE - 1)) >> 8, fy = (int)(y & (ONE - 1)) >> 8;
    int top = p[0] * (256 - fx) + p[1] * fx;
    int bottom = q[0] * (256 - fx) + q[1] * fx;
    return (uint8_t)((top * (256 - fy) + bottom * fy + 32768) >> 16);
}

/* White outside. */
static uint8_t sample(const struct raster *grey, int64_t x, int64_t y)
{
    int x0 = (int)(x >> 16), y0 = (int)(y >> 16);
    if (x0 < -1 || y0 < -1 || x0 >= grey->width || y0 >= grey->height)
        return 255;
    if (lies_inside(grey, x, y))
        return sample_inside(grey, x, y);
    int fx = (int)(x & (ONE - 1)) >> 8, fy = (int)(y & (ONE - 1)) >> 8, sum = 0;
    for (int i = 0; i < 4; i++) {
        int px = x0 + (i & 1), py = y0 + (i >> 1);
        int weight = ((i & 1) ? fx : 256 - fx) * ((i >> 1) ? fy : 256 - fy);
        bool inside = px >= 0 && py >= 0 && px < grey->width && py < grey->height;
        sum += weight * (inside ? raster_row(grey, py)[px] : 255);
    }
    return (uint8_t)((sum + 32768) >> 16);
}

struct plane { /* stored place of out pixel (x, y): origin + x * across + y * down */
    int64_t x, y, across_x, across_y, down_x, down_y;
};

static struct plane plane_of(const struct raster *grey, int turn_deg, double skew_deg,
                             const struct deskew_window *window)
{
    double px[3], py[3];
    for (int i = 0; i < 3; i++) { /* centres of out pixels (0,0), (1,0), (0,1) */
        px[i] = window->left + (0.5 + (i == 1)) / window->scale;
        py[i] = window->top + (0.5 + (i == 2)) / window->scale;
        stored_point(grey->width, grey->height, turn_deg, skew_deg, &px[i], &py[i]);
    }
    return (struct plane){
        .x = llround((px[0] - 0.5) * ONE),
        .y = llround((py[0] - 0.5) * ONE),
        .across_x = llround((px[1] - px[0]) * ONE),
        .across_y = llround((py[1] - py[0]) * ONE),
        .down_x = llround((px[2] - px[0]) * ONE),
        .down_y = llround((py[2] - py[0]) * ONE),
    };
}

struct block { /* of out pixels */
    int x0, y0, x1, y1;
};

static void stored_of(const struct plane *plane, int x, int y, int64_t *out_x, int64_t *out_y)
{
    *out_x = plane->x + x * plane->across_x + y * plane->down_x;
    *out_y = plane->y + x * plane->across_y + y * plane->down_y;
}

static bool row_is_white(const uint8_t *px, int count)
{
    uint64_t eight;
    int i = 0;
    for (; i + 8 <= count; i += 8) {
        memcpy(&eight, px + i, sizeof eight);
        if (eight != UINT64_MAX)
            return false;
    }
    for (; i < count; i++)
        if (px[i] != 255)
            return false;
    return true;
}

/* Of all pixels that the block's are made of; what lies outside counts as white. */
static bool comes_from_white(const struct raster *grey, const struct plane *plane,
                             const struct block *block)
{
    int64_t left = INT64_MAX, top = INT64_MAX, right = INT64_MIN, bottom = INT64_MIN;
    for (int corner = 0; corner < 4; corner++) {
        int64_t x, y;
        stored_of(plane, corner & 1 ? block->x1 - 1 : block->x0,
                  corner & 2 ? block->y1 - 1 : block->y0, &x, &y);
        left = x < left ? x : left;
        right = x > right ? x : right;
        top = y < top ? y : top;
        bottom = y > bottom ? y : bottom;
    }
    left = left >> 16 > 0 ? left >> 16 : 0;
    top = top >> 16 > 0 ? top >> 16 : 0;
    right = (right >> 16) + 1 < grey->width ? (right >> 16) + 2 : grey->width;
    bottom = (bottom >> 16) + 1 < grey->height ? (bottom >> 16) + 2 : grey->height;
    for (int64_t y = top; y < bottom && left < right; y++)
        if (!row_is_white(raster_row(grey, (int)y) + left, (int)(right - left)))
            return false;
    return true;
}

static void render_block(const struct raster *grey, const struct plane *plane,
                         const struct block *block, struct raster *out)
{
    for (int y = block->y0; y < block->y1; y++) {
        int64_t sx, sy, last = block->x1 - block->x0 - 1;
        uint8_t *row = raster_row(out, y);
        stored_of(plane, block->x0, y, &sx, &sy);
        bool inside = lies_inside(grey, sx, sy) &&
                      lies_inside(grey, sx + last * plane->across_x, sy + last * plane->across_y);
        for (int x = block->x0; x < block->x1; x++) {
            row[x] = inside ? sample_inside(grey, sx, sy) : sample(grey, sx, sy);
            sx += plane->across_x;
            sy += plane->across_y;
        }
    }
}

/* `out` is white: most of a page stays so. */
static void render_tile(const struct raster *grey, const struct plane *plane, int x0, int y0,
                        struct raster *out)
{
    int x1 = x0 + TILE < out->width ? x0 + TILE : out->width;
    int y1 = y0 + TILE < out->height ? y0 + TILE : out->height;
    for (int y = y0; y < y1; y += BLOCK_ROWS) {
        struct block block = {x0, y, x1, y + BLOCK_ROWS < y1 ? y + BLOCK_ROWS : y1};
        if (!comes_from_white(grey, plane, &block))
            render_block(grey, plane, &block, out);
    }
}

enum err_code deskew_render(const struct raster *grey, int turn_deg, double skew_deg,
                            const struct deskew_window *window, struct raster **out,
                            struct err *err)
{
    AUTO(raster)
    struct raster *level = NULL;
    enum err_code code = raster_new((int)ceil(window->width * window->scale),
                                    (int)ceil(window->height * window->scale), 1, &level, err);
    if (code)
        return code;
    struct plane plane = plane_of(grey, turn_deg, skew_deg, window);
    for (int y = 0; y < level->height; y += TILE)
        for (int x = 0; x < level->width; x += TILE)
            render_tile(grey, &plane, x, y, level);
    *out = TAKE(level);
    return ERR_OK;
}
