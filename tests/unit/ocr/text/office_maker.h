#ifndef SOHOA_TESTS_OFFICE_MAKER_H
#define SOHOA_TESTS_OFFICE_MAKER_H

#include <stddef.h>

/* Office Open XML files from their parts. */

struct made_part {
    const char *name, *bytes;
    size_t size; /* 0: as long as the text */
};

/* parts up to one without a name; deflated. Caller's (mem_free). */
char *office_make(const struct made_part *parts, size_t *out_size);

#define WORD_NS "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""

#endif
