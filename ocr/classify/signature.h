#ifndef SOHOA_OCR_CLASSIFY_SIGNATURE_H
#define SOHOA_OCR_CLASSIFY_SIGNATURE_H

#include "ocr/classify/lines.h"

/*
 * The end of a paper (NĐ 30/2020, zones 7 and 9b): who gets it, who signed it and as what. A
 * signature block is told by its shape, wherever it stands: capitals, room for signature and seal,
 * a name under it; and by the words of office (KT., CHỦ TỊCH).
 */

#define SIGNATURES_MAX 6

struct signature {
    const struct page_line *first, *last; /* of the lines in capitals: authority, position */
    const struct page_line *name;         /* NULL: none was read under it */
    struct rect_mm box;
    double confidence; /* 0..1 */
};

struct paper_end {
    const struct page_line *recipients; /* Nơi nhận; NULL: not there */
    struct rect_mm recipients_box;
    struct signature signature[SIGNATURES_MAX]; /* from the top */
    size_t signature_count;
};

/* Of the lines below top_mm, without those in `taken` (one flag a line, of a table or the title).
 */
void paper_end_find(const struct page_text *text, double top_mm, const bool *taken,
                    struct paper_end *out);

/* Does it name an office that signs? "PHÓ CHỦ TỊCH" */
bool signature_is_position(const struct page_line *line);

#endif
