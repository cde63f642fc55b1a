#include "ocr/recognize/patch.h"

#include "daemon/base/mem.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define MM_PER_INCH 25.4
#define UNIT_MM 2.032 /* a narrow bar, a space; a wide bar is 2.5 of them, all are 10 */
#define UNITS 10.0
/* Copiers enlarge and reduce. */
#define UNIT_LEAST 0.7
#define UNIT_MOST 1.45
/* In units: ink spreads, thresholds shift edges. */
#define NARROW_LEAST 0.5
#define NARROW_MOST 1.65
#define WIDE_MOST 3.3
#define QUIET_MM 4.0
#define LONG_MM 38.0 /* the shortest bars are 51; ends may be dirty */
#define DARK 140
#define BAND_MM 1.0
#define SPECK_MM 0.5 /* holes in bars, specks between them */
#define SLOPE 0.14   /* 8 degrees */
#define SKIPPED_MAX 4
#define FILLED_LEAST 0.7
#define BARS 4
#define CHAINS 48

/* Strips of the page one millimetre broad, the mean across each: along columns or along rows. */
struct bands {
    uint8_t *px; /* one strip after the other */
    int count, length, step;
};

static void bands_auto(struct bands *bands)
{
    mem_free(bands->px);
}

static void mean_columns(const struct raster *grey, struct bands *bands)
{
    for (int y = 0; y < grey->height; y++) {
        const uint8_t *px = raster_row(grey, y);
        for (int band = 0; band < bands->count; band++, px += bands->step) {
            unsigned sum = 0;
            for (int x = 0; x < bands->step; x++)
                sum += px[x];
            bands->px[(size_t)band * bands->length + y] = (uint8_t)(sum / (unsigned)bands->step);
        }
    }
}

static void mean_rows(const struct raster *grey, struct bands *bands, unsigned *sums)
{
    for (int band = 0; band < bands->count; band++) {
        for (int x = 0; x < bands->length; x++)
            sums[x] = 0;
        for (int y = 0; y < bands->step; y++) {
            const uint8_t *px = raster_row(grey, band * bands->step + y);
            for (int x = 0; x < bands->length; x++)
                sums[x] += px[x];
        }
        uint8_t *out = bands->px + (size_t)band * bands->length;
        for (int x = 0; x < bands->length; x++)
            out[x] = (uint8_t)(sums[x] / (unsigned)bands->step);
    }
}

static enum err_code make_bands(const struct raster *grey, bool down, double px_per_mm,
                                struct bands *out, struct err *err)
{
    int step = (int)fmax(1, BAND_MM * px_per_mm);
    *out = (struct bands){.count = (down ? grey->width : grey->height) / step,
                          .length = down ? grey->height : grey->width,
                          .step = step};
    AUTO(mem) unsigned *sums = mem_array((size_t)out->length, sizeof *sums);
    out->px = mem_alloc((size_t)out->count * (size_t)out->length + 1);
    if (!sums || !out->px)
        return err_set(err, ERR_NO_MEMORY, "strips of a page");
    if (down)
        mean_columns(grey, out);
    else
        mean_rows(grey, out, sums);
    return ERR_OK;
}

struct run {
    int start, length;
    bool dark;
};

/* Runs of one strip; what is shorter than a speck belongs to the run before. */
static int list_runs(const uint8_t *px, int length, int speck, struct run *out)
{
    int count = 0;
    for (int from = 0, to; from < length; from = to) {
        bool dark = px[from] < DARK;
        for (to = from + 1; to < length && (px[to] < DARK) == dark; to++)
            ;
        bool goes_on = count && (out[count - 1].dark == dark || to - from < speck);
        if (goes_on)
            out[count - 1].length = to - out[count - 1].start;
        else
            out[count++] = (struct run){from, to - from, dark};
    }
    return count;
}

/* Wide bars as bits, the first one highest; -1: no patch. */
static int read_bars(const struct run *run, double px_per_mm)
{
    const struct run *last = &run[2 * BARS - 2];
    double unit = (last->start + last->length - run->start) / UNITS;
    int bits = 0, wide = 0;
    if (unit < UNIT_LEAST * UNIT_MM * px_per_mm || unit > UNIT_MOST * UNIT_MM * px_per_mm)
        return -1;
    for (int i = 0; i < 2 * BARS - 1; i++) {
        double units = run[i].length / unit;
        bool is_wide = run[i].dark && units > NARROW_MOST;
        if (units < NARROW_LEAST || units > (is_wide ? WIDE_MOST : NARROW_MOST))
            return -1;
        wide += is_wide;
        bits = run[i].dark ? bits << 1 | is_wide : bits;
    }
    return wide == 2 ? bits : -1;
}

/* White beside it, or the edge of the sheet behind that. */
static bool is_alone(const struct run *run, int count, int at, double px_per_mm)
{
    int quiet = (int)(QUIET_MM * px_per_mm), behind = at + 2 * BARS - 1;
    bool before_it = at > 0 && (at == 1 || run[at - 1].length >= quiet);
    return before_it && behind < count && (behind == count - 1 || run[behind].length >= quiet);
}

/* The same bars in one strip after the other. */
struct chain {
    int bits, first, last, seen; /* strips */
    int start, end, least, most; /* along them: in the last one, and of all */
};

struct search {
    struct chain chain[CHAINS];
    size_t count;
    double px_per_mm;
};

static bool follows(const struct chain *chain, const struct chain *next, int step)
{
    int strips = next->first - chain->last;
    double drift = strips * step * SLOPE + 1.5;
    return chain->bits == next->bits && strips > 0 && strips <= SKIPPED_MAX &&
           abs(chain->start - next->start) <= drift && abs(chain->end - next->end) <= drift;
}

static bool is_long(const struct search *search, const struct chain *chain, int step)
{
    int strips = chain->last - chain->first + 1;
    return strips * step >= LONG_MM * search->px_per_mm && chain->seen >= FILLED_LEAST * strips;
}

/* Room is made by what can no longer become long. */
static void begin_chain(struct search *search, const struct chain *next, int step)
{
    size_t at = 0;
    while (at < search->count && (next->first - search->chain[at].last <= SKIPPED_MAX ||
                                  is_long(search, &search->chain[at], step)))
        at++;
    if (at == CHAINS)
        return;
    search->chain[at] = *next;
    search->count += at == search->count;
}

static void add_match(struct search *search, const struct chain *next, int step)
{
    for (size_t i = 0; i < search->count; i++) {
        struct chain *chain = &search->chain[i];
        if (!follows(chain, next, step))
            continue;
        chain->last = next->last;
        chain->seen++;
        chain->start = next->start;
        chain->end = next->end;
        chain->least = next->start < chain->least ? next->start : chain->least;
        chain->most = next->end > chain->most ? next->end : chain->most;
        return;
    }
    begin_chain(search, next, step);
}

static void search_strip(struct search *search, const struct bands *bands, int band,
                         struct run *run)
{
    int speck = (int)fmax(2, SPECK_MM * search->px_per_mm);
    int count = list_runs(bands->px + (size_t)band * bands->length, bands->length, speck, run);
    for (int i = 0; i + 2 * BARS - 1 <= count; i++) {
        int bits = run[i].dark && is_alone(run, count, i, search->px_per_mm)
                       ? read_bars(&run[i], search->px_per_mm)
                       : -1;
        const struct run *last = &run[i + 2 * BARS - 2];
        int start = run[i].start, end = last->start + last->length;
        if (bits >= 0)
            add_match(search,
                      &(struct chain){.bits = bits,
                                      .first = band,
                                      .last = band,
                                      .seen = 1,
                                      .start = start,
                                      .end = end,
                                      .least = start,
                                      .most = end},
                      bands->step);
    }
}

/* Source: A-61599; wide bars are 1. */
static char name_of(int bits)
{
    switch (bits) {
    case 0xc:
        return '1';
    case 0x9:
        return '2';
    case 0xa:
        return '3';
    case 0x6:
        return '4';
    case 0x3:
        return '6';
    default:
        return 'T';
    }
}

static int turned_round(int bits)
{
    return (bits & 1) << 3 | (bits & 2) << 1 | (bits & 4) >> 1 | bits >> 3;
}

static void keep(const struct chain *chain, const struct bands *bands, bool down,
                 struct patches *out)
{
    bool from_far_edge = chain->least + chain->most > bands->length;
    double along[2] = {chain->least, chain->most};
    double across[2] = {chain->first * bands->step, (chain->last + 1) * bands->step};
    struct patch *patch = &out->item[out->count++];
    *patch = (struct patch){.left = down ? across[0] : along[0],
                            .right = down ? across[1] : along[1],
                            .top = down ? along[0] : across[0],
                            .bottom = down ? along[1] : across[1]};
    patch->name[0] = name_of(from_far_edge ? turned_round(chain->bits) : chain->bits);
}

static enum err_code search_page(const struct raster *grey, bool down, double px_per_mm,
                                 struct patches *out, struct err *err)
{
    __attribute__((cleanup(bands_auto))) struct bands bands = {0};
    struct search search = {.px_per_mm = px_per_mm};
    enum err_code code = make_bands(grey, down, px_per_mm, &bands, err);
    AUTO(mem) struct run *run = mem_array((size_t)bands.length + 1, sizeof *run);
    if (!code && !run)
        code = err_set(err, ERR_NO_MEMORY, "strips of a page");
    for (int band = 0; !code && band < bands.count; band++)
        search_strip(&search, &bands, band, run);
    for (size_t i = 0; !code && i < search.count && out->count < PATCHES_MAX; i++)
        if (is_long(&search, &search.chain[i], bands.step))
            keep(&search.chain[i], &bands, down, out);
    return code;
}

enum err_code patches_find(const struct raster *grey, double dpi, struct patches *out,
                           struct err *err)
{
    *out = (struct patches){0};
    double px_per_mm = dpi / MM_PER_INCH;
    enum err_code code = search_page(grey, true, px_per_mm, out, err);
    return code ? code : search_page(grey, false, px_per_mm, out, err);
}
