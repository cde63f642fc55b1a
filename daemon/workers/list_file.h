#ifndef SOHOA_WORKERS_LIST_FILE_H
#define SOHOA_WORKERS_LIST_FILE_H

#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "daemon/catalog/file_rows.h"

/* A list as people hand it over: CSV, TSV, JSON, or a spreadsheet, of which one sheet is read. */

struct list_file {
    char *bytes, *text; /* text: what daemon/catalog reads */
    size_t size;        /* of text */
    enum catalog_format format;
    struct js *sheets; /* of a spreadsheet: names in the order of its tabs; NULL: it is none */
};

/* `sheet`: by its name or number (list_sheets.h), NULL the first. TOO_LARGE above 16 MB or when a
 * sheet says more than any list; NOT_FOUND no such sheet; FORMAT_UNKNOWN, FILE_OLD_OFFICE,
 * NO_MEMORY. list_file_done also after an error. */
enum err_code list_file_read(int fd, const char *sheet, struct list_file *out, struct err *err);
void list_file_done(struct list_file *file);

static inline void list_file_auto(struct list_file *place)
{
    list_file_done(place);
}

#endif
