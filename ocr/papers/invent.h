#ifndef SOHOA_OCR_PAPERS_INVENT_H
#define SOHOA_OCR_PAPERS_INVENT_H

#include "daemon/base/buf.h"
#include "ocr/papers/wording.h"

/*
 * People, dates, units and numbers of a paper, by seed. What belongs together is kept together: a
 * person's number agrees with birth year and sex, a commune lies in its province.
 */

#define INVENT_VALUES_MAX 400

struct invent {
    const struct wording *wording;
    enum wording_part part;
    uint64_t state;
    struct {
        char name[48];
        char *value;
    } kept[INVENT_VALUES_MAX];
    size_t count;
};

void invent_begin(struct invent *invent, const struct wording *wording, uint64_t seed,
                  enum wording_part part);
void invent_done(struct invent *invent);

uint64_t invent_below(struct invent *invent, uint64_t bound); /* 0 … bound - 1 */
/* One of the alternatives this part may see; of all when it may see none. */
const char *invent_choose(struct invent *invent, const struct wording_list *list);

/* "NAME = person [MIN MAX]", "= date MIN-YEAR MAX-YEAR", "= later NAME MIN MAX" (days),
 * "= unit LIST" (entries "commune;district;province", a part may be empty). NULL, or what is wrong.
 */
const char *invent_let(struct invent *invent, const char *text);
/* Value of a kept name ("o.name"), or NULL. */
const char *invent_value(const struct invent *invent, const char *name);
/* Keeps a value and, where ';' parts it, its parts: name, name.1, name.2 … */
bool invent_keep_parts(struct invent *invent, const char *name, const char *value);
/* "3..480" or "001..480": a number appended; false when it is not of that form. */
bool invent_number(struct invent *invent, const char *range, struct buf *out);

#endif
