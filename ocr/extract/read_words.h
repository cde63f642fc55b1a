#ifndef SOHOA_OCR_EXTRACT_READ_WORDS_H
#define SOHOA_OCR_EXTRACT_READ_WORDS_H

#include "ocr/classify/head.h"
#include "ocr/extract/parse_date.h"
#include "ocr/extract/parse_number.h"
#include "ocr/extract/templates.h"

#include <stdbool.h>
#include <stddef.h>

/* The bridge from words with boxes to the parsers, which know text only. */

/* Words of the number line that are the number. False: no number line. */
bool read_number_words(const struct page_text *page, const struct head *head, size_t *out_first,
                       size_t *out_count);
bool read_number(const struct page_text *page, size_t first, size_t count,
                 const struct templates *templates, const char *hint, struct number_symbol *out);

/* The symbol alone, where the digits in front of it cannot be read; out->value is "". */
bool read_symbol(const struct page_text *page, size_t first, size_t count,
                 const struct templates *templates, const char *hint, struct number_symbol *out);

/* "ngày 05 tháng 3 năm 2020" among words first … first + count. */
struct date_words {
    size_t line_first;
    size_t label, day, month_label, month, year_label, year; /* word indexes */
    size_t end;          /* one past the last word of the line */
    bool year_is_below;  /* alone on the next line */
    bool label_is_below; /* "năm" is there, too */
    struct date date;    /* when readable */
    bool readable;       /* one word each for day, month, year, and the date exists */
};

bool read_date_words(const struct page_text *page, size_t first, size_t count,
                     struct date_words *out);
/* Day and month stand there in print, as they are, not in handwriting: size, gaps and baseline fit
 * the words around them and the recogniser was sure. aspect: the page's. */
bool read_date_is_printed(const struct page_text *page, double aspect, const struct date_words *at);

/* "TRÍCH LỤC KHAI TỬ" → "Trích lục khai tử". Caller's; NULL: no memory. */
char *text_sentence_case(const char *text);

#endif
