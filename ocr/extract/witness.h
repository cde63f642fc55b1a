#ifndef SOHOA_OCR_EXTRACT_WITNESS_H
#define SOHOA_OCR_EXTRACT_WITNESS_H

#include "ocr/extract/paper.h"

#include <stdbool.h>

/*
 * A value that stands on the paper a second time: under a signature, in the line of a card that
 * repeats it. What is read twice alike is neither cut short nor run on into something else.
 */

/* The same name, letter by letter but for their size, alone on a line or in a column of one, read
 * with some certainty; not at words first … first + count of that page. */
bool witness_of_name(const struct paper *paper, const char *name, size_t page, size_t first,
                     size_t count);
/* The same unit in an address, in small letters: "…, huyện Kim Bảng, tỉnh Hà Nam". */
bool witness_of_unit(const struct paper *paper, const char *unit);

#endif
