#ifndef SOHOA_BENCH_RECOGNITION_TOKENS_H
#define SOHOA_BENCH_RECOGNITION_TOKENS_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Text as it is compared: NFC, words are runs of letters and digits joined by / . -, case kept, in
 * no order. A bag holds them sorted.
 */
struct tokens {
    char **item;
    size_t count, capacity;
};

void tokens_done(struct tokens *tokens);
/* Adds the words of a text; tokens_sort before comparing. */
enum err_code tokens_add(struct tokens *tokens, const char *text, struct err *err);
void tokens_sort(struct tokens *tokens);
/* How many words both bags hold, each word as often as it stands in both. */
size_t tokens_common(const struct tokens *a, const struct tokens *b);
/* Takes one such word out of the sorted bag; false when it is not there (any more). */
bool tokens_take(struct tokens *tokens, const char *word);

static inline void tokens_auto(struct tokens *place)
{
    tokens_done(place);
}

#endif
