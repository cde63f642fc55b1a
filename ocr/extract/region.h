#ifndef SOHOA_OCR_EXTRACT_REGION_H
#define SOHOA_OCR_EXTRACT_REGION_H

#include "ocr/classify/layout.h"
#include "ocr/extract/labels.h"

/*
 * Where a label's value stands: behind it up to the next label, the white between columns or the
 * ruling of its cell; and, since values are too long for their line or stand under their label,
 * what lies in the same column on the line below or in the cell beside it.
 */

struct region {
    const struct page_text *page;
    size_t page_index;
    const struct label *label;
    size_t first, end;           /* words on the label's line; may be none */
    size_t next_first, next_end; /* words below or beside, none where a label begins there */
    bool next_is_below;
    bool
        full; /* the first of the next words had no room on the label's line: it was broken there */
};

/* cell: the page's cells, deskewed frame; other zones among them are passed over. */
void region_find(const struct page_text *page, size_t page_index, const struct labels *labels,
                 const struct label *label, const struct field_rule *rule,
                 const struct layout *layout, struct region *out);

#endif
