#include "ocr/extract/part_words.h"

#include <math.h>
#include <string.h>

/* A word that tells places apart: long enough, and read surely. */
#define TELLING_BYTES 4
#define TELLING_CONFIDENCE 0.5
#define SAME_PLACE_MM 1.5
#define PAIRS_MIN 4 /* words in both parts that agree on the shift */
/* Of words that stand in both, how many must: the rest are cut, or the same word elsewhere. */
#define PAIRS_MIN_SHARE 0.5
#define SECOND_MAX_SHARE 0.8 /* a form repeats itself: then another shift fits nearly as well */
#define PAIRS_MAX 4000

void part_words_init(struct part_words *side)
{
    *side = (struct part_words){0};
}

void part_words_done(struct part_words *side)
{
    if (side->count > 1)
        words_done(&side->words);
    for (size_t i = 0; i < side->count; i++)
        mem_free(side->part[i].dropped);
    *side = (struct part_words){0};
}

enum err_code part_words_add(struct part_words *side, const struct words *words, size_t image,
                             struct err *err)
{
    if (side->count == PART_WORDS_MAX)
        return err_set(err, ERR_TOO_LARGE, "more than %d parts of one side", PART_WORDS_MAX);
    side->part[side->count].words = words;
    side->part[side->count++].image = image;
    return ERR_OK;
}

size_t part_words_first(const struct part_words *side)
{
    return side->part[0].image;
}

/* ---- how they lie -------------------------------------------------------------------------------
 */

struct shifts {
    struct point_mm *item;
    size_t count;
};

static bool is_telling(const struct word *word)
{
    return strlen(word->text) >= TELLING_BYTES && word->confidence >= TELLING_CONFIDENCE;
}

static void list_shifts(const struct words *a, const struct words *b, struct shifts *out)
{
    for (size_t i = 0; i < a->count; i++) {
        if (!is_telling(&a->item[i]))
            continue;
        for (size_t k = 0; k < b->count && out->count < PAIRS_MAX; k++) {
            const struct rect_mm *p = &a->item[i].box, *q = &b->item[k].box;
            if (strcmp(a->item[i].text, b->item[k].text) == 0 && fabs(p->h - q->h) < SAME_PLACE_MM)
                out->item[out->count++] = (struct point_mm){p->x - q->x, p->y - q->y};
        }
    }
}

static bool is_near(struct point_mm a, struct point_mm b, double mm)
{
    return fabs(a.x - b.x) < mm && fabs(a.y - b.y) < mm;
}

static size_t agreeing(const struct shifts *shifts, struct point_mm with)
{
    size_t count = 0;
    for (size_t i = 0; i < shifts->count; i++)
        count += is_near(shifts->item[i], with, SAME_PLACE_MM);
    return count;
}

/* Telling words of a that lie where b would show them, too. */
static size_t expected(const struct words *a, const struct words *b, struct point_mm shift)
{
    size_t count = 0;
    for (size_t i = 0; i < a->count; i++) {
        const struct rect_mm *box = &a->item[i].box;
        double x = box->x - shift.x, y = box->y - shift.y;
        count += is_telling(&a->item[i]) && x > 0 && y > 0 && x + box->w < b->page.w &&
                 y + box->h < b->page.h;
    }
    return count;
}

static enum err_code find_shift(const struct words *a, const struct words *b, bool *out_found,
                                struct point_mm *out, struct err *err)
{
    AUTO(mem) struct point_mm *list = mem_array(PAIRS_MAX, sizeof *list);
    struct shifts shifts = {list, 0};
    size_t best = 0, second = 0;
    *out = (struct point_mm){0};
    *out_found = false;
    if (!list)
        return err_set(err, ERR_NO_MEMORY, "parts of a side");
    list_shifts(a, b, &shifts);
    for (size_t i = 0; i < shifts.count; i++) {
        size_t count = agreeing(&shifts, list[i]);
        if (count > best) {
            best = count;
            *out = list[i];
        }
    }
    for (size_t i = 0; i < shifts.count; i++)
        if (!is_near(list[i], *out, 2 * SAME_PLACE_MM)) {
            size_t count = agreeing(&shifts, list[i]);
            second = count > second ? count : second;
        }
    *out_found = best >= PAIRS_MIN && (double)second <= SECOND_MAX_SHARE * (double)best &&
                 (double)best >= PAIRS_MIN_SHARE * (double)expected(a, b, *out);
    return ERR_OK;
}

/* Beside any part that lies already; else below all of them. */
static enum err_code lay_part(struct part_words *side, size_t at, struct err *err)
{
    bool found = false;
    double bottom = 0;
    for (size_t i = at; i-- > 0 && !found;) {
        struct point_mm shift;
        enum err_code code =
            find_shift(side->part[i].words, side->part[at].words, &found, &shift, err);
        if (code)
            return code;
        bottom = fmax(bottom, side->part[i].shift.y + side->part[i].words->page.h);
        if (found)
            side->part[at].shift =
                (struct point_mm){side->part[i].shift.x + shift.x, side->part[i].shift.y + shift.y};
    }
    if (!found)
        side->part[at].shift = (struct point_mm){side->part[0].shift.x, bottom};
    return ERR_OK;
}

static struct size_mm move_to_corner(struct part_words *side)
{
    double left = 0, top = 0, right = 0, bottom = 0;
    for (size_t i = 0; i < side->count; i++) {
        left = fmin(left, side->part[i].shift.x);
        top = fmin(top, side->part[i].shift.y);
        right = fmax(right, side->part[i].shift.x + side->part[i].words->page.w);
        bottom = fmax(bottom, side->part[i].shift.y + side->part[i].words->page.h);
    }
    for (size_t i = 0; i < side->count; i++) {
        side->part[i].shift.x -= left;
        side->part[i].shift.y -= top;
    }
    return (struct size_mm){right - left, bottom - top};
}

/* ---- each word once -----------------------------------------------------------------------------
 */

static struct rect_mm on_side(const struct part_words *side, size_t part, size_t word)
{
    struct rect_mm box = side->part[part].words->item[word].box;
    box.x += side->part[part].shift.x;
    box.y += side->part[part].shift.y;
    return box;
}

/* How far inside the part; negative: partly outside. */
static double depth(const struct part_words *side, size_t part, struct rect_mm box)
{
    const struct size_mm *page = &side->part[part].words->page;
    double x = box.x - side->part[part].shift.x, y = box.y - side->part[part].shift.y;
    return fmin(fmin(x, page->w - x - box.w), fmin(y, page->h - y - box.h));
}

/* Of two words that stand in the same place the one goes that its part has less far inside, or cut;
 * decided once for both, so that never both go. */
static void drop_one(struct part_words *side, size_t a, size_t b, size_t word_a, size_t word_b)
{
    struct rect_mm p = on_side(side, a, word_a), q = on_side(side, b, word_b);
    double smaller = fmax(fmin(p.w * p.h, q.w * q.h), 0.01);
    if (rect_overlap_mm2(p, q) <= smaller / 2)
        return;
    struct rect_mm both = rect_union(p, q);
    if (depth(side, b, both) > depth(side, a, both))
        side->part[a].dropped[word_a] = true;
    else
        side->part[b].dropped[word_b] = true;
}

static void drop_doubles(struct part_words *side, size_t a, size_t b)
{
    for (size_t i = 0; i < side->part[a].words->count; i++)
        for (size_t k = 0; k < side->part[b].words->count; k++)
            if (!side->part[a].dropped[i] && !side->part[b].dropped[k])
                drop_one(side, a, b, i, k);
}

static enum err_code keep_each_once(struct part_words *side, struct err *err)
{
    for (size_t i = 0; i < side->count; i++) {
        side->part[i].dropped = mem_array(side->part[i].words->count + 1, sizeof(bool));
        if (!side->part[i].dropped)
            return err_set(err, ERR_NO_MEMORY, "words of a side");
    }
    for (size_t a = 0; a < side->count; a++)
        for (size_t b = a + 1; b < side->count; b++)
            drop_doubles(side, a, b);
    return ERR_OK;
}

static enum err_code add_part(struct part_words *side, size_t part, int *blocks, int *lines,
                              struct err *err)
{
    const struct words *words = side->part[part].words;
    int next_block = *blocks, next_line = *lines;
    for (size_t i = 0; i < words->count; i++) {
        const struct word *word = &words->item[i];
        struct rect_mm box = on_side(side, part, i);
        if (side->part[part].dropped[i])
            continue;
        int block = *blocks + word->block, line = *lines + word->line;
        next_block = block >= next_block ? block + 1 : next_block;
        next_line = line >= next_line ? line + 1 : next_line;
        enum err_code code =
            words_add(&side->words, word->text, word->confidence, box,
                      word->baseline_mm + side->part[part].shift.y, block, line, err);
        if (code)
            return code;
        side->words.item[side->words.count - 1].hand = word->hand;
    }
    *blocks = next_block;
    *lines = next_line;
    return ERR_OK;
}

enum err_code part_words_join(struct part_words *side, struct err *err)
{
    int blocks = 0, lines = 0;
    enum err_code code = ERR_OK;
    if (side->count == 1) {
        side->words = *side->part[0].words;
        return ERR_OK;
    }
    for (size_t i = 1; i < side->count && !code; i++)
        code = lay_part(side, i, err);
    if (code)
        return code;
    words_init(&side->words, move_to_corner(side), 0);
    code = keep_each_once(side, err);
    for (size_t i = 0; i < side->count && !code; i++)
        code = add_part(side, i, &blocks, &lines, err);
    return code;
}

size_t part_words_place(const struct part_words *side, struct rect_mm *box)
{
    size_t best = 0;
    if (side->count == 1)
        return side->part[0].image;
    for (size_t i = 1; i < side->count; i++)
        best = depth(side, i, *box) > depth(side, best, *box) ? i : best;
    const struct words *words = side->part[best].words;
    box->x -= side->part[best].shift.x;
    box->y -= side->part[best].shift.y;
    *box = rect_upright_from_deskewed(*box, words->page, words->skew_deg);
    return side->part[best].image;
}
