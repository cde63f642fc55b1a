#ifndef SOHOA_RECOGNIZE_PAGE_PARTS_H
#define SOHOA_RECOGNIZE_PAGE_PARTS_H

#include "daemon/image/recognition_image.h"
#include "daemon/model/words.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Where the rows of text of a page are parted so that two processes may read one part each and the
 * words are those of one reading. Rows are whole, so no letter is ever cut, and they keep their
 * order: columns, tables and pictures are what the layout made of them before. Pure.
 */

/* A row as the layout found it, in pixels from the top left, in reading order. */
struct text_row {
    int left, top, right, bottom;
    bool begins_block, is_picture;
};

struct text_rows {
    struct text_row *item;
    size_t count, capacity;
};

void text_rows_done(struct text_rows *rows);
enum err_code text_rows_add(struct text_rows *rows, const struct text_row *row, struct err *err);

/* *out_row: the first row of the second part, of about half the work, with text for certain on both
 * sides. It and all behind it share no place with a row before, so that what lies in a row is known
 * to belong to one part. False: too little work, or no such row. */
bool page_parts_find(const struct text_rows *rows, size_t *out_row);

/* The row that a piece of it lies in, `from` or a later one; `from` when there is none. */
size_t page_parts_row_of(const struct text_rows *rows, size_t from, const struct text_row *piece);

/* Adds the second part's words to those of the first, numbered as if both had been read at once.
 * NOT_FOUND: one of the rows beside the parting has no words, so nobody can say whether a block
 * goes on there. */
enum err_code page_parts_join(const struct text_rows *rows, size_t second_from,
                              const struct recognition_image *image, const struct words *second,
                              struct words *words, struct err *err);

static inline void text_rows_auto(struct text_rows *place)
{
    text_rows_done(place);
}

#endif
