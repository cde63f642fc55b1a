#ifndef SOHOA_OCR_CLASSIFY_COPY_MARKS_H
#define SOHOA_OCR_CLASSIFY_COPY_MARKS_H

#include "ocr/classify/lines.h"

/*
 * What a page says about being a copy (NĐ 30/2020, NĐ 23/2015): the form of copy alone in its line
 * in capitals, or the sentence of a certification. A proposal: what was handed in is for a person
 * to say.
 */

struct copy_mark {
    const char *name;   /* "sao_y" "sao_luc" "trich_sao" "ban_sao" "chung_thuc" */
    const char *form;   /* what it speaks for: "register_copy" "certified_copy" "certified_ecopy" */
    struct rect_mm box; /* deskewed */
    double confidence;
};

/* False: the page says nothing about it. */
bool copy_mark_find(const struct page_text *text, struct copy_mark *out);
/* The same of recognised words. NO_MEMORY */
enum err_code copy_mark_of_words(const struct words *words, bool *out_found, struct copy_mark *out,
                                 struct err *err);

#endif
