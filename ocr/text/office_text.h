#ifndef SOHOA_OCR_TEXT_OFFICE_TEXT_H
#define SOHOA_OCR_TEXT_OFFICE_TEXT_H

#include "ocr/text/font_runs.h"
#include "ocr/text/office_parts.h"

/*
 * What a Word text (.docx) or a register (.xlsx) says: it is no copy of a paper, so it never
 * becomes a page, but a clerk can look into it. Paragraphs are lines, cells are parted by tabs,
 * sheets by an empty line. Runs in TCVN3 and VNI fonts are converted, whether the font is named by
 * the run, its style, the styles that one is based on, the theme or the document's default; text of
 * fonts nobody knows is told by its words, as in text_layer_read. Source: ECMA-376 part
 * 1, 17.3.2.26 (rFonts), 17.7.2 (order of styles), 18.4, 18.8 (shared strings, fonts of cells).
 *
 * out: UTF-8 NFC, caller's. FORMAT_UNKNOWN neither, damaged or hostile; TOO_LARGE; NO_MEMORY.
 */
enum err_code office_text_read(const struct syllables *syllables, const void *bytes, size_t size,
                               char **out, struct err *err);

/* ---- inside ---- */

enum err_code word_text_read(const struct office_parts *parts, struct font_runs *out,
                             struct err *err);
enum err_code sheet_text_read(const struct office_parts *parts, struct font_runs *out,
                              struct err *err);

#endif
