#ifndef SOHOA_OCR_CLASSIFY_LAYOUT_H
#define SOHOA_OCR_CLASSIFY_LAYOUT_H

#include "daemon/model/page_zone.h"
#include "ocr/classify/head.h"
#include "ocr/classify/signature.h"

/*
 * The zones of a page, decided by what stands there: words, how lines lie to each other, rulings.
 * The boxes of NĐ 30/2020 (regulations 5.2) only add to or take from the confidence of what was
 * found so.
 */

struct layout {
    struct page_zone *zone; /* deskewed frame, in reading order; cells last */
    size_t count;
    enum page_zone_kind *of_line; /* of each line of the text; what has no other is body */
    struct paper_end end;         /* lines of the text, which outlives this */
};

/* head: of this text. title: its first line and how many it has where that is known better (of the
 * classification), else NULL and 0. cell: of the page's tables, deskewed frame. NO_MEMORY. */
enum err_code layout_find(const struct page_text *text, const struct head *head,
                          const struct page_line *title, size_t title_lines,
                          const struct page_zone *cell, size_t cell_count, struct layout *out,
                          struct err *err);
void layout_done(struct layout *layout);

/* Is the line in a zone of that kind that is sure? */
bool layout_puts(const struct layout *layout, const struct page_text *text,
                 const struct page_line *line, enum page_zone_kind kind);

static inline void layout_auto(struct layout *place)
{
    layout_done(place);
}

#endif
