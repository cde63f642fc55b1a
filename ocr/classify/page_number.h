#ifndef SOHOA_OCR_CLASSIFY_PAGE_NUMBER_H
#define SOHOA_OCR_CLASSIFY_PAGE_NUMBER_H

#include "ocr/classify/lines.h"

#include <stdbool.h>

/* The number a page bears, alone on the first or the last line of the sheet: "2", "- 2 -",
 * "Trang 2", "Trang 2/5", "2/5". */
struct page_number {
    int number, of; /* 0: none is there; `of` 0: not said */
};

void page_number_find(const struct page_text *text, struct page_number *out);

/* A line's text alone; false: it is no page number. */
bool page_number_read(const char *text, struct page_number *out);

#endif
