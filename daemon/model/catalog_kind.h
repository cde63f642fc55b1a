#ifndef SOHOA_MODEL_CATALOG_KIND_H
#define SOHOA_MODEL_CATALOG_KIND_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Kinds of catalogues and their columns. A row is an object of texts, column key → value;
 * empty cells are absent. Rows have one key: no two rows with the same one, unless their own
 * validity ("valid_from", "valid_to", days, both inclusive, absent: open) keeps them apart.
 */

enum catalog_check {
    CATALOG_TEXT,
    CATALOG_CODE,      /* no blanks in it */
    CATALOG_PROCEDURE, /* mã TTHC, regulations 7.3; kept in its short form */
    CATALOG_DATE,      /* 2025-07-01, 1/7/2025, or a day as Excel stores it; kept as the first */
    CATALOG_DIGITS,    /* as many as `words` says */
    CATALOG_WORD,      /* one of `words` */
    CATALOG_DOC_TYPE   /* slug of a document type */
};

struct catalog_column {
    const char *key;
    const char *aliases; /* headings in the form of catalog_heading, separated by spaces */
    enum catalog_check check;
    bool required, in_key;
    const char *words;
};

#define CATALOG_COLUMNS_MAX 12

struct catalog_kind {
    const char *name;                                   /* "result-types" */
    struct catalog_column columns[CATALOG_COLUMNS_MAX]; /* ends with a NULL key */
    const char *code_key, *name_key; /* what a row is looked for by; code_key may be in many rows */
    /* How its codes begin, separated by blanks: 9 a digit, A a capital letter; NULL: not known, or
     * checked in the column. Regulations 7.1, 7.3. */
    const char *code_forms;
    /* As its source is: a code with two names or with none is noted, not refused. */
    bool lenient;
};

extern const struct catalog_kind catalog_kinds[];
extern const size_t catalog_kind_count;
extern const char catalog_kind_names[]; /* separated by spaces */

const struct catalog_kind *catalog_kind_find(const char *name); /* NULL: none of that name */
size_t catalog_kind_columns(const struct catalog_kind *kind);
bool catalog_kind_is_dated(const struct catalog_kind *kind); /* rows have their own validity */

/* A heading as aliases have it: "Mã thủ tục (TTHC)" gives "ma_thu_tuc_tthc". Caller's; NULL when
 * out of memory or not UTF-8. */
char *catalog_heading(const char *text);
/* 2025-07-01, 01/07/2025, 1.7.2025; with `serial` also days since 1899-12-30. */
bool catalog_date(const char *text, bool serial, char out[11]);

#endif
