#ifndef SOHOA_OCR_EXTRACT_SEPARATORS_H
#define SOHOA_OCR_EXTRACT_SEPARATORS_H

#include "daemon/model/parting.h"
#include "daemon/model/words.h"

#include <stdint.h>

/* What is known of the sheets of a pile beside their pictures. */
struct pile_page {
    int64_t leaf; /* pages of one leaf have the same, 0 or more; below 0: a leaf of its own */
    bool is_page; /* a person said that it is no separator */
};

struct pile {
    struct parting parting;
    const struct pile_page *page; /* as many as there are pages */
};

/* Which pages are separator sheets, both sides of them. A patch on a page of writing (some forms
 * print one) makes that page the first of a paper, never a separator. pile NULL: none is. */
void separators_find(const struct pile *pile, const struct page_info *infos,
                     const struct words *pages, size_t count, enum separator *out);
/* Such a form. */
bool separator_is_printed_on(const struct pile *pile, size_t at, const struct page_info *info,
                             const struct words *page);

#endif
