#ifndef SOHOA_CATALOG_DELIMITED_H
#define SOHOA_CATALOG_DELIMITED_H

#include "daemon/base/buf.h"

/*
 * Rows of CSV (RFC 4180; also with ';', as Excel writes it where ',' stands in numbers, and its
 * first line "sep=;") and of TSV. Lines end in LF, CRLF or CR; a byte order mark is passed over. In
 * TSV a cell is quoted only when its closing quote ends the cell in the same line: quotes stand in
 * texts.
 */

#define DELIMITED_COLUMNS_MAX 200
#define DELIMITED_ROW_MAX_BYTES (256u << 10)

struct delimited {
    const char *bytes, *end; /* borrowed; UTF-8 without NUL */
    char sign;
    long line; /* of the next row, from 1 */
};

struct delimited_row {
    struct buf text;
    size_t start[DELIMITED_COLUMNS_MAX];
    size_t count;
    long line;       /* where it begins */
    const char *why; /* DELIMITED_BAD: static text */
};

enum delimited_next { DELIMITED_ROW, DELIMITED_BAD, DELIMITED_END };

/* The sign is the one of tab, semicolon and comma that is most frequent in the first line with any.
 */
void delimited_begin(struct delimited *reader, const char *bytes, size_t size);
/* The rest of a row that is BAD is passed over; reading goes on behind it. */
enum delimited_next delimited_next(struct delimited *reader, struct delimited_row *row);
const char *delimited_cell(const struct delimited_row *row, size_t column);

void delimited_row_init(struct delimited_row *row);
void delimited_row_done(struct delimited_row *row);

static inline void delimited_row_auto(struct delimited_row *place)
{
    delimited_row_done(place);
}

#endif
