#include "ocr/extract/region.h"

#include <math.h>

#define SAME_ROW_MM 2.0
#define BELOW_MAX_MM 10.0
#define BESIDE_MAX_MM 60.0
/* Wider white parts columns. */
#define COLUMN_GAP_MM 5.0
/* How far a line's end may lie from the column's and still be full. */
#define FULL_SLACK_MM 2.0

struct span_mm {
    double left, right;
};

static double right_of(const struct rect_mm *box)
{
    return box->x + box->w;
}

static bool lies_in(const struct rect_mm *cell, const struct rect_mm *box)
{
    double x = box->x + box->w / 2, y = box->y + box->h / 2;
    return x > cell->x && x < right_of(cell) && y > cell->y && y < cell->y + cell->h;
}

static const struct page_zone *cell_of(const struct layout *layout, const struct rect_mm *box)
{
    for (size_t i = 0; i < layout->count; i++)
        if (layout->zone[i].kind == PAGE_ZONE_CELL && lies_in(&layout->zone[i].box, box))
            return &layout->zone[i];
    return NULL;
}

/* Where the words around the label begin: wide white before them is the column's edge. */
static double group_left(const struct region *region)
{
    const struct word *item = region->page->words->item;
    size_t at = region->label->first;
    while (at > region->label->line->first &&
           item[at].box.x - right_of(&item[at - 1].box) < COLUMN_GAP_MM)
        at--;
    return item[at].box.x;
}

/* The column ends where on this row another label stands behind white, or where another line
 * begins. */
static double next_column(const struct region *region, const struct labels *labels)
{
    const struct page_text *page = region->page;
    const struct page_line *own = region->label->line;
    double from = right_of(&page->words->item[region->label->end - 1].box), edge = INFINITY;
    for (size_t i = 0; i < labels->count; i++) {
        const struct label *other = &labels->item[i];
        const struct rect_mm *box = &page->words->item[other->first].box;
        bool ends = other->closed || other->stop || other->apart;
        if (ends && other->line == own && box->x > from)
            edge = fmin(edge, box->x);
    }
    for (size_t i = 0; i < page->line_count; i++) {
        const struct page_line *line = &page->line[i];
        bool beside = fabs(line->baseline_mm - own->baseline_mm) < SAME_ROW_MM;
        if (line != own && beside && line->box.x > from)
            edge = fmin(edge, line->box.x);
    }
    return edge;
}

static struct span_mm column_of(const struct region *region, const struct labels *labels,
                                const struct page_zone *cell)
{
    const struct page_text *page = region->page;
    struct span_mm column = {group_left(region) - COLUMN_GAP_MM, next_column(region, labels)};
    if (isinf(column.right))
        column.right = fmax(page->frame.x + page->frame.w, page->common_right_mm);
    if (cell) {
        column.left = fmax(column.left, cell->box.x);
        column.right = fmin(column.right, right_of(&cell->box));
    }
    return column;
}

static double middle_of(const struct rect_mm *box)
{
    return box->x + box->w / 2;
}

/* The words of the line that lie in the column, up to the first label among them. */
static bool take_words(struct region *region, const struct labels *labels,
                       const struct field_rule *rule, const struct page_line *line,
                       struct span_mm column)
{
    const struct word *item = region->page->words->item;
    size_t first = line->first, end = line->first + line->count;
    while (first < end && middle_of(&item[first].box) < column.left)
        first++;
    size_t last = first;
    while (last < end && middle_of(&item[last].box) < column.right)
        last++;
    const struct label *label = labels_ending(labels, rule, first, last);
    if (label)
        last = label->first;
    const struct label *at_start = first < end ? labels_at(labels, first) : NULL;
    if (first >= last || (at_start && at_start->own && at_start->stands && first == line->first))
        return false;
    region->next_first = first;
    region->next_end = last;
    return true;
}

static const struct page_line *beside(const struct region *region, const struct page_zone *cell)
{
    const struct page_text *page = region->page;
    const struct page_line *own = region->label->line, *nearest = NULL;
    double edge = own->box.x + own->box.w;
    for (size_t i = 0; i < page->line_count; i++) {
        const struct page_line *line = &page->line[i];
        double away_mm = line->box.x - edge;
        bool same_row =
            cell ? line->baseline_mm > cell->box.y && line->baseline_mm < cell->box.y + cell->box.h
                 : fabs(line->baseline_mm - own->baseline_mm) < SAME_ROW_MM;
        if (same_row && away_mm > 0 && (cell || away_mm < BESIDE_MAX_MM) &&
            (!nearest || line->box.x < nearest->box.x))
            nearest = line;
    }
    return nearest;
}

/* The lines below the label's in its column, the nearest first: at most two, since English may
 * stand under the label. */
static const struct page_line *below(const struct region *region, struct span_mm column,
                                     const struct page_line *from)
{
    const struct page_text *page = region->page;
    const struct page_line *nearest = NULL;
    for (size_t i = 0; i < page->line_count; i++) {
        const struct page_line *line = &page->line[i];
        double down_mm = line->baseline_mm - from->baseline_mm;
        bool over = line->box.x < column.right && right_of(&line->box) > column.left;
        if (down_mm > SAME_ROW_MM && down_mm < BELOW_MAX_MM && over && !line->in_stamp &&
            (!nearest || line->baseline_mm < nearest->baseline_mm))
            nearest = line;
    }
    return nearest;
}

/* A line that is nothing but a label in letters without accents: the one above in English. */
static bool is_translation(const struct page_text *page, const struct labels *labels,
                           const struct page_line *line)
{
    const struct label *label = labels_at(labels, line->first);
    if (!label || label->value < line->first + line->count)
        return false;
    for (size_t i = line->first; i < label->end; i++)
        for (const char *c = page->words->item[i].text; *c; c++)
            if ((unsigned char)*c >= 0x80)
                return false;
    return true;
}

static void find_below(struct region *region, const struct labels *labels,
                       const struct field_rule *rule, struct span_mm column)
{
    const struct page_line *line = below(region, column, region->label->line);
    if (line && is_translation(region->page, labels, line))
        line = below(region, column, line);
    region->next_is_below = line && take_words(region, labels, rule, line, column);
    if (!region->next_is_below || region->first >= region->end)
        return;
    const struct word *item = region->page->words->item;
    const struct word *last = &item[region->end - 1], *next = &item[region->next_first];
    region->full =
        right_of(&last->box) + next->box.w + last->box.h / 3 > column.right - FULL_SLACK_MM;
}

/* A second label of the same field behind the first belongs to it: "Giấy tờ tùy thân: CCCD số:". */
static size_t behind_twin(const struct labels *labels, const struct label *label,
                          const struct field_rule *rule, size_t first)
{
    for (;;) {
        const struct label *twin = labels_at(labels, first);
        bool same = twin && twin->line == label->line && twin->first > label->first &&
                    twin->fields & (1u << rule->field) && !twin->apart;
        if (!same)
            return first;
        first = twin->value;
    }
}

void region_find(const struct page_text *page, size_t page_index, const struct labels *labels,
                 const struct label *label, const struct field_rule *rule,
                 const struct layout *layout, struct region *out)
{
    size_t line_end = label->line->first + label->line->count;
    *out = (struct region){.page = page, .page_index = page_index, .label = label};
    size_t first = behind_twin(labels, label, rule, label->value);
    const struct label *next = labels_ending(labels, rule, first, line_end);
    size_t end = next ? next->first : line_end;
    while (first < end && !*page->key[first])
        first++;
    out->first = first;
    out->end = end;
    const struct page_zone *cell = cell_of(layout, &page->words->item[label->first].box);
    struct span_mm column = column_of(out, labels, cell);
    bool fills_line = label->closed || first > label->end || label->first == label->line->first;
    if (first < end) {
        find_below(out, labels, rule, column);
        return;
    }
    if (next || !fills_line)
        return;
    const struct page_line *right = beside(out, cell);
    struct span_mm anywhere = {-INFINITY, INFINITY};
    if (!right || !take_words(out, labels, rule, right, anywhere))
        find_below(out, labels, rule, column);
}
