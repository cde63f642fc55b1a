#include "queue/store/due_purge.h"

#include "daemon/base/id.h"
#include "daemon/base/sys.h"
#include "queue/store/advance.h"
#include "queue/store/inside.h"
#include "queue/store/purge.h"
#include "queue/store/remote_held.h"

#include <string.h>

#define DAY_US (INT64_C(24) * 3600 * 1000000)
#define AGAIN_DAYS 30 /* after a look that did not end in a purge */

/* Nobody here may still need the contents. */
#define DISPENSABLE                                                                                \
    "d.state = 'closed' AND EXISTS (SELECT 1 FROM dossier s WHERE s.id = d.dossier_id AND "        \
    "s.closed_us IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM delivery v WHERE v.document_id = "     \
    "d.id AND v.state <> 'reconciled') AND EXISTS (SELECT 1 FROM delivery v WHERE v.document_id "  \
    "= d.id) AND NOT EXISTS (SELECT 1 FROM reuse u JOIN dossier o ON o.id = u.dossier_id WHERE "   \
    "u.source_document = d.id AND u.undone_us IS NULL AND o.closed_us IS NULL) AND NOT EXISTS "    \
    "(SELECT 1 FROM document n WHERE n.replaces = d.id AND n.state NOT IN ('rejected', "           \
    "'failed')) AND NOT EXISTS (SELECT 1 FROM task t WHERE t.document_id = d.id AND t.closed_us "  \
    "IS NULL)"

/* Read back since it was asked for, byte by byte, at every target. */
#define LOOKED_AT                                                                                  \
    "NOT EXISTS (SELECT 1 FROM delivery v WHERE v.document_id = d.id AND (v.reconcile_asked = 1 "  \
    "OR coalesce(json_extract(v.receipt, '$.read_at_us'), 0) < p.asked_us))"
#define BY_READING                                                                                 \
    "NOT EXISTS (SELECT 1 FROM delivery v WHERE v.document_id = d.id AND "                         \
    "(coalesce(json_extract(v.receipt, '$.pdf_proof'), 'read') <> 'read' OR "                      \
    "coalesce(json_extract(v.receipt, '$.json_proof'), 'read') <> 'read'))"

/* ---- asking ---- */

static enum err_code ask(struct store *store, const char *document_id, struct err *err)
{
    enum err_code code =
        db_run(store->db,
               "INSERT INTO purge_look (document_id, asked_us) VALUES (?1, ?2) ON CONFLICT "
               "(document_id) DO UPDATE SET asked_us = ?2, ended_us = NULL, why = NULL",
               DB_BIND(DB_TEXT(document_id), DB_INT(sys_now_us())), err);
    if (!code)
        code = db_run(store->db,
                      "UPDATE delivery SET reconcile_asked = 1, attempts = 0, not_before_us = 0 "
                      "WHERE document_id = ?",
                      DB_BIND(DB_TEXT(document_id)), err);
    if (!code)
        store_touch(store, "document", document_id);
    return code;
}

static enum err_code ask_next(struct store *store, int64_t after_days, bool *out_any,
                              struct err *err)
{
    AUTO(mem) char *id = NULL;
    int64_t now_us = sys_now_us();
    enum err_code code = db_text(
        store->db,
        "SELECT d.id FROM document d WHERE d.state_us <= ?1 AND NOT EXISTS (SELECT 1 FROM "
        "purge_look p WHERE p.document_id = d.id AND (p.ended_us IS NULL OR p.ended_us > ?2)) "
        "AND " DISPENSABLE " ORDER BY d.state_us LIMIT 1",
        DB_BIND(DB_INT(now_us - after_days * DAY_US), DB_INT(now_us - AGAIN_DAYS * DAY_US)), &id,
        err);
    *out_any = !code && id;
    return *out_any ? ask(store, id, err) : code;
}

/* ---- ending ---- */

static enum err_code end(struct store *store, const char *document_id, const char *why,
                         struct err *err)
{
    return db_run(store->db,
                  "UPDATE purge_look SET ended_us = ?, why = ? WHERE document_id = ? "
                  "AND ended_us IS NULL",
                  DB_BIND(DB_INT(sys_now_us()), DB_TEXT(why), DB_TEXT(document_id)), err);
}

enum err_code due_purge_end(struct store *store, const char *document_id, const char *why,
                            struct principal by, bool *out_was, struct err *err)
{
    (void)by;
    enum err_code code = end(store, document_id, why, err);
    *out_was = !code && db_changes(store->db) == 1;
    return code;
}

/* What others said of the person goes with the last paper of the dossier. */
static enum err_code forget_answers(struct store *store, const char *document_id, struct err *err)
{
    AUTO(mem) char *dossier = NULL;
    enum err_code code = db_text(
        store->db,
        "SELECT d.dossier_id FROM document d WHERE d.id = ? AND NOT EXISTS (SELECT 1 FROM document "
        "o WHERE o.dossier_id = d.dossier_id AND o.state NOT IN ('purged', 'rejected', 'failed'))",
        DB_BIND(DB_TEXT(document_id)), &dossier, err);
    return code || !dossier ? code : remote_held_forget(store, dossier, err);
}

static enum err_code purge(struct store *store, const char *document_id, struct principal by,
                           struct err *err)
{
    enum err_code code = store_advance(store,
                                       &(struct advance){.machine = MACHINE_document,
                                                         .id = document_id,
                                                         .from = "closed",
                                                         .to = "purged",
                                                         .event = "purge",
                                                         .detail = "retention",
                                                         .by = by},
                                       err);
    if (!code)
        code = purge_document(store, document_id, "retention", by, err);
    if (!code)
        code = forget_answers(store, document_id, err);
    return code ? code : end(store, document_id, "purged", err);
}

struct looked {
    char id[ID_SIZE];
    bool dispensable, by_reading;
};

/* The next one that every target has answered about, or that is not due any more. */
static enum err_code find_looked(struct store *store, struct looked *out, bool *out_any,
                                 struct err *err)
{
    AUTO(query) struct query *q = NULL;
    enum err_code code =
        db_query(store->db,
                 "SELECT d.id, " DISPENSABLE ", " BY_READING " FROM purge_look p JOIN document d "
                 "ON d.id = p.document_id WHERE p.ended_us IS NULL AND (NOT (" DISPENSABLE
                 ") OR " LOOKED_AT ") ORDER BY p.asked_us LIMIT 1",
                 DB_BIND_NONE, &q, err);
    if (!code)
        code = query_next(q, out_any, err);
    if (code || !*out_any)
        return code;
    memcpy(out->id, query_text(q, 0), ID_SIZE);
    out->dispensable = query_int(q, 1) != 0;
    out->by_reading = query_int(q, 2) != 0;
    return ERR_OK;
}

static enum err_code end_next(struct store *store, struct principal by, bool *out_any,
                              bool *out_purged, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct looked looked;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = find_looked(store, &looked, out_any, err);
    if (code || !*out_any)
        return code;
    *out_purged = looked.dispensable && looked.by_reading;
    if (*out_purged)
        code = purge(store, looked.id, by, err);
    else
        code = end(store, looked.id, looked.dispensable ? "not-read-back" : "needed-again", err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code due_purge_step(struct store *store, int64_t after_days, int64_t most,
                             struct principal by, struct js **out, struct err *err)
{
    int64_t asked = 0, purged = 0, waiting = 0;
    enum err_code code = ERR_OK;
    bool any = true;
    for (int64_t i = 0; !code && any && i < most; i++) {
        bool was_purged = false;
        code = end_next(store, by, &any, &was_purged, err);
        purged += !code && any && was_purged;
    }
    any = after_days > 0;
    while (!code && any && asked < most) {
        code = ask_next(store, after_days, &any, err);
        asked += !code && any;
    }
    if (!code)
        code = db_number(store->db, "SELECT count(*) FROM purge_look WHERE ended_us IS NULL",
                         DB_BIND_NONE, 0, &waiting, err);
    if (code)
        return code;
    *out = js_pack("{s:I, s:I, s:I}", "asked", asked, "purged", purged, "waiting", waiting);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}
