#ifndef SOHOA_OCR_CLASSIFY_COLUMNS_H
#define SOHOA_OCR_CLASSIFY_COLUMNS_H

#include "ocr/classify/lines.h"

/*
 * The two columns of a head (NĐ 30/2020, zones 1-4), told by the white between them and not by
 * where on the sheet it lies: above the title and the addressee every line stands on one side.
 */

struct head;

struct head_columns {
    bool found;
    double gutter_mm; /* x in the middle of the white between them */
    double top_mm, bottom_mm;
    double confidence; /* 0..1 */
};

/* head: its marks, columns not yet known. */
void columns_find(const struct page_text *text, const struct head *head, struct head_columns *out);
/* Does the line stand in the head, whose columns were found? */
bool columns_hold(const struct head_columns *columns, const struct page_line *line);

#endif
