#ifndef SOHOA_OCR_CLASSIFY_STARTS_H
#define SOHOA_OCR_CLASSIFY_STARTS_H

#include "ocr/classify/lines.h"

#include <stdbool.h>
#include <stddef.h>

/* Where papers begin in a run of pages. */
struct paper_start {
    bool value;
    double confidence; /* in `value`, 0.5 … 1 */
};

/* The first page begins a paper; a later one does when it carries a national motto of its own with
 * a new number line or title. `out` has room for `count`. */
void starts_find(const struct page_text *pages, size_t count, struct paper_start *out);

#endif
