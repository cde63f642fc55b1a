#ifndef SOHOA_OCR_LEARN_MISREAD_H
#define SOHOA_OCR_LEARN_MISREAD_H

#include "ocr/papers/compose.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * A made-up paper as a recogniser may hand it over: capitals without their marks, letters misread,
 * words lost, glued and torn, lines lost under a stamp, the head or the title not in the picture,
 * what is written by hand not read at all.
 */

/* Called for each line that is left, from the top; false ends it. */
typedef bool misread_line_fn(void *payload, const char *const *word, size_t count);

/* The first sheet of the paper, misread by that seed; false: out of memory, or `line` said so. */
bool misread_paper(const struct paper *paper, uint64_t seed, misread_line_fn *line, void *payload);

#endif
