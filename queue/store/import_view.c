#include "queue/store/import.h"

#include "queue/store/import_row.h"

#include <string.h>

#define COLUMNS                                                                                    \
    "id, folder, path, size_bytes, mtime_us, kind, present, state, state_us, code, duplicate_of, " \
    "dossier_id, document_id, pages, facts, exceptions, sha256, " IMPORT_MAY_RETRY

static struct js *number_or_null(struct query *q, int column)
{
    return query_is_null(q, column) ? js_null() : js_int(query_int(q, column));
}

static enum err_code parse(const char *text, struct js **out, struct err *err)
{
    *out = text ? NULL : js_null();
    return text ? js_parse(text, strlen(text), out, err) : ERR_OK;
}

static enum err_code row_to_js(struct query *q, struct js **out, struct err *err)
{
    AUTO(js) struct js *facts = NULL;
    AUTO(js) struct js *exceptions = NULL;
    enum err_code code = parse(query_text(q, 14), &facts, err);
    if (!code)
        code = parse(query_text(q, 15), &exceptions, err);
    if (code)
        return err_context(err, ERR_STORE_CORRUPT, "import item");
    *out = js_pack(
        "{s:s, s:s, s:s, s:I, s:I, s:s, s:b, s:s, s:I, s:s?, s:s?, s:s?, s:s?, s:o, s:O, s:O, "
        "s:s?, s:b}",
        "id", query_text(q, 0), "folder", query_text(q, 1), "path", query_text(q, 2), "size_bytes",
        query_int(q, 3), "mtime_us", query_int(q, 4), "kind", query_text(q, 5), "present",
        (int)query_int(q, 6), "state", query_text(q, 7), "state_us", query_int(q, 8), "code",
        query_text(q, 9), "duplicate_of", query_text(q, 10), "dossier_id", query_text(q, 11),
        "document_id", query_text(q, 12), "pages", number_or_null(q, 13), "facts", facts,
        "exceptions", exceptions, "sha256", query_text(q, 16), "may_retry", (int)query_int(q, 17));
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "import item");
}

enum err_code import_item(struct store *store, const char *id, struct js **out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code = db_query(store->db, "SELECT " COLUMNS " FROM import_item i WHERE id = ?",
                                  DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        code = err_set(err, ERR_NOT_FOUND, "no such import item");
    return code ? code : row_to_js(q, out, err);
}

enum err_code import_list(struct store *store, const struct import_query *query, struct js **out,
                          struct err *err)
{
    AUTO(query) struct query *q = NULL;
    AUTO(js) struct js *list = js_array();
    bool row = true;
    enum err_code code = db_query(
        store->db,
        "SELECT " COLUMNS " FROM import_item i WHERE folder = ?1 AND (?2 IS NULL OR state = ?2) "
        "AND (?3 IS NULL OR id < ?3) AND (NOT ?4 OR exceptions <> '{}') ORDER BY id DESC LIMIT ?5",
        DB_BIND(DB_TEXT(query->folder), DB_TEXT(query->state), DB_TEXT(query->before),
                DB_INT(query->exceptions), DB_INT(query->limit)),
        &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        struct js *item = NULL;
        code = row_to_js(q, &item, err);
        if (!code && !js_push(list, item))
            code = err_set(err, ERR_NO_MEMORY, "import items");
    }
    if (!code)
        *out = TAKE(list);
    return code;
}

static enum err_code count_states(struct store *store, const char *folder,
                                  long long counts[IMPORT_STATE_COUNT], long long *out_gone,
                                  struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(store->db,
                                  "SELECT state, count(*), sum(present = 0) FROM import_item "
                                  "WHERE folder = ? GROUP BY state",
                                  DB_BIND(DB_TEXT(folder)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        enum import_state state;
        if (!import_state_from_name(query_text(q, 0), &state))
            return err_set(err, ERR_STORE_CORRUPT, "state of an import item");
        counts[state] = query_int(q, 1);
        *out_gone += query_int(q, 2);
    }
    return code;
}

enum err_code import_balance_of(struct store *store, const char *folder, struct js **out,
                                struct err *err)
{
    long long counts[IMPORT_STATE_COUNT] = {0}, gone = 0;
    int64_t files, swept_us, exceptions;
    AUTO(js) struct js *feed = NULL;
    enum err_code code = count_states(store, folder, counts, &gone, err);
    if (!code)
        code = db_number(store->db, "SELECT files FROM import_folder WHERE name = ?",
                         DB_BIND(DB_TEXT(folder)), 0, &files, err);
    if (!code)
        code = db_number(store->db, "SELECT swept_us FROM import_folder WHERE name = ?",
                         DB_BIND(DB_TEXT(folder)), 0, &swept_us, err);
    if (!code)
        code = db_number(store->db,
                         "SELECT count(*) FROM import_item WHERE folder = ? AND exceptions <> '{}'",
                         DB_BIND(DB_TEXT(folder)), 0, &exceptions, err);
    if (code)
        return code;
    code = import_feed_to_js(store, folder, &feed, err);
    if (code)
        return code;
    struct import_balance balance = import_balance(files + gone, counts);
    *out = js_pack("{s:o, s:o, s:I, s:O}", "balance", import_balance_to_js(&balance), "swept_us",
                   swept_us ? js_int(swept_us) : js_null(), "exceptions", exceptions, "feed", feed);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "balance");
}
