#ifndef SOHOA_OCR_CLASSIFY_MARKS_H
#define SOHOA_OCR_CLASSIFY_MARKS_H

#include "ocr/classify/head.h"

/*
 * Marks that were put on a paper's first page about how it is to be handled: secrecy (NĐ 30/2020
 * zone 10a), urgency (10b), circulation (11). A mark is one or two words in capitals alone in their
 * line, in the head of the page. The same words in running text, titles, names and tables are
 * none: a mark stands free on both sides, above where the text begins. With lost accents it has to
 * stand where its zone is, too.
 */

enum mark_kind { MARK_SECRET, MARK_URGENT, MARK_CIRCULATION };

struct mark {
    enum mark_kind kind;
    const char *name;   /* "mat" "toi_mat" "tuyet_mat", "khan" "thuong_khan" "hoa_toc", … */
    struct rect_mm box; /* deskewed */
};

#define MARKS_MAX 8

struct marks {
    struct mark item[MARKS_MAX];
    size_t count;
};

void marks_find(const struct page_text *text, const struct head *head, struct marks *out);
/* The same of recognised words. NO_MEMORY */
enum err_code marks_of_words(const struct words *words, struct marks *out, struct err *err);
/* The gravest mark of secrecy; NULL: none. */
const struct mark *marks_secret(const struct marks *marks);

#endif
