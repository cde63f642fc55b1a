#include "tests/bench/codes_paper.h"

#include "daemon/base/file.h"
#include "daemon/image/image_read.h"
#include "daemon/image/image_write.h"

#include <math.h>
#include <string.h>

static uint64_t dice_next(struct dice *dice)
{
    /* splitmix64 */
    uint64_t z = dice->state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

double dice_real(struct dice *dice, double from, double to)
{
    return from + (to - from) * (double)(dice_next(dice) >> 11) / 9007199254740992.0;
}

int dice_int(struct dice *dice, int from, int to)
{
    return from + (int)(dice_next(dice) % (uint64_t)(to - from + 1));
}

/* --- painting -------------------------------------------------------------------------------- */

struct turned {
    const struct spot *spot;
    ink_fn *ink;
    const void *thing;
    double sine, cosine, step_mm;
    int samples;
};

/* Mean ink of a pixel at (x, y) mm from the spot's centre; *out_inside: share of it in the thing.
 */
static double ink_of_pixel(const struct turned *turned, double x, double y, double *out_inside)
{
    double sum = 0;
    int inside = 0, count = turned->samples * turned->samples;
    for (int i = 0; i < count; i++) {
        double dx = x + turned->step_mm * (i % turned->samples + 0.5) / turned->samples;
        double dy = y + turned->step_mm * (i / turned->samples + 0.5) / turned->samples;
        double u = (dx * turned->cosine + dy * turned->sine) / turned->spot->w_mm + 0.5;
        double v = (dy * turned->cosine - dx * turned->sine) / turned->spot->h_mm + 0.5;
        if (u < 0 || v < 0 || u >= 1 || v >= 1)
            continue;
        double ink = turned->ink(turned->thing, u, v);
        inside += ink >= 0;
        sum += ink >= 0 ? ink : 0;
    }
    *out_inside = (double)inside / count;
    return sum / count;
}

void paper_paint(struct paper *paper, const struct spot *spot, ink_fn *ink, const void *thing)
{
    double turn = spot->turn_deg * M_PI / 180, reach = hypot(spot->w_mm, spot->h_mm) / 2;
    double scale = paper->px_per_mm;
    struct turned turned = {
        spot, ink, thing, sin(turn), cos(turn), 1 / scale, spot->w_mm * spot->h_mm > 2500 ? 2 : 4};
    int x0 = (int)fmax(0, (spot->x_mm - reach) * scale);
    int y0 = (int)fmax(0, (spot->y_mm - reach) * scale);
    int x1 = (int)fmin(paper->grey->width, (spot->x_mm + reach) * scale + 1);
    int y1 = (int)fmin(paper->grey->height, (spot->y_mm + reach) * scale + 1);
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++) {
            double inside;
            double dark =
                ink_of_pixel(&turned, x / scale - spot->x_mm, y / scale - spot->y_mm, &inside);
            uint8_t *px = &raster_row(paper->grey, y)[x];
            *px = (uint8_t)lround(*px * (1 - inside) + 255 * (inside - dark));
        }
}

struct framed {
    const struct symbol *symbol;
    double quiet_x, quiet_y; /* modules */
};

static double symbol_ink(const void *thing, double u, double v)
{
    const struct framed *framed = thing;
    const struct symbol *symbol = framed->symbol;
    double x = u * (symbol->width + 2 * framed->quiet_x) - framed->quiet_x;
    double y = v * (symbol->height + 2 * framed->quiet_y) - framed->quiet_y;
    if (x < 0 || y < 0 || x >= symbol->width || y >= symbol->height)
        return 0;
    return symbol->dark[(size_t)y * symbol->width + (size_t)x];
}

void paper_paint_symbol(struct paper *paper, const struct spot *spot, const struct symbol *symbol,
                        double quiet_modules)
{
    struct framed framed = {symbol, quiet_modules, symbol->height > 1 ? quiet_modules : 0};
    struct spot whole = *spot;
    whole.w_mm *= (symbol->width + 2 * framed.quiet_x) / symbol->width;
    whole.h_mm *= (symbol->height + 2 * framed.quiet_y) / symbol->height;
    paper_paint(paper, &whole, symbol_ink, &framed);
}

/* --- lookalikes ------------------------------------------------------------------------------ */

struct look {
    const struct spot *spot;
    double pitch_mm, phase;
    uint64_t seed;
};

/* 0..1, the same for the same cell. */
static double cell_value(const struct look *look, int x, int y)
{
    struct dice dice = {look->seed + (uint64_t)(uint32_t)x * 0x1f123bb5 +
                        (uint64_t)(uint32_t)y * 0x5bd1e995};
    dice_next(&dice);
    return dice_real(&dice, 0, 1);
}

static double fraction(double value)
{
    return value - floor(value);
}

static double table_ink(const void *thing, double u, double v)
{
    const struct look *look = thing;
    double x = u * look->spot->w_mm / look->pitch_mm, y = v * look->spot->h_mm / look->pitch_mm;
    bool line = fraction(x) * look->pitch_mm < 0.35 || fraction(y) * look->pitch_mm < 0.35;
    return line || cell_value(look, (int)x, (int)y) < look->phase;
}

static double hatching_ink(const void *thing, double u, double v)
{
    const struct look *look = thing;
    (void)v;
    double x = u * look->spot->w_mm / look->pitch_mm;
    return fraction(x) < ((int)x % 3 ? 0.35 : 0.6);
}

static double halftone_ink(const void *thing, double u, double v)
{
    const struct look *look = thing;
    double x = (u * look->spot->w_mm + v * look->spot->h_mm) / look->pitch_mm;
    double y = (u * look->spot->w_mm - v * look->spot->h_mm) / look->pitch_mm;
    double tone = 0.5 + 0.4 * sin(7 * u + look->phase * 9) * cos(5 * v + 3 * look->phase);
    return hypot(fraction(x) - 0.5, fraction(y) - 0.5) < sqrt(tone / M_PI);
}

static double seal_ink(const void *thing, double u, double v)
{
    const struct look *look = thing;
    double radius = 2 * hypot(u - 0.5, v - 0.5), angle = atan2(v - 0.5, u - 0.5);
    if (radius > 1)
        return -1;
    if (radius > 0.93 || (radius > 0.6 && radius < 0.64))
        return 1;
    if (radius > 0.7 && radius < 0.87)
        return fraction(angle * 9 + 0.3 * sin(40 * angle + look->phase)) < 0.45;
    double star = 0.3 + 0.12 * cos(5 * angle);
    return radius < star ? 1 : -1;
}

static double noise_ink(const void *thing, double u, double v)
{
    const struct look *look = thing;
    int x = (int)(u * look->spot->w_mm / look->pitch_mm);
    int y = (int)(v * look->spot->h_mm / look->pitch_mm);
    return cell_value(look, x, y) < 0.5;
}

static double corners_ink(const void *thing, double u, double v)
{
    const struct look *look = thing;
    static const double centre[3][2] = {{0.15, 0.15}, {0.85, 0.15}, {0.15, 0.85}};
    for (int i = 0; i < 3; i++) {
        double far = fmax(fabs(u - centre[i][0]), fabs(v - centre[i][1])) / 0.15 * 3.5;
        if (far < 3.5)
            return far < 1.5 || far > 2.5;
    }
    return cell_value(look, (int)(u * 30), (int)(v * 30)) < 0.3;
}

static double type_ink(const void *thing, double u, double v)
{
    const struct look *look = thing;
    double y = v * look->spot->h_mm / (look->pitch_mm * 9);
    double x = u * look->spot->w_mm / look->pitch_mm;
    bool letter = fraction(y) < 0.6 && cell_value(look, (int)x / 9, (int)y) > 0.15;
    return letter && cell_value(look, (int)x, (int)y) < 0.55;
}

void paper_paint_lookalike(struct paper *paper, const struct spot *spot, enum lookalike kind,
                           struct dice *dice)
{
    static ink_fn *const inks[LOOK_COUNT] = {table_ink, hatching_ink, halftone_ink, seal_ink,
                                             noise_ink, corners_ink,  type_ink};
    static const double pitch_mm[LOOK_COUNT][2] = {{2, 6},     {0.5, 2}, {0.3, 0.8}, {1, 1},
                                                   {0.3, 0.8}, {1, 1},   {0.25, 0.6}};
    struct look look = {spot, dice_real(dice, pitch_mm[kind][0], pitch_mm[kind][1]),
                        dice_real(dice, 0, 0.5), dice_next(dice)};
    paper_paint(paper, spot, inks[kind], &look);
}

/* --- wear ------------------------------------------------------------------------------------ */

#define REACH_MAX 16

static void blur_line(const uint8_t *from, ptrdiff_t step, int size, const float *kernel, int reach,
                      uint8_t *to)
{
    for (int i = 0; i < size; i++) {
        float sum = 0;
        for (int k = -reach; k <= reach; k++) {
            int at = i + k < 0 ? 0 : i + k >= size ? size - 1 : i + k;
            sum += kernel[k + reach] * from[at * step];
        }
        to[i] = (uint8_t)(sum + 0.5f);
    }
}

static enum err_code blur(struct raster *grey, double sigma, struct err *err)
{
    int reach = (int)fmin(REACH_MAX, ceil(3 * sigma)),
        longer = grey->width > grey->height ? grey->width : grey->height;
    float kernel[2 * REACH_MAX + 1], sum = 0;
    AUTO(mem) uint8_t *line = mem_alloc((size_t)longer);
    if (!line)
        return err_set(err, ERR_NO_MEMORY, "blur");
    for (int k = -reach; k <= reach; k++)
        sum += kernel[k + reach] = (float)exp(-k * k / (2 * sigma * sigma));
    for (int k = 0; k <= 2 * reach; k++)
        kernel[k] /= sum;
    for (int y = 0; y < grey->height; y++) {
        blur_line(raster_row(grey, y), 1, grey->width, kernel, reach, line);
        memcpy(raster_row(grey, y), line, (size_t)grey->width);
    }
    for (int x = 0; x < grey->width; x++) {
        blur_line(grey->px + x, grey->width, grey->height, kernel, reach, line);
        for (int y = 0; y < grey->height; y++)
            raster_row(grey, y)[x] = line[y];
    }
    return ERR_OK;
}

/* Ink loses its black, paper its white, towards one edge more; the sensor adds grain. */
static void fade(struct raster *grey, const struct wear *wear, struct dice *dice)
{
    double white = dice_real(dice, 228, 250), slope = dice_real(dice, -14, 0);
    for (int y = 0; y < grey->height; y++)
        for (int x = 0; x < grey->width; x++) {
            uint8_t *px = &raster_row(grey, y)[x];
            uint64_t bits = dice_next(dice);
            int four = (int)(bits & 255) + (int)(bits >> 8 & 255) + (int)(bits >> 16 & 255) +
                       (int)(bits >> 24 & 255);
            double grain = (four - 510) / 147.8 * wear->grain;
            double paper = white + slope * x / grey->width;
            double level = paper * (1 - wear->faded * 0.92 * (255 - *px) / 255) + grain;
            *px = (uint8_t)fmax(0, fmin(255, level + 0.5));
        }
}

static enum err_code compress(struct paper *paper, int quality, struct err *err)
{
    AUTO(fd) int fd = -1;
    AUTO(image) struct image image = {0};
    enum err_code code = file_memfd("paper", "", 0, &fd, err);
    if (!code)
        code = image_write_jpeg(paper->grey, quality, paper->px_per_mm * 25.4, fd, err);
    if (!code)
        code = image_read(fd, 0, &image, err);
    if (code)
        return code;
    raster_free(paper->grey);
    paper->grey = TAKE(image.raster);
    return ERR_OK;
}

enum err_code paper_wear(struct paper *paper, const struct wear *wear, struct dice *dice,
                         struct err *err)
{
    enum err_code code = blur(paper->grey, wear->blur_px, err);
    if (code)
        return code;
    fade(paper->grey, wear, dice);
    return compress(paper, wear->jpeg_quality, err);
}
