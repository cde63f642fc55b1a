#ifndef SOHOA_CLEAN_INK_COLOUR_H
#define SOHOA_CLEAN_INK_COLOUR_H

#include "ocr/clean/tone.h"

#include <stdbool.h>

/*
 * Which coloured ink to leave out of the recognition image: round seals, stamps over text, and
 * signatures. Red titles, card numbers and blue handwriting of letter size stay.
 * dpi: of the full image. out_drop: one channel, size of tone->small, values of enum ink_drop; NULL
 * for a grey page or when nothing is to be dropped.
 */
enum err_code ink_find_drops(const struct tone *tone, double dpi, struct raster **out_drop,
                             struct err *err);
/* Something is to be dropped; drop may be NULL. */
bool ink_any_dropped(const struct raster *drop);

#endif
