#include "ocr/clean/red_ink.h"

#include <string.h>

/* By how much red leads green and blue, of evened levels (paper = 255): in a square with some ink
 * of the palest stamp, where ink begins, and where it is as good as full. */
#define SQUARE_LEAD 14
#define NO_INK_LEAD 22
#define FULL_INK_LEAD 110
/* Black print over it hides the red: strokes of print are narrower than that. */
#define PRINT_STROKE_MM 0.5
#define PRINT_LEVEL 130
#define PIECE_MIN_MM 1.5

static int evened(int value, int paper)
{
    int level = value * 255 / (paper ? paper : 1);
    return level > 255 ? 255 : level;
}

static int red_lead(const uint8_t *px, const uint8_t *paper)
{
    int g = evened(px[1], paper[1]), b = evened(px[2], paper[2]);
    return evened(px[0], paper[0]) - (g > b ? g : b);
}

static const uint8_t *paper_at(const struct tone *tone, int small_x, int small_y)
{
    return raster_row(tone->paper, small_y * TONE_SMALL / TONE_PAPER) +
           3 * (small_x * TONE_SMALL / TONE_PAPER);
}

/* 0 in squares with red ink, 255 elsewhere. */
static enum err_code find_squares(const struct tone *tone, struct raster **out, struct err *err)
{
    AUTO(raster) struct raster *map = NULL;
    enum err_code code = raster_new(tone->small->width, tone->small->height, 1, &map, err);
    if (code)
        return code;
    for (int y = 0; y < map->height; y++) {
        const uint8_t *px = raster_row(tone->small, y);
        uint8_t *row = raster_row(map, y);
        for (int x = 0; x < map->width; x++)
            if (red_lead(px + 3 * x, paper_at(tone, x, y)) >= SQUARE_LEAD)
                row[x] = 0;
    }
    *out = TAKE(map);
    return ERR_OK;
}

static uint8_t red_level(int lead)
{
    int left = (FULL_INK_LEAD - lead) * 255 / (FULL_INK_LEAD - NO_INK_LEAD);
    return (uint8_t)(left < 0 ? 0 : left > 255 ? 255 : left);
}

static void take_square(const struct raster *page, const uint8_t *paper, int small_x, int small_y,
                        struct raster *grey)
{
    int right = (small_x + 1) * TONE_SMALL, bottom = (small_y + 1) * TONE_SMALL;
    for (int y = small_y * TONE_SMALL; y < bottom && y < page->height; y++) {
        const uint8_t *px = raster_row(page, y);
        uint8_t *row = raster_row(grey, y);
        for (int x = small_x * TONE_SMALL; x < right && x < page->width; x++)
            row[x] = red_level(red_lead(px + 3 * x, paper));
    }
}

/* The reddest on both sides of a place along one direction; the paler of the two. */
static uint8_t between(const struct raster *grey, int x, int y, int dx, int dy, int reach)
{
    uint8_t side[2] = {255, 255};
    for (int i = 1; i <= reach; i++)
        for (int s = 0; s < 2; s++) {
            int nx = x + (s ? i : -i) * dx, ny = y + (s ? i : -i) * dy;
            if (nx < 0 || ny < 0 || nx >= grey->width || ny >= grey->height)
                continue;
            uint8_t level = raster_row(grey, ny)[nx];
            side[s] = level < side[s] ? level : side[s];
        }
    return side[0] > side[1] ? side[0] : side[1];
}

/* Print that crosses a red stroke would cut it in two. */
static void bridge_print(const struct raster *page, const struct raster *map, int reach,
                         const struct raster *grey, struct raster *out)
{
    for (int y = 0; y < page->height; y++) {
        const uint8_t *px = raster_row(page, y);
        const uint8_t *square = raster_row(map, y / TONE_SMALL);
        for (int x = 0; x < page->width; x++) {
            int small = x / TONE_SMALL;
            bool near = !square[small] || (small && !square[small - 1]) ||
                        (small + 1 < map->width && !square[small + 1]);
            if (!near || px[3 * x] > PRINT_LEVEL)
                continue;
            uint8_t across = between(grey, x, y, 1, 0, reach);
            uint8_t down = between(grey, x, y, 0, 1, reach);
            uint8_t level = across < down ? across : down;
            if (level < raster_row(out, y)[x])
                raster_row(out, y)[x] = level;
        }
    }
}

static enum err_code draw(const struct raster *page, const struct tone *tone,
                          const struct raster *map, double dpi, struct raster **out,
                          struct err *err)
{
    AUTO(raster) struct raster *grey = NULL;
    AUTO(raster) struct raster *bridged = NULL;
    enum err_code code = raster_new(page->width, page->height, 1, &grey, err);
    if (code)
        return code;
    for (int y = 0; y < map->height; y++)
        for (int x = 0; x < map->width; x++)
            if (!raster_row(map, y)[x])
                take_square(page, paper_at(tone, x, y), x, y, grey);
    code = raster_turn(grey, 0, &bridged, err);
    if (code)
        return code;
    bridge_print(page, map, (int)(PRINT_STROKE_MM * dpi / 25.4) + 1, grey, bridged);
    *out = TAKE(bridged);
    return ERR_OK;
}

enum err_code red_ink_find(const struct raster *page, const struct tone *tone, double dpi,
                           struct red_ink *out, struct err *err)
{
    AUTO(raster) struct raster *map = NULL;
    AUTO(bits) struct Pix *bits = NULL;
    *out = (struct red_ink){0};
    if (page->channels != 3)
        return ERR_OK;
    int least = (int)(PIECE_MIN_MM * dpi / 25.4 / TONE_SMALL) + 1;
    enum err_code code = find_squares(tone, &map, err);
    if (!code)
        code = bits_from_grey(map, 128, &bits, err);
    if (code)
        return code;
    code = bits_find_pieces(bits, least, &out->pieces, NULL);
    if (code == ERR_TOO_MANY || (!code && !out->pieces.count))
        return ERR_OK;
    return code ? err_set(err, code, "red ink") : draw(page, tone, map, dpi, &out->grey, err);
}

void red_ink_done(struct red_ink *ink)
{
    raster_free(ink->grey);
    pieces_done(&ink->pieces);
    *ink = (struct red_ink){0};
}
