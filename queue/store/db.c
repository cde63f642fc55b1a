#include "queue/store/db.h"

#include "queue/store/sys_vfs.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#define STATEMENTS_KEPT 192
#define BUSY_TIMEOUT_MS 5000

struct query {
    struct db *db;
    sqlite3_stmt *statement;
    const char *sql; /* the literal it was prepared from */
    bool in_use, kept;
};

struct db {
    sqlite3 *handle;
    struct query kept[STATEMENTS_KEPT];
    size_t kept_count;
    int depth;   /* open transactions, the outermost included */
    bool doomed; /* an inner transaction was rolled back */
    bool grouped;
    enum err_code lost; /* why SQLite gave up the group */
};

static enum err_code code_of(int result)
{
    switch (result & 0xff) {
    case SQLITE_FULL:
        return ERR_DISK_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_STORE_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return ERR_STORE_IN_USE;
    case SQLITE_READONLY:
        return ERR_READ_ONLY;
    case SQLITE_NOMEM:
        return ERR_NO_MEMORY;
    case SQLITE_CONSTRAINT:
        return ERR_CONFLICT;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return ERR_IO;
    default:
        return ERR_INTERNAL;
    }
}

/* SQLite's text names tables and columns, never values. */
static enum err_code failed(struct db *db, int result, const char *what, struct err *err)
{
    enum err_code code = code_of(result);
    int number = sqlite3_system_errno(db->handle);
    if (db->grouped && !db->lost && sqlite3_get_autocommit(db->handle))
        db->lost = code;
    if (code == ERR_IO && number)
        return err_set_errno(err, code, number, "%s: %s", what, sqlite3_errmsg(db->handle));
    return err_set(err, code, "%s: %s", what, sqlite3_errmsg(db->handle));
}

enum err_code db_open(const char *path, bool create, struct db **out, struct err *err)
{
    struct db *db = mem_alloc(sizeof *db);
    if (!db)
        return err_set(err, ERR_NO_MEMORY, "open database");
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                SQLITE_OPEN_NOFOLLOW | (create ? SQLITE_OPEN_CREATE : 0);
    int result = sqlite3_open_v2(path, &db->handle, flags, sys_vfs_name());
    if (result != SQLITE_OK) {
        enum err_code code = failed(db, result, "open database", err);
        db_close(db, true);
        return code;
    }
    sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    *out = db;
    return ERR_OK;
}

void db_close(struct db *db, bool keep_file_as_is)
{
    if (!db)
        return;
    for (size_t i = 0; i < db->kept_count; i++)
        sqlite3_finalize(db->kept[i].statement);
    if (keep_file_as_is)
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_close_v2(db->handle);
    mem_free(db);
}

static struct query *find_kept(struct db *db, const char *sql)
{
    for (size_t i = 0; i < db->kept_count; i++)
        if (db->kept[i].sql == sql && !db->kept[i].in_use)
            return &db->kept[i];
    return NULL;
}

static enum err_code group_lost(const struct db *db, struct err *err)
{
    return err_set(err, db->lost, "the commit this belongs to failed");
}

static enum err_code prepare(struct db *db, const char *sql, struct query **out, struct err *err)
{
    if (db->lost)
        return group_lost(db, err);
    struct query *query = find_kept(db, sql);
    if (query) {
        *out = query;
        return ERR_OK;
    }
    sqlite3_stmt *statement;
    int result =
        sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (result != SQLITE_OK)
        return failed(db, result, "prepare", err);
    bool kept = db->kept_count < STATEMENTS_KEPT;
    query = kept ? &db->kept[db->kept_count] : mem_alloc(sizeof *query);
    if (!query) {
        sqlite3_finalize(statement);
        return err_set(err, ERR_NO_MEMORY, "prepare");
    }
    db->kept_count += kept;
    *query = (struct query){.db = db, .statement = statement, .sql = sql, .kept = kept};
    *out = query;
    return ERR_OK;
}

static int bind_value(sqlite3_stmt *statement, int at, const struct db_value *value)
{
    switch (value->kind) {
    case DB_VALUE_TEXT:
        return sqlite3_bind_text(statement, at, value->text, -1, SQLITE_STATIC);
    case DB_VALUE_INT:
        return sqlite3_bind_int64(statement, at, value->number);
    case DB_VALUE_REAL:
        return sqlite3_bind_double(statement, at, value->real);
    default:
        return sqlite3_bind_null(statement, at);
    }
}

enum err_code db_query(struct db *db, const char *sql, const struct db_value *values, size_t count,
                       struct query **out, struct err *err)
{
    struct query *query = NULL;
    enum err_code code = prepare(db, sql, &query, err);
    if (code)
        return code;
    query->in_use = true;
    if ((size_t)sqlite3_bind_parameter_count(query->statement) != count)
        code = err_set(err, ERR_INTERNAL, "statement with %zu values", count);
    for (size_t i = 0; !code && i < count; i++) {
        int result = bind_value(query->statement, (int)i + 1, &values[i]);
        if (result != SQLITE_OK)
            code = failed(db, result, "bind", err);
    }
    if (code) {
        query_done(query);
        return code;
    }
    *out = query;
    return ERR_OK;
}

enum err_code query_next(struct query *query, bool *out_row, struct err *err)
{
    int result = sqlite3_step(query->statement);
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return failed(query->db, result, "database", err);
    *out_row = result == SQLITE_ROW;
    return ERR_OK;
}

const char *query_text(struct query *query, int column)
{
    return (const char *)sqlite3_column_text(query->statement, column);
}

int64_t query_int(struct query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

double query_real(struct query *query, int column)
{
    return sqlite3_column_double(query->statement, column);
}

bool query_is_null(struct query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

void query_done(struct query *query)
{
    if (!query)
        return;
    if (!query->kept) {
        sqlite3_finalize(query->statement);
        mem_free(query);
        return;
    }
    sqlite3_reset(query->statement);
    sqlite3_clear_bindings(query->statement);
    query->in_use = false;
}

enum err_code db_run(struct db *db, const char *sql, const struct db_value *values, size_t count,
                     struct err *err)
{
    AUTO(query)
    struct query *query = NULL;
    bool row = true;
    enum err_code code = db_query(db, sql, values, count, &query, err);
    while (!code && row)
        code = query_next(query, &row, err);
    return code;
}

int64_t db_changes(struct db *db)
{
    return sqlite3_changes64(db->handle);
}

enum err_code db_number(struct db *db, const char *sql, const struct db_value *values, size_t count,
                        int64_t fallback, int64_t *out, struct err *err)
{
    AUTO(query)
    struct query *query = NULL;
    bool row;
    enum err_code code = db_query(db, sql, values, count, &query, err);
    if (!code)
        code = query_next(query, &row, err);
    if (code)
        return code;
    *out = row && !query_is_null(query, 0) ? query_int(query, 0) : fallback;
    return ERR_OK;
}

enum err_code db_text(struct db *db, const char *sql, const struct db_value *values, size_t count,
                      char **out, struct err *err)
{
    AUTO(query)
    struct query *query = NULL;
    bool row;
    enum err_code code = db_query(db, sql, values, count, &query, err);
    if (!code)
        code = query_next(query, &row, err);
    if (code)
        return code;
    char *text = NULL;
    if (row && !query_is_null(query, 0)) {
        text = mem_strdup(query_text(query, 0));
        if (!text)
            return err_set(err, ERR_NO_MEMORY, "database text");
    }
    *out = text;
    return ERR_OK;
}

enum err_code db_script(struct db *db, const char *sql, struct err *err)
{
    int result = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return result == SQLITE_OK ? ERR_OK : failed(db, result, "database", err);
}

int64_t db_scan_steps(struct db *db, bool reset)
{
    int64_t steps = 0;
    for (size_t i = 0; i < db->kept_count; i++)
        steps += sqlite3_stmt_status(db->kept[i].statement, SQLITE_STMTSTATUS_FULLSCAN_STEP, reset);
    return steps;
}

/* ---- transactions ---- */

/* The frame of an outermost transaction: its own, or a savepoint of the group's. */
static const struct frame {
    const char *begin, *commit, *roll_back;
} frames[] = {
    /* IMMEDIATE: the write lock is taken here, not in the middle */
    [false] = {"BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"},
    [true] = {"SAVEPOINT part", "RELEASE part", "ROLLBACK TO part; RELEASE part"},
};

bool db_in_transaction(const struct db *db)
{
    return db->depth > 0;
}

enum err_code tx_begin(struct tx *tx, struct db *db, struct err *err)
{
    if (db->depth == 0) {
        enum err_code code = db_run(db, frames[db->grouped].begin, DB_BIND_NONE, err);
        if (code)
            return code;
        db->doomed = false;
    }
    db->depth++;
    tx->db = db;
    return ERR_OK;
}

static void roll_back(struct db *db, const struct frame *frame)
{
    /* after a full disk or an I/O error SQLite has rolled back already */
    if (sqlite3_get_autocommit(db->handle))
        return;
    int result = sqlite3_exec(db->handle, frame->roll_back, NULL, NULL, NULL);
    if (result == SQLITE_OK || !db->grouped)
        return;
    sqlite3_exec(db->handle, frames[false].roll_back, NULL, NULL, NULL);
    if (!db->lost)
        db->lost = code_of(result);
}

void tx_auto(struct tx *tx)
{
    struct db *db = tx->db;
    if (!db)
        return;
    tx->db = NULL;
    db->doomed = true;
    if (--db->depth == 0)
        roll_back(db, &frames[db->grouped]);
}

enum err_code tx_commit(struct tx *tx, struct err *err)
{
    struct db *db = tx->db;
    if (db->lost)
        return group_lost(db, err);
    if (db->doomed || sqlite3_get_autocommit(db->handle))
        return err_set(err, ERR_INTERNAL, "commit of a transaction that failed inside");
    if (db->depth > 1) {
        db->depth--;
        tx->db = NULL;
        return ERR_OK;
    }
    enum err_code code = db_run(db, frames[db->grouped].commit, DB_BIND_NONE, err);
    if (code)
        return code; /* tx_auto rolls back */
    db->depth = 0;
    tx->db = NULL;
    return ERR_OK;
}

enum err_code db_group_begin(struct db *db, struct err *err)
{
    /* deferred: a group that only reads needs no write lock, nor a disk that can be written */
    enum err_code code = db_run(db, "BEGIN", DB_BIND_NONE, err);
    if (!code)
        db->grouped = true;
    return code;
}

enum err_code db_group_commit(struct db *db, struct err *err)
{
    enum err_code code = db_run(db, frames[false].commit, DB_BIND_NONE, err);
    db->grouped = false;
    db->lost = ERR_OK;
    if (code)
        roll_back(db, &frames[false]);
    return code;
}
