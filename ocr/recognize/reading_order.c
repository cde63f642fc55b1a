#include "ocr/recognize/reading_order.h"

#include <stdlib.h>

/* Sets have odd numbers, what lies before, between and behind them even ones. */
struct place {
    int section;
    size_t rank; /* of the place in its set */
    double line_y;
    int line;
    size_t index;
};

static bool is_inside(const struct rect_mm *box, const struct rect_mm *place)
{
    double x = box->x + box->w / 2, y = box->y + box->h / 2;
    return x >= place->x && x < place->x + place->w && y >= place->y && y < place->y + place->h;
}

static bool find_place(const struct reading_set *set, size_t count, const struct rect_mm *box,
                       struct place *out)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < set[i].count; k++)
            if (is_inside(box, &set[i].place[k])) {
                out->section = 2 * (int)i + 1;
                out->rank = k;
                return true;
            }
    return false;
}

/* Sections, and for the places of a set the height of each line, so that they sort from the top. */
static void place_words(const struct words *words, const struct reading_set *set, size_t count,
                        struct place *places)
{
    int other = 0;
    for (size_t i = 0; i < words->count; i++) {
        const struct word *word = &words->item[i];
        struct place *place = &places[i];
        *place = (struct place){.section = other, .line = word->line, .index = i};
        if (!find_place(set, count, &word->box, place))
            continue;
        other = place->section + 1 > other ? place->section + 1 : other;
        const struct place *previous = i > 0 ? &places[i - 1] : NULL;
        bool same_line = previous && previous->line == place->line &&
                         previous->section == place->section && previous->rank == place->rank;
        place->line_y = same_line ? previous->line_y : word->baseline_mm;
    }
}

static int compare_places(const void *a, const void *b)
{
    const struct place *one = a, *two = b;
    if (one->section != two->section)
        return one->section < two->section ? -1 : 1;
    if (one->rank != two->rank)
        return one->rank < two->rank ? -1 : 1;
    if (one->line_y != two->line_y)
        return one->line_y < two->line_y ? -1 : 1;
    return one->index < two->index ? -1 : one->index > two->index;
}

static void renumber(const struct place *places, const struct reading_set *set,
                     const struct word *old, struct words *words)
{
    int block = -1, line = -1;
    for (size_t i = 0; i < words->count; i++) {
        const struct place *here = &places[i], *last = i > 0 ? &places[i - 1] : NULL;
        bool in_set = here->section % 2;
        bool new_section = !last || last->section != here->section;
        bool new_place = new_section || last->rank != here->rank;
        bool new_block = in_set ? new_place && !set[here->section / 2].is_block
                                : !new_section && old[last->index].block != old[here->index].block;
        block += new_section || new_block;
        line += new_place || last->line != here->line;
        words->item[i] = old[here->index];
        words->item[i].block = block;
        words->item[i].line = line;
    }
}

enum err_code reading_order_part(const struct reading_set *set, size_t set_count,
                                 struct words *words, struct err *err)
{
    if (set_count == 0 || words->count == 0)
        return ERR_OK;
    AUTO(mem) struct place *places = mem_array(words->count, sizeof *places);
    AUTO(mem) struct word *old = mem_array(words->count, sizeof *old);
    if (!places || !old)
        return err_set(err, ERR_NO_MEMORY, "reading order");
    for (size_t i = 0; i < words->count; i++)
        old[i] = words->item[i];
    place_words(words, set, set_count, places);
    qsort(places, words->count, sizeof *places, compare_places);
    renumber(places, set, old, words);
    return ERR_OK;
}

static const struct rect_mm *find_zone(const struct zones *zones, enum zone_kind kind)
{
    for (int i = 0; i < zones->count; i++)
        if (zones->item[i].kind == kind)
            return &zones->item[i].box;
    return NULL;
}

enum err_code reading_order_part_head(const struct zones *zones, struct words *words,
                                      struct err *err)
{
    const struct rect_mm *left = find_zone(zones, ZONE_HEAD_LEFT);
    const struct rect_mm *right = find_zone(zones, ZONE_HEAD_RIGHT);
    if (!left || !right)
        return ERR_OK;
    const struct rect_mm columns[] = {*left, *right};
    return reading_order_part(&(struct reading_set){columns, 2, false}, 1, words, err);
}
