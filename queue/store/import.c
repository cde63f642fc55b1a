#include "queue/store/import.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/import_row.h"
#include "queue/store/inside.h"

#include <stdio.h>
#include <string.h>

#define LATER_US (30 * 1000000ll)
#define LATER_DOUBLINGS 6
#define DEATHS_MAX 2

/* ---- states -------------------------------------------------------------------------------------
 */

enum err_code import_move(struct store *store, const char *id, enum import_state from,
                          enum import_state to, const char *code, struct principal by,
                          struct err *err)
{
    if (!import_may_move(from, to))
        return err_set(err, ERR_INTERNAL, "an import item never goes from %s to %s",
                       import_state_name(from), import_state_name(to));
    enum err_code result =
        db_run(store->db,
               "UPDATE import_item SET state = ?, state_us = ?, code = ?, attempts = 0, "
               "not_before_us = 0 WHERE id = ? AND state = ?",
               DB_BIND(DB_TEXT(import_state_name(to)), DB_INT(sys_now_us()), DB_TEXT(code),
                       DB_TEXT(id), DB_TEXT(import_state_name(from))),
               err);
    if (!result && db_changes(store->db) != 1)
        return err_set(err, ERR_STATE_CHANGED, "the item is not %s", import_state_name(from));
    if (result || to == IMPORT_FOUND || to == IMPORT_STABLE)
        return result;
    if (to != IMPORT_TAKEN && to != IMPORT_PAGED)
        store_touch(store, "import", id);
    return audit_write(store,
                       &(struct audit){.kind = "import",
                                       .id = id,
                                       .event = "import",
                                       .from = import_state_name(from),
                                       .to = import_state_name(to),
                                       .detail = code,
                                       .by = by},
                       err);
}

/* ---- taken --------------------------------------------------------------------------------------
 */

struct place {
    char id[ID_SIZE];
    enum import_identity identity;
};

/* *out_known false: nobody had these bytes. */
static enum err_code find_same(struct store *store, const struct import_take *take,
                               struct place *out, bool *out_known, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    enum err_code code =
        db_query(store->db,
                 "SELECT k.id, k.folder, k.path, k.present, i.folder, i.path "
                 "FROM import_item k, import_item i WHERE i.id = ?2 AND k.id <> ?2 "
                 "AND k.sha256 = ?1 AND k.state <> 'duplicate' "
                 "AND k.folder <> '" IMPORT_UPLOAD "' "
                 /* fed into a dossier: what another one holds is not held there */
                 "AND (i.dossier_id IS NULL OR k.dossier_id IS i.dossier_id) "
                 "ORDER BY k.state = 'done' DESC, k.id LIMIT 1",
                 DB_BIND(DB_TEXT(take->sha256), DB_TEXT(take->id)), &q, err);
    if (!code)
        code = query_next(q, out_known, err);
    if (code || !*out_known)
        return code;
    snprintf(out->id, sizeof out->id, "%s", query_text(q, 0));
    out->identity = import_identify(query_text(q, 1), query_text(q, 2), query_int(q, 3) != 0,
                                    query_text(q, 4), query_text(q, 5));
    return ERR_OK;
}

static enum err_code mark_duplicate(struct store *store, const struct import_take *take,
                                    const char *of, struct principal by, struct err *err)
{
    enum err_code code = store_run_one(
        store, "import item",
        "UPDATE import_item SET state = 'duplicate', state_us = ?, code = NULL, sha256 = ?, "
        "duplicate_of = ? WHERE id = ?",
        DB_BIND(DB_INT(sys_now_us()), DB_TEXT(take->sha256), DB_TEXT(of), DB_TEXT(take->id)), err);
    if (code)
        return code;
    return audit_write(store,
                       &(struct audit){.kind = "import",
                                       .id = take->id,
                                       .event = "import",
                                       .from = "stable",
                                       .to = "duplicate",
                                       .detail = of,
                                       .by = by},
                       err);
}

/* The item that is here already lies there now; the new row was the same file. */
static enum err_code take_new_place(struct store *store, const char *id, const char *known,
                                    struct err *err)
{
    AUTO(query) struct query *q = NULL;
    AUTO(mem) char *folder = NULL;
    AUTO(mem) char *path = NULL;
    bool row;
    enum err_code code =
        db_query(store->db,
                 "SELECT folder, path, size_bytes, mtime_us, sweep, present FROM import_item "
                 "WHERE id = ?",
                 DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    folder = mem_strdup(query_text(q, 0));
    path = mem_strdup(query_text(q, 1));
    int64_t size = query_int(q, 2), mtime_us = query_int(q, 3), sweep = query_int(q, 4);
    int64_t present = query_int(q, 5);
    if (!folder || !path)
        return err_set(err, ERR_NO_MEMORY, "import item");
    query_done(TAKE(q));
    code = store_run_one(store, "import item", "DELETE FROM import_item WHERE id = ?",
                         DB_BIND(DB_TEXT(id)), err);
    return code ? code
                : store_run_one(store, "import item",
                                "UPDATE import_item SET folder = ?, path = ?, size_bytes = ?, "
                                "mtime_us = ?, sweep = ?, present = ? WHERE id = ?",
                                DB_BIND(DB_TEXT(folder), DB_TEXT(path), DB_INT(size),
                                        DB_INT(mtime_us), DB_INT(sweep), DB_INT(present),
                                        DB_TEXT(known)),
                                err);
}

static enum err_code keep_bytes(struct store *store, const struct import_take *take,
                                struct principal by, struct err *err)
{
    AUTO(mem) char *facts = take->facts ? js_dump(take->facts) : NULL;
    enum err_code code = blob_commit(store->blobs, store->db, take->temp, take->sha256,
                                     take->size_bytes, err); /* blob first, row second */
    if (!code)
        code = store_run_one(
            store, "import item", "UPDATE import_item SET sha256 = ?, facts = ? WHERE id = ?",
            DB_BIND(DB_TEXT(take->sha256), DB_TEXT(facts), DB_TEXT(take->id)), err);
    return code ? code : import_move(store, take->id, IMPORT_STABLE, IMPORT_TAKEN, NULL, by, err);
}

enum err_code import_took(struct store *store, const struct import_take *take, struct principal by,
                          struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct import_row row;
    struct place same;
    bool known = false;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = import_row_get(store, take->id, &row, err);
    if (!code && (row.state == IMPORT_TAKEN || row.state == IMPORT_DUPLICATE))
        return tx_commit(&tx, err); /* told before */
    if (!code && row.state != IMPORT_STABLE)
        code = err_set(err, ERR_STATE_CHANGED, "the item is %s", import_state_name(row.state));
    if (!code)
        code = find_same(store, take, &same, &known, err);
    if (!code && !known)
        code = keep_bytes(store, take, by, err);
    else if (!code && same.identity == IMPORT_COPY)
        code = mark_duplicate(store, take, same.id, by, err);
    else if (!code)
        code = take_new_place(store, take->id, same.id, err);
    if (!code)
        code = tx_commit(&tx, err);
    if (!code)
        store_discard_temp(store, take->temp);
    return code;
}

enum err_code import_counted(struct store *store, const char *id, int64_t pages,
                             const struct js *signatures, struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(mem) char *text = signatures ? js_dump(signatures) : NULL;
    struct import_row row;
    if (signatures && !text)
        return err_set(err, ERR_NO_MEMORY, "signatures");
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = import_row_get(store, id, &row, err);
    if (!code && row.state == IMPORT_PAGED)
        return tx_commit(&tx, err); /* told before */
    if (!code)
        code = store_run_one(store, "import item",
                             "UPDATE import_item SET pages = ?1, signatures = ?2, "
                             "unit = CASE WHEN ?2 IS NULL THEN unit END WHERE id = ?3",
                             DB_BIND(DB_INT(pages), DB_TEXT(text), DB_TEXT(id)), err);
    if (!code)
        code = import_move(store, id, IMPORT_TAKEN, IMPORT_PAGED, NULL, by, err);
    return code ? code : tx_commit(&tx, err);
}

/* ---- exceptions and failures --------------------------------------------------------------------
 */

static bool add_page(struct js *object, const char *name, int64_t page)
{
    AUTO(js) struct js *pages = js_at(object, name) ? js_copy(js_at(object, name)) : js_array();
    AUTO(js) struct js *number = js_int(page);
    for (size_t i = 0; i < js_count(pages); i++)
        if (js_equal(js_item(pages, i), number))
            return true;
    return js_push(pages, js_ref(number)) && js_set(object, name, js_ref(pages));
}

enum err_code import_except(struct store *store, const char *id, int64_t page,
                            const struct js *exceptions, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(mem) char *before = NULL;
    AUTO(mem) char *after = NULL;
    AUTO(js) struct js *object = NULL;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = db_text(store->db, "SELECT exceptions FROM import_item WHERE id = ?",
                       DB_BIND(DB_TEXT(id)), &before, err);
    if (!code && !before)
        code = err_set(err, ERR_NOT_FOUND, "no such import item");
    if (!code)
        code = js_parse(before, strlen(before), &object, err);
    for (size_t i = 0; !code && i < js_count(exceptions); i++)
        if (!add_page(object, js_text_or(js_item(exceptions, i), "", ""), page))
            code = err_set(err, ERR_NO_MEMORY, "exceptions");
    after = code ? NULL : js_dump(object);
    if (!code)
        code = store_run_one(store, "import item",
                             "UPDATE import_item SET exceptions = ? WHERE id = ?",
                             DB_BIND(DB_TEXT(after), DB_TEXT(id)), err);
    return code ? code : tx_commit(&tx, err);
}

static enum err_code try_later(struct store *store, const struct import_row *row, const char *why,
                               struct err *err)
{
    int doublings = row->attempts < LATER_DOUBLINGS ? (int)row->attempts : LATER_DOUBLINGS;
    return store_run_one(
        store, "import item",
        "UPDATE import_item SET code = ?, attempts = attempts + 1, not_before_us = ? WHERE id = ?",
        DB_BIND(DB_TEXT(why), DB_INT(sys_now_us() + (LATER_US << doublings)), DB_TEXT(row->id)),
        err);
}

static bool is_death(const char *why)
{
    return strcmp(why, "WORKER_DIED") == 0 || strcmp(why, "WORKER_HUNG") == 0;
}

enum err_code import_fail(struct store *store, const char *id, const char *why,
                          enum import_failure how, struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct import_row row;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = import_row_get(store, id, &row, err);
    if (code)
        return code;
    if (how == IMPORT_LATER && is_death(why) && row.attempts + 1 >= DEATHS_MAX)
        how = IMPORT_WAIT;
    enum import_state to = how == IMPORT_WAIT ? IMPORT_WAITING : IMPORT_REFUSED;
    if (how == IMPORT_LATER)
        code = try_later(store, &row, why, err);
    else if (row.state != to) /* else told before */
        code = import_move(store, id, row.state, to, why, by, err);
    if (!code && how != IMPORT_LATER && row.document_id[0])
        code = import_end_document(store, row.id, row.document_id, by, err);
    else if (!code && how != IMPORT_LATER)
        code = import_ask_missing(store, row.id, err);
    return code ? code : tx_commit(&tx, err);
}
