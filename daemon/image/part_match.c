#include "daemon/image/part_match.h"

#include "daemon/image/fourier.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- looks --------------------------------------------------------------------------------------
 */

/* A step between neighbours below that is paper and noise; from EDGE_FULL on an edge is an edge,
 * so that a black lid or a table's line weighs no more than a letter. */
#define EDGE_NONE 14
#define EDGE_FULL 60

static void find_edges(const struct raster *grey, const struct raster *out)
{
    memset(out->px, 0, (size_t)out->width * (size_t)out->height);
    for (int y = 1; y + 1 < grey->height; y++) {
        const uint8_t *above = raster_row(grey, y - 1), *at = raster_row(grey, y);
        const uint8_t *below = raster_row(grey, y + 1);
        uint8_t *edge = raster_row(out, y);
        for (int x = 1; x + 1 < grey->width; x++) {
            int step = abs(at[x + 1] - at[x - 1]) + abs(below[x] - above[x]) - EDGE_NONE;
            edge[x] = (uint8_t)(step <= 0 ? 0 : step >= EDGE_FULL ? 255 : step * 255 / EDGE_FULL);
        }
    }
}

enum err_code part_look_make(const struct raster *grey, struct part_look *out, struct err *err)
{
    *out = (struct part_look){0};
    if (grey->channels != 1 || grey->width > PART_SIDE_MAX || grey->height > PART_SIDE_MAX)
        return err_set(err, ERR_BAD_ARGUMENT, "part of %d x %d", grey->width, grey->height);
    enum err_code code = raster_new(grey->width, grey->height, 1, &out->level[0], err);
    if (!code)
        find_edges(grey, out->level[0]);
    for (int i = 1; i < PART_LEVELS && !code; i++)
        code = raster_reduce(out->level[i - 1], 2, &out->level[i], err);
    return code;
}

void part_look_done(struct part_look *look)
{
    for (int i = 0; i < PART_LEVELS; i++)
        raster_free(TAKE(look->level[i]));
}

static enum err_code turn_look(const struct part_look *look, int turn_deg, struct part_look *out,
                               struct err *err)
{
    enum err_code code = ERR_OK;
    *out = (struct part_look){0};
    for (int i = 0; i < PART_LEVELS && !code; i++)
        code = raster_turn(look->level[i], turn_deg, &out->level[i], err);
    return code;
}

/* ---- how well one place fits --------------------------------------------------------------------
 */

/* Where b lies on a, in pixels of the level at hand. */
struct place {
    double x, y, angle_deg;
    double score;
};

struct fit {
    double score;    /* correlation, 0 where there is nothing to correlate */
    double pixels;   /* of the overlap */
    double edges[2]; /* of those, with an edge in a, in b */
};

#define FIT_PIXELS_MAX 40000 /* looked at; of a larger overlap every n-th row and column */
#define EDGE_HALF 64

struct sums {
    double n, a, b, aa, bb, ab, edge_a, edge_b;
};

static double correlate(const struct sums *s)
{
    if (s->n < 1)
        return 0;
    double va = s->aa - s->a * s->a / s->n, vb = s->bb - s->b * s->b / s->n;
    return va > s->n && vb > s->n ? (s->ab - s->a * s->b / s->n) / sqrt(va * vb) : 0;
}

static void add_row(const struct raster *a, const struct raster *b, const struct place *place,
                    int y, int stride, struct sums *s)
{
    double angle = place->angle_deg * M_PI / 180, c = cos(angle), n = sin(angle);
    double py = y + 0.5 - a->height / 2.0 - place->y, px = 0.5 - a->width / 2.0 - place->x;
    /* in 1/65536 pixels of b, centre of its first pixel at 0 */
    int64_t qx = (int64_t)((c * px + n * py + b->width / 2.0 - 0.5) * 65536);
    int64_t qy = (int64_t)((-n * px + c * py + b->height / 2.0 - 0.5) * 65536);
    int64_t dx = (int64_t)(c * stride * 65536), dy = (int64_t)(-n * stride * 65536);
    int64_t right = (int64_t)(b->width - 1) << 16, bottom = (int64_t)(b->height - 1) << 16;
    const uint8_t *row = raster_row(a, y);
    uint64_t sum[7] = {0};
    for (int x = 0; x < a->width; x += stride, qx += dx, qy += dy) {
        if (qx < 0 || qy < 0 || qx >= right || qy >= bottom)
            continue;
        const uint8_t *at = raster_row(b, (int)(qy >> 16)) + (qx >> 16);
        uint32_t fx = (uint32_t)(qx & 65535) >> 8, fy = (uint32_t)(qy & 65535) >> 8;
        uint32_t upper = at[0] * (256 - fx) + at[1] * fx;
        uint32_t lower = at[b->width] * (256 - fx) + at[b->width + 1] * fx;
        uint32_t vb = (upper * (256 - fy) + lower * fy) >> 16, va = row[x];
        sum[0]++;
        sum[1] += va;
        sum[2] += vb;
        sum[3] += va * va;
        sum[4] += vb * vb;
        sum[5] += va * vb;
        s->edge_a += va > EDGE_HALF;
        s->edge_b += vb > EDGE_HALF;
    }
    s->n += (double)sum[0];
    s->a += (double)sum[1];
    s->b += (double)sum[2];
    s->aa += (double)sum[3];
    s->bb += (double)sum[4];
    s->ab += (double)sum[5];
}

static struct fit fit_at(const struct raster *a, const struct raster *b, const struct place *place)
{
    struct sums s = {0};
    double w = fmin(a->width, (a->width + b->width) / 2.0 - fabs(place->x));
    double h = fmin(a->height, (a->height + b->height) / 2.0 - fabs(place->y));
    if (w < 1 || h < 1)
        return (struct fit){0};
    int stride = (int)ceil(sqrt(w * h / FIT_PIXELS_MAX));
    stride = stride < 1 ? 1 : stride;
    for (int y = 0; y < a->height; y += stride)
        add_row(a, b, place, y, stride, &s);
    double area = (double)stride * stride;
    return (struct fit){correlate(&s), s.n * area, {s.edge_a * area, s.edge_b * area}};
}

/* Uphill from a place: `reach` steps to each side at first, then one at a time. */
#define CLIMB_MAX 12

static void climb(const struct raster *a, const struct raster *b, int reach, double angle_step,
                  struct place *place)
{
    for (int round = 0; round < CLIMB_MAX; round++) {
        struct place best = *place;
        int r = round ? 1 : reach;
        best.score = fit_at(a, b, &best).score;
        for (int t = -r; t <= r; t++)
            for (int y = -r; y <= r; y++)
                for (int x = -r; x <= r; x++) {
                    struct place tried = {place->x + x, place->y + y,
                                          place->angle_deg + t * angle_step, 0};
                    if (fabs(tried.angle_deg) > PART_ANGLE_MAX)
                        continue;
                    tried.score = fit_at(a, b, &tried).score;
                    if (tried.score > best.score)
                        best = tried;
                }
        bool still = best.x == place->x && best.y == place->y && best.angle_deg == place->angle_deg;
        *place = best;
        if (still && round)
            return;
    }
}

/* ---- all shifts at once -------------------------------------------------------------------------
 */

#define COARSE (PART_LEVELS - 1)
#define COARSE_STEP_DEG 0.5 /* half a glass away that is a pixel */
#define COARSE_REACH 6      /* steps to each side */
#define OVERLAP_MIN_MM 6.0
#define OVERLAP_MIN_MM2 400.0
#define CANDIDATES 16
#define CANDIDATE_APART 4.0 /* pixels */

/* Sums over any rectangle in four look-ups. */
struct tally {
    int width, height;
    double *sum, *squares; /* (width + 1) x (height + 1) */
};

static void tally_done(struct tally *tally)
{
    mem_free(tally->sum);
    mem_free(tally->squares);
    *tally = (struct tally){0};
}

static inline void tally_auto(struct tally *place)
{
    tally_done(place);
}

static enum err_code tally_make(const float *values, int width, int height, struct tally *out,
                                struct err *err)
{
    size_t stride = (size_t)width + 1, count = stride * ((size_t)height + 1);
    *out = (struct tally){width, height, mem_array(count, sizeof(double)),
                          mem_array(count, sizeof(double))};
    if (!out->sum || !out->squares)
        return err_set(err, ERR_NO_MEMORY, "sums of a part");
    for (int y = 0; y < height; y++) {
        double row = 0, row_squares = 0;
        for (int x = 0; x < width; x++) {
            double v = values[(size_t)y * (size_t)width + (size_t)x];
            size_t at = ((size_t)y + 1) * stride + (size_t)x + 1;
            row += v;
            row_squares += v * v;
            out->sum[at] = out->sum[at - stride] + row;
            out->squares[at] = out->squares[at - stride] + row_squares;
        }
    }
    return ERR_OK;
}

static double in_rectangle(const double *sum, int width, int x0, int y0, int x1, int y1)
{
    size_t stride = (size_t)width + 1, top = (size_t)y0 * stride, bottom = (size_t)y1 * stride;
    return sum[bottom + (size_t)x1] - sum[bottom + (size_t)x0] - sum[top + (size_t)x1] +
           sum[top + (size_t)x0];
}

/* Lines of print have one pitch all over a sheet and would agree wherever a line meets a line. So
 * each cell is taken against the mean of its row and of its column around it: what is left are the
 * words. */
#define AROUND 8 /* cells to each side, about a centimetre */

static double mean_around(const double *sum, const struct raster *of, int x, int y, int across,
                          int down)
{
    int x0 = x > across ? x - across : 0, x1 = x + across < of->width ? x + across + 1 : of->width;
    int y0 = y > down ? y - down : 0, y1 = y + down < of->height ? y + down + 1 : of->height;
    return in_rectangle(sum, of->width, x0, y0, x1, y1) / ((double)(x1 - x0) * (y1 - y0));
}

static enum err_code find_words(const struct raster *level, float **out, struct err *err)
{
    AUTO(tally) struct tally tally = {0};
    AUTO(mem) float *cells = mem_array((size_t)level->width * (size_t)level->height, sizeof *cells);
    AUTO(mem) float *words = mem_array((size_t)level->width * (size_t)level->height, sizeof *words);
    if (!cells || !words)
        return err_set(err, ERR_NO_MEMORY, "words of a part");
    for (size_t i = 0; i < (size_t)level->width * (size_t)level->height; i++)
        cells[i] = level->px[i];
    enum err_code code = tally_make(cells, level->width, level->height, &tally, err);
    if (code)
        return code;
    float *word = words;
    for (int y = 0; y < level->height; y++)
        for (int x = 0; x < level->width; x++, word++)
            *word =
                (float)(raster_row(level, y)[x] - mean_around(tally.sum, level, x, y, AROUND, 0) -
                        mean_around(tally.sum, level, x, y, 0, AROUND) +
                        mean_around(tally.sum, level, x, y, AROUND, AROUND));
    *out = TAKE(words);
    return ERR_OK;
}

/* The words of a part at one angle. */
struct leaning {
    float *values;
    struct tally tally;
};

static inline void leaning_auto(struct leaning *place)
{
    mem_free(place->values);
    tally_done(&place->tally);
}

static void lean(const float *words, int width, int height, double angle_deg, float *out)
{
    double angle = angle_deg * M_PI / 180, c = cos(angle), s = sin(angle);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            double px = x + 0.5 - width / 2.0, py = y + 0.5 - height / 2.0;
            int qx = (int)floor(c * px + s * py + width / 2.0);
            int qy = (int)floor(-s * px + c * py + height / 2.0);
            bool inside = qx >= 0 && qy >= 0 && qx < width && qy < height;
            *out++ = inside ? words[(size_t)qy * (size_t)width + (size_t)qx] : 0;
        }
}

static enum err_code leaning_make(const float *words, int width, int height, double angle_deg,
                                  struct leaning *out, struct err *err)
{
    *out = (struct leaning){mem_array((size_t)width * (size_t)height, sizeof(float)), {0}};
    if (!out->values)
        return err_set(err, ERR_NO_MEMORY, "part at an angle");
    lean(words, width, height, angle_deg, out->values);
    return tally_make(out->values, width, height, &out->tally, err);
}

struct search {
    const struct raster *a, *b;
    float *words;       /* of b */
    struct tally tally; /* of a's words */
    struct field *transformed, *work;
    double min_px, min_px2;
    struct place candidate[CANDIDATES]; /* best first; score: see rank */
    size_t count;
};

static void search_auto(struct search *search)
{
    mem_free(search->words);
    tally_done(&search->tally);
    field_free(search->transformed);
    field_free(search->work);
}

/* Keeps the best places, one of each neighbourhood. */
static void offer(struct search *search, struct place place)
{
    struct place *list = search->candidate;
    size_t at = 0;
    for (size_t i = 0; i < search->count; i++) {
        if (hypot(list[i].x - place.x, list[i].y - place.y) >= CANDIDATE_APART)
            continue;
        if (list[i].score >= place.score)
            return;
        memmove(&list[i], &list[i + 1], (--search->count - i) * sizeof *list);
        i--;
    }
    while (at < search->count && list[at].score >= place.score)
        at++;
    if (at == CANDIDATES)
        return;
    search->count += search->count < CANDIDATES;
    memmove(&list[at + 1], &list[at], (search->count - 1 - at) * sizeof *list);
    list[at] = place;
}

/* Correlation, with some weight for the size of the overlap: a few cells agree by chance. */
static double rank(const struct search *search, const struct tally *b, int sx, int sy, double ab)
{
    const struct tally *a = &search->tally;
    int x0 = sx > 0 ? sx : 0, x1 = sx + b->width < a->width ? sx + b->width : a->width;
    int y0 = sy > 0 ? sy : 0, y1 = sy + b->height < a->height ? sy + b->height : a->height;
    double n = (double)(x1 - x0) * (y1 - y0);
    if (x1 - x0 < search->min_px || y1 - y0 < search->min_px || n < search->min_px2)
        return 0;
    struct sums s = {
        .n = n,
        .a = in_rectangle(a->sum, a->width, x0, y0, x1, y1),
        .aa = in_rectangle(a->squares, a->width, x0, y0, x1, y1),
        .b = in_rectangle(b->sum, b->width, x0 - sx, y0 - sy, x1 - sx, y1 - sy),
        .bb = in_rectangle(b->squares, b->width, x0 - sx, y0 - sy, x1 - sx, y1 - sy),
        .ab = ab,
    };
    double score = correlate(&s);
    return score > 0 ? score * sqrt(sqrt(n)) : 0;
}

static void offer_shifts(struct search *search, const struct leaning *b, double angle_deg,
                         bool imaginary)
{
    const struct field *field = search->work;
    int aw = search->a->width, ah = search->a->height, bw = search->b->width;
    int bh = search->b->height;
    for (int sy = 1 - bh; sy < ah; sy++)
        for (int sx = 1 - bw; sx < aw; sx++) {
            int fx = sx & (field->width - 1), fy = sy & (field->height - 1);
            struct wave at = field->at[(size_t)fy * (size_t)field->width + (size_t)fx];
            double ab = imaginary ? -at.im : at.re;
            double worth = rank(search, &b->tally, sx, sy, ab);
            if (worth <= 0 ||
                (search->count == CANDIDATES && worth <= search->candidate[CANDIDATES - 1].score))
                continue;
            offer(search,
                  (struct place){sx + (bw - aw) / 2.0, sy + (bh - ah) / 2.0, angle_deg, worth});
        }
}

static void put_values(struct field *field, const float *real, const float *imaginary, int width,
                       int height)
{
    memset(field->at, 0, (size_t)field->width * (size_t)field->height * sizeof *field->at);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            size_t from = (size_t)y * (size_t)width + (size_t)x;
            field->at[(size_t)y * (size_t)field->width + (size_t)x] =
                (struct wave){real[from], imaginary ? imaginary[from] : 0};
        }
}

/* Two angles in one transform: one as the real part, one as the imaginary. */
static enum err_code search_angles(struct search *search, double first_deg, double second_deg,
                                   struct err *err)
{
    const struct raster *b = search->b;
    AUTO(leaning) struct leaning first = {0};
    AUTO(leaning) struct leaning second = {0};
    struct field *work = search->work;
    enum err_code code = leaning_make(search->words, b->width, b->height, first_deg, &first, err);
    if (!code)
        code = leaning_make(search->words, b->width, b->height, second_deg, &second, err);
    if (code)
        return code;
    put_values(work, first.values, second.values, b->width, b->height);
    code = field_transform(work, err);
    size_t count = (size_t)work->width * (size_t)work->height;
    for (size_t i = 0; i < count && !code; i++) {
        struct wave p = search->transformed->at[i], q = work->at[i]; /* q conjugated */
        work->at[i] = (struct wave){p.re * q.re + p.im * q.im, p.im * q.re - p.re * q.im};
    }
    if (!code)
        code = field_transform_back(work, err);
    if (code)
        return code;
    offer_shifts(search, &first, first_deg, false);
    offer_shifts(search, &second, second_deg, true);
    return ERR_OK;
}

static int power_of_two_from(int n)
{
    int power = 1;
    while (power < n)
        power *= 2;
    return power;
}

static enum err_code begin_search(const struct raster *a, const struct raster *b, double px_per_mm,
                                  struct search *out, struct err *err)
{
    int width = power_of_two_from(a->width + b->width);
    int height = power_of_two_from(a->height + b->height);
    AUTO(leaning) struct leaning level = {0};
    AUTO(mem) float *words = NULL;
    double scale = px_per_mm / (1 << COARSE);
    out->a = a;
    out->b = b;
    out->min_px = OVERLAP_MIN_MM * scale;
    out->min_px2 = OVERLAP_MIN_MM2 * scale * scale;
    enum err_code code = field_new(width, height, &out->transformed, err);
    if (!code)
        code = field_new(width, height, &out->work, err);
    if (!code)
        code = find_words(b, &out->words, err);
    if (!code)
        code = find_words(a, &words, err);
    if (!code)
        code = leaning_make(words, a->width, a->height, 0, &level, err);
    if (code)
        return code;
    out->tally = level.tally;
    level.tally = (struct tally){0};
    put_values(out->transformed, level.values, NULL, a->width, a->height);
    return field_transform(out->transformed, err);
}

static enum err_code search_all(struct search *search, struct err *err)
{
    enum err_code code = ERR_OK;
    for (int i = -COARSE_REACH; i <= COARSE_REACH && !code; i += 2)
        code = search_angles(search, i * COARSE_STEP_DEG, (i + 1) * COARSE_STEP_DEG, err);
    return code;
}

/* ---- the match ----------------------------------------------------------------------------------
 */

/* At half the finest scale overlaps of print agree to 0.85 and more, leaning and noisy ones, too;
 * chance places of print with one pitch for lines and letters (typewriters) to 0.55. */
#define SCORE_MIN 0.65
#define SCORE_LEVEL 1
#define EDGES_MIN_MM2 50.0 /* a line of a few words; less may agree by chance */
#define OTHER_PLACE_MM 2.5
#define OTHER_SCORE_RATIO 0.85 /* a place elsewhere that fits so well: which one is it? */
#define SAME_PLACE_RATIO 0.92  /* one image lies within the other: nothing to join */
#define KEPT 5

static void sort(struct search *search) /* best first; there are few */
{
    struct place *list = search->candidate;
    for (size_t i = 1; i < search->count; i++)
        for (size_t k = i; k > 0 && list[k].score > list[k - 1].score; k--) {
            struct place kept = list[k];
            list[k] = list[k - 1];
            list[k - 1] = kept;
        }
}

static void finer(struct search *search, const struct part_look *a, const struct part_look *b,
                  int level, double angle_step)
{
    for (size_t i = 0; i < search->count; i++) {
        struct place *place = &search->candidate[i];
        place->x *= 2;
        place->y *= 2;
        climb(a->level[level], b->level[level], 2, angle_step, place);
    }
    sort(search);
    search->count = search->count < KEPT ? search->count : KEPT;
}

/* Lids and rims agree in thin overlaps that show nothing else. */
static void drop_empty(struct search *search, const struct raster *a, const struct raster *b,
                       double px_per_mm)
{
    size_t kept = 0;
    for (size_t i = 0; i < search->count; i++) {
        struct fit fit = fit_at(a, b, &search->candidate[i]);
        if (fmin(fit.edges[0], fit.edges[1]) >= EDGES_MIN_MM2 * px_per_mm * px_per_mm)
            search->candidate[kept++] = search->candidate[i];
    }
    search->count = kept;
}

static bool is_only_place(const struct search *search, double px_per_mm)
{
    const struct place *best = &search->candidate[0];
    for (size_t i = 1; i < search->count; i++) {
        const struct place *other = &search->candidate[i];
        if (hypot(other->x - best->x, other->y - best->y) > OTHER_PLACE_MM * px_per_mm &&
            other->score > best->score * OTHER_SCORE_RATIO)
            return false;
    }
    return true;
}

static bool can_be_believed(const struct search *search, const struct raster *a,
                            const struct raster *b, double px_per_mm)
{
    const struct place *best = &search->candidate[0];
    double smaller = fmin((double)a->width * a->height, (double)b->width * b->height);
    return search->count && best->score >= SCORE_MIN &&
           fit_at(a, b, best).pixels <= SAME_PLACE_RATIO * smaller &&
           is_only_place(search, px_per_mm);
}

enum err_code part_match(const struct part_look *a, const struct part_look *b, int turn_deg,
                         double px_per_mm, struct part_match *out, struct err *err)
{
    AUTO(part_look) struct part_look turned = {0};
    AUTO(search) struct search search = {0};
    enum err_code code = turn_look(b, turn_deg, &turned, err);
    if (!code)
        code = begin_search(a->level[COARSE], turned.level[COARSE], px_per_mm, &search, err);
    if (!code)
        code = search_all(&search, err);
    if (code)
        return code;
    const struct raster *at = a->level[SCORE_LEVEL], *bt = turned.level[SCORE_LEVEL];
    double scale = px_per_mm / (1 << SCORE_LEVEL);
    *out = (struct part_match){.turn_deg = turn_deg};
    finer(&search, a, &turned, SCORE_LEVEL + 1, COARSE_STEP_DEG / 2);
    finer(&search, a, &turned, SCORE_LEVEL, COARSE_STEP_DEG / 4);
    drop_empty(&search, at, bt, scale);
    out->meets = can_be_believed(&search, at, bt, scale);
    if (!out->meets)
        return ERR_OK;
    out->score = search.candidate[0].score;
    search.count = 1;
    finer(&search, a, &turned, 0, COARSE_STEP_DEG / 8);
    out->x = search.candidate[0].x;
    out->y = search.candidate[0].y;
    out->angle_deg = search.candidate[0].angle_deg;
    return ERR_OK;
}
