#ifndef SOHOA_OCR_CLASSIFY_ASIDE_H
#define SOHOA_OCR_CLASSIFY_ASIDE_H

#include "ocr/classify/lines.h"

/*
 * What was put on a paper after it was written (the block of a visible signature, an incoming
 * stamp, a label) against the paper's own text: marks lines as `aside` and finds the frame of the
 * rest. A small block of text with nothing around it is aside, unless the motto stands in it; so is
 * much smaller print, and what a stamp for incoming paper says. Own lines may be aside, too (a
 * form's code, a page number), so aside means to be looked at last, not never.
 */
enum err_code aside_mark(struct page_text *text, struct err *err);

#endif
