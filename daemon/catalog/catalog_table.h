#ifndef SOHOA_CATALOG_CATALOG_TABLE_H
#define SOHOA_CATALOG_CATALOG_TABLE_H

#include "daemon/base/js.h"
#include "daemon/catalog/file_rows.h"
#include "daemon/model/catalog_kind.h"

/*
 * Rows of one catalogue as they come, from whatever file: headings to columns, cells to values, and
 * what is wrong with them. Values are NFC with single blanks. Nothing of a cell's content is told
 * in a problem: the file may be another one than was meant, with people in it.
 */

struct catalog_table;

#define CATALOG_ROWS_MAX 100000
#define CATALOG_TOLD_MAX 100 /* problems and notes kept; all are counted */

enum catalog_rows {
    CATALOG_ROWS_EXACT, /* each has as many cells as headings: a shorter one is a broken line */
    CATALOG_ROWS_PADDED /* spreadsheets leave empty cells out, and hold dates as numbers */
};

/* NULL: no memory. kind is borrowed. */
struct catalog_table *catalog_table_new(const struct catalog_kind *kind, enum catalog_rows rows);
void catalog_table_free(struct catalog_table *table);
AUTO_DEFINE(catalog_table, struct catalog_table *, catalog_table_free);

/* Headings first (rows above them, titles, are passed over), then rows. NO_MEMORY, TOO_LARGE. */
enum err_code catalog_table_row(struct catalog_table *table, const struct catalog_cells *cells,
                                struct err *err);
/* column NULL: of the whole line. line 0: of the whole file. */
void catalog_table_problem(struct catalog_table *table, long line, const char *column,
                           const char *why);
/* What the rows say of one another (a key twice), then {"rows": [{column: text}…], "problems",
 * "notes": [{"line", "column"?, "why"}…], "problem_count", "note_count"}. NO_MEMORY */
enum err_code catalog_table_end(struct catalog_table *table, struct js **out, struct err *err);

#endif
