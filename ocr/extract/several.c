#include "ocr/extract/several.h"

#include "ocr/classify/fuzzy.h"

#include <math.h>
#include <string.h>

#define SAME_ROW_MM 2.0
/* Less white is a space between words. */
#define GUTTER_MM 3.0
/* Of a line that is only part of the form's print: shorter ones are everywhere in it. */
#define PRINT_BYTES_MIN 6

static bool is_among(const char *key, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

static const struct rect_mm *box_of(const struct page_text *page, const struct label *label)
{
    return &page->words->item[label->first].box;
}

/* Where what stands left of the second one on its row ends; -INFINITY: nothing does. */
static double left_neighbour_mm(const struct page_text *page, const struct label *second)
{
    const struct rect_mm *own = box_of(page, second);
    double end_mm = -INFINITY;
    for (size_t i = 0; i < page->line_count; i++) {
        const struct page_line *line = &page->line[i];
        if (fabs(line->baseline_mm - second->line->baseline_mm) >= SAME_ROW_MM)
            continue;
        for (size_t k = line->first; k < line->first + line->count; k++) {
            const struct rect_mm *box = &page->words->item[k].box;
            if (*page->key[k] && box->x + box->w <= own->x)
                end_mm = fmax(end_mm, box->x + box->w);
        }
    }
    return end_mm;
}

/* The first one's stands on the same row, left of it: where between them the columns part. */
static bool find_gutter(const struct page_text *page, const struct label *second, double *out_mm)
{
    double left_mm = left_neighbour_mm(page, second), right_mm = box_of(page, second)->x;
    *out_mm = (left_mm + right_mm) / 2;
    return right_mm > page->frame.x + page->frame.w / 3 && right_mm - left_mm > GUTTER_MM &&
           !isinf(left_mm);
}

static const struct label *first_marker(const struct page_text *page, const struct labels *labels,
                                        const struct field_rule *rule)
{
    for (size_t i = 0; i < labels->count; i++) {
        const struct label *label = &labels->item[i];
        bool stands = label->stands || word_stands_apart(page, label->line, label->first);
        if (label->own && stands && is_among(label->key, rule->before, rule->before_count))
            return label;
    }
    return NULL;
}

/* Somebody else stands behind it. */
static bool second_is_there(const struct first_of_several *first, const struct paper *paper,
                            const struct field_rule *rule)
{
    if (is_among(first->second->key, rule->label, rule->label_count) || first->columns)
        return true;
    for (size_t page = first->page; page < paper->page_count; page++)
        for (size_t i = 0; i < paper->labels[page].count; i++) {
            const struct label *label = &paper->labels[page].item[i];
            if (label_is_of(label, rule) && several_is_second(first, paper, page, label))
                return true;
        }
    return false;
}

struct first_of_several several_find(const struct paper *paper, const struct field_rule *rule)
{
    struct first_of_several first = {0};
    for (size_t page = 0; page < paper->page_count && rule->before_count && !first.second; page++) {
        first.page = page;
        first.second = first_marker(&paper->page[page], &paper->labels[page], rule);
    }
    if (!first.second)
        return first;
    first.columns = find_gutter(&paper->page[first.page], first.second, &first.gutter_mm);
    first.known = second_is_there(&first, paper, rule);
    return first;
}

bool several_is_second(const struct first_of_several *first, const struct paper *paper, size_t page,
                       const struct label *label)
{
    if (!first->second || page != first->page)
        return first->second && page > first->page;
    const struct page_text *text = &paper->page[page];
    double right_mm = box_of(text, label)->x - box_of(text, first->second)->x;
    double down_mm = label->line->baseline_mm - first->second->line->baseline_mm;
    if (first->columns)
        return box_of(text, label)->x > first->gutter_mm;
    return down_mm > SAME_ROW_MM || (down_mm > -SAME_ROW_MM && right_mm > 0);
}

static bool is_forms_print(const struct page_line *line, const struct field_rule *rule)
{
    size_t size = strlen(line->key);
    for (size_t i = 0; i < rule->print_below_count; i++)
        if (strstr(line->key, rule->print_below[i]) ||
            (size >= PRINT_BYTES_MIN && strstr(rule->print_below[i], line->key)) ||
            fuzzy_equal(line->key, rule->print_below[i], NULL))
            return true;
    return size < 2;
}

static bool is_heading(const struct page_line *line, const struct field_rule *rule)
{
    for (size_t i = 0; i < rule->ask_below_count; i++)
        if (fuzzy_contains(line->key, rule->ask_below[i]))
            return true;
    return false;
}

bool several_written_below(const struct paper *paper, const struct field_rule *rule)
{
    for (size_t at = 0; at < paper->page_count; at++) {
        const struct page_text *page = &paper->page[at];
        double below_mm = INFINITY;
        for (size_t i = 0; i < page->line_count; i++)
            if (is_heading(&page->line[i], rule))
                below_mm = fmin(below_mm, page->line[i].baseline_mm);
        for (size_t i = 0; i < page->line_count; i++)
            if (page->line[i].baseline_mm > below_mm + SAME_ROW_MM &&
                !is_forms_print(&page->line[i], rule))
                return true;
    }
    return false;
}
