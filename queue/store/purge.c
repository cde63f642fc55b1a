#include "queue/store/purge.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/claim.h"
#include "queue/store/import.h"
#include "queue/store/inside.h"
#include "queue/store/purge_files.h"

#include <stdio.h>
#include <string.h>

/* ---- beginning: rows ---- */

/* A page has an image; a purged one has this. */
static enum err_code empty_blob(struct store *store, char out_sha256[HASH_HEX_SIZE],
                                struct err *err)
{
    return blob_put_text(store->blobs, store->db, "", out_sha256, err);
}

static enum err_code note(struct store *store, const char *kind, const char *id, const char *reason,
                          struct principal by, bool *out_new, struct err *err)
{
    enum err_code code = db_run(
        store->db,
        "INSERT INTO purge (subject_id, kind, reason, begun_us, begun_by) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (subject_id) DO NOTHING",
        DB_BIND(DB_TEXT(id), DB_TEXT(kind), DB_TEXT(reason), DB_INT(sys_now_us()), DB_TEXT(by.id)),
        err);
    *out_new = !code && db_changes(store->db) == 1;
    if (!code && *out_new)
        code = audit_write(
            store,
            &(struct audit){.kind = kind, .id = id, .event = "purge", .detail = reason, .by = by},
            err);
    store->purge_is_due = store->purge_is_due || *out_new;
    return code;
}

static enum err_code empty_page(struct store *store, const char *id, struct err *err)
{
    char empty[HASH_HEX_SIZE];
    enum err_code code = empty_blob(store, empty, err);
    if (!code)
        code = db_run(store->db,
                      "INSERT OR IGNORE INTO purge_blob (sha256) SELECT value FROM (SELECT "
                      "image_sha256 AS value FROM page WHERE id = ?1 UNION SELECT words_sha256 "
                      "FROM page WHERE id = ?1 UNION SELECT thumb_sha256 FROM page WHERE id = ?1 "
                      "UNION SELECT words_sha256 FROM page_layer WHERE page_id = ?1) "
                      "WHERE value IS NOT NULL AND value <> ?2",
                      DB_BIND(DB_TEXT(id), DB_TEXT(empty)), err);
    if (!code)
        code = store_run_one(
            store, "page",
            "UPDATE page SET image_sha256 = ?, pixel_sha256 = '', words_sha256 = NULL, "
            "thumb_sha256 = NULL, info = NULL, word_count = NULL, mean_confidence = NULL, "
            "starts_document = NULL, copy_mark = NULL WHERE id = ?",
            DB_BIND(DB_TEXT(empty), DB_TEXT(id)), err);
    if (!code)
        code = db_run(store->db, "DELETE FROM page_layer WHERE page_id = ?", DB_BIND(DB_TEXT(id)),
                      err);
    return code ? code : claim_drop(store, MACHINE_page, id, err);
}

/* What nothing names any more loses its row, and its file with it. The rest is shared and stays. */
static enum err_code drop_rows_of_blobs(struct store *store, struct err *err)
{
    enum err_code code = db_run(
        store->db,
        "DELETE FROM purge_blob WHERE EXISTS (SELECT 1 FROM page p WHERE sha256 IN "
        "(p.image_sha256, p.words_sha256, p.thumb_sha256)) OR EXISTS (SELECT 1 FROM document d "
        "WHERE sha256 IN (d.composed_sha256, d.signed_sha256, d.record_sha256, d.passed_sha256)) "
        "OR EXISTS (SELECT 1 FROM delivery v WHERE v.record_sha256 = purge_blob.sha256) "
        "OR EXISTS (SELECT 1 FROM page_layer l WHERE l.words_sha256 = sha256) OR EXISTS (SELECT 1 "
        "FROM import_item i WHERE i.text_sha256 = purge_blob.sha256 OR (i.sha256 = "
        "purge_blob.sha256 AND i.state IN ('taken', 'paged')))",
        DB_BIND_NONE, err);
    if (!code)
        code = db_run(store->db, "DELETE FROM blob WHERE sha256 IN (SELECT sha256 FROM purge_blob)",
                      DB_BIND_NONE, err);
    return code;
}

enum err_code purge_page(struct store *store, const char *page_id, const char *reason,
                         struct principal by, struct err *err)
{
    bool is_new;
    enum err_code code = note(store, "page", page_id, reason, by, &is_new, err);
    if (!code && is_new)
        code = empty_page(store, page_id, err);
    if (!code && is_new)
        code = drop_rows_of_blobs(store, err);
    if (!code)
        store_touch(store, "page", page_id);
    return code;
}

static enum err_code empty_pages(struct store *store, const char *document_id, const char *reason,
                                 struct principal by, struct err *err)
{
    for (;;) {
        AUTO(mem) char *page = NULL;
        enum err_code code = db_text(store->db,
                                     "SELECT p.id FROM page p WHERE p.document_id = ? AND NOT "
                                     "EXISTS (SELECT 1 FROM purge u WHERE u.subject_id = p.id) "
                                     "ORDER BY p.id LIMIT 1",
                                     DB_BIND(DB_TEXT(document_id)), &page, err);
        if (!code && page)
            code = purge_page(store, page, reason, by, err);
        if (code || !page)
            return code;
    }
}

/* Files that its pages came from, by document or page. */
#define ITEMS_OF                                                                                   \
    "(SELECT i.id FROM import_item i WHERE i.document_id = ?1 UNION SELECT s.item_id FROM "        \
    "import_page s JOIN page p ON p.id = s.page_id WHERE p.document_id = ?1)"

/* One that is still being taken in is refused: its paper is gone. */
static enum err_code stop_items(struct store *store, const char *document_id, struct principal by,
                                struct err *err)
{
    for (;;) {
        AUTO(mem) char *id = NULL;
        AUTO(mem) char *name = NULL;
        enum import_state state = IMPORT_FOUND;
        enum err_code code = db_text(store->db,
                                     "SELECT min(id) FROM import_item WHERE id IN " ITEMS_OF
                                     " AND state IN ('stable', 'taken', 'paged', 'waiting')",
                                     DB_BIND(DB_TEXT(document_id)), &id, err);
        if (!code && id)
            code = db_text(store->db, "SELECT state FROM import_item WHERE id = ?",
                           DB_BIND(DB_TEXT(id)), &name, err);
        if (!code && id && !import_state_from_name(name, &state))
            code = err_set(err, ERR_STORE_CORRUPT, "a file is in no state");
        if (!code && id)
            code = import_move(store, id, state, IMPORT_REFUSED, "CONTENT_PURGED", by, err);
        if (code || !id)
            return code;
    }
}

static enum err_code empty_items(struct store *store, const char *document_id, struct principal by,
                                 struct err *err)
{
    enum err_code code = stop_items(store, document_id, by, err);
    if (!code)
        code = db_run(store->db,
                      "INSERT OR IGNORE INTO purge_blob (sha256) SELECT b.sha256 FROM import_item "
                      "i JOIN blob b ON b.sha256 IN (i.sha256, i.text_sha256) "
                      "WHERE i.id IN " ITEMS_OF,
                      DB_BIND(DB_TEXT(document_id)), err);
    if (!code)
        code = db_run(store->db,
                      "UPDATE import_item SET facts = NULL, exceptions = '{}', signatures = NULL, "
                      "text_sha256 = NULL WHERE id IN " ITEMS_OF,
                      DB_BIND(DB_TEXT(document_id)), err);
    return code;
}

static enum err_code empty_document(struct store *store, const char *id, struct err *err)
{
    enum err_code code = db_run(
        store->db,
        "INSERT OR IGNORE INTO purge_blob (sha256) SELECT b.sha256 FROM document d JOIN blob b ON "
        "b.sha256 IN (d.composed_sha256, d.signed_sha256, d.record_sha256, d.passed_sha256) "
        "WHERE d.id = ?",
        DB_BIND(DB_TEXT(id)), err);
    if (!code)
        code =
            db_run(store->db,
                   "INSERT OR IGNORE INTO purge_blob (sha256) SELECT record_sha256 FROM delivery "
                   "WHERE document_id = ? AND record_sha256 IS NOT NULL",
                   DB_BIND(DB_TEXT(id)), err);
    if (!code)
        code = db_run(store->db,
                      "UPDATE delivery SET record_sha256 = NULL, said = NULL WHERE document_id = ?",
                      DB_BIND(DB_TEXT(id)), err);
    if (!code)
        code = store_run_one(
            store, "document",
            "UPDATE document SET composed_sha256 = NULL, signed_sha256 = NULL, record_sha256 = "
            "NULL, passed_sha256 = NULL, kind_abbr = NULL, kind_name = NULL "
            "WHERE id = ?",
            DB_BIND(DB_TEXT(id)), err);
    if (!code)
        code =
            db_run(store->db, "DELETE FROM field WHERE document_id = ?", DB_BIND(DB_TEXT(id)), err);
    return code ? code : claim_drop(store, MACHINE_document, id, err);
}

enum err_code purge_document(struct store *store, const char *document_id, const char *reason,
                             struct principal by, struct err *err)
{
    bool is_new;
    enum err_code code = note(store, "document", document_id, reason, by, &is_new, err);
    if (!code)
        code = empty_items(store, document_id, by, err);
    if (!code)
        code = empty_document(store, document_id, err);
    if (!code)
        code = empty_pages(store, document_id, reason, by, err);
    if (!code)
        code = drop_rows_of_blobs(store, err);
    if (!code)
        store_touch(store, "document", document_id);
    return code;
}

enum err_code purge_check(struct store *store, const char *id, struct err *err)
{
    int64_t purged;
    enum err_code code = db_number(store->db, "SELECT count(*) FROM purge WHERE subject_id = ?",
                                   DB_BIND(DB_TEXT(id)), 0, &purged, err);
    return code || !purged ? code : err_set(err, ERR_CONTENT_PURGED, "its content was removed");
}

/* ---- finishing: files, free pages, the log ---- */

bool purge_is_due(const struct store *store)
{
    return store->purge_is_due;
}

/* A file that was stored anew since stays: what is in it was scanned again. */
static enum err_code remove_blobs(struct store *store, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(
        store->db, "SELECT sha256 FROM purge_blob WHERE sha256 NOT IN (SELECT sha256 FROM blob)",
        DB_BIND_NONE, &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        code = blob_remove(store->blobs, query_text(q, 0), err);
    return code;
}

/* Free pages go from the file, and what the log still holds of the old ones with it. */
static enum err_code shrink(struct store *store, struct err *err)
{
    int64_t busy = 0;
    enum err_code code = db_script(store->db, "PRAGMA incremental_vacuum", err);
    if (!code)
        code = db_number(store->db, "PRAGMA wal_checkpoint(TRUNCATE)", DB_BIND_NONE, 0, &busy, err);
    return code || !busy ? code : err_set(err, ERR_STORE_IN_USE, "the log could not be emptied");
}

static enum err_code note_done(struct store *store, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = db_run(store->db, "DELETE FROM purge_blob", DB_BIND_NONE, err);
    if (!code)
        code = db_run(store->db, "UPDATE purge SET done_us = ? WHERE done_us IS NULL",
                      DB_BIND(DB_INT(sys_now_us())), err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code purge_count_begun(struct store *store, int64_t *out, struct err *err)
{
    return db_number(store->db, "SELECT count(*) FROM purge WHERE done_us IS NULL", DB_BIND_NONE, 0,
                     out, err);
}

enum err_code purge_finish(struct store *store, struct err *err)
{
    int64_t begun;
    enum err_code code = purge_count_begun(store, &begun, err);
    store->purge_is_due = code || begun;
    if (code || !begun)
        return code;
    code = remove_blobs(store, err);
    if (!code)
        code = purge_temps(store, err);
    if (!code)
        code = purge_backups(store, err);
    if (!code)
        code = shrink(store, err);
    if (!code)
        code = note_done(store, err);
    store->purge_is_due = code != ERR_OK;
    return code ? err_context(err, code, "purge") : ERR_OK;
}
