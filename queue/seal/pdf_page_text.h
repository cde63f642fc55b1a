#ifndef SOHOA_SEAL_PDF_PAGE_TEXT_H
#define SOHOA_SEAL_PDF_PAGE_TEXT_H

#include "daemon/model/words.h"

struct pdf_font;
struct pdf_writer;

/*
 * Content stream operators that lay the recognised words invisibly (Tr 3) over their places on the
 * page image: each word stretched to the width of its box, on its baseline, turned by the skew; a
 * space fills each gap; one line after another. Font resource /F0. Page units are points.
 */
void pdf_page_text_write(struct pdf_writer *writer, struct pdf_font *font,
                         const struct words *words, struct size_mm page);

#define PDF_POINTS_PER_MM (72.0 / 25.4)

#endif
