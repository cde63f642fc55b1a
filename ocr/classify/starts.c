#include "ocr/classify/starts.h"

#include "ocr/classify/head.h"

#define FIRST_PAGE 0.99

void starts_find(const struct page_text *pages, size_t count, struct paper_start *out)
{
    for (size_t i = 0; i < count; i++) {
        struct head head;
        head_find(&pages[i], &head);
        double starts = i ? head_starts_paper(&pages[i], &head) : FIRST_PAGE;
        out[i].value = starts >= 0.5;
        out[i].confidence = out[i].value ? starts : 1 - starts;
    }
}
