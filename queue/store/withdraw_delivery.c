#include "daemon/base/sys.h"
#include "queue/store/advance.h"
#include "queue/store/audit.h"
#include "queue/store/completion.h"
#include "queue/store/task.h"
#include "queue/store/withdraw.h"

#include <stdio.h>
#include <string.h>

/* What of withdraw.h is about one delivery: why it goes, what becomes of it, what its target is
 * told. */

struct leaving {
    char id[ID_SIZE], state[16], document_id[ID_SIZE], document_state[16];
    char target[128];
    bool is_held, is_tried; /* how the last try ended is not known, or it is there */
    bool is_under_way;
};

/* Why; from whom the word comes, since when. */
struct grounds {
    const char *code; /* NULL: it stays */
    char replaced_by[ID_SIZE], by[200];
    int64_t asked_us;
};

static void copy(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "");
}

static enum err_code read_leaving(struct store *store, const char *id, struct leaving *out,
                                  struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code = db_query(
        store->db,
        "SELECT coalesce(v.held_from, v.state), v.held_from IS NOT NULL, v.document_id, d.state, "
        "v.target, v.ask_first OR v.remote_name IS NOT NULL, EXISTS (SELECT 1 FROM claim c "
        "WHERE c.kind = 'delivery' AND c.subject_id = v.id AND c.lease_until_us > ?2) "
        "FROM delivery v JOIN document d ON d.id = v.document_id WHERE v.id = ?1",
        DB_BIND(DB_TEXT(id), DB_INT(sys_now_us())), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no such delivery");
    copy(out->id, sizeof out->id, id);
    copy(out->state, sizeof out->state, query_text(q, 0));
    out->is_held = query_int(q, 1) != 0;
    copy(out->document_id, sizeof out->document_id, query_text(q, 2));
    copy(out->document_state, sizeof out->document_state, query_text(q, 3));
    copy(out->target, sizeof out->target, query_text(q, 4));
    out->is_tried = query_int(q, 5) != 0 || strcmp(out->state, "queued") != 0;
    out->is_under_way = query_int(q, 6) != 0;
    return ERR_OK;
}

/* ---- why ---- */

static enum err_code ask_withdrawal(struct store *store, const char *document_id,
                                    struct grounds *out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code = db_query(store->db,
                                  "SELECT wrong_person, asked_us, asked_by FROM withdrawal "
                                  "WHERE document_id = ? AND undone_us IS NULL",
                                  DB_BIND(DB_TEXT(document_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code || !row)
        return code;
    out->code = query_int(q, 0) ? "wrong-person" : "withdrawn";
    out->asked_us = query_int(q, 1);
    copy(out->by, sizeof out->by, query_text(q, 2));
    return ERR_OK;
}

/* The newest later version that a target has, or is never to have; a withdrawn one takes all before
 * it along. */
static enum err_code find_successor(struct store *store, const struct leaving *leaving,
                                    char out_id[ID_SIZE], bool *out_withdrawn, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code = db_query(
        store->db,
        "WITH RECURSIVE later (id) AS (SELECT ?1 UNION SELECT d.id FROM document d "
        "JOIN later ON d.replaces = later.id WHERE d.state NOT IN ('rejected', 'failed')) "
        "SELECT d.id, d.state = 'withdrawn' FROM later JOIN document d ON d.id = later.id "
        "WHERE d.id <> ?1 AND (d.state = 'withdrawn' OR EXISTS (SELECT 1 FROM delivery v "
        "WHERE v.document_id = d.id AND v.target = ?2 AND v.state IN ('accepted', 'reconciled')) "
        "OR (d.state IN ('queued', 'closed', 'purged') AND NOT EXISTS (SELECT 1 FROM delivery v "
        "WHERE v.document_id = d.id AND v.target = ?2))) ORDER BY d.version DESC LIMIT 1",
        DB_BIND(DB_TEXT(leaving->document_id), DB_TEXT(leaving->target)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code || !row)
        return code;
    copy(out_id, ID_SIZE, query_text(q, 0));
    *out_withdrawn = query_int(q, 1) != 0;
    return ERR_OK;
}

static enum err_code find_grounds(struct store *store, const struct leaving *leaving,
                                  struct principal by, struct grounds *out, struct err *err)
{
    char successor[ID_SIZE] = "";
    bool withdrawn = false;
    if (strcmp(leaving->document_state, "withdrawn") == 0)
        return ask_withdrawal(store, leaving->document_id, out, err);
    if (strcmp(leaving->document_state, "superseded") != 0)
        return ERR_OK;
    enum err_code code = find_successor(store, leaving, successor, &withdrawn, err);
    if (!code && withdrawn)
        return ask_withdrawal(store, successor, out, err);
    if (code || (!*successor && strcmp(leaving->state, "queued") != 0))
        return code;
    out->code = "replaced";
    out->asked_us = sys_now_us();
    copy(out->by, sizeof out->by, by.id);
    copy(out->replaced_by, sizeof out->replaced_by, successor);
    return ERR_OK;
}

/* ---- what becomes of it ---- */

static enum err_code note(struct store *store, const struct leaving *leaving,
                          const struct grounds *why, bool at_once, struct err *err)
{
    bool was_sending = strcmp(leaving->state, "sending") == 0;
    return db_run(store->db,
                  "INSERT INTO delivery_withdrawal (delivery_id, reason_code, replaced_by, "
                  "from_state, asked_us, asked_by, ended_us) VALUES (?, ?, ?, ?, ?, ?, ?)",
                  DB_BIND(DB_TEXT(leaving->id), DB_TEXT(why->code),
                          DB_TEXT(*why->replaced_by ? why->replaced_by : NULL),
                          DB_TEXT(was_sending ? "queued" : leaving->state), DB_INT(why->asked_us),
                          DB_TEXT(why->by), at_once ? DB_INT(sys_now_us()) : DB_NULL),
                  err);
}

/* A person may think better of it for a moment, and what people decide does not wait for the night.
 */
static enum err_code set_pace(struct store *store, const struct leaving *leaving,
                              const struct grounds *why, struct err *err)
{
    bool said = strcmp(why->code, "replaced") != 0;
    int64_t due_us = said ? why->asked_us + WITHDRAW_GRACE_US : 0;
    enum err_code code = subject_set_wait(store, MACHINE_delivery, leaving->id, 0, due_us, err);
    return code ? code
                : store_run_one(store, "delivery",
                                "UPDATE delivery SET urgent = max(urgent, ?1), said = NULL, "
                                "ask_first = ask_first OR state = 'sending' WHERE id = ?2",
                                DB_BIND(DB_INT(said), DB_TEXT(leaving->id)), err);
}

static enum err_code leave(struct store *store, const struct leaving *leaving,
                           const struct grounds *why, struct principal by, struct err *err)
{
    bool replaced = strcmp(why->code, "replaced") == 0;
    bool at_once = strcmp(leaving->state, "queued") == 0 && (replaced || !leaving->is_tried);
    struct advance move = {.machine = MACHINE_delivery,
                           .id = leaving->id,
                           .from = "held",
                           .to = leaving->state,
                           .event = "release",
                           .detail = why->code,
                           .by = by};
    enum err_code code = leaving->is_held ? store_advance(store, &move, err) : ERR_OK;
    move.from = leaving->state;
    move.to = at_once ? "withdrawn" : "withdrawing";
    move.event = "withdraw";
    if (!code)
        code = note(store, leaving, why, at_once, err);
    if (!code)
        code = set_pace(store, leaving, why, err);
    return code ? code : store_advance(store, &move, err);
}

static bool may_leave(const struct leaving *leaving)
{
    static const char *const states[] = {"queued", "sending", "sent", "accepted", "reconciled"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(leaving->state, states[i]) == 0)
            return !leaving->is_under_way;
    return false;
}

/* A replaced version is on its way already: it lands, and goes then. */
static bool has_to_land(const struct leaving *leaving, const struct grounds *why)
{
    bool moves = strcmp(leaving->state, "sending") == 0 || strcmp(leaving->state, "sent") == 0;
    return moves && strcmp(why->code, "replaced") == 0;
}

/* The version before it may leave that target now. */
static enum err_code settle_replaced(struct store *store, const struct leaving *landed,
                                     struct principal by, struct err *err)
{
    AUTO(mem) char *older = NULL;
    enum err_code code =
        db_text(store->db,
                "SELECT v.id FROM document d JOIN delivery v "
                "ON v.document_id = d.replaces AND v.target = ? WHERE d.id = ?",
                DB_BIND(DB_TEXT(landed->target), DB_TEXT(landed->document_id)), &older, err);
    return code || !older ? code : withdraw_settle(store, older, by, err);
}

/* Asked after every try: most papers are the only version of themselves. */
static enum err_code concerns(struct store *store, const char *delivery_id, bool *out,
                              struct err *err)
{
    int64_t count = 0;
    enum err_code code = db_number(
        store->db,
        "SELECT d.replaces IS NOT NULL OR d.state IN ('superseded', 'withdrawn') FROM delivery v "
        "JOIN document d ON d.id = v.document_id WHERE v.id = ?",
        DB_BIND(DB_TEXT(delivery_id)), 0, &count, err);
    *out = count != 0;
    return code;
}

enum err_code withdraw_settle(struct store *store, const char *delivery_id, struct principal by,
                              struct err *err)
{
    struct leaving leaving;
    struct grounds why = {0};
    bool concerned = false;
    enum err_code code = concerns(store, delivery_id, &concerned, err);
    if (code || !concerned)
        return code;
    code = read_leaving(store, delivery_id, &leaving, err);
    if (!code && may_leave(&leaving))
        code = find_grounds(store, &leaving, by, &why, err);
    if (code)
        return code;
    if (why.code && !has_to_land(&leaving, &why))
        code = leave(store, &leaving, &why, by, err);
    bool is_there =
        strcmp(leaving.state, "accepted") == 0 || strcmp(leaving.state, "reconciled") == 0;
    return code || !is_there ? code : settle_replaced(store, &leaving, by, err);
}

enum err_code withdraw_settle_document(struct store *store, const char *document_id,
                                       struct principal by, struct err *err)
{
    char before[ID_SIZE] = "";
    for (;;) {
        AUTO(mem) char *id = NULL;
        enum err_code code =
            db_text(store->db, "SELECT min(id) FROM delivery WHERE document_id = ? AND id > ?",
                    DB_BIND(DB_TEXT(document_id), DB_TEXT(before)), &id, err);
        if (!code && id)
            code = withdraw_settle(store, id, by, err);
        if (code || !id)
            return code;
        copy(before, sizeof before, id);
    }
}

/* ---- telling the target ---- */

/* From here on there is no way back; what is told is the same in every try. */
static enum err_code begin(struct store *store, const char *delivery_id, struct err *err)
{
    return store_run_one(store, "withdrawal",
                         "UPDATE delivery_withdrawal SET begun_us = coalesce(begun_us, ?) "
                         "WHERE delivery_id = ?",
                         DB_BIND(DB_INT(sys_now_us()), DB_TEXT(delivery_id)), err);
}

enum err_code withdraw_job(struct store *store, const char *delivery_id, struct js **out,
                           struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code = begin(store, delivery_id, err);
    if (!code)
        code = db_query(
            store->db,
            "SELECT v.target, v.remote_name, v.document_id, v.filed_under, w.reason_code, "
            "w.replaced_by, w.asked_us, w.asked_by, "
            "coalesce(json_extract(v.receipt, '$.pdf_sha256'), d.signed_sha256), "
            "coalesce(json_extract(v.receipt, '$.json_sha256'), v.record_sha256, d.record_sha256) "
            "FROM delivery v JOIN delivery_withdrawal w ON w.delivery_id = v.id "
            "JOIN document d ON d.id = v.document_id WHERE v.id = ?",
            DB_BIND(DB_TEXT(delivery_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        code = err_set(err, ERR_NOT_FOUND, "nothing is to be withdrawn");
    if (code)
        return code;
    *out =
        js_pack("{s:s, s:s?, s:s, s:s?, s:s, s:s, s:s?, s:I, s:s, s:s?, s:s?}", "target",
                query_text(q, 0), "remote_name", query_text(q, 1), "record_id", query_text(q, 2),
                "dossier_code", query_text(q, 3), "key", delivery_id, "reason_code",
                query_text(q, 4), "replaced_by", query_text(q, 5), "at_us", query_int(q, 6), "by",
                query_text(q, 7), "pdf_sha256", query_text(q, 8), "json_sha256", query_text(q, 9));
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "job");
}

static enum err_code end(struct store *store, const char *delivery_id, const char *receipt,
                         struct err *err)
{
    return store_run_one(store, "withdrawal",
                         "UPDATE delivery_withdrawal SET receipt = ?, ended_us = ? "
                         "WHERE delivery_id = ?",
                         DB_BIND(DB_TEXT(receipt), DB_INT(sys_now_us()), DB_TEXT(delivery_id)),
                         err);
}

enum err_code withdraw_complete(const struct completion *c, struct err *err)
{
    const struct js *receipt;
    enum err_code code = js_get_object(c->result, "receipt", &receipt, err);
    if (code)
        return code;
    AUTO(mem) char *text = js_dump(receipt);
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "receipt");
    code = end(c->store, c->id, text, err);
    return code ? code : completion_move(c, "withdrawing", "withdrawn", "tombstone", err);
}

enum err_code withdraw_ask_receiver(struct store *store, const char *delivery_id,
                                    struct principal by, struct err *err)
{
    AUTO(mem) char *target = NULL;
    AUTO(mem) char *remote_name = NULL;
    enum err_code code = db_text(store->db, "SELECT target FROM delivery WHERE id = ?",
                                 DB_BIND(DB_TEXT(delivery_id)), &target, err);
    if (!code)
        code = db_text(store->db, "SELECT remote_name FROM delivery WHERE id = ?",
                       DB_BIND(DB_TEXT(delivery_id)), &remote_name, err);
    if (!code)
        code = store_run_one(store, "delivery",
                             "UPDATE delivery SET waits_for = 'receiver' WHERE id = ?",
                             DB_BIND(DB_TEXT(delivery_id)), err);
    if (!code)
        code = audit_change(store, "delivery", delivery_id, "ask-receiver", NULL, by, err);
    return code ? code
                : task_open(store,
                            &(struct task){.kind = "ask-receiver",
                                           .target = target,
                                           .delivery_id = delivery_id,
                                           .remote_name = remote_name},
                            by, err);
}

enum err_code withdraw_answered(struct store *store, const char *delivery_id, bool removed,
                                struct principal by, struct err *err)
{
    AUTO(js)
    struct js *receipt = js_pack("{s:b, s:b, s:s, s:I}", "asked", 1, "removed", (int)removed, "by",
                                 by.id, "read_at_us", sys_now_us());
    AUTO(mem) char *text = receipt ? js_dump(receipt) : NULL;
    enum err_code code =
        text ? end(store, delivery_id, text, err) : err_set(err, ERR_NO_MEMORY, "receipt");
    if (!code)
        code = store_run_one(store, "delivery", "UPDATE delivery SET waits_for = NULL WHERE id = ?",
                             DB_BIND(DB_TEXT(delivery_id)), err);
    return code ? code
                : store_advance(store,
                                &(struct advance){.machine = MACHINE_delivery,
                                                  .id = delivery_id,
                                                  .from = "withdrawing",
                                                  .to = "withdrawn",
                                                  .event = "tombstone",
                                                  .detail = "answered",
                                                  .by = by},
                                err);
}

enum err_code withdraw_receiver_removed(struct store *store, const struct task_row *task,
                                        struct principal by, struct err *err)
{
    return withdraw_answered(store, task->delivery_id, true, by, err);
}

enum err_code withdraw_receiver_refused(struct store *store, const struct task_row *task,
                                        struct principal by, struct err *err)
{
    return withdraw_answered(store, task->delivery_id, false, by, err);
}
