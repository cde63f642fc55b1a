#ifndef SOHOA_IMAGE_PDF_WORDS_H
#define SOHOA_IMAGE_PDF_WORDS_H

#include "daemon/image/pdf_fonts.h"
#include "daemon/model/words.h"

/*
 * The text layer of one page of a PDF, as pdftotext finds it: nothing is judged or converted here.
 * Boxes lie in the page as it is shown, which is the stored frame of a rendered image. They are
 * those of the font (ascender to descender), the baseline is reckoned from them.
 */
struct pdf_layer {
    struct words words; /* skew 0, confidence 1, as the fonts encode them */
    struct pdf_fonts fonts;
};

/* No words: an empty layer. As pdf_tool_run, TOO_LARGE; pdf_layer_done also after an error. */
enum err_code pdf_layer_read(int fd, const char *folder, int page, struct pdf_layer *out,
                             struct err *err);
void pdf_layer_done(struct pdf_layer *layer);

/* Words in what `pdftotext -bbox-layout` printed; what is no such line is passed over. `out` is
 * initialised here; words_done it also after an error. TOO_LARGE, NO_MEMORY. */
enum err_code pdf_words_parse(const char *printed, struct words *out, struct err *err);

#endif
