#ifndef SOHOA_MODEL_PERSON_H
#define SOHOA_MODEL_PERSON_H

#include <stdbool.h>
#include <string.h>

/* Two principals ("uid:1000", "uid:1000/web-1f0a83c2") of one person: what stands before the
 * session is equal. */
static inline bool person_is_same(const char *a, const char *b)
{
    size_t length = strcspn(a, "/");
    return length == strcspn(b, "/") && strncmp(a, b, length) == 0;
}

#endif
