#ifndef SOHOA_OCR_CLASSIFY_ANNEX_H
#define SOHOA_OCR_CLASSIFY_ANNEX_H

#include "ocr/classify/head.h"

#include <stdbool.h>

/* The page belongs to the paper before it: "PHỤ LỤC" above everything, or "(Kèm theo Quyết định số
 * …)" at its head and no number of its own. A form says so, too, but calls itself "Mẫu số". */
bool page_is_annex(const struct page_text *text, const struct head *head);

#endif
