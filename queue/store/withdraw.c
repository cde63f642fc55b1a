#include "queue/store/withdraw.h"

#include "daemon/base/sys.h"
#include "queue/store/advance.h"
#include "queue/store/audit.h"
#include "queue/store/claim.h"
#include "queue/store/incident.h"
#include "queue/store/inside.h"
#include "queue/store/register.h"
#include "queue/store/task.h"

#include <stdio.h>
#include <string.h>

static enum err_code move(struct store *store, enum machine machine, const char *id,
                          const char *from, const char *to, const char *event, const char *detail,
                          struct principal by, struct err *err)
{
    return store_advance(store,
                         &(struct advance){.machine = machine,
                                           .id = id,
                                           .from = from,
                                           .to = to,
                                           .event = event,
                                           .detail = detail,
                                           .by = by},
                         err);
}

/* ---- deciding ---- */

static enum err_code note(struct store *store, const struct subject *document, const char *reason,
                          bool wrong_person, struct principal by, struct err *err)
{
    char id[ID_SIZE];
    id_new(id);
    return db_run(store->db,
                  "INSERT INTO withdrawal (id, document_id, reason, wrong_person, from_state, "
                  "asked_us, asked_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
                  DB_BIND(DB_TEXT(id), DB_TEXT(document->document_id), DB_TEXT(reason),
                          DB_INT(wrong_person), DB_TEXT(subject_stage_state(document)),
                          DB_INT(sys_now_us()), DB_TEXT(by.id)),
                  err);
}

static enum err_code retire_code(struct store *store, const char *document_id, bool retired,
                                 struct principal by, struct err *err)
{
    return db_run(store->db,
                  "UPDATE result_code SET retired_us = ?, retired_by = ? "
                  "WHERE document_id = ? AND ended_us IS NULL",
                  DB_BIND(retired ? DB_INT(sys_now_us()) : DB_NULL, DB_TEXT(retired ? by.id : NULL),
                          DB_TEXT(document_id)),
                  err);
}

/* Cases that took the paper over instead of a scan rest on something that no longer holds. */
static enum err_code tell_reusers(struct store *store, const char *document_id, struct principal by,
                                  struct err *err)
{
    char before[ID_SIZE] = "";
    for (;;) {
        AUTO(mem) char *dossier = NULL;
        enum err_code code = db_text(store->db,
                                     "SELECT min(dossier_id) FROM reuse WHERE source_document = ? "
                                     "AND undone_us IS NULL AND dossier_id > ?",
                                     DB_BIND(DB_TEXT(document_id), DB_TEXT(before)), &dossier, err);
        if (!code && dossier)
            code = task_open(store,
                             &(struct task){.kind = "reused-withdrawn",
                                            .document_id = document_id,
                                            .dossier_id = dossier},
                             by, err);
        if (code || !dossier)
            return code;
        snprintf(before, sizeof before, "%s", dossier);
    }
}

/* Out of what holds it, since that is over, too. */
static enum err_code end_hold(struct store *store, struct subject *document, struct principal by,
                              struct err *err)
{
    if (strcmp(document->state, "held") != 0)
        return ERR_OK;
    enum err_code code = move(store, MACHINE_document, document->document_id, "held",
                              document->held_from, "release", NULL, by, err);
    if (!code)
        snprintf(document->state, sizeof document->state, "%s", document->held_from);
    return code;
}

/* The versions it replaced: what of them lies at a target goes with it. */
static enum err_code settle_older(struct store *store, const char *document_id, struct principal by,
                                  struct err *err)
{
    AUTO(mem) char *older = NULL;
    enum err_code code = db_text(store->db, "SELECT replaces FROM document WHERE id = ?",
                                 DB_BIND(DB_TEXT(document_id)), &older, err);
    if (code || !older)
        return code;
    code = withdraw_settle_document(store, older, by, err);
    return code ? code : settle_older(store, older, by, err);
}

enum err_code document_withdraw(struct store *store, const char *document_id, const char *reason,
                                bool wrong_person, struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct subject document;
    enum err_code code = subject_begin(store, &tx, MACHINE_document, document_id, &document, err);
    if (!code && !state_find_move(MACHINE_document, subject_stage_state(&document), "withdrawn"))
        code = err_set(err, ERR_STATE_CHANGED, "document is %s", document.state);
    if (!code)
        code = note(store, &document, reason, wrong_person, by, err);
    if (!code)
        code = end_hold(store, &document, by, err);
    if (!code)
        code = move(store, MACHINE_document, document_id, document.state, "withdrawn", "withdraw",
                    reason, by, err);
    if (!code)
        code = claim_drop(store, MACHINE_document, document_id, err);
    if (!code)
        code = retire_code(store, document_id, true, by, err);
    if (!code && wrong_person)
        code = incident_note(store, document.dossier_id, document_id, by, err);
    if (!code)
        code = withdraw_settle_document(store, document_id, by, err);
    if (!code)
        code = settle_older(store, document_id, by, err);
    if (!code)
        code = tell_reusers(store, document_id, by, err);
    return code ? code : tx_commit(&tx, err);
}

/* ---- taking it back before a target was told ---- */

/* Rows about this withdrawal: the document's, and of older versions those that went with it. */
#define WITHDRAWN_WITH                                                                             \
    "WITH RECURSIVE chain (id) AS (SELECT ?1 UNION SELECT d.replaces FROM document d "             \
    "JOIN chain ON d.id = chain.id WHERE d.replaces IS NOT NULL) "
#define OF_CHAIN                                                                                   \
    "FROM delivery_withdrawal w JOIN delivery v ON v.id = w.delivery_id "                          \
    "JOIN chain ON chain.id = v.document_id WHERE w.reason_code <> 'replaced' "

static enum err_code check_may_undo(struct store *store, const char *document_id, bool *out_may,
                                    struct err *err)
{
    int64_t told = 0, newer = 0;
    enum err_code code = db_number(
        store->db, WITHDRAWN_WITH "SELECT count(*) " OF_CHAIN "AND w.begun_us IS NOT NULL",
        DB_BIND(DB_TEXT(document_id)), 0, &told, err);
    if (!code)
        code = db_number(store->db,
                         "SELECT count(*) FROM document WHERE replaces = ? AND "
                         "coalesce(held_from, state) NOT IN "
                         "('open', 'read', 'copied', 'rejected', 'failed')",
                         DB_BIND(DB_TEXT(document_id)), 0, &newer, err);
    if (code)
        return code;
    *out_may = !told && !newer;
    return newer  ? err_set(err, ERR_STATE_CHANGED, "a newer version is signed")
           : told ? err_set(err, ERR_WITHDRAW_BEGUN, "%lld targets know of it", (long long)told)
                  : ERR_OK;
}

static enum err_code restore_delivery(struct store *store, const char *id, const char *from_state,
                                      struct principal by, struct err *err)
{
    struct subject delivery;
    enum err_code code = subject_get(store, MACHINE_delivery, id, &delivery, err);
    if (!code && strcmp(delivery.state, "held") == 0) {
        code = move(store, MACHINE_delivery, id, "held", delivery.held_from, "release", "undo", by,
                    err);
        snprintf(delivery.state, sizeof delivery.state, "%s", delivery.held_from);
    }
    if (!code)
        code = move(store, MACHINE_delivery, id, delivery.state, from_state, "undo", NULL, by, err);
    if (!code)
        code = subject_set_wait(store, MACHINE_delivery, id, 0, 0, err);
    if (!code)
        code = db_run(store->db, "DELETE FROM delivery_withdrawal WHERE delivery_id = ?",
                      DB_BIND(DB_TEXT(id)), err);
    return code;
}

static enum err_code restore_deliveries(struct store *store, const char *document_id,
                                        struct principal by, struct err *err)
{
    for (;;) {
        char id[ID_SIZE] = "", from_state[16] = "";
        {
            AUTO(query) struct query *q = NULL;
            bool row = false;
            enum err_code code =
                db_query(store->db, WITHDRAWN_WITH "SELECT v.id, w.from_state " OF_CHAIN "LIMIT 1",
                         DB_BIND(DB_TEXT(document_id)), &q, err);
            if (!code)
                code = query_next(q, &row, err);
            if (code || !row)
                return code;
            snprintf(id, sizeof id, "%s", query_text(q, 0));
            snprintf(from_state, sizeof from_state, "%s", query_text(q, 1));
        }
        enum err_code code = restore_delivery(store, id, from_state, by, err);
        if (code)
            return code;
    }
}

enum err_code document_withdraw_undo(struct store *store, const char *document_id,
                                     struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(mem) char *from_state = NULL;
    struct subject document;
    bool may = false;
    enum err_code code = subject_begin(store, &tx, MACHINE_document, document_id, &document, err);
    if (!code)
        code = db_text(store->db,
                       "SELECT from_state FROM withdrawal "
                       "WHERE document_id = ? AND undone_us IS NULL",
                       DB_BIND(DB_TEXT(document_id)), &from_state, err);
    if (!code && (!from_state || strcmp(document.state, "withdrawn") != 0))
        code = err_set(err, ERR_STATE_CHANGED, "document is %s", document.state);
    if (!code)
        code = check_may_undo(store, document_id, &may, err);
    if (!code)
        code = restore_deliveries(store, document_id, by, err);
    if (!code)
        code = move(store, MACHINE_document, document_id, "withdrawn", from_state, "undo", NULL, by,
                    err);
    if (!code)
        code = db_run(store->db,
                      "UPDATE withdrawal SET undone_us = ?, undone_by = ? "
                      "WHERE document_id = ? AND undone_us IS NULL",
                      DB_BIND(DB_INT(sys_now_us()), DB_TEXT(by.id), DB_TEXT(document_id)), err);
    if (!code)
        code = retire_code(store, document_id, false, by, err);
    if (!code)
        code = incident_undo(store, document_id, by, err);
    if (!code)
        code = register_read(store, document_id, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code withdraw_show(struct store *store, const char *document_id, struct js *document,
                            struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false, may_undo = false;
    struct err why = ERR_INIT;
    enum err_code code = db_query(store->db,
                                  "SELECT reason, wrong_person, asked_us, asked_by FROM withdrawal "
                                  "WHERE document_id = ? AND undone_us IS NULL",
                                  DB_BIND(DB_TEXT(document_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    if (row && check_may_undo(store, document_id, &may_undo, &why))
        may_undo = false;
    struct js *value =
        row ? js_pack("{s:s, s:b, s:I, s:s, s:b}", "reason", query_text(q, 0), "wrong_person",
                      (int)(query_int(q, 1) != 0), "asked_us", query_int(q, 2), "asked_by",
                      query_text(q, 3), "may_undo", (int)may_undo)
            : js_null();
    return js_set(document, "withdrawal", value) ? ERR_OK
                                                 : err_set(err, ERR_NO_MEMORY, "withdrawal");
}
