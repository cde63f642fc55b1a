#include "ocr/classify/fuzzy.h"

#include <string.h>

size_t fuzzy_tolerance(size_t size)
{
    if (size < 5)
        return 0;
    return size < 14 ? 1 : size / 7;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t fuzzy_distance(const char *a, size_t a_size, const char *b, size_t b_size, size_t limit)
{
    size_t row[FUZZY_MAX_BYTES + 1];
    if (a_size > FUZZY_MAX_BYTES || b_size > FUZZY_MAX_BYTES)
        return limit + 1;
    if (a_size > b_size + limit || b_size > a_size + limit)
        return limit + 1;
    for (size_t j = 0; j <= b_size; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t diagonal = row[0], best = row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t changed = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = least(changed, least(row[j], row[j - 1]) + 1);
            best = least(best, row[j]);
        }
        if (best > limit)
            return limit + 1;
    }
    return row[b_size] > limit ? limit + 1 : row[b_size];
}

bool fuzzy_equal(const char *key, const char *wanted, size_t *out_distance)
{
    size_t size = strlen(wanted), limit = fuzzy_tolerance(size);
    size_t distance = fuzzy_distance(key, strlen(key), wanted, size, limit);
    if (distance > limit)
        return false;
    if (out_distance)
        *out_distance = distance;
    return true;
}

/* Sellers' algorithm: edit distance with a free start and a free end in `key`. */
bool fuzzy_contains(const char *key, const char *wanted)
{
    size_t size = strlen(wanted), limit = fuzzy_tolerance(size);
    size_t column[FUZZY_MAX_BYTES + 1];
    if (!size || size > FUZZY_MAX_BYTES)
        return false;
    for (size_t j = 0; j <= size; j++)
        column[j] = j;
    for (const char *c = key; *c; c++) {
        size_t diagonal = column[0];
        for (size_t j = 1; j <= size; j++) {
            size_t changed = diagonal + (*c != wanted[j - 1]);
            diagonal = column[j];
            column[j] = least(changed, least(column[j], column[j - 1]) + 1);
        }
        if (column[size] <= limit)
            return true;
    }
    return false;
}
