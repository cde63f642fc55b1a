#ifndef SOHOA_OCR_TEXT_WORD_STYLES_H
#define SOHOA_OCR_TEXT_WORD_STYLES_H

#include "daemon/base/mem.h"
#include "ocr/text/office_parts.h"

/* Which font a run of a Word text is set in. */

#define WORD_NAME_SIZE 100 /* of fonts and styles; longer ones are cut */

struct word_styles;

/* Parts that are not there are passed over. As office_xml_read. */
enum err_code word_styles_read(const struct office_parts *parts, struct word_styles **out,
                               struct err *err);
void word_styles_free(struct word_styles *styles);
AUTO_DEFINE(word_styles, struct word_styles *, word_styles_free);

/* Font named by the attributes of an <rFonts>: the one for letters beyond ASCII, in which the old
 * encodings have theirs; a theme's name before a plain one. NULL: it names none. Borrowed from
 * both. */
const char *word_styles_font(const struct word_styles *styles, const char *const *attributes);
/* Font of that style and those it is based on; NULL: none of them says. */
const char *word_styles_font_of(const struct word_styles *styles, const char *style);
/* Of a paragraph and a run that name none; NULL: not known. */
const char *word_styles_default(const struct word_styles *styles);

#endif
