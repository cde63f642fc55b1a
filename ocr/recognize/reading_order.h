#ifndef SOHOA_RECOGNIZE_READING_ORDER_H
#define SOHOA_RECOGNIZE_READING_ORDER_H

#include "daemon/model/words.h"
#include "ocr/clean/zones.h"

/* Places that are read one after the other, each from top to bottom: the columns of a head, the
 * cells of a table. */
struct reading_set {
    const struct rect_mm *place; /* in reading order; deskewed frame */
    size_t count;
    bool is_block; /* all of it is one block (a table), else every place is one */
};

/* Lines that run across places of a set are parted and what lies in the set read place by place;
 * all other words keep their order before and behind it. Sets from the top, not overlapping. Blocks
 * and lines are numbered anew from 0. NO_MEMORY. */
enum err_code reading_order_part(const struct reading_set *set, size_t set_count,
                                 struct words *words, struct err *err);

/* The same by the priors of a two-column head. */
enum err_code reading_order_part_head(const struct zones *zones, struct words *words,
                                      struct err *err);

#endif
