#ifndef SOHOA_OCR_TEXT_OFFICE_XML_H
#define SOHOA_OCR_TEXT_OFFICE_XML_H

#include "daemon/base/err.h"

#include <stddef.h>

/* One part of an Office Open XML file, element by element. Names come without their prefix, since
 * writers choose it. A part with a document type is refused (ECMA-376 part 2, 9.1.3 forbids them),
 * so nothing in it can be an entity that expands. */

struct office_xml {
    void (*begin)(void *self, const char *name, const char *const *attributes);
    void (*end)(void *self, const char *name);
    void (*text)(void *self, const char *bytes, size_t size); /* UTF-8, any piece of it */
    void *self;
};

/* FORMAT_UNKNOWN damaged, nested beyond reason, or with a document type; NO_MEMORY. */
enum err_code office_xml_read(const char *bytes, size_t size, const struct office_xml *reader,
                              struct err *err);
/* Value of the attribute of that name, whatever its prefix; NULL: not there. */
const char *office_xml_attribute(const char *const *attributes, const char *name);

#endif
