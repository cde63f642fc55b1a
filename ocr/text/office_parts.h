#ifndef SOHOA_OCR_TEXT_OFFICE_PARTS_H
#define SOHOA_OCR_TEXT_OFFICE_PARTS_H

#include "daemon/base/err.h"

#include <stddef.h>

/* The parts of an Office Open XML file (a zip archive) that hold text, in memory. */

struct office_part {
    char *name; /* "word/document.xml" */
    char *bytes;
    size_t size;
};

struct office_parts {
    struct office_part *item; /* natural order of names */
    size_t count;
};

/* What is written in the archive about sizes is not believed: every part ends at its limit, and so
 * do all of them together. FORMAT_UNKNOWN no such archive, or damaged; TOO_LARGE; NO_MEMORY.
 * office_parts_done also after an error. */
enum err_code office_parts_read(const void *bytes, size_t size, struct office_parts *out,
                                struct err *err);
void office_parts_done(struct office_parts *parts);
/* NULL: there is none. Borrowed. */
const struct office_part *office_parts_find(const struct office_parts *parts, const char *name);

static inline void office_parts_auto(struct office_parts *place)
{
    office_parts_done(place);
}

#endif
