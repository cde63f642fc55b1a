#ifndef SOHOA_MODEL_REGISTER_COLUMN_H
#define SOHOA_MODEL_REGISTER_COLUMN_H

#include "daemon/model/field.h"

/*
 * Columns of a register that was kept beside the scans of old results (regulations 4.4): each is
 * one of our fields, by its number in enum field_name, or one of those below.
 */

enum register_column {
    REGISTER_PATH = FIELD_COUNT, /* the scan's file or folder */
    REGISTER_TYPE,               /* kind of paper */
    REGISTER_NUMBER,             /* "12" and "QĐ-UBND" in columns of their own */
    REGISTER_SYMBOL,
    REGISTER_IGNORED,
    REGISTER_COLUMN_COUNT
};
#define REGISTER_UNKNOWN (-1)

const char *register_column_key(int column);   /* "issue_date", "path"; "-": ignored */
int register_column_from_key(const char *key); /* REGISTER_UNKNOWN when there is none */
int register_column_of(const char *heading);   /* in the form of catalog_heading */
extern const char register_column_keys[];      /* all of them, separated by blanks */

/*
 * A cell as our field has it. `sheet`: a spreadsheet's, which holds days as numbers and drops the
 * zero in front of a personal number. Days: 5/3/2019, 05-03-2019, 2019-03-05, "ngày 5 tháng 3 năm
 * 2019"; a year of two digits is no day. false: it has no such form, or is a dash or says "as above".
 * *out is the caller's, NULL when out of memory.
 */
bool register_value(int column, const char *text, bool sheet, char **out);
/* "nt", "như trên", a ditto mark: what stands in the row above. */
bool register_is_ditto(const char *text);

/*
 * What two writings of one value have in common; the caller's, NULL when out of memory. Numbers:
 * without blanks, accents and leading zeros; days and ids as they are; of names and texts the case
 * does not count, of agencies and abstracts neither do accents, stops and the usual abbreviations.
 */
char *register_key(enum field_name name, const char *value);
bool register_same(enum field_name name, const char *value, const char *other);

/* A file's name as people write it, with '/' between folders and none at its ends; the caller's,
 * NULL when out of memory. */
char *register_path(const char *path);
/* Bytes before its ending (".tif"); all of it when it has none. */
size_t register_stem(const char *path);

#endif
