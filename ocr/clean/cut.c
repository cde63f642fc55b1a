#include "ocr/clean/cut.h"
#include "ocr/clean/quality.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SMALL_MAX_MM2 (148.0 * 210.0 * 1.05) /* A5 as glass and feeders are off */
#define GLASS_LONG_MM 450.0                  /* A3 and a rim */
#define GLASS_MIN_MM 120.0
#define FILLS_GLASS 0.8 /* of the image: no lid worth leaving out */

#define PER_MM 2.9 /* pixels that show writing, as a page of 300 dpi reduced has */

/* Outside the cut the lid has one tone within WINDOW_MM, but for dust. */
#define STANDS_OUT 12 /* of 256 */
#define WINDOW_MM 2.5
#define SHADOW_MM 1.0 /* beyond the cut that belongs to its papers' shadow */
#define DUST_MAX_MM 1.8
#define FRAME_MM 1.5 /* of the glass may show at the edge of the image */
#define EDGE_MM 4.0  /* of the glass, where its frame shows */

/* Across an edge of paper, in mm from outside to inside. */
#define LID_FROM_MM -3.5
#define LID_TO_MM -1.0
#define RIM_TO_MM 2.5
#define FACE_TO_MM 6.0
#define CORNER_MM 5.0
#define SHADE_MIN 10   /* of 256, that a shadow is darker than both sides of it */
#define SHADE_SHARE 25 /* percent of the edges: one side of a paper at the least */
#define LIGHTER_SHARE 75
#define COLOUR_MIN 8.0 /* mean of 256 */

struct view {
    const struct raster *page;
    double px_per_mm;
};

static int value_at(const struct view *view, int x, int y, int channel)
{
    return view->page
        ->px[((size_t)y * (size_t)view->page->width + (size_t)x) * (size_t)view->page->channels +
             (size_t)channel];
}

static bool is_inside(const struct rect_mm *r, double x, double y)
{
    return x >= r->x && x <= r->x + r->w && y >= r->y && y <= r->y + r->h;
}

static struct rect_mm grown(struct rect_mm r, double mm)
{
    return (struct rect_mm){r.x - mm, r.y - mm, r.w + 2 * mm, r.h + 2 * mm};
}

/* ---- does it lie on a light lid? --------------------------------------------------------------
 */

struct edge_count {
    int seen, shaded, lighter;
};

/* Brightness at a place given along the paper's axes; -1 outside the image. */
static int tone_at(const struct view *view, double angle, double u, double v)
{
    double x = (cos(angle) * u - sin(angle) * v) * view->px_per_mm;
    double y = (sin(angle) * u + cos(angle) * v) * view->px_per_mm;
    if (x < 0 || y < 0 || x >= view->page->width || y >= view->page->height)
        return -1;
    int sum = 0;
    for (int c = 0; c < view->page->channels; c++)
        sum += value_at(view, (int)x, (int)y, c);
    return sum / view->page->channels;
}

/* One line across an edge: `at` along it, `edge` and `inwards` (1, -1) across. */
static void count_line(const struct view *view, const struct paper_edges *paper, bool upright,
                       double at, double edge, int inwards, struct edge_count *count)
{
    double lid = 0, face = 0, step = 1 / view->px_per_mm;
    int rim = 255, lids = 0, faces = 0;
    for (double mm = LID_FROM_MM; mm <= FACE_TO_MM; mm += step) {
        double across = edge + inwards * mm;
        int tone = upright ? tone_at(view, paper->angle_rad, across, at)
                           : tone_at(view, paper->angle_rad, at, across);
        if (tone < 0)
            return;
        if (mm < LID_TO_MM) {
            lid += tone;
            lids++;
        } else if (mm > RIM_TO_MM) {
            face += tone;
            faces++;
        } else
            rim = tone < rim ? tone : rim;
    }
    if (!lids || !faces)
        return;
    lid /= lids;
    face /= faces;
    count->seen++;
    count->shaded += rim <= fmin(lid, face) - SHADE_MIN;
    count->lighter += face >= lid + SHADE_MIN;
}

static void count_edge(const struct view *view, const struct paper_edges *paper, bool upright,
                       double edge, int inwards, struct edge_count *count)
{
    double from = (upright ? paper->low.y : paper->low.x) + CORNER_MM;
    double to = (upright ? paper->high.y : paper->high.x) - CORNER_MM;
    for (double at = from; at <= to; at += 1 / view->px_per_mm)
        count_line(view, paper, upright, at, edge, inwards, count);
}

/* How far the paper's colours are from the lid's, on average; toner on any paper only darkens. */
static double colour_of(const struct view *view, struct rect_mm box)
{
    int channels = view->page->channels, lid[3] = {0};
    double scale = view->px_per_mm, sum = 0;
    if (channels < 3)
        return 0;
    int left = (int)fmax(0, (box.x - 2) * scale), top = (int)fmax(0, (box.y - 2) * scale);
    int right = (int)fmin(view->page->width - 1, (box.x + box.w + 2) * scale);
    int bottom = (int)fmin(view->page->height - 1, (box.y + box.h + 2) * scale);
    int x = left > 0 ? left : right, y = top > 0 ? top : bottom;
    for (int c = 0; c < channels; c++)
        lid[c] = value_at(view, x, y, c);
    for (y = top; y <= bottom; y++)
        for (x = left; x <= right; x++) {
            int low = INT_MAX, high = 0;
            for (int c = 0; c < channels; c++) {
                int differs = value_at(view, x, y, c) * 255 / (lid[c] > 0 ? lid[c] : 1);
                low = differs < low ? differs : low;
                high = differs > high ? differs : high;
            }
            sum += high - low;
        }
    return sum / ((double)(right - left + 1) * (bottom - top + 1));
}

static bool lies_on_light_lid(const struct view *view, const struct page_paper *paper,
                              const struct paper_edges *edges)
{
    struct edge_count count = {0};
    if (edges->left)
        count_edge(view, edges, true, edges->low.x, 1, &count);
    if (edges->right)
        count_edge(view, edges, true, edges->high.x, -1, &count);
    if (edges->top)
        count_edge(view, edges, false, edges->low.y, 1, &count);
    if (edges->bottom)
        count_edge(view, edges, false, edges->high.y, -1, &count);
    if (count.seen && count.lighter * 100 >= LIGHTER_SHARE * count.seen)
        return true;
    bool is_card = strcmp(paper_size_name(paper->sides), PAPER_CARD) == 0;
    return count.seen && count.shaded * 100 >= SHADE_SHARE * count.seen &&
           (!is_card || colour_of(view, paper->box) >= COLOUR_MIN);
}

/* ---- is the rest of the glass empty? ----------------------------------------------------------
 */

/* Sums over rectangles that begin at 0 0: of the values of one channel, and how many there are. */
struct sums {
    int width; /* one more than the image's */
    uint32_t *value, *count;
};

static void sums_auto(struct sums *sums)
{
    mem_free(sums->value);
    mem_free(sums->count);
}

static void add_up(const struct view *view, const struct rect_mm *kept, int channel,
                   struct sums *sums)
{
    for (int y = 0; y < view->page->height; y++) {
        uint32_t value = 0, count = 0;
        for (int x = 0; x < view->page->width; x++) {
            size_t at = (size_t)(y + 1) * (size_t)sums->width + (size_t)x + 1;
            if (!is_inside(kept, (x + 0.5) / view->px_per_mm, (y + 0.5) / view->px_per_mm)) {
                value += (uint32_t)value_at(view, x, y, channel);
                count++;
            }
            sums->value[at] = sums->value[at - (size_t)sums->width] + value;
            sums->count[at] = sums->count[at - (size_t)sums->width] + count;
        }
    }
}

static uint32_t sum_in(const uint32_t *sums, int width, int left, int top, int right, int bottom)
{
    return sums[bottom * width + right] - sums[bottom * width + left] - sums[top * width + right] +
           sums[top * width + left];
}

/* Blackens in `out` what differs from what is around it. */
static void mark_channel(const struct view *view, const struct rect_mm *kept, int channel,
                         struct sums *sums, struct raster *out)
{
    int reach = (int)ceil(WINDOW_MM * view->px_per_mm), w = out->width, h = out->height;
    add_up(view, kept, channel, sums);
    int frame = (int)(FRAME_MM * view->px_per_mm);
    for (int y = frame; y < h - frame; y++)
        for (int x = frame; x < w - frame; x++) {
            if (is_inside(kept, (x + 0.5) / view->px_per_mm, (y + 0.5) / view->px_per_mm))
                continue;
            int left = x > reach ? x - reach : 0, right = x + reach < w ? x + reach + 1 : w;
            int top = y > reach ? y - reach : 0, bottom = y + reach < h ? y + reach + 1 : h;
            double mean = (double)sum_in(sums->value, sums->width, left, top, right, bottom) /
                          sum_in(sums->count, sums->width, left, top, right, bottom);
            if (fabs(value_at(view, x, y, channel) - mean) >= STANDS_OUT)
                raster_row(out, y)[x] = 0;
        }
}

static bool is_at_edge(const struct piece *piece, int width, int height, double px_per_mm)
{
    double edge = EDGE_MM * px_per_mm;
    return piece->x + piece->w < edge || piece->y + piece->h < edge || piece->x > width - edge ||
           piece->y > height - edge;
}

static enum err_code is_empty_outside(const struct view *view, const struct rect_mm *cut, bool *out,
                                      struct err *err)
{
    int w = view->page->width, h = view->page->height;
    struct rect_mm kept = grown(*cut, SHADOW_MM);
    size_t count = (size_t)(w + 1) * (size_t)(h + 1);
    __attribute__((cleanup(sums_auto))) struct sums sums = {
        .width = w + 1,
        .value = mem_array(count, sizeof *sums.value),
        .count = mem_array(count, sizeof *sums.count),
    };
    AUTO(raster) struct raster *differs = NULL;
    AUTO(bits) struct Pix *bits = NULL;
    AUTO(pieces) struct pieces pieces = {0};
    if (!sums.value || !sums.count)
        return err_set(err, ERR_NO_MEMORY, "lid of a page");
    enum err_code code = raster_new(w, h, 1, &differs, err);
    for (int c = 0; !code && c < view->page->channels; c++)
        mark_channel(view, &kept, c, &sums, differs);
    if (!code)
        code = bits_from_grey(differs, 128, &bits, err);
    if (!code)
        code = bits_find_pieces(bits, 1, &pieces, err);
    if (code)
        return code;
    *out = !quality_has_writing(&pieces, w, h, view->px_per_mm);
    for (int i = 0; i < pieces.count; i++) {
        const struct piece *piece = &pieces.item[i];
        int longer = piece->w > piece->h ? piece->w : piece->h;
        if (longer > DUST_MAX_MM * view->px_per_mm && !is_at_edge(piece, w, h, view->px_per_mm))
            *out = false;
    }
    return ERR_OK;
}

/* ---- the cut ----------------------------------------------------------------------------------
 */

static bool are_small(const struct papers *papers)
{
    for (size_t i = 0; i < papers->count; i++)
        if (papers->item[i].sides.w * papers->item[i].sides.h > SMALL_MAX_MM2)
            return false;
    return papers->count > 0;
}

static bool lie_there(const struct view *view, const struct papers *papers)
{
    for (size_t i = 0; !papers->lid_is_dark && i < papers->count; i++)
        if (!lies_on_light_lid(view, &papers->item[i], &papers->edges[i]))
            return false;
    return true;
}

static struct rect_mm box_of(const struct papers *papers, struct size_mm glass)
{
    struct rect_mm box = {0};
    for (size_t i = 0; i < papers->count; i++)
        box = rect_union(box, papers->item[i].box);
    box = grown(box, CUT_MARGIN_MM);
    double right = fmin(box.x + box.w, glass.w), bottom = fmin(box.y + box.h, glass.h);
    box.x = fmax(box.x, 0);
    box.y = fmax(box.y, 0);
    return (struct rect_mm){box.x, box.y, right - box.x, bottom - box.y};
}

enum err_code cut_find(const struct raster *small, double px_per_mm, const struct papers *papers,
                       struct rect_mm *out, struct err *err)
{
    AUTO(raster) struct raster *coarse = NULL;
    struct size_mm glass = {small->width / px_per_mm, small->height / px_per_mm};
    bool is_empty = false;
    *out = (struct rect_mm){0};
    bool is_glass =
        fmin(glass.w, glass.h) >= GLASS_MIN_MM && fmax(glass.w, glass.h) <= GLASS_LONG_MM;
    if (!is_glass || !are_small(papers))
        return ERR_OK;
    struct rect_mm cut = box_of(papers, glass);
    if (cut.w * cut.h > FILLS_GLASS * glass.w * glass.h)
        return ERR_OK;
    int factor = (int)fmax(1, px_per_mm / PER_MM);
    enum err_code code = factor > 1 ? raster_reduce(small, factor, &coarse, err) : ERR_OK;
    struct view view = {coarse ? coarse : small, px_per_mm / factor};
    if (code || !lie_there(&view, papers))
        return code;
    code = is_empty_outside(&view, &cut, &is_empty, err);
    if (!code && is_empty)
        *out = cut;
    return code;
}

enum err_code cut_hides(const struct rect_mm *cut, const struct pieces *ink, int width, int height,
                        double px_per_mm, bool *out, struct err *err)
{
    struct rect_mm kept = grown(*cut, SHADOW_MM);
    AUTO(pieces)
    struct pieces outside = {.item = mem_array((size_t)ink->count + 1, sizeof *outside.item)};
    if (!outside.item)
        return err_set(err, ERR_NO_MEMORY, "ink outside a paper");
    for (int i = 0; i < ink->count; i++) {
        const struct piece *piece = &ink->item[i];
        double x = piece->x / px_per_mm, y = piece->y / px_per_mm;
        double right = (piece->x + piece->w) / px_per_mm, below = (piece->y + piece->h) / px_per_mm;
        if (!is_inside(&kept, x, y) || !is_inside(&kept, right, below))
            outside.item[outside.count++] = *piece;
    }
    *out = !quality_page_is_blank(&outside, width, height, px_per_mm);
    return ERR_OK;
}
