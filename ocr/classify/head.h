#ifndef SOHOA_OCR_CLASSIFY_HEAD_H
#define SOHOA_OCR_CLASSIFY_HEAD_H

#include "ocr/classify/columns.h"
#include "ocr/classify/lines.h"

/*
 * The marks at the head of an official paper (NĐ 30/2020, zones 1-5): motto, number line, subject
 * line, addressee, and the lines that may be a title. Places are looked for relative to the text of
 * the page, never in fixed boxes: half an A4 slip may lie in a corner of the glass.
 */

#define HEAD_TITLES_MAX 12

struct head {
    const struct page_line *motto; /* CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM; NULL: not there */
    const struct page_line *motto_rest; /* Độc lập - Tự do - Hạnh phúc */
    const struct page_line *number;     /* Số: … ; its first word is or begins with "Số:" */
    bool number_in_doubt;               /* another line could be the paper's number as well */
    const struct page_line *subject;    /* V/v …, under the number */
    const struct page_line *addressee;  /* Kính gửi */
    const struct page_line *title[HEAD_TITLES_MAX]; /* centred lines in capitals, top to bottom */
    size_t title_count;
    struct head_columns columns;
    double column_mm; /* x where the right column of the head starts */
    double bottom_mm; /* y where the head must have ended: half of the text's height */
};

/* A blank page has an empty head. */
void head_find(const struct page_text *text, struct head *out);

/* A paper can begin here: a national motto high on the page with a number line or a title. 0..1. */
double head_starts_paper(const struct page_text *text, const struct head *head);

#endif
