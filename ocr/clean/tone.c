#include "ocr/clean/tone.h"
#include "ocr/clean/bits.h"

#include <string.h>

/* Below this share of the paper's brightness a broad dark area at the edge is lid, and a place is
 * never taken for darker paper. */
#define LID_SHARE 0.55
#define PAPER_FLOOR_SHARE 0.45
/* Of the contrast of pale ink: what is paper still, and what is black. */
#define PALE_PAPER_SHARE 0.3
#define PALE_BLACK_SHARE 1.15
/* Ink up to this many TONE_PAPER squares wide is filled in when the paper is looked for. */
#define INK_REACH 2

static int brightness(const uint8_t *px, int channels)
{
    return channels == 1 ? px[0] : (77 * px[0] + 150 * px[1] + 29 * px[2]) >> 8;
}

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

static int level_of_brightest(const unsigned *histogram, size_t wanted)
{
    size_t brighter = 0;
    int level = 255;
    while (level > 1 && (brighter += histogram[level]) < wanted)
        level--;
    return level;
}

/* A card may be all the paper there is on a dark lid. */
static int measure_white(const struct raster *small)
{
    unsigned histogram[256] = {0};
    size_t count = (size_t)small->width * small->height;
    for (size_t i = 0; i < count; i++)
        histogram[brightness(small->px + i * small->channels, small->channels)]++;
    int usual = level_of_brightest(histogram, count / 10);
    int least = level_of_brightest(histogram, count * 3 / 100);
    return usual < least * LID_SHARE ? least : usual;
}

/* The brightest of each 2x2 of `small`, channel by channel. */
static enum err_code brightest_quarters(const struct raster *small, struct raster **out,
                                        struct err *err)
{
    int channels = small->channels;
    AUTO(raster)
    struct raster *half = NULL;
    enum err_code code =
        raster_new((small->width + 1) / 2, (small->height + 1) / 2, channels, &half, err);
    if (code)
        return code;
    memset(half->px, 0, (size_t)half->width * half->height * channels);
    for (int y = 0; y < small->height; y++) {
        const uint8_t *source = raster_row(small, y);
        uint8_t *target = raster_row(half, y / 2);
        for (int x = 0; x < small->width; x++)
            for (int c = 0; c < channels; c++, source++)
                if (*source > target[x / 2 * channels + c])
                    target[x / 2 * channels + c] = *source;
    }
    *out = TAKE(half);
    return ERR_OK;
}

/* One pass along rows (step = channels) or columns (step = row bytes) of a running maximum, minimum
 * or mean over 2 * INK_REACH + 1 places. */
enum running { RUNNING_MAX, RUNNING_MIN, RUNNING_MEAN };

static inline uint8_t run_place(const uint8_t *line, int from, int to, enum running kind)
{
    int best = line[from], sum = 0;
    for (int i = from; i <= to; i++) {
        sum += line[i];
        if (kind == RUNNING_MAX ? line[i] > best : line[i] < best)
            best = line[i];
    }
    return (uint8_t)(kind == RUNNING_MEAN ? sum / (to - from + 1) : best);
}

/* Inline, so that kind and reach are constants where it is called. */
static inline void run_kind(const uint8_t *restrict line, int length, const int reach,
                            const enum running kind, uint8_t *restrict out)
{
    int inner = length - reach;
    for (int i = 0; i < length; i++)
        if (i < reach || i >= inner)
            out[i] = run_place(line, i > reach ? i - reach : 0,
                               i + reach < length - 1 ? i + reach : length - 1, kind);
    for (int i = reach; i < inner; i++)
        out[i] = run_place(line, i - reach, i + reach, kind);
}

static void run_line(uint8_t *line, int length, size_t step, enum running kind, uint8_t *copy)
{
    uint8_t *out = copy + length;
    for (int i = 0; i < length; i++)
        copy[i] = line[i * step];
    if (kind == RUNNING_MAX)
        run_kind(copy, length, INK_REACH, RUNNING_MAX, out);
    else if (kind == RUNNING_MIN)
        run_kind(copy, length, INK_REACH, RUNNING_MIN, out);
    else
        run_kind(copy, length, INK_REACH, RUNNING_MEAN, out);
    for (int i = 0; i < length; i++)
        line[i * step] = out[i];
}

static enum err_code run_square(struct raster *raster, enum running kind, struct err *err)
{
    int longest = raster->width > raster->height ? raster->width : raster->height;
    AUTO(mem)
    uint8_t *copy = mem_array((size_t)longest, 2);
    if (!copy)
        return err_set(err, ERR_NO_MEMORY, "paper tone");
    size_t row_bytes = (size_t)raster->width * raster->channels;
    for (int c = 0; c < raster->channels; c++) {
        for (int y = 0; y < raster->height; y++)
            run_line(raster_row(raster, y) + c, raster->width, raster->channels, kind, copy);
        for (int x = 0; x < raster->width; x++)
            run_line(raster->px + (size_t)x * raster->channels + c, raster->height, row_bytes, kind,
                     copy);
    }
    return ERR_OK;
}

/* Broad dark areas that touch the edge of the image. `half` still has its ink. */
static enum err_code find_lid(const struct raster *half, int white, struct raster **out,
                              struct err *err)
{
    AUTO(raster)
    struct raster *grey = NULL;
    enum err_code code = raster_new(half->width, half->height, 1, &grey, err);
    if (code)
        return code;
    size_t count = (size_t)half->width * half->height;
    for (size_t i = 0; i < count; i++)
        grey->px[i] = (uint8_t)brightness(half->px + i * half->channels, half->channels);
    return bits_edge_areas(grey, (int)(white * LID_SHARE), out, err);
}

/* Lid squares take the page's white, so that smoothing does not darken the paper beside them. */
static void fill_lid(struct raster *paper, const struct raster *lid, int white)
{
    size_t count = (size_t)paper->width * paper->height;
    int floor_level = (int)(white * PAPER_FLOOR_SHARE);
    for (size_t i = 0; i < count; i++) {
        uint8_t *px = paper->px + i * paper->channels;
        for (int c = 0; c < paper->channels; c++)
            px[c] = (uint8_t)(lid->px[i] ? white : clamp(px[c], floor_level, 255));
    }
}

enum err_code tone_measure(const struct raster *page, struct tone *out, struct err *err)
{
    *out = (struct tone){0};
    enum err_code code = raster_reduce(page, TONE_SMALL, &out->small, err);
    if (code)
        return code;
    out->white = measure_white(out->small);
    code = brightest_quarters(out->small, &out->paper, err);
    if (!code)
        code = find_lid(out->paper, out->white, &out->lid, err);
    if (code)
        return code;
    fill_lid(out->paper, out->lid, out->white);
    code = run_square(out->paper, RUNNING_MAX, err);
    if (!code)
        code = run_square(out->paper, RUNNING_MIN, err);
    if (!code)
        code = run_square(out->paper, RUNNING_MEAN, err);
    if (!code)
        code = run_square(out->paper, RUNNING_MEAN, err);
    return code;
}

void tone_done(struct tone *tone)
{
    raster_free(tone->small);
    raster_free(tone->paper);
    raster_free(tone->lid);
    *tone = (struct tone){0};
}

/* 65536 * 255 / paper for each square and channel of row y, interpolated between square rows. */
static void row_gains(const struct raster *paper, int y, uint32_t *gains)
{
    int place = clamp(2 * y + 1 - TONE_PAPER, 0, 2 * TONE_PAPER * (paper->height - 1));
    int upper = place / (2 * TONE_PAPER), part = place % (2 * TONE_PAPER);
    const uint8_t *a = raster_row(paper, upper);
    const uint8_t *b = raster_row(paper, upper + (upper + 1 < paper->height));
    for (int i = 0; i < paper->width * paper->channels; i++) {
        int level = a[i] * (2 * TONE_PAPER - part) + b[i] * part;
        gains[i] = 65536u * 255u * (2 * TONE_PAPER) / (uint32_t)(level > 0 ? level : 1);
    }
}

static inline int gained(int value, uint32_t gain)
{
    uint32_t level = (uint32_t)value * gain >> 16;
    return level > 255 ? 255 : (int)level;
}

static inline int colour_to_grey(int r, int g, int b, int drop)
{
    int grey = (77 * r + 150 * g + 29 * b) >> 8;
    if (drop == INK_KEEP)
        return grey;
    int top = drop == INK_DROP_RED ? r : b;
    int other = drop == INK_DROP_RED ? (g < b ? g : b) : (r < g ? r : g);
    int cleared = top + (top > other ? (top - other) / 2 : 0);
    return cleared > grey ? (cleared > 255 ? 255 : cleared) : grey;
}

static void even_row(const uint8_t *px, int width, int channels, const uint32_t *gains,
                     const uint8_t *lid, const uint8_t *drop, uint8_t *out)
{
    for (int x0 = 0; x0 < width; x0 += TONE_SMALL) {
        int x1 = x0 + TONE_SMALL < width ? x0 + TONE_SMALL : width;
        int square = x0 / TONE_PAPER;
        const uint32_t *gain = gains + square * channels;
        if (lid[square])
            continue; /* white already */
        if (channels == 1) {
            for (int x = x0; x < x1; x++)
                out[x] = (uint8_t)gained(px[x], gain[0]);
            continue;
        }
        int dropped = drop ? drop[x0 / TONE_SMALL] : INK_KEEP;
        for (int x = x0; x < x1; x++)
            out[x] =
                (uint8_t)colour_to_grey(gained(px[3 * x], gain[0]), gained(px[3 * x + 1], gain[1]),
                                        gained(px[3 * x + 2], gain[2]), dropped);
    }
}

enum err_code tone_even(const struct raster *page, const struct tone *tone,
                        const struct raster *drop, struct raster **out, struct err *err)
{
    AUTO(raster)
    struct raster *grey = NULL;
    AUTO(mem)
    uint32_t *gains = mem_array((size_t)tone->paper->width * tone->paper->channels, sizeof *gains);
    if (!gains)
        return err_set(err, ERR_NO_MEMORY, "paper tone");
    enum err_code code = raster_new(page->width, page->height, 1, &grey, err);
    if (code)
        return code;
    for (int y = 0; y < page->height; y++) {
        uint8_t *row = raster_row(grey, y);
        row_gains(tone->paper, y, gains);
        even_row(raster_row(page, y), page->width, page->channels, gains,
                 raster_row(tone->lid, y / TONE_PAPER),
                 drop ? raster_row(drop, y / TONE_SMALL) : NULL, row);
    }
    *out = TAKE(grey);
    return ERR_OK;
}

struct tone_range tone_range_pale(int contrast)
{
    int paper = (int)(PALE_PAPER_SHARE * contrast), black = (int)(PALE_BLACK_SHARE * contrast);
    return (struct tone_range){clamp(255 - black, 0, 253), clamp(255 - paper, 230, 254)};
}

void tone_stretch(struct raster *grey, struct tone_range range)
{
    uint8_t stretched[256];
    for (int i = 0; i < 256; i++)
        stretched[i] =
            (uint8_t)clamp((i - range.black) * 255 / (range.white - range.black), 0, 255);
    size_t count = (size_t)grey->width * grey->height;
    for (size_t i = 0; i < count; i++)
        grey->px[i] = stretched[grey->px[i]];
}
