#ifndef SOHOA_IMAGE_PDF_FONTS_H
#define SOHOA_IMAGE_PDF_FONTS_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Fonts of some pages of a PDF, as pdffonts lists them. */

#define PDF_FONTS_MAX 64

struct pdf_fonts {
    const char *name[PDF_FONTS_MAX]; /* into `table` */
    size_t count;
    bool drawn; /* one of them has shapes: its letters are seen, not laid invisibly over a scan */
    char *table;
};

/* Of pages first … last. As pdf_tool_run; pdf_fonts_done also after an error. */
enum err_code pdf_fonts_list(int fd, const char *folder, int first, int last, struct pdf_fonts *out,
                             struct err *err);
void pdf_fonts_done(struct pdf_fonts *fonts);

static inline void pdf_fonts_auto(struct pdf_fonts *place)
{
    pdf_fonts_done(place);
}

#endif
