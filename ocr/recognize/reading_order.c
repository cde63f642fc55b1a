#include "ocr/recognize/reading_order.h"

#include <stdlib.h>

enum section { BEFORE, LEFT, RIGHT, AFTER };

struct place {
    enum section section;
    double line_y;
    int line;
    size_t index;
};

static bool is_inside(const struct rect_mm *box, const struct rect_mm *zone)
{
    double x = box->x + box->w / 2, y = box->y + box->h / 2;
    return x >= zone->x && x < zone->x + zone->w && y >= zone->y && y < zone->y + zone->h;
}

static const struct rect_mm *find_zone(const struct zones *zones, enum zone_kind kind)
{
    for (int i = 0; i < zones->count; i++)
        if (zones->item[i].kind == kind)
            return &zones->item[i].box;
    return NULL;
}

/* Sections, and for the columns the height of each line, so that they sort from the top. */
static void place_words(const struct words *words, const struct rect_mm *left,
                        const struct rect_mm *right, struct place *places)
{
    enum section other = BEFORE;
    for (size_t i = 0; i < words->count; i++) {
        const struct word *word = &words->item[i];
        struct place *place = &places[i];
        *place = (struct place){.section = other, .line = word->line, .index = i};
        if (is_inside(&word->box, left))
            place->section = LEFT;
        else if (is_inside(&word->box, right))
            place->section = RIGHT;
        else
            continue;
        other = AFTER;
        const struct place *previous = i > 0 ? &places[i - 1] : NULL;
        bool same_line =
            previous && previous->line == place->line && previous->section == place->section;
        place->line_y = same_line ? previous->line_y : word->baseline_mm;
    }
}

static int compare_places(const void *a, const void *b)
{
    const struct place *one = a, *two = b;
    if (one->section != two->section)
        return one->section < two->section ? -1 : 1;
    bool column = one->section == LEFT || one->section == RIGHT;
    if (column && one->line_y != two->line_y)
        return one->line_y < two->line_y ? -1 : 1;
    return one->index < two->index ? -1 : one->index > two->index;
}

/* A column is one block; elsewhere the reader's own blocks stay. */
static void renumber(const struct place *places, const struct word *old, struct words *words)
{
    int block = -1, line = -1;
    for (size_t i = 0; i < words->count; i++) {
        const struct place *here = &places[i], *last = i > 0 ? &places[i - 1] : NULL;
        bool column = here->section == LEFT || here->section == RIGHT;
        bool new_section = !last || last->section != here->section;
        block += new_section || (!column && old[last->index].block != old[here->index].block);
        line += new_section || last->line != here->line;
        words->item[i] = old[here->index];
        words->item[i].block = block;
        words->item[i].line = line;
    }
}

enum err_code reading_order_part_head(const struct zones *zones, struct words *words,
                                      struct err *err)
{
    const struct rect_mm *left = find_zone(zones, ZONE_HEAD_LEFT);
    const struct rect_mm *right = find_zone(zones, ZONE_HEAD_RIGHT);
    if (!left || !right || words->count == 0)
        return ERR_OK;
    AUTO(mem) struct place *places = mem_array(words->count, sizeof *places);
    AUTO(mem) struct word *old = mem_array(words->count, sizeof *old);
    if (!places || !old)
        return err_set(err, ERR_NO_MEMORY, "reading order");
    for (size_t i = 0; i < words->count; i++)
        old[i] = words->item[i];
    place_words(words, left, right, places);
    qsort(places, words->count, sizeof *places, compare_places);
    renumber(places, old, words);
    return ERR_OK;
}
