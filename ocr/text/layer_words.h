#ifndef SOHOA_OCR_TEXT_LAYER_WORDS_H
#define SOHOA_OCR_TEXT_LAYER_WORDS_H

#include "daemon/image/pdf_import.h"
#include "daemon/image/recognition_image.h"
#include "daemon/model/page_info.h"
#include "daemon/model/words.h"
#include "ocr/text/text_layer.h"

/*
 * The text layer of a page as its words, instead of words recognised anew.
 *
 *   raw (as the PDF's fonts encode it) ──layer_words_judge──▶ Unicode, stored frame
 *                                      ──layer_words_place──▶ deskewed frame, if it is this page's
 */

struct layer_source {
    const char *const *fonts;
    size_t font_count;
    bool drawn; /* it is what one sees; else somebody's recognition, of which more is asked */
};

/* out: the words in Unicode, in their frame, with the confidence the judgement leaves them; empty
 * unless judged->kind is TEXT_LAYER_USEFUL. judged->text as text_layer_read has it. Both are
 * initialised here; words_done and text_layer_done them also after an error. NO_MEMORY, TOO_LARGE.
 */
enum err_code layer_words_judge(const struct syllables *syllables, const struct words *raw,
                                const struct layer_source *source, struct text_layer *judged,
                                struct words *out, struct err *err);

/* The same of a page of a PDF. *out_fd: sealed memfd of its words in the stored frame
 * ("sohoa.words/1"); -1: there are none to believe, recognise it. */
enum err_code layer_words_of_page(const struct syllables *syllables, const struct pdf_page *page,
                                  struct text_layer *judged, int *out_fd, struct err *err);

/* One line of text for each line of words, as they are. Caller's. */
enum err_code layer_words_text(const struct words *raw, char **out, struct err *err);

/* `layer` in the stored frame, `image` what recognition would read. *out_fits false: its words do
 * not lie on this page's ink, or leave much of it unsaid (a stamp of words on a scan): recognise
 * it. Else `out`, initialised by words_init, has its words in the deskewed frame. */
enum err_code layer_words_place(const struct words *layer, const struct page_info *info,
                                const struct recognition_image *image, struct words *out,
                                bool *out_fits, struct err *err);

#endif
