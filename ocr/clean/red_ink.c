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
/* As fine as stamps are read. */
#define ENOUGH_DPI 200

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

/* Squares of the page. */
enum square { RED = 0, NEAR_RED = 192, NO_RED = 255 };

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
                row[x] = RED;
    }
    *out = TAKE(map);
    return ERR_OK;
}

static uint8_t red_level(int lead)
{
    int left = (FULL_INK_LEAD - lead) * 255 / (FULL_INK_LEAD - NO_INK_LEAD);
    return (uint8_t)(left < 0 ? 0 : left > 255 ? 255 : left);
}

/* The mean colour of one place of the picture. */
static void mean_at(const struct raster *page, int factor, int x, int y, uint8_t out[3])
{
    int sum[3] = {0}, count = 0;
    for (int dy = y * factor; dy < (y + 1) * factor && dy < page->height; dy++)
        for (int dx = x * factor; dx < (x + 1) * factor && dx < page->width; dx++, count++)
            for (int c = 0; c < 3; c++)
                sum[c] += raster_row(page, dy)[3 * dx + c];
    for (int c = 0; c < 3; c++)
        out[c] = (uint8_t)(sum[c] / (count ? count : 1));
}

/* The places of the picture that begin in a square, along one side. */
static int first_of(int square, int factor, int size)
{
    int at = (square * TONE_SMALL + factor - 1) / factor;
    return at < size ? at : size;
}

static void take_square(const struct raster *page, const uint8_t *paper, int small_x, int small_y,
                        struct red_ink *out)
{
    int factor = out->factor;
    int right = first_of(small_x + 1, factor, out->grey->width);
    int bottom = first_of(small_y + 1, factor, out->height);
    for (int y = first_of(small_y, factor, bottom); y < bottom; y++)
        for (int x = first_of(small_x, factor, right); x < right; x++) {
            uint8_t px[3];
            mean_at(page, factor, x, y, px);
            raster_row(out->grey, y - out->top)[x] = red_level(red_lead(px, paper));
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

static void bridge_square(const struct raster *page, int small_x, int small_y, int reach,
                          struct red_ink *out)
{
    int factor = out->factor;
    int right = first_of(small_x + 1, factor, out->grey->width);
    int bottom = first_of(small_y + 1, factor, out->height);
    for (int y = first_of(small_y, factor, bottom); y < bottom; y++)
        for (int x = first_of(small_x, factor, right); x < right; x++) {
            uint8_t px[3], *level = &raster_row(out->grey, y - out->top)[x];
            mean_at(page, factor, x, y, px);
            if (px[0] > PRINT_LEVEL)
                continue;
            uint8_t across = between(out->grey, x, y - out->top, 1, 0, reach);
            uint8_t down = between(out->grey, x, y - out->top, 0, 1, reach);
            uint8_t paler = across < down ? across : down;
            *level = paler < *level ? paler : *level;
        }
}

/* Squares without red ink are marked that lie within a print stroke of some. */
static void mark_near(struct raster *map, int reach)
{
    for (int y = 0; y < map->height; y++)
        for (int x = 0; x < map->width; x++) {
            if (raster_row(map, y)[x] != RED)
                continue;
            int right = x + reach < map->width ? x + reach : map->width - 1;
            int bottom = y + reach < map->height ? y + reach : map->height - 1;
            for (int ny = y > reach ? y - reach : 0; ny <= bottom; ny++)
                for (int nx = x > reach ? x - reach : 0; nx <= right; nx++)
                    if (raster_row(map, ny)[nx] != RED)
                        raster_row(map, ny)[nx] = NEAR_RED;
        }
}

/* Print that crosses a red stroke would cut it in two. */
static void bridge_print(const struct raster *page, const struct raster *map, int top, int bottom,
                         double stroke, struct red_ink *out)
{
    for (int y = top; y < bottom; y++)
        for (int x = 0; x < map->width; x++)
            if (raster_row(map, y)[x] != NO_RED)
                bridge_square(page, x, y, (int)(stroke / out->factor) + 1, out);
}

/* Rows of squares from the first piece to the last. */
static void find_rows(const struct pieces *pieces, int *out_top, int *out_bottom)
{
    int top = pieces->item[0].y, bottom = 0;
    for (int i = 0; i < pieces->count; i++) {
        const struct piece *piece = &pieces->item[i];
        top = piece->y < top ? piece->y : top;
        bottom = piece->y + piece->h > bottom ? piece->y + piece->h : bottom;
    }
    *out_top = top;
    *out_bottom = bottom;
}

static enum err_code draw(const struct raster *page, const struct tone *tone, struct raster *map,
                          double dpi, struct red_ink *out, struct err *err)
{
    int top, bottom, factor = dpi >= 2 * ENOUGH_DPI ? (int)(dpi / ENOUGH_DPI) : 1;
    double stroke = PRINT_STROKE_MM * dpi / 25.4;
    find_rows(&out->pieces, &top, &bottom);
    out->factor = factor;
    out->height = (page->height + factor - 1) / factor;
    out->top = first_of(top, factor, out->height);
    enum err_code code =
        raster_new((page->width + factor - 1) / factor,
                   first_of(bottom, factor, out->height) - out->top, 1, &out->grey, err);
    if (code)
        return code;
    for (int y = top; y < bottom; y++)
        for (int x = 0; x < map->width; x++)
            if (raster_row(map, y)[x] == RED)
                take_square(page, paper_at(tone, x, y), x, y, out);
    mark_near(map, (int)(stroke / TONE_SMALL) + 1);
    bridge_print(page, map, top, bottom, stroke, out);
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
    return code ? err_set(err, code, "red ink") : draw(page, tone, map, dpi, out, err);
}

enum err_code red_ink_whole(const struct red_ink *ink, struct raster **out, struct err *err)
{
    AUTO(raster) struct raster *whole = NULL;
    enum err_code code = raster_new(ink->grey->width, ink->height, 1, &whole, err);
    if (code)
        return code;
    memcpy(raster_row(whole, ink->top), ink->grey->px,
           (size_t)ink->grey->width * (size_t)ink->grey->height);
    *out = TAKE(whole);
    return ERR_OK;
}

void red_ink_done(struct red_ink *ink)
{
    raster_free(ink->grey);
    pieces_done(&ink->pieces);
    *ink = (struct red_ink){0};
}
