#ifndef SOHOA_OCR_CLASSIFY_FUZZY_H
#define SOHOA_OCR_CLASSIFY_FUZZY_H

#include <stdbool.h>
#include <stddef.h>

/* Comparing keys (page_text): folded letters and digits, so that lost accents cost nothing and a
 * misread letter costs one. */

#define FUZZY_MAX_BYTES 300 /* longer keys never match */

/* Edit distance in bytes, or limit + 1 when it is larger than `limit`. */
size_t fuzzy_distance(const char *a, size_t a_size, const char *b, size_t b_size, size_t limit);
/* How many misread letters a key of that size may have: one in seven, at least one from five on. */
size_t fuzzy_tolerance(size_t size);
/* Whole keys alike within the tolerance of `wanted`. *out_distance may be NULL. */
bool fuzzy_equal(const char *key, const char *wanted, size_t *out_distance);
/* `wanted` lies somewhere in `key` within its tolerance. */
bool fuzzy_contains(const char *key, const char *wanted);

#endif
