#ifndef SOHOA_CATALOG_CATALOG_READ_H
#define SOHOA_CATALOG_CATALOG_READ_H

#include "daemon/base/js.h"
#include "daemon/model/catalog_kind.h"

enum catalog_format {
    CATALOG_DELIMITED, /* CSV or TSV, see delimited.h */
    CATALOG_SHEET,     /* text of a spreadsheet's first sheet: tabs, a line for each row */
    CATALOG_JSON       /* a list of objects; one level of lists of objects in them is taken apart */
};

/* A hostile file at worst gives problems. *out as catalog_table_end has it. NO_MEMORY, TOO_LARGE.
 */
enum err_code catalog_read(const struct catalog_kind *kind, enum catalog_format format,
                           const char *bytes, size_t size, struct js **out, struct err *err);

#endif
