#ifndef SOHOA_RECOGNIZE_WORD_PAIRS_KNOWN_H
#define SOHOA_RECOGNIZE_WORD_PAIRS_KNOWN_H

#include <stdbool.h>

/*
 * The pairs of words that administrative Vietnamese is full of (word_pairs_table.h), in small
 * letters. Rows live as long as the program.
 */
#define WORD_PAIRS_LETTERS_MAX 40

struct word_pairs_row {
    const char *skeleton, *first, *seconds; /* a word without its marks, it, what follows it */
};

/* The row of the word, `skeleton` being its letters without marks; NULL: it begins no pair. */
const struct word_pairs_row *word_pairs_row_of(const char *word, const char *skeleton);
/* Rows of the words of these letters, whatever their marks, one after the other; NULL: no more. */
const struct word_pairs_row *word_pairs_first(const char *skeleton);
const struct word_pairs_row *word_pairs_other(const struct word_pairs_row *row);
bool word_pairs_has(const struct word_pairs_row *row, const char *second);
/* Takes the next word off `*cursor`, which begins as row->seconds. */
bool word_pairs_next(const char **cursor, char out[WORD_PAIRS_LETTERS_MAX]);

/* Beside that neighbour these letters have no other marks: the pair is known, and with other marks
 * of either word none is. */
bool word_pairs_settles(const char *first, const char *second);

#endif
