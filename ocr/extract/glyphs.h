#ifndef SOHOA_OCR_EXTRACT_GLYPHS_H
#define SOHOA_OCR_EXTRACT_GLYPHS_H

#include <stdbool.h>

/* How much room printed text takes, in ems: what a box of printed words must look like. */

struct glyph_extent {
    double width, height; /* of the ink */
    double left, right;   /* side bearings of the first and last letter */
    double bottom;        /* of the ink below the baseline, negative */
    double kerning;       /* by which a printer may have set it narrower */
};

/* False when a letter is not in the table (or there is none): nothing can be said then. */
bool glyphs_measure(const char *text, struct glyph_extent *out);
/* The same for digits in italics, as in the line of place and date. */
bool glyphs_measure_italic(const char *text, struct glyph_extent *out);

#endif
