#ifndef SOHOA_UPLOAD_NAME_PAGE_H
#define SOHOA_UPLOAD_NAME_PAGE_H

#include <stdbool.h>
#include <stddef.h>

/* The first `max` names in byte order out of many that come in any order; no more are held. */

struct name_page {
    char **names;
    size_t count, max;
    bool more; /* further names were offered */
};

bool name_page_init(struct name_page *page, size_t max); /* false: out of memory; max > 0 */
void name_page_done(struct name_page *page);
bool name_page_offer(struct name_page *page, const char *name); /* false: out of memory */
void name_page_sort(struct name_page *page);                    /* once, after the last offer */

static inline void name_page_auto(struct name_page *place)
{
    name_page_done(place);
}

#endif
