#include "ocr/recognize/page_zones.h"

#include "ocr/classify/layout.h"
#include "ocr/classify/table.h"
#include "ocr/clean/rulings.h"
#include "ocr/recognize/reading_order.h"

#include <stdlib.h>

#define SETS_MAX 32

struct order {
    struct rect_mm head[2], end[2];
    struct rect_mm *cell;
    struct reading_set set[SETS_MAX];
    size_t count;
};

static inline void order_auto(struct order *order)
{
    mem_free(order->cell);
}

static void add_set(struct order *order, const struct rect_mm *place, size_t count, bool is_block)
{
    if (order->count < SETS_MAX)
        order->set[order->count++] = (struct reading_set){place, count, is_block};
}

static void add_head(struct order *order, const struct head_columns *columns, struct size_mm page)
{
    double h = columns->bottom_mm - columns->top_mm;
    order->head[0] = (struct rect_mm){-page.w, columns->top_mm, page.w + columns->gutter_mm, h};
    order->head[1] = (struct rect_mm){columns->gutter_mm, columns->top_mm, 2 * page.w, h};
    add_set(order, order->head, 2, false);
}

static enum err_code add_tables(struct order *order, const struct layout *layout, struct err *err)
{
    order->cell = mem_array(layout->count + 1, sizeof *order->cell);
    if (!order->cell)
        return err_set(err, ERR_NO_MEMORY, "reading order");
    for (size_t i = 0, next; i < layout->count; i = next) {
        next = i + 1;
        if (layout->zone[i].kind != PAGE_ZONE_CELL)
            continue;
        while (next < layout->count && layout->zone[next].table == layout->zone[i].table)
            next++;
        for (size_t k = i; k < next; k++)
            order->cell[k] = layout->zone[k].box;
        add_set(order, order->cell + i, next - i, true);
    }
    return ERR_OK;
}

/* Recipients and the signature beside them. */
static void add_end(struct order *order, const struct paper_end *end)
{
    for (size_t i = 0; i < end->signature_count; i++) {
        struct rect_mm left = end->recipients_box, right = end->signature[i].box;
        bool beside = end->recipients && right.x > left.x + left.w && right.y < left.y + left.h &&
                      left.y < right.y + right.h;
        if (!beside || end->signature[i].confidence < PAGE_ZONE_SURE)
            continue;
        order->end[0] = left;
        order->end[1] = right;
        add_set(order, order->end, 2, false);
        return;
    }
}

static int compare_sets(const void *a, const void *b)
{
    double x = ((const struct reading_set *)a)->place->y,
           y = ((const struct reading_set *)b)->place->y;
    return (x > y) - (x < y);
}

static enum err_code order_words(const struct layout *layout, const struct head *head,
                                 const struct zones *prior, struct words *words, struct err *err)
{
    AUTO(order) struct order order = {0};
    if (!head->columns.found) {
        enum err_code code = reading_order_part_head(prior, words, err);
        if (code)
            return code;
    } else {
        add_head(&order, &head->columns, words->page);
    }
    enum err_code code = add_tables(&order, layout, err);
    if (code)
        return code;
    add_end(&order, &layout->end);
    qsort(order.set, order.count, sizeof *order.set, compare_sets);
    return reading_order_part(order.set, order.count, words, err);
}

static enum err_code keep_zones(const struct layout *layout, const struct words *words,
                                struct page_info *info, struct err *err)
{
    AUTO(mem) struct page_zone *zone = mem_array(layout->count + 1, sizeof *zone);
    if (!zone)
        return err_set(err, ERR_NO_MEMORY, "zones of a page");
    for (size_t i = 0; i < layout->count; i++) {
        zone[i] = layout->zone[i];
        zone[i].box = rect_upright_from_deskewed(zone[i].box, words->page, words->skew_deg);
    }
    mem_free(info->zones);
    info->zones = TAKE(zone);
    info->zone_count = layout->count;
    return ERR_OK;
}

enum err_code page_zones_find(const struct recognition_image *image, const struct zones *prior,
                              struct words *words, struct page_info *info, struct err *err)
{
    AUTO(rulings) struct rulings rulings = {0};
    AUTO(cells) struct cells cells = {0};
    AUTO(page_text) struct page_text text = {0};
    AUTO(layout) struct layout layout = {0};
    struct head head;
    enum err_code code = page_text_make(words, &text, err);
    if (!code)
        code = rulings_find(image, &rulings, err);
    if (!code)
        code = table_cells(&rulings, &cells, err);
    if (code)
        return code;
    head_find(&text, &head);
    code = layout_find(&text, &head, NULL, 0, cells.item, cells.count, &layout, err);
    if (!code)
        code = order_words(&layout, &head, prior, words, err);
    return code ? code : keep_zones(&layout, words, info, err);
}
