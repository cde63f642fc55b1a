#ifndef SOHOA_TESTS_PDF_MAKER_H
#define SOHOA_TESTS_PDF_MAKER_H

#include <stddef.h>

/* One-page PDF files as scanners and office programs of other makers write them. A4. */

struct made_image {
    int width, height, bits; /* grey, all paper; bits 1 or 8 */
    double x, y, w, h;       /* place on the page, points */
};

struct made_pdf {
    struct made_image image[2];
    size_t images;
    const char *text;  /* Windows-1252 bytes of one line, no parentheses; NULL: none */
    const char *font;  /* its name; not embedded */
    const char *extra; /* behind the last object */
};

int pdf_make_fd(const struct made_pdf *pdf); /* caller's memfd */

#endif
