#ifndef SOHOA_CLEAN_BLEMISH_H
#define SOHOA_CLEAN_BLEMISH_H

#include "daemon/model/geometry.h"
#include "ocr/clean/bits.h"
#include "ocr/clean/tone.h"

#include <stdbool.h>

/* What hides writing that was there: light thrown back by foil, a fold across lines. */

/* A patch of full white, brighter than the paper, that interrupts lines of text. Not seen where the
 * paper itself is white throughout, nor at the edge of the image. small_per_mm: pixels of
 * tone->small; ink_per_mm: of the pieces; sideways: lines run from top to bottom of the stored
 * image. */
enum err_code blemish_find_glare(const struct tone *tone, double small_per_mm,
                                 const struct pieces *ink, double ink_per_mm, bool sideways,
                                 bool *out, struct err *err);
/* A dark line, long and nearly level or upright, that runs through letters; a rule of a table or an
 * underline runs beside them. ink: black where ink is. */
enum err_code blemish_find_fold(struct Pix *ink, double px_per_mm, bool *out, struct err *err);

#endif
