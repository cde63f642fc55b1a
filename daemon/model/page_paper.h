#ifndef SOHOA_MODEL_PAGE_PAPER_H
#define SOHOA_MODEL_PAGE_PAPER_H

#include "daemon/model/geometry.h"

/* A paper that lies on the glass with lid around it. */
struct page_paper {
    struct size_mm sides; /* along its own edges; w is the one nearer to the level */
    struct rect_mm box;   /* around it, upright frame */
};

#define PAPER_SIZE_TOLERANCE_MM 2.5
#define PAPER_SIZE_TOLERANCE_SHARE 0.02 /* glass and feeders are off by that */
#define PAPER_OTHER "other"
#define PAPER_CARD "ID-1"

/* "A4" for 210 x 297 mm either way round, "ID-1" for a card, ...; PAPER_OTHER when no standard size
 * fits within the larger tolerance. Static. */
const char *paper_size_name(struct size_mm sides);

struct js *page_paper_to_js(const struct page_paper *paper);
enum err_code page_paper_from_js(const struct js *value, struct page_paper *out, struct err *err);

#endif
