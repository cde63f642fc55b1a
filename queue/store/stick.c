#include "queue/store/stick.h"

#include "daemon/base/sys.h"
#include "queue/store/advance.h"
#include "queue/store/audit.h"
#include "queue/store/claim.h"
#include "queue/store/inside.h"
#include "queue/store/receipt.h"

#include <stdio.h>
#include <string.h>

#define ON_IT "stick = ?1 AND waits_for = 'stick'"

static enum err_code note(struct store *store, const char *stick, const char *event,
                          const char *detail, struct principal by, struct err *err)
{
    return audit_write(
        store,
        &(struct audit){.kind = "stick", .id = stick, .event = event, .detail = detail, .by = by},
        err);
}

/* ---- writing it ---- */

static enum err_code check_begin(struct store *store, const char *target, struct err *err)
{
    int64_t writing = 0;
    size_t i = 0;
    while (i < store->target_count && strcmp(store->targets[i], target) != 0)
        i++;
    if (i == store->target_count)
        return err_set(err, ERR_TARGET_UNKNOWN, "no target of that name is configured");
    enum err_code code = db_number(
        store->db, "SELECT count(*) FROM stick WHERE written_us IS NULL AND ended_us IS NULL",
        DB_BIND_NONE, 0, &writing, err);
    return code || !writing ? code : err_set(err, ERR_CONFLICT, "a stick is being written");
}

enum err_code stick_begin(struct store *store, const char *target, struct principal by,
                          struct js **out, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    char id[ID_SIZE];
    id_new(id);
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = check_begin(store, target, err);
    if (!code)
        code = db_run(
            store->db, "INSERT INTO stick (id, target, begun_us, begun_by) VALUES (?, ?, ?, ?)",
            DB_BIND(DB_TEXT(id), DB_TEXT(target), DB_INT(sys_now_us()), DB_TEXT(by.id)), err);
    if (!code)
        code = note(store, id, "begin", target, by, err);
    if (!code && !(*out = js_pack("{s:{s:s, s:s}}", "stick", "id", id, "target", target)))
        code = err_set(err, ERR_NO_MEMORY, "stick");
    return code ? code : tx_commit(&tx, err);
}

static enum err_code put_on(struct store *store, const char *stick, const struct claim *claim,
                            struct principal by, struct err *err)
{
    enum err_code code = store_run_one(
        store, "delivery",
        "UPDATE delivery SET stick = ?1, waits_for = 'stick' WHERE id = ?2 AND target = "
        "(SELECT target FROM stick WHERE id = ?1 AND written_us IS NULL AND ended_us IS NULL)",
        DB_BIND(DB_TEXT(stick), DB_TEXT(claim->subject_id)), err);
    if (!code)
        code = store_advance(store,
                             &(struct advance){.machine = MACHINE_delivery,
                                               .id = claim->subject_id,
                                               .from = "sending",
                                               .to = "sent",
                                               .event = "send",
                                               .detail = "by stick",
                                               .by = by},
                             err);
    if (!code)
        code = subject_set_wait(store, MACHINE_delivery, claim->subject_id, 0, 0, err);
    return code ? code : claim_end(store, claim, "complete", err);
}

enum err_code stick_add(struct store *store, const char *stick, const char *claim_id,
                        struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct claim claim = {0};
    bool ended = false;
    enum err_code code = claim_ended_as(store, claim_id, "complete", &ended, err);
    if (code || ended)
        return code;
    code = tx_begin(&tx, store->db, err);
    if (!code)
        code = claim_find(store, claim_id, &claim, err);
    if (!code)
        code = put_on(store, stick, &claim, by, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code stick_manifest(struct store *store, const char *stick, struct js **out,
                             struct err *err)
{
    AUTO(query) struct query *q = NULL;
    AUTO(js) struct js *records = js_array();
    AUTO(mem) char *target = NULL;
    bool row = true;
    enum err_code code = db_text(store->db, "SELECT target FROM stick WHERE id = ?",
                                 DB_BIND(DB_TEXT(stick)), &target, err);
    if (!code && !target)
        code = err_set(err, ERR_NOT_FOUND, "no such stick");
    if (!code)
        code = db_query(store->db,
                        "SELECT d.id, v.filed_under, p.sha256, p.size_bytes, j.sha256, "
                        "j.size_bytes FROM delivery v JOIN document d ON d.id = v.document_id "
                        "JOIN blob p ON p.sha256 = d.signed_sha256 JOIN blob j ON j.sha256 = "
                        "coalesce(v.record_sha256, d.record_sha256) WHERE v.stick = ?1 AND "
                        "v.waits_for = 'stick' ORDER BY d.id",
                        DB_BIND(DB_TEXT(stick)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!js_push(records,
                     js_pack("{s:s, s:s?, s:s, s:I, s:s, s:I}", "record_id", query_text(q, 0),
                             "dossier_code", query_text(q, 1), "pdf_sha256", query_text(q, 2),
                             "pdf_size", query_int(q, 3), "json_sha256", query_text(q, 4),
                             "json_size", query_int(q, 5))))
            code = err_set(err, ERR_NO_MEMORY, "stick");
    if (code)
        return code;
    *out = js_pack("{s:s, s:s, s:s, s:O}", "schema", "sohoa.stick/1", "stick", stick, "target",
                   target, "records", records);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "stick");
}

enum err_code stick_written(struct store *store, const char *stick, struct principal by,
                            struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = store_run_one(store, "stick",
                             "UPDATE stick SET written_us = ? WHERE id = ? AND ended_us IS NULL",
                             DB_BIND(DB_INT(sys_now_us()), DB_TEXT(stick)), err);
    if (!code)
        code = note(store, stick, "written", NULL, by, err);
    return code ? code : tx_commit(&tx, err);
}

/* ---- its end ---- */

/* One that was withdrawn meanwhile only stops waiting. */
static enum err_code take_off(struct store *store, const char *delivery_id, const char *to,
                              const char *event, const char *why, struct principal by,
                              struct err *err)
{
    struct subject delivery;
    enum err_code code = store_run_one(
        store, "delivery", "UPDATE delivery SET waits_for = NULL, ask_first = 1 WHERE id = ?",
        DB_BIND(DB_TEXT(delivery_id)), err);
    if (!code)
        code = subject_get(store, MACHINE_delivery, delivery_id, &delivery, err);
    if (!code)
        store_touch(store, "delivery", delivery_id);
    if (code || strcmp(delivery.state, "sent") != 0)
        return code;
    return store_advance(store,
                         &(struct advance){.machine = MACHINE_delivery,
                                           .id = delivery_id,
                                           .from = "sent",
                                           .to = to,
                                           .event = event,
                                           .held_reason = why,
                                           .detail = why,
                                           .by = by},
                         err);
}

static enum err_code mark_ended(struct store *store, const char *stick, const char *how,
                                struct principal by, struct err *err)
{
    enum err_code code = db_run(
        store->db, "UPDATE stick SET ended_us = ?, ended_how = ? WHERE id = ? AND ended_us IS NULL",
        DB_BIND(DB_INT(sys_now_us()), DB_TEXT(how), DB_TEXT(stick)), err);
    if (!code && db_changes(store->db) != 1)
        return err_set(err, ERR_STATE_CHANGED, "the stick has ended, or there is none");
    return code ? code : note(store, stick, "end", how, by, err);
}

enum err_code stick_end(struct store *store, const char *stick, const char *how,
                        struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = mark_ended(store, stick, how, by, err);
    while (!code) {
        AUTO(mem) char *id = NULL;
        code = db_text(store->db, "SELECT id FROM delivery WHERE " ON_IT " LIMIT 1",
                       DB_BIND(DB_TEXT(stick)), &id, err);
        if (code || !id)
            break;
        code = take_off(store, id, "queued", "resend", how, by, err);
    }
    return code ? code : tx_commit(&tx, err);
}

enum err_code stick_end_unwritten(struct store *store, struct principal by, struct err *err)
{
    for (;;) {
        AUTO(mem) char *id = NULL;
        enum err_code code = db_text(
            store->db, "SELECT id FROM stick WHERE written_us IS NULL AND ended_us IS NULL LIMIT 1",
            DB_BIND_NONE, &id, err);
        if (!code && id)
            code = stick_end(store, id, "failed", by, err);
        if (code || !id)
            return code;
    }
}

/* ---- receipts ---- */

struct tally {
    int64_t accepted, refused, unknown;
};

static enum err_code accept(struct store *store, const char *delivery_id, const struct js *receipt,
                            struct principal by, struct err *err)
{
    const char *remote_name;
    enum err_code code = js_get_text(receipt, "remote_name", &remote_name, err);
    if (!code)
        code = receipt_keep(store, delivery_id, receipt, err);
    if (!code)
        code = store_run_one(store, "delivery", "UPDATE delivery SET remote_name = ? WHERE id = ?",
                             DB_BIND(DB_TEXT(remote_name), DB_TEXT(delivery_id)), err);
    return code ? code : take_off(store, delivery_id, "accepted", "accept", NULL, by, err);
}

/* What is for other content, or was refused there, waits for a person. */
static enum err_code take_one(struct store *store, const char *stick, const struct js *entry,
                              struct principal by, struct tally *tally, struct err *err)
{
    AUTO(mem) char *id = NULL;
    struct err why = ERR_INIT;
    const char *refused = js_text_or(entry, "code", NULL);
    enum err_code code =
        db_text(store->db, "SELECT id FROM delivery WHERE " ON_IT " AND document_id = ?2",
                DB_BIND(DB_TEXT(stick), DB_TEXT(js_text_or(entry, "record_id", ""))), &id, err);
    if (code)
        return code;
    if (!id) {
        tally->unknown++;
        return ERR_OK;
    }
    code = refused ? ERR_OK : accept(store, id, js_at(entry, "receipt"), by, &why);
    if (!refused && !code) {
        tally->accepted++;
        return ERR_OK;
    }
    if (!refused && code != ERR_TARGET_MISMATCH && code != ERR_BAD_JSON) {
        if (err)
            *err = why;
        return code;
    }
    tally->refused++;
    return take_off(store, id, "held", "hold", refused ? refused : err_name(code), by, err);
}

static enum err_code end_if_empty(struct store *store, const char *stick, struct principal by,
                                  struct err *err)
{
    int64_t left = 0;
    enum err_code code = db_number(store->db,
                                   "SELECT (SELECT count(*) FROM delivery WHERE " ON_IT
                                   ") + (SELECT count(*) FROM stick "
                                   "WHERE id = ?1 AND ended_us IS NOT NULL)",
                                   DB_BIND(DB_TEXT(stick)), 0, &left, err);
    return code || left ? code : mark_ended(store, stick, "returned", by, err);
}

enum err_code stick_receipts(struct store *store, const char *stick, const struct js *receipts,
                             struct principal by, struct js **out, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct tally tally = {0};
    int64_t known = 0;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = db_number(store->db, "SELECT count(*) FROM stick WHERE id = ?",
                         DB_BIND(DB_TEXT(stick)), 0, &known, err);
    if (!code && !known)
        code = err_set(err, ERR_NOT_FOUND, "these receipts are for a stick of another station");
    for (size_t i = 0; !code && i < js_count(receipts); i++)
        code = take_one(store, stick, js_item(receipts, i), by, &tally, err);
    if (!code)
        code = end_if_empty(store, stick, by, err);
    if (!code && !(*out = js_pack("{s:I, s:I, s:I}", "accepted", tally.accepted, "refused",
                                  tally.refused, "unknown", tally.unknown)))
        code = err_set(err, ERR_NO_MEMORY, "stick");
    return code ? code : tx_commit(&tx, err);
}

enum err_code stick_list(struct store *store, int64_t limit, struct js **out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    AUTO(js) struct js *list = js_array();
    bool row = true;
    enum err_code code = db_query(
        store->db,
        "SELECT s.id, s.target, s.begun_us, s.begun_by, s.written_us, s.ended_us, s.ended_how, "
        "(SELECT count(*) FROM delivery v WHERE v.stick = s.id), (SELECT count(*) FROM delivery v "
        "WHERE v.stick = s.id AND v.waits_for = 'stick') FROM stick s ORDER BY s.id DESC LIMIT ?",
        DB_BIND(DB_INT(limit)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!js_push(list,
                     js_pack("{s:s, s:s, s:I, s:s, s:o, s:o, s:s?, s:I, s:I}", "id",
                             query_text(q, 0), "target", query_text(q, 1), "begun_us",
                             query_int(q, 2), "begun_by", query_text(q, 3), "written_us",
                             query_is_null(q, 4) ? js_null() : js_int(query_int(q, 4)), "ended_us",
                             query_is_null(q, 5) ? js_null() : js_int(query_int(q, 5)), "ended_how",
                             query_text(q, 6), "records", query_int(q, 7), "on_the_way",
                             query_int(q, 8))))
            code = err_set(err, ERR_NO_MEMORY, "stick");
    if (!code)
        *out = TAKE(list);
    return code;
}
