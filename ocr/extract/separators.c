#include "ocr/extract/separators.h"

/* A separator sheet says what it is, not more. */
#define SHEET_WORDS_MAX 80

static bool same_leaf(const struct pile *pile, size_t a, size_t b)
{
    return a == b || (pile->page[a].leaf >= 0 && pile->page[a].leaf == pile->page[b].leaf);
}

static enum separator by_codes(const struct pile *pile, size_t at, const struct page_info *info)
{
    enum separator kind = separator_of_codes(info, NULL);
    return pile->page[at].is_page || !pile->parting.takes[kind] ? SEPARATOR_NONE : kind;
}

bool separator_is_printed_on(const struct pile *pile, size_t at, const struct page_info *info,
                             const struct words *page)
{
    return pile && by_codes(pile, at, info) == SEPARATOR_PATCH && page->count > SHEET_WORDS_MAX;
}

static bool is_blank_leaf(const struct pile *pile, const struct page_info *infos, size_t count,
                          size_t at)
{
    for (size_t i = 0; i < count; i++)
        if (same_leaf(pile, at, i) && (!infos[i].blank || pile->page[i].is_page))
            return false;
    return true;
}

/* The blank other side of a separator goes with it. */
static enum separator of_other_side(const struct pile *pile, const enum separator *found,
                                    size_t count, size_t at)
{
    for (size_t i = 0; i < count; i++)
        if (i != at && same_leaf(pile, at, i) && found[i] != SEPARATOR_NONE)
            return found[i];
    return SEPARATOR_NONE;
}

void separators_find(const struct pile *pile, const struct page_info *infos,
                     const struct words *pages, size_t count, enum separator *out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = !pile || separator_is_printed_on(pile, i, &infos[i], &pages[i])
                     ? SEPARATOR_NONE
                     : by_codes(pile, i, &infos[i]);
    for (size_t i = 0; pile && i < count; i++) {
        if (out[i] != SEPARATOR_NONE || !infos[i].blank || pile->page[i].is_page)
            continue;
        out[i] = of_other_side(pile, out, count, i);
        if (out[i] == SEPARATOR_NONE && pile->parting.takes[SEPARATOR_BLANK] &&
            is_blank_leaf(pile, infos, count, i))
            out[i] = SEPARATOR_BLANK;
    }
}
