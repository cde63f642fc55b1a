#ifndef SOHOA_RECOGNIZE_READING_ORDER_H
#define SOHOA_RECOGNIZE_READING_ORDER_H

#include "daemon/model/words.h"
#include "ocr/clean/zones.h"

/* Where the page has a two-column head, lines that run across the gutter are parted: the left
 * column becomes one block, the right one the next, each from top to bottom; all other words keep
 * their order. Blocks and lines are numbered anew from 0. */
enum err_code reading_order_part_head(const struct zones *zones, struct words *words,
                                      struct err *err);

#endif
