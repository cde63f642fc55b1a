#include "ocr/clean/papers.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LID_SHARE 0.55    /* of the paper's brightness: darker is a dark lid (as in tone.c) */
#define DARK_LID_MIN 0.01 /* of the image, or it is a feed bar or a punch hole at the edge */
#define STANDS_OUT 10     /* of 256, from a light lid */
#define FINE 4.0          /* pixels per mm are more than an edge needs */
#define SMALLEST_MM2 2500.0
#define SIDE_MIN_MM 10.0 /* of straight edge make a side */
#define STRAIGHT 0.8     /* of the edge that lies on the four sides; a paragraph has half */
#define FILLED 0.93      /* of the rectangle; a corner may be folded over */
#define BESIDE_MAX 0.002 /* of a light lid's paper may lie beside it: dust, no writing */

enum mark { THING, LIKE_LID, LID, TAKEN };

struct look {
    const struct raster *page;
    double px_per_mm;
    int w, h;
    uint8_t *mark; /* enum mark */
    uint8_t *near; /* like the lid with all its neighbours */
    int *stack;
};

static void look_auto(struct look *look)
{
    mem_free(look->mark);
    mem_free(look->near);
    mem_free(look->stack);
}

static int brightness(const uint8_t *px, int channels)
{
    return channels == 1 ? px[0] : (77 * px[0] + 150 * px[1] + 29 * px[2]) >> 8;
}

/* ---- what is lid ------------------------------------------------------------------------------
 */

static void mark_dark(struct look *look, int white)
{
    int channels = look->page->channels;
    for (int i = 0; i < look->w * look->h; i++)
        look->mark[i] =
            brightness(look->page->px + (size_t)i * channels, channels) < white * LID_SHARE
                ? LIKE_LID
                : THING;
}

/* The commonest colour along the edge of the image. */
static void find_edge_colour(const struct look *look, int out[3])
{
    size_t histogram[64] = {0}, best = 0, count = 0;
    double sum[3] = {0};
    int channels = look->page->channels;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < 2 * (look->w + look->h); i++) {
            int along = i / 2 < look->w ? i / 2 : i / 2 - look->w;
            bool row = i / 2 < look->w;
            int x = row ? along : i % 2 ? look->w - 2 : 1;
            int y = row ? (i % 2 ? look->h - 2 : 1) : along;
            const uint8_t *px = raster_row(look->page, y) + (size_t)x * channels;
            size_t bin = (size_t)brightness(px, channels) / 4;
            if (pass == 0)
                histogram[bin]++;
            else if (bin == best) {
                for (int c = 0; c < channels; c++)
                    sum[c] += px[c];
                count++;
            }
        }
        for (size_t i = 1; i < 64 && pass == 0; i++)
            best = histogram[i] > histogram[best] ? i : best;
    }
    for (int c = 0; c < channels; c++)
        out[c] = (int)(sum[c] / (double)count + 0.5);
}

static void mark_like_edge(struct look *look)
{
    int colour[3] = {0}, channels = look->page->channels;
    find_edge_colour(look, colour);
    for (int i = 0; i < look->w * look->h; i++) {
        look->mark[i] = LIKE_LID;
        for (int c = 0; c < channels; c++)
            if (abs(look->page->px[(size_t)i * channels + c] - colour[c]) >= STANDS_OUT)
                look->mark[i] = THING;
    }
}

static bool neighbours_are(const struct look *look, int at, enum mark mark)
{
    int x = at % look->w, y = at / look->w;
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
            int nx = x + dx, ny = y + dy;
            if (nx >= 0 && ny >= 0 && nx < look->w && ny < look->h &&
                look->mark[ny * look->w + nx] != mark)
                return false;
        }
    return true;
}

static void visit(struct look *look, int at, int *count)
{
    if (look->near[at] && look->mark[at] == LIKE_LID) {
        look->mark[at] = LID;
        look->stack[(*count)++] = at;
    }
}

/* Lid is what hangs together with the edge of the image, not through gaps of three pixels or less.
 * Returns how many pixels it has. */
static int flood_lid(struct look *look)
{
    int w = look->w, h = look->h, count = 0;
    for (int i = 0; i < w * h; i++)
        look->near[i] = neighbours_are(look, i, LIKE_LID);
    for (int x = 0; x < w; x++) {
        visit(look, x, &count);
        visit(look, (h - 1) * w + x, &count);
    }
    for (int y = 0; y < h; y++) {
        visit(look, y * w, &count);
        visit(look, y * w + w - 1, &count);
    }
    for (int i = 0; i < count; i++) {
        int at = look->stack[i], x = at % w, y = at / w;
        if (x > 0)
            visit(look, at - 1, &count);
        if (x + 1 < w)
            visit(look, at + 1, &count);
        if (y > 0)
            visit(look, at - w, &count);
        if (y + 1 < h)
            visit(look, at + w, &count);
    }
    int core = count;
    for (int i = 0; i < core; i++) { /* its rim of one pixel, which `near` left out */
        int x = look->stack[i] % w, y = look->stack[i] / w;
        for (int ny = y - 1; ny <= y + 1; ny++)
            for (int nx = x - 1; nx <= x + 1; nx++)
                if (nx >= 0 && ny >= 0 && nx < w && ny < h && look->mark[ny * w + nx] == LIKE_LID)
                    look->mark[ny * w + nx] = LID;
    }
    return core;
}

/* ---- is it a paper? ---------------------------------------------------------------------------
 */

/* All pixels that hang together and are not lid; how many, on the stack. */
static int flood_thing(struct look *look, int start)
{
    int count = 0, w = look->w;
    look->mark[start] = TAKEN;
    look->stack[count++] = start;
    for (int i = 0; i < count; i++) {
        int at = look->stack[i], x = at % w, y = at / w;
        const int beside[] = {x > 0 ? at - 1 : -1, x + 1 < w ? at + 1 : -1, y > 0 ? at - w : -1,
                              y + 1 < look->h ? at + w : -1};
        for (int k = 0; k < 4; k++)
            if (beside[k] >= 0 && look->mark[beside[k]] < LID) {
                look->mark[beside[k]] = TAKEN;
                look->stack[count++] = beside[k];
            }
    }
    return count;
}

/* The outline of a thing: first the points beside lid, then those at the edge of the image. */
struct outline {
    struct point {
        float x, y;
    } * point;
    int beside_lid, count;
};

static void outline_auto(struct outline *outline)
{
    mem_free(outline->point);
}

static bool is_at_edge(const struct look *look, int at)
{
    int x = at % look->w, y = at / look->w;
    return x == 0 || y == 0 || x == look->w - 1 || y == look->h - 1;
}

static bool is_beside_lid(const struct look *look, int at)
{
    int w = look->w;
    return !is_at_edge(look, at) && (look->mark[at - 1] == LID || look->mark[at + 1] == LID ||
                                     look->mark[at - w] == LID || look->mark[at + w] == LID);
}

static enum err_code find_outline(const struct look *look, int count, struct outline *out,
                                  struct err *err)
{
    int points = 0;
    for (int i = 0; i < count; i++)
        points += is_at_edge(look, look->stack[i]) || is_beside_lid(look, look->stack[i]);
    out->point = mem_array((size_t)points + 1, sizeof *out->point);
    if (!out->point)
        return err_set(err, ERR_NO_MEMORY, "outline of a paper");
    for (int at_edge = 0; at_edge < 2; at_edge++) {
        for (int i = 0; i < count; i++) {
            int at = look->stack[i];
            if (at_edge ? is_at_edge(look, at) : is_beside_lid(look, at))
                out->point[out->count++] =
                    (struct point){(float)(at % look->w), (float)(at / look->w)};
        }
        if (!at_edge)
            out->beside_lid = out->count;
    }
    return ERR_OK;
}

/* A turned rectangle: extents along the turned axes, how much of the outline lies on its sides, and
 * which of them (left, right, top, bottom) are edges of paper rather than of the image. */
struct fit {
    double angle, low[2], high[2];
    int support;
    bool seen[4];
};

enum { BINS_MAX = 8192 };

/* The first and the last straight edge across one axis; where there is none, the paper ends with
 * the image. */
static void fit_axis(const struct outline *outline, double c, double s, double side_px,
                     uint16_t *bins, double *out_low, double *out_high, bool *out_seen,
                     int *support)
{
    double low = 1e9, high = -1e9;
    for (int i = 0; i < outline->count; i++) {
        double u = c * outline->point[i].x + s * outline->point[i].y;
        low = fmin(low, u);
        high = fmax(high, u);
    }
    int count = (int)fmin(fmax(high - low + 2, 3), BINS_MAX);
    memset(bins, 0, (size_t)count * sizeof *bins);
    for (int i = 0; i < outline->beside_lid; i++) {
        int bin = (int)(c * outline->point[i].x + s * outline->point[i].y - low + 0.5);
        if (bin < count && bins[bin] < UINT16_MAX)
            bins[bin]++;
    }
    int first = 0, last = count - 2;
    while (first + 2 < count && bins[first] + bins[first + 1] < side_px)
        first++;
    bool any = bins[first] + bins[first + 1] >= side_px;
    while (first + 2 < count && bins[first + 2] > bins[first])
        first++;
    while (last > 0 && bins[last] + bins[last + 1] < side_px)
        last--;
    while (last > 0 && bins[last - 1] > bins[last + 1])
        last--;
    bool one = last - first < side_px;
    out_seen[0] = any && (!one || first < count / 2);
    out_seen[1] = any && (!one || first >= count / 2);
    *out_low = low;
    *out_high = high;
    for (int k = 0; k < 2; k++) {
        if (!out_seen[k])
            continue;
        int from = k ? last : first;
        *support += bins[from] + bins[from + 1];
        *(k ? out_high : out_low) = low + from + 0.5;
    }
}

static struct fit fit_at(const struct look *look, const struct outline *outline, double angle,
                         uint16_t *bins)
{
    struct fit fit = {.angle = angle};
    double side_px = SIDE_MIN_MM * look->px_per_mm, c = cos(angle), s = sin(angle);
    fit_axis(outline, c, s, side_px, bins, &fit.low[0], &fit.high[0], fit.seen, &fit.support);
    fit_axis(outline, -s, c, side_px, bins, &fit.low[1], &fit.high[1], fit.seen + 2, &fit.support);
    return fit;
}

static struct fit best_fit(const struct look *look, const struct outline *outline, uint16_t *bins)
{
    struct fit best = {0};
    for (int half_deg = -90; half_deg < 90; half_deg++) {
        struct fit fit = fit_at(look, outline, half_deg * M_PI / 360, bins);
        if (fit.support > best.support)
            best = fit;
    }
    double middle = best.angle;
    for (int step = -5; step <= 5; step++) {
        struct fit fit = fit_at(look, outline, middle + step * M_PI / 1800, bins);
        if (fit.support > best.support)
            best = fit;
    }
    return best;
}

/* Share of the rectangle, as far as it lies in the image, that is the thing on the stack. */
static double filled(const struct look *look, const struct fit *fit)
{
    double c = cos(fit->angle), s = sin(fit->angle);
    size_t inside = 0, taken = 0;
    for (int y = 0; y < look->h; y++)
        for (int x = 0; x < look->w; x++) {
            double u = c * x + s * y, v = -s * x + c * y;
            if (u < fit->low[0] || u > fit->high[0] || v < fit->low[1] || v > fit->high[1])
                continue;
            inside++;
            taken += look->mark[y * look->w + x] == TAKEN;
        }
    return inside ? (double)taken / (double)inside : 0;
}

static struct rect_mm box_around(const struct look *look, int count)
{
    int left = look->w, top = look->h, right = 0, bottom = 0;
    for (int i = 0; i < count; i++) {
        int x = look->stack[i] % look->w, y = look->stack[i] / look->w;
        left = x < left ? x : left;
        top = y < top ? y : top;
        right = x + 1 > right ? x + 1 : right;
        bottom = y + 1 > bottom ? y + 1 : bottom;
    }
    return (struct rect_mm){left / look->px_per_mm, top / look->px_per_mm,
                            (right - left) / look->px_per_mm, (bottom - top) / look->px_per_mm};
}

static struct paper_edges edges_of(const struct look *look, const struct fit *fit)
{
    double mm = 1 / look->px_per_mm;
    return (struct paper_edges){.angle_rad = fit->angle,
                                .low = {fit->low[0] * mm, fit->low[1] * mm},
                                .high = {(fit->high[0] + 1) * mm, (fit->high[1] + 1) * mm},
                                .left = fit->seen[0],
                                .right = fit->seen[1],
                                .top = fit->seen[2],
                                .bottom = fit->seen[3]};
}

/* The thing on the stack as a paper; false when it is none. */
static enum err_code judge(const struct look *look, int count, bool *out_is_paper,
                           struct page_paper *out, struct paper_edges *out_edges, struct err *err)
{
    __attribute__((cleanup(outline_auto))) struct outline outline = {0};
    AUTO(mem) uint16_t *bins = mem_array(BINS_MAX, sizeof *bins);
    *out_is_paper = false;
    if (!bins)
        return err_set(err, ERR_NO_MEMORY, "outline of a paper");
    enum err_code code = find_outline(look, count, &outline, err);
    if (code || outline.beside_lid == 0)
        return code;
    struct fit fit = best_fit(look, &outline, bins);
    bool corner = (fit.seen[0] || fit.seen[1]) && (fit.seen[2] || fit.seen[3]);
    if (!corner || fit.support < STRAIGHT * outline.beside_lid || filled(look, &fit) < FILLED)
        return ERR_OK;
    *out_is_paper = true;
    out->sides = (struct size_mm){(fit.high[0] - fit.low[0] + 1) / look->px_per_mm,
                                  (fit.high[1] - fit.low[1] + 1) / look->px_per_mm};
    out->box = box_around(look, count);
    *out_edges = edges_of(look, &fit);
    return ERR_OK;
}

static enum err_code find_things(struct look *look, struct papers *out, double *out_beside_mm2,
                                 struct err *err)
{
    double mm2_per_px = 1 / (look->px_per_mm * look->px_per_mm);
    *out_beside_mm2 = 0;
    for (int i = 0; i < look->w * look->h; i++) {
        if (look->mark[i] >= LID)
            continue;
        struct page_paper paper = {0};
        struct paper_edges edges = {0};
        bool is_paper = false;
        int count = flood_thing(look, i);
        if (count * mm2_per_px >= SMALLEST_MM2 && out->count < PAGE_PAPERS_MAX) {
            enum err_code code = judge(look, count, &is_paper, &paper, &edges, err);
            if (code)
                return code;
        }
        if (is_paper) {
            out->edges[out->count] = edges;
            out->item[out->count++] = paper;
        } else
            *out_beside_mm2 += count * mm2_per_px;
    }
    return ERR_OK;
}

static void note_cards(struct papers *papers)
{
    for (size_t i = 0; i < papers->count && papers->card_count < PAGE_CARDS_MAX; i++)
        if (strcmp(paper_size_name(papers->item[i].sides), PAPER_CARD) == 0)
            papers->card[papers->card_count++] = papers->item[i].box;
}

static void keep_sure_on_light(struct papers *papers, double beside_mm2)
{
    size_t kept = 0;
    double mm2 = 0;
    for (size_t i = 0; i < papers->count; i++) {
        mm2 += papers->item[i].sides.w * papers->item[i].sides.h;
        kept += strcmp(paper_size_name(papers->item[i].sides), PAPER_OTHER) != 0;
    }
    papers->count = kept == papers->count && beside_mm2 <= BESIDE_MAX * mm2 ? kept : 0;
}

enum err_code papers_find(const struct raster *small, double px_per_mm, int white,
                          struct papers *out, struct err *err)
{
    AUTO(raster) struct raster *half = NULL;
    struct papers found = {0};
    double beside_mm2 = 0;
    *out = found;
    if (px_per_mm > FINE) {
        enum err_code code = raster_reduce(small, 2, &half, err);
        if (code)
            return code;
        small = half;
        px_per_mm /= 2;
    }
    __attribute__((cleanup(look_auto))) struct look look = {
        .page = small, .px_per_mm = px_per_mm, .w = small->width, .h = small->height};
    size_t count = (size_t)look.w * (size_t)look.h;
    if (look.w < 10 || look.h < 10)
        return ERR_OK;
    look.mark = mem_array(count, 1);
    look.near = mem_array(count, 1);
    look.stack = mem_array(count, sizeof *look.stack);
    if (!look.mark || !look.near || !look.stack)
        return err_set(err, ERR_NO_MEMORY, "papers of a page");
    mark_dark(&look, white);
    bool is_dark = flood_lid(&look) >= DARK_LID_MIN * (double)count;
    if (!is_dark) {
        mark_like_edge(&look);
        flood_lid(&look);
    }
    enum err_code code = find_things(&look, &found, &beside_mm2, err);
    if (code)
        return code;
    note_cards(&found);
    found.lid_is_dark = is_dark;
    if (!is_dark)
        keep_sure_on_light(&found, beside_mm2);
    *out = found;
    return ERR_OK;
}
