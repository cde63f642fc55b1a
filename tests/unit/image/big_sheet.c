#include "tests/unit/image/big_sheet.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LETTER_W 8
#define LETTER_H 14
#define LINE 30
#define LID 40

static unsigned next(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

/* One of 26 letters: strokes on a grid of 4 x 7, each two pixels wide. */
static void draw_letter(struct raster *sheet, int x, int y, unsigned letter)
{
    unsigned shape = letter * 2654435761u ^ 0x5bd1e995u;
    for (int row = 0; row < 7; row++)
        for (int column = 0; column < 3; column++) {
            shape = shape * 1103515245u + 12345u;
            if ((shape >> 16) % 5 < 2)
                for (int i = 0; i < 4; i++) {
                    int px = x + column * 2 + i % 2, py = y + row * 2 + i / 2;
                    if (px < sheet->width && py < sheet->height)
                        memset(raster_row(sheet, py) + px * 3, 30, 3);
                }
        }
}

struct raster *big_sheet(int width, int height, unsigned seed)
{
    struct raster *sheet = NULL;
    assert_int_equal(raster_new(width, height, 3, &sheet, NULL), ERR_OK);
    for (int y = 60; y + 60 < height; y += LINE)
        for (int x = 60; x + 60 < width; x += LETTER_W) {
            unsigned length = 1 + next(&seed) % 7;
            for (; length && x + 60 < width; length--, x += LETTER_W)
                draw_letter(sheet, x, y, next(&seed) % 26);
        }
    return sheet;
}

void big_sheet_clear(struct raster *sheet, int x, int y, int width, int height)
{
    for (int row = y; row < y + height; row++)
        memset(raster_row(sheet, row) + (size_t)x * 3, 255, (size_t)width * 3);
}

static int at(const struct raster *sheet, int x, int y, int channel)
{
    bool inside = x >= 0 && y >= 0 && x < sheet->width && y < sheet->height;
    return inside ? raster_row(sheet, y)[x * 3 + channel] : LID;
}

/* Between four pixels, as a lens does it. */
static int seen(const struct raster *sheet, double x, double y, int channel)
{
    int x0 = (int)floor(x), y0 = (int)floor(y);
    double fx = x - x0, fy = y - y0;
    double top = at(sheet, x0, y0, channel) * (1 - fx) + at(sheet, x0 + 1, y0, channel) * fx;
    double low =
        at(sheet, x0, y0 + 1, channel) * (1 - fx) + at(sheet, x0 + 1, y0 + 1, channel) * fx;
    return (int)(top * (1 - fy) + low * fy + 0.5);
}

struct raster *big_sheet_scan(const struct raster *sheet, struct glass glass)
{
    struct raster *part = NULL, *turned = NULL;
    double angle = glass.lean_deg * M_PI / 180, c = cos(angle), s = sin(angle);
    unsigned noise = 7u + (unsigned)glass.x + (unsigned)glass.y;
    assert_int_equal(raster_new(glass.width, glass.height, 3, &part, NULL), ERR_OK);
    for (int y = 0; y < glass.height; y++)
        for (int x = 0; x < glass.width; x++) {
            double dx = x - glass.width / 2.0, dy = y - glass.height / 2.0;
            double sx = glass.x + glass.width / 2.0 + c * dx + s * dy;
            double sy = glass.y + glass.height / 2.0 - s * dx + c * dy;
            for (int channel = 0; channel < 3; channel++) {
                int value =
                    seen(sheet, sx, sy, channel) + glass.light + (int)(next(&noise) % 7) - 3;
                raster_row(part, y)[x * 3 + channel] = (uint8_t)(value < 0     ? 0
                                                                 : value > 255 ? 255
                                                                               : value);
            }
        }
    assert_int_equal(raster_turn(part, glass.turn_deg, &turned, NULL), ERR_OK);
    raster_free(part);
    return turned;
}
