#ifndef SOHOA_STORE_DB_H
#define SOHOA_STORE_DB_H

#include "daemon/base/err.h"
#include "daemon/base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * SQLite, wrapped: statements name their columns, every value is bound, errors are ours.
 * DISK_FULL, IO, READ_ONLY, NO_MEMORY, STORE_CORRUPT, STORE_IN_USE (locked by another process),
 * CONFLICT (a UNIQUE, CHECK or foreign key says no), INTERNAL for the rest.
 */

struct db;

/* The file is opened, or made when `create`; no pragma is set. STORE_CORRUPT: not a database. */
enum err_code db_open(const char *path, bool create, struct db **out, struct err *err);
/* keep_file_as_is: no checkpoint at closing, so a file found damaged stays what it was. */
void db_close(struct db *db, bool keep_file_as_is);

/* A bound value; text is borrowed until the statement is done. */
struct db_value {
    enum { DB_VALUE_NULL, DB_VALUE_TEXT, DB_VALUE_INT, DB_VALUE_REAL } kind;
    const char *text;
    int64_t number;
    double real;
};

#define DB_TEXT(x) ((struct db_value){.kind = DB_VALUE_TEXT, .text = (x)}) /* NULL text is NULL */
#define DB_INT(x) ((struct db_value){.kind = DB_VALUE_INT, .number = (x)})
#define DB_REAL(x) ((struct db_value){.kind = DB_VALUE_REAL, .real = (x)})
#define DB_NULL ((struct db_value){.kind = DB_VALUE_NULL})
/* Two arguments: the values and their count. db_run(db, sql, DB_BIND(DB_TEXT(id)), err) */
#define DB_BIND(...)                                                                               \
    (const struct db_value[]){__VA_ARGS__},                                                        \
        sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)
#define DB_BIND_NONE NULL, 0

/* Runs a statement that returns no rows. `sql` must be a literal (statements are kept by it). */
enum err_code db_run(struct db *db, const char *sql, const struct db_value *values, size_t count,
                     struct err *err);
int64_t db_changes(struct db *db); /* rows the last db_run touched */

/* One statement of rows. AUTO(query) struct query *q = NULL; db_query(…, &q, err);
 * while (!(code = query_next(q, &row, err)) && row) … */
struct query;
enum err_code db_query(struct db *db, const char *sql, const struct db_value *values, size_t count,
                       struct query **out, struct err *err);
enum err_code query_next(struct query *query, bool *out_row, struct err *err);
const char *query_text(struct query *query, int column); /* until the next step; NULL for NULL */
int64_t query_int(struct query *query, int column);      /* 0 for NULL */
double query_real(struct query *query, int column);
bool query_is_null(struct query *query, int column);
void query_done(struct query *query);
AUTO_DEFINE(query, struct query *, query_done);

/* The one number of the one row; `fallback` when there is no row or it is NULL. */
enum err_code db_number(struct db *db, const char *sql, const struct db_value *values, size_t count,
                        int64_t fallback, int64_t *out, struct err *err);
/* The one text of the one row, the caller's (mem_free); NULL when there is no row or it is NULL. */
enum err_code db_text(struct db *db, const char *sql, const struct db_value *values, size_t count,
                      char **out, struct err *err);

/* Several statements without values: migrations, pragmas. */
enum err_code db_script(struct db *db, const char *sql, struct err *err);

/* Rows stepped over without the help of an index, by all statements since the last call with
 * `reset`. */
int64_t db_scan_steps(struct db *db, bool reset);

/*
 * Transactions nest: an inner one joins the outer. One that ends without tx_commit is rolled back,
 * and an inner failure that the outer ignores makes the outer's commit fail.
 *   AUTO(tx) struct tx tx = TX_INIT; … tx_begin(&tx, db, err) … return tx_commit(&tx, err);
 */
struct tx {
    struct db *db;
};
#define TX_INIT ((struct tx){NULL})

enum err_code tx_begin(struct tx *tx, struct db *db, struct err *err);
enum err_code tx_commit(struct tx *tx, struct err *err);
void tx_auto(struct tx *tx);
bool db_in_transaction(const struct db *db); /* a group alone does not count */

/*
 * A group makes the transactions between its two calls durable with one commit: each still stands
 * or falls by itself (a savepoint), and nothing is durable before db_group_commit says so. When the
 * disk is full SQLite may give up the whole group in the middle; then every further statement fails
 * with that error, and so does db_group_commit. After db_group_commit the group is over either way.
 */
enum err_code db_group_begin(struct db *db, struct err *err);
enum err_code db_group_commit(struct db *db, struct err *err);

#endif
