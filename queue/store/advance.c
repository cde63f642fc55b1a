#include "queue/store/advance.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/inside.h"
#include "queue/store/register.h"

#include <stdio.h>
#include <string.h>

/* ?8 is the state a held row is released to; NULL when the row is not held or gets rejected */
#define SET_STATE(table)                                                                           \
    "UPDATE " table " SET state = ?1, state_us = ?2, held_from = ?3, held_reason = ?4, "           \
    "held_ref = ?5 WHERE id = ?6 AND state = ?7 AND (?8 IS NULL OR held_from = ?8)"

#define SET_WAIT(table) "UPDATE " table " SET attempts = ?, not_before_us = ? WHERE id = ?"

static const struct {
    const char *set_state, *set_wait, *get;
} statements[MACHINE_COUNT] = {
    [MACHINE_page] = {SET_STATE("page"), SET_WAIT("page"),
                      "SELECT state, held_from, document_id, dossier_id, attempts, not_before_us "
                      "FROM page WHERE id = ?"},
    [MACHINE_document] = {SET_STATE("document"), SET_WAIT("document"),
                          "SELECT state, held_from, id, dossier_id, attempts, not_before_us "
                          "FROM document WHERE id = ?"},
    [MACHINE_delivery] = {SET_STATE("delivery"), SET_WAIT("delivery"),
                          "SELECT v.state, v.held_from, v.document_id, d.dossier_id, v.attempts, "
                          "v.not_before_us FROM delivery v JOIN document d ON d.id = v.document_id "
                          "WHERE v.id = ?"},
};

static void copy_column(struct query *q, int column, char *out, size_t size)
{
    const char *text = query_text(q, column);
    snprintf(out, size, "%s", text ? text : "");
}

enum err_code subject_get(struct store *store, enum machine machine, const char *id,
                          struct subject *out, struct err *err)
{
    AUTO(query)
    struct query *q = NULL;
    bool row;
    enum err_code code =
        db_query(store->db, statements[machine].get, DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no such %s", machine_name(machine));
    copy_column(q, 0, out->state, sizeof out->state);
    copy_column(q, 1, out->held_from, sizeof out->held_from);
    copy_column(q, 2, out->document_id, sizeof out->document_id);
    copy_column(q, 3, out->dossier_id, sizeof out->dossier_id);
    out->attempts = query_int(q, 4);
    out->not_before_us = query_int(q, 5);
    return ERR_OK;
}

enum err_code subject_begin(struct store *store, struct tx *tx, enum machine machine,
                            const char *id, struct subject *out, struct err *err)
{
    enum err_code code = tx_begin(tx, store->db, err);
    return code ? code : subject_get(store, machine, id, out, err);
}

const char *subject_stage_state(const struct subject *subject)
{
    return subject->held_from[0] ? subject->held_from : subject->state;
}

enum err_code subject_set_wait(struct store *store, enum machine machine, const char *id,
                               int64_t attempts, int64_t not_before_us, struct err *err)
{
    return store_run_one(store, machine_name(machine), statements[machine].set_wait,
                         DB_BIND(DB_INT(attempts), DB_INT(not_before_us), DB_TEXT(id)), err);
}

static enum err_code set_state(struct store *store, const struct advance *move, struct err *err)
{
    bool to_held = strcmp(move->to, "held") == 0;
    bool released = strcmp(move->from, "held") == 0 && strcmp(move->to, "rejected") != 0;
    return db_run(store->db, statements[move->machine].set_state,
                  DB_BIND(DB_TEXT(move->to), DB_INT(sys_now_us()),
                          DB_TEXT(to_held ? move->from : NULL),
                          DB_TEXT(to_held ? move->held_reason : NULL),
                          DB_TEXT(to_held ? move->held_ref : NULL), DB_TEXT(move->id),
                          DB_TEXT(move->from), DB_TEXT(released ? move->to : NULL)),
                  err);
}

static enum err_code somebody_was_faster(struct store *store, const struct advance *move,
                                         struct err *err)
{
    struct subject subject;
    enum err_code code = subject_get(store, move->machine, move->id, &subject, err);
    if (code)
        return code;
    return err_set(err, ERR_STATE_CHANGED, "%s is %s%s%s, not %s", machine_name(move->machine),
                   subject.state, subject.held_from[0] ? " from " : "", subject.held_from,
                   move->from);
}

/* What a paper held goes to others. */
static enum err_code let_go(struct store *store, const struct advance *move, struct err *err)
{
    static const char *const ends[] = {"rejected", "failed", "superseded", "withdrawn"};
    for (size_t i = 0; move->machine == MACHINE_document && i < sizeof ends / sizeof *ends; i++)
        if (strcmp(move->to, ends[i]) == 0)
            return register_over(store, move->id, err);
    return ERR_OK;
}

enum err_code store_advance(struct store *store, const struct advance *move, struct err *err)
{
    const struct state_move *row = state_find_move(move->machine, move->from, move->to);
    if (!row || strcmp(row->event, move->event) != 0)
        return err_set(err, ERR_INTERNAL, "%s has no move '%s' from %s to %s",
                       machine_name(move->machine), move->event, move->from, move->to);
    AUTO(tx)
    struct tx tx = TX_INIT;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = set_state(store, move, err);
    if (!code && db_changes(store->db) != 1)
        code = somebody_was_faster(store, move, err);
    if (!code)
        code =
            audit_write(store,
                        &(struct audit){.kind = machine_name(move->machine),
                                        .id = move->id,
                                        .event = move->event,
                                        .from = move->from,
                                        .to = move->to,
                                        .detail = move->detail ? move->detail : move->held_reason,
                                        .by = move->by},
                        err);
    if (!code)
        code = let_go(store, move, err);
    if (!code)
        code = tx_commit(&tx, err);
    if (!code)
        store_touch(store, machine_name(move->machine), move->id);
    return code;
}
