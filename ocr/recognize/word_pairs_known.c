#include "ocr/recognize/word_pairs_known.h"

#include "daemon/base/mem.h"
#include "daemon/base/text.h"

#include <stddef.h>
#include <string.h>

#include "ocr/recognize/word_pairs_table.h"

#define ROWS (sizeof word_pairs_table / sizeof *word_pairs_table)

bool word_pairs_next(const char **cursor, char out[WORD_PAIRS_LETTERS_MAX])
{
    *cursor += strspn(*cursor, " ");
    size_t size = strcspn(*cursor, " ");
    if (size == 0 || size >= WORD_PAIRS_LETTERS_MAX)
        return false;
    memcpy(out, *cursor, size);
    out[size] = '\0';
    *cursor += size;
    return true;
}

static const struct word_pairs_row *same_letters(const struct word_pairs_row *row,
                                                 const char *skeleton)
{
    bool same = row < word_pairs_table + ROWS && strcmp(row->skeleton, skeleton) == 0;
    return same ? row : NULL;
}

const struct word_pairs_row *word_pairs_first(const char *skeleton)
{
    size_t from = 0, end = ROWS;
    while (from < end) {
        size_t middle = (from + end) / 2;
        if (strcmp(word_pairs_table[middle].skeleton, skeleton) < 0)
            from = middle + 1;
        else
            end = middle;
    }
    return same_letters(word_pairs_table + from, skeleton);
}

const struct word_pairs_row *word_pairs_other(const struct word_pairs_row *row)
{
    return same_letters(row + 1, row->skeleton);
}

bool word_pairs_has(const struct word_pairs_row *row, const char *second)
{
    char word[WORD_PAIRS_LETTERS_MAX];
    for (const char *cursor = row->seconds; word_pairs_next(&cursor, word);)
        if (strcmp(word, second) == 0)
            return true;
    return false;
}

const struct word_pairs_row *word_pairs_row_of(const char *word, const char *skeleton)
{
    for (const struct word_pairs_row *row = word_pairs_first(skeleton); row;
         row = word_pairs_other(row))
        if (strcmp(row->first, word) == 0)
            return row;
    return NULL;
}

/* How many words of these letters stand behind it. */
static int seconds_like(const struct word_pairs_row *row, const char *skeleton)
{
    char word[WORD_PAIRS_LETTERS_MAX];
    int count = 0;
    for (const char *cursor = row->seconds; word_pairs_next(&cursor, word);) {
        AUTO(mem) char *letters = text_fold(word);
        count += letters && strcmp(letters, skeleton) == 0;
    }
    return count;
}

bool word_pairs_settles(const char *first, const char *second)
{
    AUTO(mem) char *skeleton = text_fold(first);
    AUTO(mem) char *letters = text_fold(second);
    int alike = 0;
    if (!skeleton || !letters)
        return false;
    for (const struct word_pairs_row *row = word_pairs_first(skeleton); row;
         row = word_pairs_other(row))
        alike += seconds_like(row, letters);
    const struct word_pairs_row *own = alike == 1 ? word_pairs_row_of(first, skeleton) : NULL;
    return own && word_pairs_has(own, second);
}
