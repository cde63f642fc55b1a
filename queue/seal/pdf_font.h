#ifndef SOHOA_SEAL_PDF_FONT_H
#define SOHOA_SEAL_PDF_FONT_H

#include "daemon/base/err.h"
#include "daemon/base/mem.h"

#include <stddef.h>
#include <stdint.h>

/*
 * One embedded font of a PDF: Type0 over CIDFontType2 with Identity-H. Every character used gets a
 * CID of its own in order of first use, so /ToUnicode is exact even where the font draws two
 * characters with one glyph (Đ and Ð). Only the glyphs used are embedded.
 *
 * A character the font lacks is given the blank glyph of the space: never .notdef, which
 * PDF/A forbids even for invisible text (ISO 19005-2, 6.2.11.8); it is still found by searching.
 */
struct pdf_font;
struct pdf_writer;

/* fonts-liberation2: complete for Vietnamese, metric twin of Times New Roman, OFL 1.1. */
#define PDF_FONT_SERIF "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf"
#define PDF_FONT_SANS "/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf"

/* BAD_CONFIG when the file is missing or no usable TrueType font. */
enum err_code pdf_font_open(const char *path, struct pdf_font **out, struct err *err);
void pdf_font_free(struct pdf_font *font);
AUTO_DEFINE(pdf_font, struct pdf_font *, pdf_font_free);

#define PDF_FONT_SPACE_CID 1u
/* 0 for what cannot be shown (controls, U+FEFF, out of memory, more than 65,000 characters). */
uint16_t pdf_font_cid(struct pdf_font *font, int32_t code_point);
/* All in em. */
double pdf_font_width(const struct pdf_font *font, uint16_t cid);
double pdf_font_text_width(struct pdf_font *font, const char *utf8);
struct pdf_ink {
    double top, bottom; /* above and below the baseline; bottom is negative under it */
};
/* What the glyph covers vertically; both 0 for blank ones. */
struct pdf_ink pdf_font_ink(const struct pdf_font *font, uint16_t cid);
double pdf_font_ascent(const struct pdf_font *font);
double pdf_font_descent(const struct pdf_font *font); /* negative */

/* Writes the font's objects; `number` is the Type0 dictionary's. Once, after the last pdf_font_cid.
 */
void pdf_font_write(struct pdf_font *font, struct pdf_writer *writer, int number);

#endif
