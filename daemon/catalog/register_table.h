#ifndef SOHOA_CATALOG_REGISTER_TABLE_H
#define SOHOA_CATALOG_REGISTER_TABLE_H

#include "daemon/base/buf.h"
#include "daemon/catalog/register_headings.h"

/*
 * The rows of a register that was kept beside old scans. Passed over, and told: titles above the
 * headings, a row of column numbers, empty rows, rows with a title in one cell, headings repeated
 * on every page, and what stands below the table (totals, signatures). A value that has not the
 * form of its field stays as text and is told by line. Nothing of a cell's content is told.
 */

#define REGISTER_ROWS_MAX 100000
#define REGISTER_TOLD_MAX 100 /* notes kept; all are counted */
#define REGISTER_CHUNK_ROWS 1000

struct register_reading {
    struct register_maps maps;
    enum catalog_format format;
    int sheets; /* in the file; one is read */
};

/*
 * *out: {"columns": register_headings_to_js, "rows": n, "left_out": n, "unread": {column: n},
 * "notes": [{"line", "column"?, "why"}…], "note_count", "problem": why there is no register in the
 * file | null, "chunks": [{"offset", "size"}…]}; `lines` (caller's, empty): a JSON object a line,
 * {"line", "path"?, "type"?, "values": {field: value}, "texts": {column: as it is written}}, in
 * chunks of whole lines. NO_MEMORY, TOO_LARGE.
 */
enum err_code register_read(const struct register_reading *reading, const char *bytes, size_t size,
                            struct buf *lines, struct js **out, struct err *err);

#endif
