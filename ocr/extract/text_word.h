#ifndef SOHOA_OCR_EXTRACT_TEXT_WORD_H
#define SOHOA_OCR_EXTRACT_TEXT_WORD_H

#include "ocr/extract/paper.h"

#include <stdbool.h>

/* One word of a text that is being checked (text_check.h), and how words are compared. */

enum text_kind { TEXT_NONE, TEXT_PROSE, TEXT_NAME };

struct text_at {
    const struct paper *paper;
    const struct page_text *page;
    size_t page_index, at;
    const char *letters; /* in small letters, punctuation around it gone */
    double confidence;
    enum field_name field;
    size_t row_first, row_count;            /* the words it stands among */
    const char *value;                      /* what was made of them */
    const struct page_line *before, *after; /* lines of the text around that row; NULL: none */
};

enum text_kind text_kind_of(enum field_name field);

/* Without punctuation around it; that in small letters. Caller's; NULL: no memory. */
char *text_word_bare(const char *text);
char *text_word_letters(const char *text);
bool text_word_has_capital(const char *text);
bool text_word_is_capitals(const char *bare);

#endif
