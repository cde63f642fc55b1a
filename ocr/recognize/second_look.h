#ifndef SOHOA_RECOGNIZE_SECOND_LOOK_H
#define SOHOA_RECOGNIZE_SECOND_LOOK_H

#include "daemon/model/words.h"

#include <stdbool.h>

/*
 * Lines that were read unsurely are read once more, alone and by another model, and what was read
 * more surely stays, word by word. Nothing is corrected by what words there are: one of two
 * readings of the same ink is chosen. Pure: knows neither Tesseract nor pixels.
 */

/* A line of `count` words has a word that deserves it, and a height that lines have. */
bool second_look_is_due(const struct word *line, size_t count);
/* Where to look: the line with a margin for accents that its words' boxes may have lost. */
struct rect_mm second_look_box(const struct word *line, size_t count);

/* Adds the line to `out` as best read. Words of both readings that cover each other stand for the
 * same ink, also when one reading has a space more: the surer ones stay. What only `again` saw is
 * left out (it may be a neighbouring line's), what only the first one saw stays. Heights and
 * baselines are those of `line`. A word's confidence says what both looks are worth together: the
 * mean where they agree, less than the surer one where they do not. */
enum err_code second_look_merge(const struct word *line, size_t count, const struct words *again,
                                struct words *out, struct err *err);

/* Folds, strokes of a signature and rims of a seal are read as a letter or two, unsurely, on a line
 * of their own: no text. */
bool second_look_is_mark(const struct word *line, size_t count);

#endif
