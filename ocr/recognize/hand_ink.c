#include "ocr/recognize/hand_ink.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Less contrast than this is paper. */
#define DARK_MIN 40
#define INK_MIN_PX 12
#define PIECES_MAX 64
/* Gradients below this part of the contrast are grain. */
#define EDGE_MIN 0.25

struct hand_piece {
    int left, top, right, bottom, area;
    struct hand_shape shape;
};

struct hand_room {
    uint8_t ink[HAND_INK_MAX_PX];
    uint8_t depth[HAND_INK_MAX_PX];
    int pixel[HAND_INK_MAX_PX];
    struct hand_piece piece[PIECES_MAX];
    struct hand_shape shape[PIECES_MAX];
};

enum err_code hand_room_new(struct hand_room **out, struct err *err)
{
    struct hand_room *room = mem_alloc(sizeof *room);
    if (!room)
        return err_set(err, ERR_NO_MEMORY, "room for strokes");
    *out = room;
    return ERR_OK;
}

const struct hand_shape *hand_room_shapes(const struct hand_room *room)
{
    return room->shape;
}

void hand_room_free(struct hand_room *room)
{
    mem_free(room);
}

/* The darkest fiftieth of the box begins there. */
static int dark_level(const struct raster *grey, struct hand_box box)
{
    int count[256] = {0}, wanted = box.w * box.h / 50 + 1;
    for (int y = box.y; y < box.y + box.h; y++) {
        const uint8_t *row = raster_row(grey, y);
        for (int x = box.x; x < box.x + box.w; x++)
            count[row[x]]++;
    }
    for (int level = 0; level < 256; level++) {
        wanted -= count[level];
        if (wanted <= 0)
            return 255 - level;
    }
    return 0;
}

/* Of the sixteen, that of a gradient: tangents of the borders between them, in 1024ths. */
static int angle_bin(int gx, int gy)
{
    static const int border[] = {101, 311, 547, 840};
    int x = abs(gx), y = abs(gy), step = 0;
    int small = (x < y ? x : y) * 1024, large = x < y ? y : x;
    while (step < 4 && small >= border[step] * large)
        step++;
    int turn = x < y ? HAND_INK_ANGLES / 2 - step : step;
    bool back = (gx < 0) != (gy < 0) && gx && gy;
    return back ? (HAND_INK_ANGLES - turn) % HAND_INK_ANGLES : turn;
}

/* Edges by central differences; their length and direction, and the ink between them. */
static void look_at_edges(const struct raster *grey, struct hand_box box, int dark,
                          struct hand_ink *out)
{
    double area = 0, length = 0;
    int least = (int)(2 * EDGE_MIN * dark), paper = 255 - dark / 8;
    for (int y = box.y; y < box.y + box.h; y++) {
        const uint8_t *row = raster_row(grey, y);
        const uint8_t *up = raster_row(grey, y > 0 ? y - 1 : y);
        const uint8_t *down = raster_row(grey, y + 1 < grey->height ? y + 1 : y);
        for (int x = box.x; x < box.x + box.w; x++) {
            if (row[x] < paper)
                area += 255 - row[x];
            int gx = row[x + 1 < grey->width ? x + 1 : x] - row[x > 0 ? x - 1 : x];
            int gy = down[x] - up[x];
            if (abs(gx) + abs(gy) < least)
                continue;
            double size = sqrt(gx * gx + gy * gy);
            length += size / 2;
            out->angle[angle_bin(gx, gy)] += size;
        }
    }
    double sum = 0;
    for (int i = 0; i < HAND_INK_ANGLES; i++)
        sum += out->angle[i];
    for (int i = 0; i < HAND_INK_ANGLES && sum > 0; i++)
        out->angle[i] /= sum;
    out->stroke_px = length > 0 ? 2 * area / length : 0;
}

static int mark_ink(const struct raster *grey, struct hand_box box, int dark, uint8_t *ink)
{
    int level = 255 - dark / 2, count = 0;
    for (int y = 0; y < box.h; y++) {
        const uint8_t *row = raster_row(grey, box.y + y) + box.x;
        for (int x = 0; x < box.w; x++) {
            ink[y * box.w + x] = row[x] <= level;
            count += row[x] <= level;
        }
    }
    return count;
}

static double mean_run(const uint8_t *ink, int lines, int length, int line_step, int step,
                       int count)
{
    int runs = 0;
    for (int i = 0; i < lines; i++) {
        const uint8_t *at = ink + i * line_step;
        for (int k = 0; k < length; k++)
            runs += at[k * step] && (k == 0 || !at[(k - 1) * step]);
    }
    return runs ? (double)count / runs : 0;
}

static int least_of(int a, int b)
{
    return a < b ? a : b;
}

/* Three per pixel of way to the nearest paper, four across corners. */
static void measure_depth(const uint8_t *ink, struct hand_box box, uint8_t *depth)
{
    int w = box.w, h = box.h;
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            int at = y * w + x, d = 250;
            if (ink[at]) {
                d = least_of(d, x ? depth[at - 1] + 3 : 3);
                d = least_of(d, y ? depth[at - w] + 3 : 3);
                d = least_of(d, x && y ? depth[at - w - 1] + 4 : 4);
                d = least_of(d, x + 1 < w && y ? depth[at - w + 1] + 4 : 4);
            }
            depth[at] = ink[at] ? (uint8_t)d : 0;
        }
    for (int y = h - 1; y >= 0; y--)
        for (int x = w - 1; x >= 0; x--) {
            int at = y * w + x, d = depth[at];
            if (!ink[at])
                continue;
            d = least_of(d, x + 1 < w ? depth[at + 1] + 3 : 3);
            d = least_of(d, y + 1 < h ? depth[at + w] + 3 : 3);
            d = least_of(d, x + 1 < w && y + 1 < h ? depth[at + w + 1] + 4 : 4);
            d = least_of(d, x && y + 1 < h ? depth[at + w - 1] + 4 : 4);
            depth[at] = (uint8_t)d;
        }
}

/* Deviation of the depth along the middle of the strokes. */
static double depth_spread(const uint8_t *depth, struct hand_box box)
{
    double sum = 0, squares = 0;
    int count = 0, w = box.w;
    for (int y = 1; y + 1 < box.h; y++)
        for (int x = 1; x + 1 < w; x++) {
            const uint8_t *at = depth + y * w + x;
            int d = *at;
            bool crest = d && d >= at[-1] && d >= at[1] && d >= at[-w] && d >= at[w];
            if (!crest)
                continue;
            sum += d;
            squares += d * d;
            count++;
        }
    double mean = count ? sum / count : 0;
    return count ? sqrt(fmax(0, squares / count - mean * mean)) / mean : 0;
}

/* Pixels of a piece into its grid: a place is black where half of it is. */
static void draw_shape(struct hand_piece *piece, const int *pixel, int width)
{
    int w = piece->right - piece->left + 1, h = piece->bottom - piece->top + 1;
    int cell_px = w * h / (HAND_SHAPE_W * HAND_SHAPE_H);
    uint16_t count[HAND_SHAPE_W * HAND_SHAPE_H] = {0};
    for (int i = 0; i < piece->area; i++) {
        int x = pixel[i] % width - piece->left, y = pixel[i] / width - piece->top;
        count[y * HAND_SHAPE_H / h * HAND_SHAPE_W + x * HAND_SHAPE_W / w]++;
    }
    piece->shape = (struct hand_shape){.w = (short)w, .h = (short)h};
    for (int i = 0; i < HAND_SHAPE_W * HAND_SHAPE_H; i++)
        if (2 * count[i] > cell_px)
            piece->shape.bits[i / 64] |= (uint64_t)1 << (i % 64);
}

/* Takes the piece at `start` out of the ink; its pixels stay in `pixel`. */
static struct hand_piece take_piece(uint8_t *ink, struct hand_box box, int start, int *pixel)
{
    struct hand_piece piece = {.left = box.w, .top = box.h, .right = -1, .bottom = -1};
    int count = 0;
    ink[start] = 0;
    pixel[count++] = start;
    while (piece.area < count) {
        int at = pixel[piece.area], x = at % box.w, y = at / box.w;
        piece.area++;
        piece.left = least_of(piece.left, x);
        piece.top = least_of(piece.top, y);
        piece.right = x > piece.right ? x : piece.right;
        piece.bottom = y > piece.bottom ? y : piece.bottom;
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++) {
                int next = at + dy * box.w + dx;
                bool inside = x + dx >= 0 && x + dx < box.w && y + dy >= 0 && y + dy < box.h;
                if (!inside || !ink[next])
                    continue;
                ink[next] = 0;
                pixel[count++] = next;
            }
    }
    return piece;
}

static int compare_pieces(const void *a, const void *b)
{
    return ((const struct hand_piece *)a)->left - ((const struct hand_piece *)b)->left;
}

struct moments {
    double sum, squares;
    int count;
};

static void moments_add(struct moments *m, double value)
{
    m->sum += value;
    m->squares += value * value;
    m->count++;
}

static double moments_mean(const struct moments *m)
{
    return m->count ? m->sum / m->count : 0;
}

static double moments_spread(const struct moments *m)
{
    double mean = moments_mean(m);
    return m->count ? sqrt(fmax(0, m->squares / m->count - mean * mean)) : 0;
}

static void describe_pieces(struct hand_piece *piece, int count, int area, struct hand_ink *out)
{
    struct moments height = {0}, top = {0}, bottom = {0}, gap = {0};
    double widest = 0, heaviest = 0;
    qsort(piece, (size_t)count, sizeof *piece, compare_pieces);
    for (int i = 0; i < count; i++) {
        moments_add(&height, piece[i].bottom - piece[i].top + 1);
        moments_add(&top, piece[i].top);
        moments_add(&bottom, piece[i].bottom);
        widest = fmax(widest, piece[i].right - piece[i].left + 1);
        heaviest = fmax(heaviest, piece[i].area);
        if (i)
            moments_add(&gap, piece[i].left - piece[i - 1].right);
    }
    double size = fmax(1, moments_mean(&height));
    out->pieces = count;
    out->height_px = size;
    out->height_spread = moments_spread(&height) / size;
    out->top_spread = moments_spread(&top) / size;
    out->bottom_spread = moments_spread(&bottom) / size;
    out->widest = widest / size;
    out->heaviest = heaviest / area;
    out->gap = moments_mean(&gap) / size;
    out->gap_spread = moments_spread(&gap) / size;
}

static void look_at_pieces(struct hand_box box, int area, struct hand_room *room,
                           struct hand_ink *out)
{
    int count = 0, speck = (int)(1.5 * out->stroke_px) + 1;
    for (int i = 0; i < box.w * box.h; i++) {
        if (!room->ink[i])
            continue;
        struct hand_piece piece = take_piece(room->ink, box, i, room->pixel);
        bool is_speck = piece.right - piece.left < speck && piece.bottom - piece.top < speck;
        out->specks += is_speck;
        if (is_speck || count == PIECES_MAX)
            continue;
        draw_shape(&piece, room->pixel, box.w);
        room->piece[count++] = piece;
    }
    describe_pieces(room->piece, count, area, out);
    for (int i = 0; i < count; i++)
        room->shape[i] = room->piece[i].shape;
}

bool hand_ink_look(const struct raster *grey, struct hand_box box, struct hand_room *room,
                   struct hand_ink *out)
{
    bool inside = box.x >= 0 && box.y >= 0 && box.w > 0 && box.h > 0 &&
                  box.x + box.w <= grey->width && box.y + box.h <= grey->height;
    if (!inside || (int64_t)box.w * box.h > HAND_INK_MAX_PX)
        return false;
    int dark = dark_level(grey, box);
    struct hand_ink found = {.dark = dark / 255.0};
    int area = dark < DARK_MIN ? 0 : mark_ink(grey, box, dark, room->ink);
    if (area < INK_MIN_PX)
        return false;
    look_at_edges(grey, box, dark, &found);
    found.fill = (double)area / (box.w * box.h);
    found.run_h_px = mean_run(room->ink, box.h, box.w, box.w, 1, area);
    found.run_v_px = mean_run(room->ink, box.w, box.h, 1, box.w, area);
    measure_depth(room->ink, box, room->depth);
    found.stroke_spread = depth_spread(room->depth, box);
    look_at_pieces(box, area, room, &found);
    *out = found;
    return true;
}
