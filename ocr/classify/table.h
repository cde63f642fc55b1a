#ifndef SOHOA_OCR_CLASSIFY_TABLE_H
#define SOHOA_OCR_CLASSIFY_TABLE_H

#include "daemon/model/page_zone.h"
#include "ocr/clean/rulings.h"

/* Tables as cells with row and column, from the rulings of a page. */

struct cells {
    struct page_zone *item; /* PAGE_ZONE_CELL; table by table, rows from the top */
    size_t count;
};

void cells_done(struct cells *cells);
/* A single frame is no table; rows without rulings at their ends have them where the level ones
 * end. Frame of the boxes: that of the rulings. NO_MEMORY. */
enum err_code table_cells(const struct rulings *rulings, struct cells *out, struct err *err);

static inline void cells_auto(struct cells *place)
{
    cells_done(place);
}

#endif
