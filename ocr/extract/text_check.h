#ifndef SOHOA_OCR_EXTRACT_TEXT_CHECK_H
#define SOHOA_OCR_EXTRACT_TEXT_CHECK_H

#include "ocr/extract/paper.h"

/*
 * May the words of a text (abstract, issuer, name, place) be believed? A wrong accent, digit or
 * Roman numeral looks like a right one, so every word has to be read surely, or be read alike at
 * another place of the paper; a number more surely than a word; no word may be read differently
 * elsewhere; prose has to be made of possible syllables. Nothing is ever corrected here.
 */

/* What `found` is worth after that: its own confidence, less for foreign words in names, and at
 * most CONFIDENCE_DOUBTED where a person must look. Fields that are no text pass. */
double text_check(const struct paper *paper, enum field_name field, const struct found *found);

#endif
