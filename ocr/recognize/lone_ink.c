#include "ocr/recognize/lone_ink.h"

#include "ocr/clean/bits.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#define INK_THRESHOLD 128
/* Enough pixels for a digit; a page at twice as many is halved first. */
#define ENOUGH_PX_PER_MM 5.0
#define WORDS_MIN 10
/* More unread pieces than this are a drawing, a texture or handwriting. */
#define UNREAD_MAX 400
/* In heights of the page's usual word, which has ascenders and accents: a digit is shorter. */
#define HEIGHT_MIN 0.4
#define HEIGHT_MAX 1.4
#define NEIGHBOUR_GAP 0.6
#define GROUP_WIDTH_MAX 6.0
#define FREE_AROUND 1.2
#define WORD_SURE 0.9

struct unread {
    struct rect_mm box;
    int group; /* index of its first piece */
};

static int compare_reals(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

/* Median; 0: too few words to tell. */
static enum err_code usual_height(const struct words *words, double *out, struct err *err)
{
    *out = 0;
    if (words->count < WORDS_MIN)
        return ERR_OK;
    AUTO(mem) double *heights = mem_array(words->count, sizeof *heights);
    if (!heights)
        return err_set(err, ERR_NO_MEMORY, "heights of words");
    for (size_t i = 0; i < words->count; i++)
        heights[i] = words->item[i].box.h;
    qsort(heights, words->count, sizeof *heights, compare_reals);
    *out = heights[words->count / 2];
    return ERR_OK;
}

/* Gap between two boxes, 0 where they meet. */
static double gap_between(const struct rect_mm *a, const struct rect_mm *b)
{
    double x = fmax(0, fmax(a->x - b->x - b->w, b->x - a->x - a->w));
    double y = fmax(0, fmax(a->y - b->y - b->h, b->y - a->y - a->h));
    return hypot(x, y);
}

static bool is_read(const struct rect_mm *piece, const struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        if (gap_between(piece, &words->item[i].box) <= 0)
            return true;
    return false;
}

static bool lies_free(const struct rect_mm *box, int group, const struct unread *unread, int count,
                      const struct words *words, double around)
{
    for (int i = 0; i < count; i++)
        if (unread[i].group != group && gap_between(box, &unread[i].box) < around)
            return false;
    for (size_t i = 0; i < words->count; i++)
        if (gap_between(box, &words->item[i].box) < around)
            return false;
    return true;
}

static bool are_neighbours(const struct rect_mm *a, const struct rect_mm *b, double height)
{
    double shared = fmin(a->y + a->h, b->y + b->h) - fmax(a->y, b->y);
    return shared > 0 && gap_between(a, b) < NEIGHBOUR_GAP * height;
}

static void group_neighbours(struct unread *unread, int count, double height)
{
    for (int i = 0; i < count; i++)
        unread[i].group = i;
    for (int i = 0; i < count; i++)
        for (int k = i + 1; k < count; k++) {
            int old = unread[k].group, group = unread[i].group;
            if (old == group || !are_neighbours(&unread[i].box, &unread[k].box, height))
                continue;
            for (int j = 0; j < count; j++)
                unread[j].group = unread[j].group == old ? group : unread[j].group;
        }
}

static void choose_groups(const struct unread *unread, int count, const struct words *words,
                          double height, struct lone_ink *out)
{
    for (int group = 0; group < count && out->count < LONE_INK_MAX; group++) {
        struct rect_mm box = {0};
        for (int i = 0; i < count; i++)
            if (unread[i].group == group)
                box = rect_union(box, unread[i].box);
        bool fits = box.h >= HEIGHT_MIN * height && box.h <= HEIGHT_MAX * height &&
                    box.w <= GROUP_WIDTH_MAX * height;
        if (fits && lies_free(&box, group, unread, count, words, FREE_AROUND * height))
            out->item[out->count++] = box;
    }
}

static enum err_code find_pieces(const struct recognition_image *image, double height,
                                 double *out_mm_per_px, struct pieces *out, struct err *err)
{
    AUTO(raster) struct raster *small = NULL;
    AUTO(bits) struct Pix *bits = NULL;
    int factor = image->px_per_mm >= 2 * ENOUGH_PX_PER_MM ? 2 : 1;
    *out_mm_per_px = factor / image->px_per_mm;
    enum err_code code = raster_reduce(image->grey, factor, &small, err);
    if (!code)
        code = bits_from_grey(small, INK_THRESHOLD, &bits, err);
    return code ? code
                : bits_find_pieces(bits, (int)(HEIGHT_MIN / 2 * height / *out_mm_per_px), out, err);
}

enum err_code lone_ink_find(const struct recognition_image *image, const struct words *words,
                            struct lone_ink *out, struct err *err)
{
    AUTO(pieces) struct pieces pieces = {0};
    double height = 0, mm_per_px = 0;
    struct lone_ink found = {0};
    struct err why = ERR_INIT;
    enum err_code code = usual_height(words, &height, err);
    if (code)
        return code;
    if (height > 0)
        code = find_pieces(image, height, &mm_per_px, &pieces, &why);
    if (code && code != ERR_TOO_MANY)
        return err_set(err, code, "%s", why.detail);
    if (code) { /* a halftone: nothing in it stands alone */
        *out = found;
        return ERR_OK;
    }
    AUTO(mem) struct unread *unread = mem_array(UNREAD_MAX, sizeof *unread);
    if (!unread)
        return err_set(err, ERR_NO_MEMORY, "unread ink");
    int count = 0;
    for (int i = 0; i < pieces.count && count < UNREAD_MAX; i++) {
        const struct piece *piece = &pieces.item[i];
        struct rect_mm box = {image->left_mm + piece->x * mm_per_px,
                              image->top_mm + piece->y * mm_per_px, piece->w * mm_per_px,
                              piece->h * mm_per_px};
        if (!is_read(&box, words))
            unread[count++].box = box;
    }
    if (count < UNREAD_MAX) {
        group_neighbours(unread, count, height);
        choose_groups(unread, count, words, height, &found);
    }
    *out = found;
    return ERR_OK;
}

bool lone_ink_is_word(const struct words *reading)
{
    if (reading->count != 1 || reading->item[0].confidence < WORD_SURE)
        return false;
    const char *text = reading->item[0].text;
    return isalnum((unsigned char)*text) || (unsigned char)*text >= 0x80;
}
