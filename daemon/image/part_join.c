#include "daemon/image/part_join.h"

#include "daemon/image/image_small.h"
#include "daemon/image/part_match.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define MM_PER_INCH 25.4
#define DPI_UNKNOWN 300.0 /* when no part says: they were scanned alike */

/* A part on the table: its centre and how far it is turned. Lengths in pixels of the common scale,
 * angles clockwise (y points down). */
struct lying {
    double x, y, angle_deg;
};

struct part {
    const struct part_image *image;
    int width_px, height_px; /* of the file */
    double px_per_mm;        /* of the file */
    double width, height;
    struct part_look look;
    bool placed;
    struct lying lying;
};

struct table {
    struct part part[PARTS_MAX];
    size_t count;
    double px_per_mm; /* common scale: the finest level that is compared */
};

static inline void table_auto(struct table *table)
{
    for (size_t i = 0; i < table->count; i++)
        part_look_done(&table->part[i].look);
}

/* ---- the parts at one scale ---------------------------------------------------------------------
 */

static enum err_code measure(struct table *table, const struct part_image *images, struct err *err)
{
    double longest_mm = 1, coarsest = 1e9;
    for (size_t i = 0; i < table->count; i++) {
        struct part *part = &table->part[i];
        part->image = &images[i];
        enum err_code code =
            image_read_size(images[i].fd, 0, &part->width_px, &part->height_px, err);
        if (code)
            return err_context(err, code, "part %zu", i + 1);
        part->px_per_mm = (images[i].dpi >= 1 ? images[i].dpi : DPI_UNKNOWN) / MM_PER_INCH;
        longest_mm = fmax(longest_mm, fmax(part->width_px, part->height_px) / part->px_per_mm);
        coarsest = fmin(coarsest, part->px_per_mm);
    }
    table->px_per_mm = fmin(coarsest, (PART_SIDE_MAX - 1) / longest_mm);
    for (size_t i = 0; i < table->count; i++) {
        struct part *part = &table->part[i];
        part->width = part->width_px / part->px_per_mm * table->px_per_mm;
        part->height = part->height_px / part->px_per_mm * table->px_per_mm;
    }
    return ERR_OK;
}

static enum err_code to_grey(const struct raster *colour, struct raster **out, struct err *err)
{
    enum err_code code = raster_new(colour->width, colour->height, 1, out, err);
    size_t count = (size_t)colour->width * (size_t)colour->height;
    const uint8_t *from = colour->px;
    for (size_t i = 0; i < count && !code; i++, from += colour->channels)
        (*out)->px[i] = colour->channels == 1
                            ? from[0]
                            : (uint8_t)((from[0] * 77 + from[1] * 150 + from[2] * 29) >> 8);
    return code;
}

static enum err_code look_at(const struct table *table, struct part *part, struct err *err)
{
    AUTO(raster) struct raster *read = NULL;
    AUTO(raster) struct raster *grey = NULL;
    AUTO(raster) struct raster *scaled = NULL;
    int factor = (int)(part->px_per_mm / table->px_per_mm);
    enum err_code code = image_read_small(part->image->fd, 0, factor < 1 ? 1 : factor, &read, err);
    if (!code)
        code = to_grey(read, &grey, err);
    raster_free(TAKE(read));
    if (!code)
        code = raster_resize(grey, (int)fmax(8, part->width), (int)fmax(8, part->height), &scaled,
                             err);
    return code ? code : part_look_make(scaled, &part->look, err);
}

/* ---- where they lie -----------------------------------------------------------------------------
 */

static struct lying turned(struct lying inner, double angle_deg)
{
    double angle = angle_deg * M_PI / 180, c = cos(angle), s = sin(angle);
    return (struct lying){c * inner.x - s * inner.y, s * inner.x + c * inner.y,
                          inner.angle_deg + angle_deg};
}

static void place_beside(struct part *part, const struct part *base, const struct part_match *match)
{
    struct lying rest = {match->x, match->y, match->turn_deg + match->angle_deg};
    part->lying = turned(rest, base->lying.angle_deg);
    part->lying.x += base->lying.x;
    part->lying.y += base->lying.y;
    part->placed = true;
}

/* First the way recognition says they lie to each other, then the other quarter turns: a sheet is
 * often turned round for its second half. */
static enum err_code try_to_place(const struct table *table, struct part *part,
                                  const struct part *base, struct err *err)
{
    bool known = part->image->turn_score > 0 && base->image->turn_score > 0;
    int likely = known ? ((part->image->turn_deg - base->image->turn_deg) % 360 + 360) % 360 : 0;
    static const int further[] = {0, 180, 90, 270};
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < 4 && !code && !part->placed; i++) {
        struct part_match match = {0};
        code = part_match(&base->look, &part->look, (likely + further[i]) % 360, table->px_per_mm,
                          &match, err);
        if (!code && match.meets)
            place_beside(part, base, &match);
    }
    return code;
}

/* One more part beside those that lie already; nearest in order first, as people scan. */
static enum err_code place_one(struct table *table, bool *out_placed, struct err *err)
{
    enum err_code code = ERR_OK;
    *out_placed = false;
    for (size_t apart = 1; apart < table->count; apart++)
        for (size_t i = 0; i < table->count; i++)
            for (int side = -1; side <= 1; side += 2) {
                size_t base = i + (size_t)side * apart;
                if (base >= table->count || table->part[i].placed || !table->part[base].placed)
                    continue;
                code = try_to_place(table, &table->part[i], &table->part[base], err);
                if (code || table->part[i].placed) {
                    *out_placed = !code;
                    return code;
                }
            }
    return code;
}

static enum err_code place_all(struct table *table, struct err *err)
{
    bool placed = true;
    size_t left = table->count - 1;
    table->part[0].placed = true;
    while (left && placed) {
        enum err_code code = place_one(table, &placed, err);
        if (code)
            return code;
        left -= placed;
    }
    for (size_t i = 0; i < table->count; i++)
        if (!table->part[i].placed)
            return err_set(err, ERR_PARTS_DO_NOT_MEET, "part %zu of %zu has no sure overlap", i + 1,
                           table->count);
    return ERR_OK;
}

/* Each part says which way up the whole is; the surer weighs more. */
static void make_upright(struct table *table)
{
    double votes[4] = {0};
    int best = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct part *part = &table->part[i];
        int lies = (int)floor(part->lying.angle_deg / 90 + 0.5);
        int turn = (part->image->turn_deg / 90 - lies) % 4;
        votes[turn < 0 ? turn + 4 : turn] += part->image->turn_score;
    }
    for (int i = 1; i < 4; i++)
        best = votes[i] > votes[best] ? i : best;
    for (size_t i = 0; i < table->count; i++)
        table->part[i].lying = turned(table->part[i].lying, best * 90);
}

/* ---- the view -----------------------------------------------------------------------------------
 */

struct view {
    double left, top, width, height; /* on the table */
    double scale;                    /* pixels of the view per pixel of the table */
    struct raster *raster;
    uint16_t *depth; /* of each pixel: how far inside the part it came from */
};

static inline void view_auto(struct view *view)
{
    raster_free(view->raster);
    mem_free(view->depth);
}

static void half_sizes(const struct part *part, double *out_w, double *out_h)
{
    double angle = part->lying.angle_deg * M_PI / 180;
    double c = fabs(cos(angle)), s = fabs(sin(angle));
    *out_w = (c * part->width + s * part->height) / 2;
    *out_h = (s * part->width + c * part->height) / 2;
}

static enum err_code begin_view(const struct table *table, int max_side, int channels,
                                struct view *out, struct err *err)
{
    double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9, finest = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct part *part = &table->part[i];
        double w, h;
        half_sizes(part, &w, &h);
        left = fmin(left, part->lying.x - w);
        right = fmax(right, part->lying.x + w);
        top = fmin(top, part->lying.y - h);
        bottom = fmax(bottom, part->lying.y + h);
        finest = fmax(finest, part->px_per_mm / table->px_per_mm);
    }
    double longer = fmax(right - left, bottom - top);
    *out = (struct view){.left = left,
                         .top = top,
                         .width = right - left,
                         .height = bottom - top,
                         .scale = fmin(finest, max_side / longer)};
    int width = (int)fmax(1, out->width * out->scale);
    int height = (int)fmax(1, out->height * out->scale);
    enum err_code code = raster_new(width, height, channels, &out->raster, err);
    if (code)
        return code;
    out->depth = mem_array((size_t)width * (size_t)height, sizeof *out->depth);
    return out->depth ? ERR_OK : err_set(err, ERR_NO_MEMORY, "view of %d x %d", width, height);
}

/* Value of a channel between four pixels. */
static uint8_t between(const struct raster *from, double x, double y, int channel)
{
    int x0 = (int)x, y0 = (int)y;
    double fx = x - x0, fy = y - y0;
    int x1 = x0 + 1 < from->width ? x0 + 1 : x0, y1 = y0 + 1 < from->height ? y0 + 1 : y0;
    const uint8_t *upper = raster_row(from, y0), *lower = raster_row(from, y1);
    int c = from->channels, at = from->channels == 1 ? 0 : channel;
    double top = upper[x0 * c + at] * (1 - fx) + upper[x1 * c + at] * fx;
    double bottom = lower[x0 * c + at] * (1 - fx) + lower[x1 * c + at] * fx;
    return (uint8_t)(top * (1 - fy) + bottom * fy + 0.5);
}

/* Where two parts show the same place the one that has it further inside is taken: lid and shadow
 * lie along the edges. */
static void paint_row(struct view *view, const struct part *part, const struct raster *from, int y,
                      int first, int last)
{
    double angle = part->lying.angle_deg * M_PI / 180, c = cos(angle), s = sin(angle);
    double to_px = from->width / part->width;
    int channels = view->raster->channels;
    double py = (y + 0.5) / view->scale + view->top - part->lying.y;
    for (int x = first; x <= last; x++) {
        double px = (x + 0.5) / view->scale + view->left - part->lying.x;
        double qx = (c * px + s * py + part->width / 2) * to_px - 0.5;
        double qy = (-s * px + c * py + part->height / 2) * to_px - 0.5;
        if (qx < 0 || qy < 0 || qx > from->width - 1 || qy > from->height - 1)
            continue;
        double inside = fmin(fmin(qx, from->width - 1 - qx), fmin(qy, from->height - 1 - qy));
        uint16_t deep = (uint16_t)fmin(65535, 1 + inside / to_px * 8);
        size_t at = (size_t)y * (size_t)view->raster->width + (size_t)x;
        if (deep <= view->depth[at])
            continue;
        view->depth[at] = deep;
        for (int k = 0; k < channels; k++)
            view->raster->px[at * (size_t)channels + (size_t)k] = between(from, qx, qy, k);
    }
}

static enum err_code paint(struct view *view, const struct table *table, const struct part *part,
                           struct err *err)
{
    AUTO(raster) struct raster *from = NULL;
    double finer = part->px_per_mm / table->px_per_mm / view->scale, w, h;
    int factor = (int)(finer + 0.5);
    enum err_code code = image_read_small(part->image->fd, 0, factor < 1 ? 1 : factor, &from, err);
    if (code)
        return code;
    half_sizes(part, &w, &h);
    int first = (int)((part->lying.x - w - view->left) * view->scale) - 1;
    int last = (int)((part->lying.x + w - view->left) * view->scale) + 1;
    int top = (int)((part->lying.y - h - view->top) * view->scale) - 1;
    int bottom = (int)((part->lying.y + h - view->top) * view->scale) + 1;
    first = first < 0 ? 0 : first;
    top = top < 0 ? 0 : top;
    last = last < view->raster->width ? last : view->raster->width - 1;
    bottom = bottom < view->raster->height ? bottom : view->raster->height - 1;
    for (int y = top; y <= bottom; y++)
        paint_row(view, part, from, y, first, last);
    return ERR_OK;
}

/* ---- all ----------------------------------------------------------------------------------------
 */

static enum err_code lay_out(struct table *table, const struct part_image *parts, struct err *err)
{
    enum err_code code = measure(table, parts, err);
    for (size_t i = 0; i < table->count && !code; i++)
        code = look_at(table, &table->part[i], err);
    if (!code)
        code = place_all(table, err);
    for (size_t i = 0; i < table->count; i++)
        part_look_done(&table->part[i].look);
    if (!code)
        make_upright(table);
    return code;
}

enum err_code parts_join(const struct part_image *parts, size_t count, int max_side,
                         struct raster **out, double *out_dpi, struct err *err)
{
    __attribute__((cleanup(table_auto))) struct table table = {0};
    __attribute__((cleanup(view_auto))) struct view view = {0};
    if (count < 2 || count > PARTS_MAX || max_side < 1 || max_side > PART_VIEW_SIDE_MAX)
        return err_set(err, ERR_BAD_ARGUMENT, "%zu parts, at most %d pixels a side", count,
                       max_side);
    table.count = count;
    enum err_code code = lay_out(&table, parts, err);
    if (!code)
        code = begin_view(&table, max_side, 3, &view, err);
    for (size_t i = 0; i < count && !code; i++)
        code = paint(&view, &table, &table.part[i], err);
    if (code)
        return code;
    *out_dpi = view.scale * table.px_per_mm * MM_PER_INCH;
    *out = TAKE(view.raster);
    return ERR_OK;
}
