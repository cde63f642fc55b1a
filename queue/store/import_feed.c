#include "queue/store/import.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/dossier.h"
#include "queue/store/inside.h"

#include <stdio.h>
#include <string.h>

/* The dossier that a copier's folder feeds. It ends when the dossier is closed, and after a time
 * without files: the next citizen's paper must not land in the former one's dossier. */

#define LIVES                                                                                      \
    "FROM import_folder f JOIN dossier d ON d.id = f.feed_dossier_id "                             \
    "WHERE f.name = ?1 AND d.closed_us IS NULL AND f.feed_until_us > ?2"

static enum err_code feed_of(struct store *store, const char *folder, char out_dossier_id[ID_SIZE],
                             struct err *err)
{
    AUTO(mem) char *id = NULL;
    enum err_code code = db_text(store->db, "SELECT d.id " LIVES,
                                 DB_BIND(DB_TEXT(folder), DB_INT(sys_now_us())), &id, err);
    snprintf(out_dossier_id, ID_SIZE, "%s", id ? id : "");
    return code;
}

static enum err_code bind(struct store *store, const char *item_id, const char *dossier_id,
                          struct err *err)
{
    enum err_code code =
        store_run_one(store, "import item", "UPDATE import_item SET dossier_id = ? WHERE id = ?",
                      DB_BIND(DB_TEXT(dossier_id), DB_TEXT(item_id)), err);
    if (!code)
        store_touch(store, "import", item_id);
    return code;
}

enum err_code import_bind(struct store *store, const char *folder, const char *item_id,
                          struct err *err)
{
    char dossier_id[ID_SIZE];
    enum err_code code = feed_of(store, folder, dossier_id, err);
    if (code || !dossier_id[0])
        return code;
    code = bind(store, item_id, dossier_id, err);
    if (code)
        return code;
    return store_run_one(store, "import folder",
                         "UPDATE import_folder SET feed_until_us = ? + feed_idle_us WHERE name = ?",
                         DB_BIND(DB_INT(sys_now_us()), DB_TEXT(folder)), err);
}

static enum err_code check_takes_files(struct store *store, const char *dossier_id, struct err *err)
{
    int64_t closed;
    enum err_code code =
        db_number(store->db, "SELECT closed_us IS NOT NULL FROM dossier WHERE id = ?",
                  DB_BIND(DB_TEXT(dossier_id)), -1, &closed, err);
    if (!code && closed < 0)
        return err_set(err, ERR_NOT_FOUND, "no such dossier");
    if (!code && closed)
        return err_set(err, ERR_STATE_CHANGED, "the dossier is closed");
    return code;
}

/* Of no dossier: those that wait for one, and those that are on their way to waiting. */
#define STRAYS                                                                                     \
    "FROM import_item WHERE folder = ? AND fed AND dossier_id IS NULL AND document_id IS NULL "    \
    "AND (present OR sha256 IS NOT NULL) AND (state IN ('found', 'stable', 'taken', 'paged') "     \
    "OR state = 'waiting' AND code = 'FEED_MISSING')"

static enum err_code check_said(struct store *store, const char *folder, enum feed_waiting waiting,
                                struct err *err)
{
    int64_t count;
    if (waiting != FEED_WAITING_UNSAID)
        return ERR_OK;
    enum err_code code =
        db_number(store->db, "SELECT count(*) " STRAYS, DB_BIND(DB_TEXT(folder)), 0, &count, err);
    if (!code && count)
        return err_set(err, ERR_FEED_WAITING, "%lld files wait: say waiting take or leave",
                       (long long)count);
    return code;
}

static enum err_code take_stray(struct store *store, const char *id, const char *dossier_id,
                                struct principal by, struct err *err)
{
    int64_t waits;
    enum import_state was;
    enum err_code code = bind(store, id, dossier_id, err);
    if (!code)
        code = db_number(store->db, "SELECT state = 'waiting' FROM import_item WHERE id = ?",
                         DB_BIND(DB_TEXT(id)), 0, &waits, err);
    if (code || !waits)
        return code;
    code = import_state_by_facts(store, id, &was, err);
    return code ? code : import_move(store, id, IMPORT_WAITING, was, NULL, by, err);
}

static enum err_code take_strays(struct store *store, const char *folder, const char *dossier_id,
                                 struct principal by, struct err *err)
{
    for (;;) {
        AUTO(mem) char *id = NULL;
        enum err_code code = db_text(store->db, "SELECT id " STRAYS " ORDER BY id LIMIT 1",
                                     DB_BIND(DB_TEXT(folder)), &id, err);
        if (!code && id)
            code = take_stray(store, id, dossier_id, by, err);
        if (code || !id)
            return code;
    }
}

enum err_code import_feed(struct store *store, const char *folder, const char *dossier_id,
                          enum feed_waiting waiting, int64_t idle_us, struct principal by,
                          struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    int64_t now_us = sys_now_us();
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code && dossier_id)
        code = check_takes_files(store, dossier_id, err);
    if (!code && dossier_id)
        code = check_said(store, folder, waiting, err);
    if (!code)
        code = db_run(
            store->db,
            "INSERT INTO import_folder (name, feed_dossier_id, feed_us, feed_until_us, "
            "feed_idle_us) VALUES (?1, ?2, ?3, ?3 + ?4, ?4) ON CONFLICT (name) DO UPDATE "
            "SET feed_dossier_id = ?2, feed_us = ?3, feed_until_us = ?3 + ?4, "
            "feed_idle_us = ?4",
            DB_BIND(DB_TEXT(folder), DB_TEXT(dossier_id), DB_INT(now_us), DB_INT(idle_us)), err);
    if (!code && dossier_id && waiting == FEED_WAITING_TAKE)
        code = take_strays(store, folder, dossier_id, by, err);
    if (!code)
        code = audit_write(store,
                           &(struct audit){.kind = dossier_id ? "dossier" : "import",
                                           .id = dossier_id ? dossier_id : folder,
                                           .event = dossier_id ? "feed" : "feed-end",
                                           .detail = folder,
                                           .by = by},
                           err);
    if (!code && dossier_id)
        store_touch(store, "dossier", dossier_id);
    return code ? code : tx_commit(&tx, err);
}

enum err_code import_feed_to_js(struct store *store, const char *folder, struct js **out,
                                struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code = db_query(store->db, "SELECT d.id, f.feed_us, f.feed_until_us " LIVES,
                                  DB_BIND(DB_TEXT(folder), DB_INT(sys_now_us())), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    *out = row ? js_pack("{s:s, s:I, s:I}", "dossier_id", query_text(q, 0), "since_us",
                         query_int(q, 1), "until_us", query_int(q, 2))
               : js_null();
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "feed");
}
