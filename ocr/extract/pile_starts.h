#ifndef SOHOA_OCR_EXTRACT_PILE_STARTS_H
#define SOHOA_OCR_EXTRACT_PILE_STARTS_H

#include "daemon/base/js.h"
#include "ocr/classify/starts.h"
#include "ocr/extract/parse_code.h"
#include "ocr/extract/separators.h"
#include "ocr/extract/templates.h"

/* Where papers start in a pile, by everything that speaks of it: separators, mottos, titles that
 * the templates know, page numbers. */

struct sheets {
    const struct templates *templates;
    const struct pile *pile; /* NULL: no sheet is a separator */
    const struct page_text *text;
    const struct words *words;
    const struct page_info *infos;
    size_t count;
    enum separator *separator; /* [count] */
    struct paper_start *start; /* [count] */
    /* [count]; of the last receipt or coded separator up to that page, "" before the first: in a
     * pile of several dossiers what lies behind it belongs to that dossier, most likely */
    char (*dossier_code)[CODE_SIZE];
};

/* Fills `separator`, `start` and `dossier_code`. */
void pile_find_starts(const struct sheets *sheets);
/* Index of the first page that is no separator, count when there is none; the paper ends before a
 * separator or where the next one surely starts. */
size_t pile_first_paper(const struct sheets *sheets, size_t *out_count);
/* "pages" of understand.h; NULL: out of memory. */
struct js *pile_starts_to_js(const struct sheets *sheets);

#endif
