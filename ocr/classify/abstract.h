#ifndef SOHOA_OCR_CLASSIFY_ABSTRACT_H
#define SOHOA_OCR_CLASSIFY_ABSTRACT_H

#include "ocr/classify/head.h"

/*
 * Trích yếu: under the title (zone 5a) or under the number of a letter (zone 5b). It ends where the
 * lines spread: the body stands further off than the lines of the abstract from each other.
 */

#define ABSTRACT_LINES_MAX 8

struct abstract {
    const struct page_line *line[ABSTRACT_LINES_MAX];
    size_t count;
    bool torn; /* a line among these was left out, or one more did not fit */
};

struct abstract abstract_under_title(const struct page_text *text, const struct page_line *title);
/* From head->subject on, which must be there. */
struct abstract abstract_of_subject(const struct page_text *text, const struct head *head);

#endif
