#include "ocr/recognize/hand_parts.h"

#include "daemon/base/text.h"
#include "ocr/extract/glyphs.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_PER_WORD 2
#define SHAPES_MAX 8000
/* Beyond this two pieces are not the same letter, whatever they are. */
#define UNLIKE 0.4

/* All pieces of the page. */
struct shapes {
    struct hand_shape *item;
    size_t count;
};

/* --- parts ----------------------------------------------------------------------------------- */

static bool is_digit(const char *at)
{
    return isdigit((unsigned char)*at);
}

/* Letters of Vietnamese above ASCII begin with these bytes; signs do not. */
static bool is_letter(const char *at)
{
    unsigned char byte = (unsigned char)*at;
    return isalpha(byte) || (byte >= 0xc3 && byte <= 0xc6) || byte == 0xe1;
}

/* Bytes of `text` before the place where a hand may begin or end: behind the colon of "Số:12",
 * before the slash of "12/QĐ", between the digits and the letters of "ngày12"; 0: nowhere. */
static size_t seam(const char *text)
{
    const char *colon = strchr(text, ':'), *slash = strchr(text, '/');
    if (colon && colon > text && colon[1] && !is_digit(colon - 1))
        return (size_t)(colon + 1 - text);
    if (slash && slash > text && slash - text <= 8 && !is_digit(slash + 1))
        return (size_t)(slash - text);
    for (const char *at = text + 1; *text && *at; at++) {
        const char *behind = at + strspn(at, ".,");
        bool leaves = is_digit(at - 1) && is_letter(behind) && strlen(behind) > 2;
        bool enters = at - text > 2 && is_digit(at) && !is_digit(at - 1) && at[-1] != '/' &&
                      at[-1] != '.' && at[-1] != '-';
        if (leaves || enters)
            return (size_t)(at - text);
    }
    return 0;
}

static double advance_of(const char *text, size_t size)
{
    char copy[HAND_PART_TEXT_MAX];
    struct glyph_extent extent;
    snprintf(copy, sizeof copy, "%.*s", (int)size, text);
    if (glyphs_measure(copy, &extent))
        return extent.left + extent.width + extent.right;
    double letters = 0;
    for (const char *at = copy; text_next(&at) > 0;)
        letters++;
    return letters * 0.5;
}

/* The emptiest column near `x`, the nearer of two alike: half of the box's height in ink weighs as
 * much as lying at the end of the reach. */
static int emptiest_column(const struct raster *grey, struct hand_box box, int x, int reach)
{
    double best = INFINITY;
    int found = x;
    for (int column = x - reach; column <= x + reach; column++) {
        if (column <= box.x || column >= box.x + box.w - 1)
            continue;
        long ink = 0;
        for (int y = box.y; y < box.y + box.h; y++)
            ink += 255 - raster_row(grey, y)[column];
        double cost = (double)ink / (255.0 * box.h) + 0.5 * abs(column - x) / (reach + 1.0);
        if (cost < best) {
            best = cost;
            found = column;
        }
    }
    return found;
}

struct looking {
    const struct raster *grey;
    struct shapes *shapes;
    double px_per_mm, left_mm, top_mm;
    struct hand_room *room;
};

static struct hand_box box_in_px(const struct looking *at, struct rect_mm box)
{
    int left = (int)floor((box.x - at->left_mm) * at->px_per_mm);
    int top = (int)floor((box.y - at->top_mm) * at->px_per_mm);
    int right = (int)ceil((box.x + box.w - at->left_mm) * at->px_per_mm);
    int bottom = (int)ceil((box.y + box.h - at->top_mm) * at->px_per_mm);
    left = left < 0 ? 0 : left;
    top = top < 0 ? 0 : top;
    right = right > at->grey->width ? at->grey->width : right;
    bottom = bottom > at->grey->height ? at->grey->height : bottom;
    return (struct hand_box){left, top, right - left, bottom - top};
}

static bool look_at_part(const struct looking *at, const struct word *word, struct hand_box box,
                         const char *text, size_t size, struct hand_part *out)
{
    struct glyph_extent extent;
    if (!hand_ink_look(at->grey, box, at->room, &out->ink))
        return false;
    out->first_shape = at->shapes->count;
    for (int i = 0; i < out->ink.pieces && at->shapes->count < SHAPES_MAX; i++)
        at->shapes->item[at->shapes->count++] = hand_room_shapes(at->room)[i];
    snprintf(out->text, sizeof out->text, "%.*s", (int)size, text);
    out->box = (struct rect_mm){at->left_mm + box.x / at->px_per_mm, word->box.y,
                                box.w / at->px_per_mm, word->box.h};
    out->em_w = out->em_h = 0;
    if (glyphs_measure(out->text, &extent)) {
        out->em_w = out->box.w / extent.width;
        out->em_h = out->box.h / extent.height;
    }
    return true;
}

static size_t look_at_word(const struct looking *at, const struct words *words, size_t index,
                           struct hand_part *out)
{
    const struct word *word = &words->item[index];
    struct hand_box box = box_in_px(at, word->box);
    size_t cut = seam(word->text), size = strlen(word->text), count = 0;
    if (!cut || box.w < 4) {
        count = look_at_part(at, word, box, word->text, size, out);
    } else {
        double before = advance_of(word->text, cut), behind = advance_of(word->text + cut, size);
        int x = box.x + (int)(box.w * before / (before + behind));
        x = emptiest_column(at->grey, box, x, (int)(0.12 * box.w));
        struct hand_box first = {box.x, box.y, x - box.x, box.h};
        struct hand_box rest = {x, box.y, box.x + box.w - x, box.h};
        count = look_at_part(at, word, first, word->text, cut, out);
        count += look_at_part(at, word, rest, word->text + cut, size - cut, out + count);
    }
    for (size_t i = 0; i < count; i++)
        out[i].word = index;
    return count;
}

/* --- repeated shapes ------------------------------------------------------------------------- */

struct shape_at {
    const struct hand_shape *shape;
    size_t part;
};

static int compare_shapes(const void *a, const void *b)
{
    return ((const struct shape_at *)a)->shape->h - ((const struct shape_at *)b)->shape->h;
}

static double unlikeness(const struct hand_shape *a, const struct hand_shape *b)
{
    int differ = 0;
    for (int i = 0; i < HAND_SHAPE_WORDS; i++)
        differ += __builtin_popcountll(a->bits[i] ^ b->bits[i]);
    return (double)differ / (HAND_SHAPE_W * HAND_SHAPE_H);
}

/* How unlike the piece most like it in another part is. */
static double nearest(const struct shape_at *list, size_t count, size_t at)
{
    const struct hand_shape *shape = list[at].shape;
    int reach_w = 1 + shape->w / 12, reach_h = 1 + shape->h / 12;
    double best = UNLIKE;
    for (int way = -1; way <= 1; way += 2)
        for (size_t i = at + (size_t)way; i < count; i += (size_t)way) {
            const struct hand_shape *other = list[i].shape;
            if (abs(other->h - shape->h) > reach_h)
                break;
            if (abs(other->w - shape->w) <= reach_w && list[i].part != list[at].part)
                best = fmin(best, unlikeness(shape, other));
        }
    return best;
}

/* Print sets a letter alike each time, a hand does not. */
static enum err_code compare_all_shapes(struct hand_part *part, size_t count,
                                        const struct shapes *shapes, struct err *err)
{
    AUTO(mem) struct shape_at *list = mem_array(shapes->count + 1, sizeof *list);
    if (!list)
        return err_set(err, ERR_NO_MEMORY, "shapes");
    for (size_t i = 0; i < count; i++)
        for (int k = 0; k < part[i].ink.pieces && part[i].first_shape + (size_t)k < shapes->count;
             k++)
            list[part[i].first_shape + (size_t)k] =
                (struct shape_at){&shapes->item[part[i].first_shape + (size_t)k], i};
    qsort(list, shapes->count, sizeof *list, compare_shapes);
    for (size_t i = 0; i < shapes->count; i++) {
        struct hand_part *of = &part[list[i].part];
        double far = nearest(list, shapes->count, i);
        of->alone += far / of->ink.pieces;
        of->lonest = fmax(of->lonest, far);
    }
    return ERR_OK;
}

/* --- all words ------------------------------------------------------------------------------- */

enum err_code hand_parts_look(const struct recognition_image *image, const struct words *words,
                              struct hand_part **out, size_t *out_count, struct err *err)
{
    AUTO(hand_room) struct hand_room *room = NULL;
    AUTO(mem) struct hand_shape *shape = mem_array(SHAPES_MAX, sizeof *shape);
    AUTO(mem)
    struct hand_part *part = mem_array(words->count * PARTS_PER_WORD + 1, sizeof *part);
    struct shapes shapes = {shape, 0};
    size_t count = 0;
    if (!shape || !part)
        return err_set(err, ERR_NO_MEMORY, "parts of words");
    enum err_code code = hand_room_new(&room, err);
    if (code)
        return code;
    struct looking at = {image->grey,    &shapes,       image->px_per_mm,
                         image->left_mm, image->top_mm, room};
    for (size_t i = 0; i < words->count; i++)
        count += look_at_word(&at, words, i, part + count);
    code = compare_all_shapes(part, count, &shapes, err);
    if (code)
        return code;
    *out = TAKE(part);
    *out_count = count;
    return ERR_OK;
}
