#ifndef SOHOA_OCR_CLASSIFY_STARTS_H
#define SOHOA_OCR_CLASSIFY_STARTS_H

#include "ocr/classify/lines.h"
#include "ocr/classify/page_number.h"

#include <stdbool.h>
#include <stddef.h>

/* Where papers begin in a run of pages. */
struct paper_start {
    bool value;
    double confidence; /* in `value`, 0.5 … 1 */
    const char *why;   /* static: "first" "motto" "title" "number" "dossier" "separator"; NULL:
                        * none */
    bool is_annex;     /* annex.h: it belongs to the paper before */
    struct page_number number;
    int missing; /* the first page number that should stand before this one and does not; 0: none */
};

/* The first page begins a paper; a later one does when it carries a national motto of its own with
 * a new number line or title. Page numbers are kept for starts_weigh_numbers. `out` has room for
 * `count`. */
void starts_find(const struct page_text *pages, size_t count, struct paper_start *out);

/* Once all other evidence is there. A page that goes on counting starts nothing surely; one that
 * counts from 1 again, or that stands behind "5/5", is likelier to; a gap is noted as `missing`. */
void starts_weigh_numbers(const struct page_text *pages, size_t count, struct paper_start *start);

#endif
