#include "ocr/recognize/codes_places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Pages are reduced to about these. */
#define FINE_PX_PER_MM (300 / 25.4)
#define FINE_CELL_MM 1.0
#define COARSE_PX_PER_MM (100 / 25.4)
#define COARSE_CELL_MM 3.0
/* As measured, that is with up to a millimetre around. Bold capitals stay below. */
#define SQUARE_MIN_MM 7.5
#define BARS_MIN_MM 14.0 /* across the bars */
#define CODE_MAX_MM 130.0

/* A window of 4 x 4 cells is looked at at a time. Cells are a millimetre, then three: modules above
 * a millimetre leave too few of them in a small window. */
#define WINDOW 4
#define MIN_PEAK 50         /* levels; what is paler is no print */
#define MIN_EDGE 24         /* levels between neighbours; less is grain */
#define MIN_INK_SHARE 0.34  /* codes have 0.4 to 0.55, print 0.15 to 0.3 */
#define MIN_NEAR_SHARE 0.28 /* beside such a window: codes paler than what is printed around */
#define MIN_BARS_SHARE 0.18 /* where all edges are parallel; wide gaps between bars are usual */
#define MAX_INK_SHARE 0.8
#define MIN_EDGES 0.05        /* squared slope by squared contrast; holes and blots have less */
#define BARS_MIN_ONE_WAY 0.72 /* 1: all edges are parallel */

/* Sums over the pixels of a cell. Directions as vectors of twice (four times) the
 * angle, so that opposite edges (those at right angles) add up. */
struct cell {
    float dark, edges, twice_x, twice_y, four_x, four_y;
    int peak;
};

struct grid {
    struct cell *cell;
    int columns, rows, step; /* step: pixels of a cell */
};

struct window {
    float share; /* ink; 0: not like a code */
    bool seed;   /* like one by itself, not only beside others */
    bool taken;
};

static void add_edge(struct cell *cell, int gx, int gy)
{
    float square = (float)(gx * gx + gy * gy);
    float twice_x = (float)(gx * gx - gy * gy), twice_y = (float)(2 * gx * gy);
    cell->edges += square;
    cell->twice_x += twice_x;
    cell->twice_y += twice_y;
    cell->four_x += (twice_x * twice_x - twice_y * twice_y) / square;
    cell->four_y += 2 * twice_x * twice_y / square;
}

/* Three rows of a column: for slopes that the steps of black and white images do not bend. */
struct column {
    int sum, step;
};

static struct column column_at(const uint8_t *const rows[3], int x)
{
    return (struct column){rows[0][x] + 2 * rows[1][x] + rows[2][x], rows[2][x] - rows[0][x]};
}

/* Of most of a page, which need not be looked at any closer. */
static bool is_white(const uint8_t *const rows[3], int from, int end)
{
    for (int i = 0; i < 3; i++) {
        uint64_t eight;
        int x = from;
        for (; x + 8 <= end; x += 8) {
            memcpy(&eight, rows[i] + x, 8);
            if (eight != UINT64_MAX)
                return false;
        }
        for (; x < end; x++)
            if (rows[i][x] != 255)
                return false;
    }
    return true;
}

/* One row of a cell, from pixel `from` to before `end`; `last` is the last of the image. */
static void fill_cell(const uint8_t *const rows[3], int from, int end, int last, struct cell *cell)
{
    struct column before = column_at(rows, from > 0 ? from - 1 : 0), here = column_at(rows, from);
    for (int x = from; x < end; x++) {
        struct column after = column_at(rows, x < last ? x + 1 : last);
        int dark = 255 - rows[1][x];
        cell->dark += (float)dark;
        if (dark > cell->peak)
            cell->peak = dark;
        int gx = (after.sum - before.sum) / 4;
        int gy = (before.step + 2 * here.step + after.step) / 4;
        if (gx * gx + gy * gy >= MIN_EDGE * MIN_EDGE)
            add_edge(cell, gx, gy);
        before = here;
        here = after;
    }
}

static void fill_row(const struct raster *grey, int y, struct grid *grid)
{
    int last = grey->width - 1;
    const uint8_t *const rows[3] = {raster_row(grey, y > 0 ? y - 1 : y), raster_row(grey, y),
                                    raster_row(grey, y + 1 < grey->height ? y + 1 : y)};
    struct cell *cell = &grid->cell[(size_t)(y / grid->step) * grid->columns];
    for (int i = 0; i < grid->columns; i++) {
        int from = i * grid->step, end = from + grid->step;
        if (!is_white(rows, from > 0 ? from - 1 : 0, end <= last ? end + 1 : end))
            fill_cell(rows, from, end, last, &cell[i]);
    }
}

static void fill_grid(const struct raster *grey, struct grid *grid)
{
    for (int y = 0; y < grid->rows * grid->step; y++)
        fill_row(grey, y, grid);
}

static struct cell sum_cells(const struct grid *grid, int x, int y)
{
    struct cell sum = {0};
    for (int i = 0; i < WINDOW * WINDOW; i++) {
        const struct cell *cell =
            &grid->cell[(size_t)(y + i / WINDOW) * grid->columns + x + i % WINDOW];
        sum.dark += cell->dark;
        sum.edges += cell->edges;
        sum.twice_x += cell->twice_x;
        sum.twice_y += cell->twice_y;
        sum.four_x += cell->four_x;
        sum.four_y += cell->four_y;
        sum.peak = cell->peak > sum.peak ? cell->peak : sum.peak;
    }
    return sum;
}

static bool is_one_way(const struct cell *sum)
{
    return hypot(sum->twice_x, sum->twice_y) > BARS_MIN_ONE_WAY * sum->edges;
}

static struct window look_at(const struct grid *grid, int x, int y)
{
    struct cell sum = sum_cells(grid, x, y);
    float pixels = (float)(WINDOW * WINDOW * grid->step * grid->step), peak = (float)sum.peak;
    if (sum.peak < MIN_PEAK || sum.edges < MIN_EDGES * pixels * peak * peak)
        return (struct window){0};
    float share = sum.dark / (pixels * peak);
    bool bars = is_one_way(&sum);
    if (share < (bars ? MIN_BARS_SHARE : MIN_NEAR_SHARE) || share > MAX_INK_SHARE)
        return (struct window){0};
    return (struct window){.share = share, .seed = bars || share >= MIN_INK_SHARE};
}

/* Windows that touch, all of them like a code. */
struct patch {
    int *member; /* window numbers */
    int count;
    struct cell sum;
    float share;
};

static void grow(const struct grid *grid, struct window *window, int columns, int rows, int seed,
                 struct patch *patch)
{
    *patch = (struct patch){.member = patch->member, .count = 1};
    patch->member[0] = seed;
    window[seed].taken = true;
    for (int i = 0; i < patch->count; i++) {
        int x = patch->member[i] % columns, y = patch->member[i] / columns;
        struct cell sum = sum_cells(grid, x, y);
        patch->sum.edges += sum.edges;
        patch->sum.twice_x += sum.twice_x;
        patch->sum.twice_y += sum.twice_y;
        patch->sum.four_x += sum.four_x;
        patch->sum.four_y += sum.four_y;
        patch->share += window[patch->member[i]].share;
        for (int k = 0; k < 9; k++) {
            int nx = x + k % 3 - 1, ny = y + k / 3 - 1, next = ny * columns + nx;
            if (nx < 0 || ny < 0 || nx >= columns || ny >= rows || window[next].taken ||
                window[next].share <= 0)
                continue;
            window[next].taken = true;
            patch->member[patch->count++] = next;
        }
    }
    patch->share /= (float)patch->count;
}

/* Centres of the patch's windows, seen along the code's axes, with half a window around. */
static void measure_place(const struct patch *patch, int columns, int step,
                          struct code_place *place)
{
    double turn = place->turn_deg * M_PI / 180, cosine = cos(turn), sine = sin(turn);
    double left = INFINITY, right = -INFINITY, top = INFINITY, bottom = -INFINITY;
    for (int i = 0; i < patch->count; i++) {
        double x = (patch->member[i] % columns + WINDOW / 2.0) * step;
        double y = (double)(patch->member[i] / columns) * step + WINDOW / 2.0 * step;
        double u = x * cosine + y * sine, v = y * cosine - x * sine;
        left = fmin(left, u);
        right = fmax(right, u);
        top = fmin(top, v);
        bottom = fmax(bottom, v);
    }
    double u = (left + right) / 2, v = (top + bottom) / 2;
    place->x = u * cosine - v * sine;
    place->y = u * sine + v * cosine;
    place->w = right - left + WINDOW * step;
    place->h = bottom - top + WINDOW * step;
}

static struct code_place place_of(const struct patch *patch, int columns, int step)
{
    struct code_place place = {0};
    const struct cell *sum = &patch->sum;
    place.bars = is_one_way(sum);
    place.turn_deg =
        (place.bars ? atan2(sum->twice_y, sum->twice_x) / 2 : atan2(sum->four_y, sum->four_x) / 4) *
        180 / M_PI;
    measure_place(patch, columns, step, &place);
    return place;
}

static bool has_size_of_code(const struct code_place *place, double px_per_mm)
{
    double shorter = fmin(place->w, place->h), longer = fmax(place->w, place->h);
    bool large =
        place->bars ? place->w >= BARS_MIN_MM * px_per_mm : shorter >= SQUARE_MIN_MM * px_per_mm;
    return large && longer <= CODE_MAX_MM * px_per_mm;
}

#define PATCHES_MAX 512

struct ranked {
    struct code_place place;
    bool top_left;
    float share;
};

struct ranking {
    struct ranked item[PATCHES_MAX];
    int count;
    double width, height, px_per_mm; /* of the page */
};

/* Seen in smaller cells already, and not only a part of it. */
static bool is_inside_known(const struct ranking *ranking, int known,
                            const struct code_place *place)
{
    for (int i = 0; i < known; i++) {
        const struct code_place *other = &ranking->item[i].place;
        bool whole = other->w > 0.65 * place->w && other->h > 0.65 * place->h;
        if (whole && hypot(place->x - other->x, place->y - other->y) < fmin(place->w, place->h) / 4)
            return true;
    }
    return false;
}

static void add_place(struct ranking *ranking, int known, struct code_place place, double scale,
                      float share)
{
    place.x *= scale;
    place.y *= scale;
    place.w *= scale;
    place.h *= scale;
    if (ranking->count < PATCHES_MAX && has_size_of_code(&place, ranking->px_per_mm) &&
        !is_inside_known(ranking, known, &place))
        ranking->item[ranking->count++] = (struct ranked){
            place, place.x < ranking->width / 2 && place.y < ranking->height / 2, share};
}

/* scale: pixels of the page by pixels of the grid's image. */
static enum err_code collect(const struct grid *grid, double scale, struct ranking *ranking,
                             struct err *err)
{
    int columns = grid->columns - WINDOW + 1, rows = grid->rows - WINDOW + 1;
    if (columns < 1 || rows < 1)
        return ERR_OK;
    AUTO(mem)
    struct window *window = mem_array((size_t)columns * rows, sizeof *window);
    AUTO(mem)
    int *member = mem_array((size_t)columns * rows, sizeof *member);
    if (!window || !member)
        return err_set(err, ERR_NO_MEMORY, "places of codes");
    struct patch patch = {.member = member};
    int known = ranking->count;
    for (int i = 0; i < columns * rows; i++)
        window[i] = look_at(grid, i % columns, i / columns);
    for (int i = 0; i < columns * rows; i++) {
        if (window[i].taken || !window[i].seed)
            continue;
        grow(grid, window, columns, rows, i, &patch);
        add_place(ranking, known, place_of(&patch, columns, grid->step), scale, patch.share);
    }
    return ERR_OK;
}

/* At about px_per_mm, in cells of cell_mm. */
static enum err_code look(const struct raster *page, double px_per_mm, double cell_mm,
                          struct ranking *ranking, struct err *err)
{
    int factor = (int)fmax(1, ranking->px_per_mm / px_per_mm + 0.2);
    AUTO(raster)
    struct raster *small = NULL;
    enum err_code code = factor > 1 ? raster_reduce(page, factor, &small, err) : ERR_OK;
    if (code)
        return code;
    const struct raster *grey = small ? small : page;
    struct grid grid = {.step = (int)fmax(2, round(ranking->px_per_mm / factor * cell_mm))};
    grid.columns = grey->width / grid.step;
    grid.rows = grey->height / grid.step;
    AUTO(mem)
    struct cell *cell = mem_array((size_t)grid.columns * grid.rows + 1, sizeof *cell);
    if (!cell)
        return err_set(err, ERR_NO_MEMORY, "places of codes");
    grid.cell = cell;
    fill_grid(grey, &grid);
    return collect(&grid, factor, ranking, err);
}

static int by_rank(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->top_left != y->top_left)
        return x->top_left ? -1 : 1;
    return x->share > y->share ? -1 : x->share < y->share;
}

enum err_code code_places_find(const struct raster *grey, double px_per_mm, struct code_places *out,
                               struct err *err)
{
    AUTO(mem)
    struct ranking *ranking = mem_alloc(sizeof *ranking);
    if (!ranking)
        return err_set(err, ERR_NO_MEMORY, "places of codes");
    ranking->width = grey->width;
    ranking->height = grey->height;
    ranking->px_per_mm = px_per_mm;
    enum err_code code = look(grey, FINE_PX_PER_MM, FINE_CELL_MM, ranking, err);
    if (!code)
        code = look(grey, COARSE_PX_PER_MM, COARSE_CELL_MM, ranking, err);
    if (code)
        return code;
    qsort(ranking->item, (size_t)ranking->count, sizeof *ranking->item, by_rank);
    for (out->count = 0; out->count < ranking->count && out->count < CODE_PLACES_MAX; out->count++)
        out->item[out->count] = ranking->item[out->count].place;
    return ERR_OK;
}
