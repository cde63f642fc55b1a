#include "queue/store/import_row.h"

#include <stdio.h>

static enum err_code read_row(struct query *q, struct import_row *out, bool *out_there,
                              struct err *err)
{
    enum err_code code = query_next(q, out_there, err);
    if (code || !*out_there)
        return code;
    const char *document_id = query_text(q, 5);
    snprintf(out->id, sizeof out->id, "%s", query_text(q, 0));
    out->size_bytes = query_int(q, 2);
    out->mtime_us = query_int(q, 3);
    out->attempts = query_int(q, 4);
    snprintf(out->document_id, sizeof out->document_id, "%s", document_id ? document_id : "");
    return import_state_from_name(query_text(q, 1), &out->state)
               ? ERR_OK
               : err_set(err, ERR_STORE_CORRUPT, "state of an import item");
}

#define ROW_COLUMNS "id, state, size_bytes, mtime_us, attempts, document_id"

enum err_code import_row_get(struct store *store, const char *id, struct import_row *out,
                             struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool there = false;
    enum err_code code = db_query(store->db, "SELECT " ROW_COLUMNS " FROM import_item WHERE id = ?",
                                  DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = read_row(q, out, &there, err);
    return code || there ? code : err_set(err, ERR_NOT_FOUND, "no such import item");
}

enum err_code import_row_at(struct store *store, const char *folder, const char *path,
                            struct import_row *out, bool *out_there, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    enum err_code code = db_query(store->db,
                                  "SELECT " ROW_COLUMNS " FROM import_item "
                                  "WHERE folder = ? AND path = ? AND present = 1",
                                  DB_BIND(DB_TEXT(folder), DB_TEXT(path)), &q, err);
    return code ? code : read_row(q, out, out_there, err);
}
