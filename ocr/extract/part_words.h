#ifndef SOHOA_OCR_EXTRACT_PART_WORDS_H
#define SOHOA_OCR_EXTRACT_PART_WORDS_H

#include "daemon/base/err.h"
#include "daemon/model/words.h"

#include <stdbool.h>

/*
 * The words of a side larger than the glass, from the words of its overlapping parts. How the parts
 * lie to each other is told by the words that stand in both: lines are level in every part, so it
 * is one shift. Where no shift is sure the parts are left as they are, one below the other.
 */

#define PART_WORDS_MAX 64

struct part_words {
    struct words words; /* of the side, once joined */
    struct {
        const struct words *words;
        size_t image;
        struct point_mm shift; /* of its top left on the side */
        bool *dropped;         /* each word: another part has it better */
    } part[PART_WORDS_MAX];
    size_t count;
};

void part_words_init(struct part_words *side);
void part_words_done(struct part_words *side);
/* `words` stays the caller's. TOO_LARGE above PART_WORDS_MAX. */
enum err_code part_words_add(struct part_words *side, const struct words *words, size_t image,
                             struct err *err);
/* Makes side->words; of one part they are its own, borrowed. NO_MEMORY, TOO_LARGE. */
enum err_code part_words_join(struct part_words *side, struct err *err);
size_t part_words_first(const struct part_words *side); /* image of the first part */
/* A box of the side (upright): the image it lies deepest in, and there. */
size_t part_words_place(const struct part_words *side, struct rect_mm *box);

#endif
