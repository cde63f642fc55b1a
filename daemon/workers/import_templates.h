#ifndef SOHOA_WORKERS_IMPORT_TEMPLATES_H
#define SOHOA_WORKERS_IMPORT_TEMPLATES_H

#include "daemon/base/js.h"

#include <stddef.h>

/*
 * A site's own templates (ocr/templates) as rows of the catalogue "templates": a JSON list of
 * templates, or one. Each is tried in place of the built-in one of its type, then all together.
 * Answers as catalog_table_end does; "line" is the number of the template, "why" names its key.
 * NO_MEMORY
 */
enum err_code import_templates(const char *text, size_t size, struct js **out, struct err *err);

#endif
