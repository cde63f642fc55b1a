#ifndef SOHOA_RECOGNIZE_HANDWRITING_H
#define SOHOA_RECOGNIZE_HANDWRITING_H

#include "daemon/image/recognition_image.h"
#include "daemon/model/words.h"

/*
 * Which words are written by hand: the one place that decides it. Every word is measured against
 * the print of its page and line (breadth and evenness of strokes, directions of edges, pieces,
 * height, width and baseline for the letters read), and what was measured is weighed by a small
 * net (handwriting_weights.h, fitted by tests/bench/handwriting on made-up pages). The serial
 * number of "123/QĐ-UBND" is weighed apart from its symbol: the word is as hand-written as its most
 * hand-written part.
 */

/* What a hand-written word's confidence is cut to: a person looks at it. */
#define HANDWRITING_CONFIDENCE_MAX 0.5

/* Sets `hand` of every word and cuts confidence where it is word_is_hand. */
enum err_code handwriting_mark(const struct recognition_image *image, struct words *words,
                               struct err *err);

/* For fitting the weights. */
#define HANDWRITING_FEATURES 66
struct handwriting_part {
    size_t word;
    struct rect_mm box;
    float feature[HANDWRITING_FEATURES];
};
/* Parts in the order of the words; caller's, mem_free. Words without ink have none. */
enum err_code handwriting_measure(const struct recognition_image *image, const struct words *words,
                                  struct handwriting_part **out, size_t *out_count,
                                  struct err *err);
double handwriting_weigh(const float feature[HANDWRITING_FEATURES]);

#endif
