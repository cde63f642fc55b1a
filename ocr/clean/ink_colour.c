#include "ocr/clean/ink_colour.h"
#include "ocr/clean/bits.h"

#include <math.h>
#include <string.h>

/* Evened levels (paper = 255) of a mean over TONE_SMALL squares. */
#define RED_LEAD 36
#define BLUE_LEAD 30
#define DARK_LEVEL 140
#define NEUTRAL_SPREAD 30

#define SEAL_MIN_MM 14.0
#define SEAL_MAX_MM 60.0
#define STAMP_MIN_W_MM 15.0
#define STAMP_MIN_H_MM 9.0
#define STROKE_MIN_MM 9.0 /* higher than any letter */
#define JOIN_MM 1.5
#define TEXT_UNDER_STAMP 0.02

enum ink { INK_NONE, INK_RED, INK_BLUE, INK_BLACK };

static uint8_t ink_of(const uint8_t *px, const uint8_t *paper)
{
    int level[3];
    for (int c = 0; c < 3; c++) {
        level[c] = px[c] * 255 / (paper[c] ? paper[c] : 1);
        level[c] = level[c] > 255 ? 255 : level[c];
    }
    int r = level[0], g = level[1], b = level[2];
    if (r - (g > b ? g : b) >= RED_LEAD)
        return INK_RED;
    if (b - (r < g ? r : g) >= BLUE_LEAD && b >= r - 10)
        return INK_BLUE;
    int low = r < g ? r : g, high = r > g ? r : g;
    low = b < low ? b : low;
    high = b > high ? b : high;
    return high < DARK_LEVEL && high - low < NEUTRAL_SPREAD ? INK_BLACK : INK_NONE;
}

static enum err_code map_inks(const struct tone *tone, struct raster **out, struct err *err)
{
    AUTO(raster)
    struct raster *map = NULL;
    enum err_code code = raster_new(tone->small->width, tone->small->height, 1, &map, err);
    if (code)
        return code;
    for (int y = 0; y < map->height; y++) {
        const uint8_t *px = raster_row(tone->small, y);
        const uint8_t *paper = raster_row(tone->paper, y * TONE_SMALL / TONE_PAPER);
        uint8_t *row = raster_row(map, y);
        for (int x = 0; x < map->width; x++)
            row[x] = ink_of(px + 3 * x, paper + x * TONE_SMALL / TONE_PAPER * 3);
    }
    *out = TAKE(map);
    return ERR_OK;
}

static enum err_code pieces_of_ink(const struct raster *map, enum ink ink, int join,
                                   struct pieces *out, struct err *err)
{
    AUTO(raster)
    struct raster *mask = NULL;
    AUTO(bits)
    struct Pix *bits = NULL;
    AUTO(bits)
    struct Pix *joined = NULL;
    enum err_code code = raster_new(map->width, map->height, 1, &mask, err);
    if (code)
        return code;
    size_t count = (size_t)map->width * map->height;
    for (size_t i = 0; i < count; i++)
        mask->px[i] = map->px[i] == ink ? 0 : 255;
    code = bits_from_grey(mask, 128, &bits, err);
    if (!code)
        code = bits_close(bits, join, join, &joined, err);
    return code ? code : bits_find_pieces(joined, 3, out, err);
}

/* Round or oval: ink all the way round just inside the box's ellipse, none in the box's corners. */
static bool is_ring(const struct raster *map, const struct piece *piece, enum ink ink)
{
    enum { DIRECTIONS = 48 };
    int met = 0;
    for (int d = 0; d < DIRECTIONS; d++) {
        double angle = 2 * M_PI * d / DIRECTIONS;
        bool found = false;
        for (double radius = 0.5; radius > 0.39 && !found; radius -= 0.01) {
            int x = piece->x + (int)(piece->w * (0.5 + radius * cos(angle)));
            int y = piece->y + (int)(piece->h * (0.5 + radius * sin(angle)));
            found = x >= 0 && y >= 0 && x < map->width && y < map->height &&
                    raster_row(map, y)[x] == ink;
        }
        met += found;
    }
    int corner_w = piece->w / 8, corner_h = piece->h / 8, inked = 0;
    for (int y = 0; y < corner_h; y++)
        for (int x = 0; x < corner_w; x++) {
            const uint8_t *top = raster_row(map, piece->y + y) + piece->x;
            const uint8_t *bottom = raster_row(map, piece->y + piece->h - 1 - y) + piece->x;
            inked += (top[x] == ink) + (top[piece->w - 1 - x] == ink) + (bottom[x] == ink) +
                     (bottom[piece->w - 1 - x] == ink);
        }
    return met >= DIRECTIONS * 3 / 4 && inked <= corner_w * corner_h * 4 / 10;
}

/* Ink along most of one edge of the box. */
static bool is_frame(const struct raster *map, const struct piece *piece, enum ink ink)
{
    enum { DEPTH = 3 };
    int top = 0, left = 0;
    for (int x = 0; x < piece->w; x++)
        for (int y = 0, met = 0; y < DEPTH && y < piece->h && !met; y++)
            top += met = raster_row(map, piece->y + y)[piece->x + x] == ink;
    for (int y = 0; y < piece->h; y++)
        for (int x = 0, met = 0; x < DEPTH && x < piece->w && !met; x++)
            left += met = raster_row(map, piece->y + y)[piece->x + x] == ink;
    return top > piece->w * 6 / 10 || left > piece->h * 6 / 10;
}

static double share_of_ink(const struct raster *map, const struct piece *piece, enum ink ink)
{
    long count = 0;
    for (int y = piece->y; y < piece->y + piece->h; y++)
        for (int x = piece->x; x < piece->x + piece->w; x++)
            count += raster_row(map, y)[x] == ink;
    return (double)count / ((double)piece->w * piece->h);
}

static void mark_box(const struct raster *drop, const struct piece *piece, enum ink_drop value)
{
    int x0 = piece->x > 0 ? piece->x - 1 : 0;
    int x1 = piece->x + piece->w + 1 < drop->width ? piece->x + piece->w + 1 : drop->width;
    for (int y = piece->y > 0 ? piece->y - 1 : 0; y < piece->y + piece->h + 1 && y < drop->height;
         y++)
        memset(raster_row(drop, y) + x0, value, (size_t)(x1 - x0));
}

static bool is_signature(const struct raster *map, const struct piece *piece, enum ink ink,
                         double px_per_mm)
{
    return ink == INK_BLUE && piece->h >= STROKE_MIN_MM * px_per_mm &&
           piece->h <= SEAL_MAX_MM * px_per_mm && piece->w <= 2 * SEAL_MAX_MM * px_per_mm &&
           !is_frame(map, piece, ink);
}

/* Seals with all that is in them, stamps over text, signatures. */
static enum err_code mark_ink(const struct raster *map, enum ink ink, double px_per_mm,
                              struct raster *drop, struct err *err)
{
    enum ink_drop value = ink == INK_RED ? INK_DROP_RED : INK_DROP_BLUE;
    int join = (int)(JOIN_MM * px_per_mm) | 1;
    AUTO(pieces)
    struct pieces joined = {0};
    AUTO(pieces)
    struct pieces strokes = {0};
    enum err_code code = pieces_of_ink(map, ink, join, &joined, err);
    if (!code)
        code = pieces_of_ink(map, ink, 1, &strokes, err);
    if (code)
        return code;
    for (int i = 0; i < joined.count; i++) {
        const struct piece *piece = &joined.item[i];
        double w = piece->w / px_per_mm, h = piece->h / px_per_mm;
        bool seal = w >= SEAL_MIN_MM && h >= SEAL_MIN_MM && w <= SEAL_MAX_MM && h <= SEAL_MAX_MM &&
                    is_ring(map, piece, ink);
        bool stamp = w >= STAMP_MIN_W_MM && h >= STAMP_MIN_H_MM && w <= 2 * SEAL_MAX_MM &&
                     h <= SEAL_MAX_MM && share_of_ink(map, piece, INK_BLACK) > TEXT_UNDER_STAMP;
        if (seal || stamp)
            mark_box(drop, piece, value);
    }
    for (int i = 0; i < strokes.count; i++)
        if (is_signature(map, &strokes.item[i], ink, px_per_mm))
            mark_box(drop, &strokes.item[i], value);
    return ERR_OK;
}

bool ink_any_dropped(const struct raster *drop)
{
    size_t count = drop ? (size_t)drop->width * drop->height : 0;
    for (size_t i = 0; i < count; i++)
        if (drop->px[i] != INK_KEEP)
            return true;
    return false;
}

enum err_code ink_find_drops(const struct tone *tone, double dpi, struct raster **out_drop,
                             struct err *err)
{
    if (tone->small->channels != 3) {
        *out_drop = NULL;
        return ERR_OK;
    }
    double px_per_mm = dpi / 25.4 / TONE_SMALL;
    AUTO(raster)
    struct raster *map = NULL;
    AUTO(raster)
    struct raster *drop = NULL;
    enum err_code code = map_inks(tone, &map, err);
    if (!code)
        code = raster_new(map->width, map->height, 1, &drop, err);
    if (code)
        return code;
    memset(drop->px, INK_KEEP, (size_t)drop->width * drop->height);
    code = mark_ink(map, INK_BLUE, px_per_mm, drop, err);
    if (!code)
        code = mark_ink(map, INK_RED, px_per_mm, drop, err);
    if (code)
        return code;
    *out_drop = TAKE(drop);
    return ERR_OK;
}
