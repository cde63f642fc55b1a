#ifndef SOHOA_CATALOG_FILE_ROWS_H
#define SOHOA_CATALOG_FILE_ROWS_H

#include "daemon/base/err.h"

#include <stddef.h>

/* Rows of a file that people keep lists in, as they come: headings, titles and all. */

enum catalog_format {
    CATALOG_DELIMITED, /* CSV or TSV, see delimited.h */
    CATALOG_SHEET,     /* text of one sheet of a spreadsheet: tabs, a line for each row */
    CATALOG_JSON       /* a list of objects; one level of lists of objects in them is taken apart */
};

struct catalog_cells {
    long line;
    size_t count;
    const char *(*cell)(const void *row, size_t column);
    const void *row;
};

struct row_sink {
    enum err_code (*row)(void *payload, const struct catalog_cells *cells, struct err *err);
    /* Static text; line 0: the whole file. The rows behind it still come. */
    void (*problem)(void *payload, long line, const char *why);
    void *payload;
};

/* A hostile file at worst gives problems. NO_MEMORY, TOO_LARGE, and what `row` says: that ends it.
 */
enum err_code file_rows(enum catalog_format format, const char *bytes, size_t size,
                        const struct row_sink *sink, struct err *err);

#endif
