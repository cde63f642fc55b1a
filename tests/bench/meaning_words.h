#ifndef SOHOA_TESTS_BENCH_MEANING_WORDS_H
#define SOHOA_TESTS_BENCH_MEANING_WORDS_H

#include "daemon/model/words.h"

#include <pango/pangocairo.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Words of drawn pages without their images: where they stand is where they were drawn, what they
 * say is passed through the errors that reading drawn pages was measured to make
 * (meaning_noise.tsv).
 */

struct noise;

/* NULL: the file cannot be read. */
struct noise *noise_load(const char *path);
void noise_free(struct noise *noise);

/* Words of what was laid out at that place; hand: of each byte of its text, whether it is written
 * by hand. False: no memory. */
bool words_of_layout(PangoLayout *layout, double x_mm, double y_mm, double mm, const char *hand,
                     int block, struct words *to);
/* As a recogniser gives them: some misread, each with a confidence, hands told. `state` is the
 * seed and goes on. NULL noise: as they are. */
bool words_misread(const struct words *drawn, const struct noise *noise, const char *condition,
                   uint64_t *state, struct words *out);
bool words_write(const struct words *words, const char *path);

#endif
