#include "queue/store/secret.h"

#include "daemon/base/sys.h"
#include "queue/store/advance.h"
#include "queue/store/audit.h"
#include "queue/store/document.h"
#include "queue/store/inside.h"
#include "queue/store/page.h"
#include "queue/store/purge.h"
#include "queue/store/register_purge.h"

#include <string.h>

bool secret_level_is_valid(const char *level)
{
    return level && (strcmp(level, "mat") == 0 || strcmp(level, "toi_mat") == 0 ||
                     strcmp(level, "tuyet_mat") == 0);
}

static enum err_code audit_page(struct store *store, const char *id, const char *event,
                                const char *detail, struct principal by, struct err *err)
{
    return audit_write(
        store,
        &(struct audit){.kind = "page", .id = id, .event = event, .detail = detail, .by = by}, err);
}

/* ---- found ---- */

static enum err_code hold(struct store *store, const char *page_id, struct principal by,
                          struct err *err)
{
    return store_advance(store,
                         &(struct advance){.machine = MACHINE_page,
                                           .id = page_id,
                                           .from = "captured",
                                           .to = "held",
                                           .event = "hold",
                                           .held_reason = SECRET_MARK,
                                           .by = by},
                         err);
}

/* The open mark of a page that was read anew with another one is this one. */
static enum err_code keep_mark(struct store *store, const char *page_id, const char *level,
                               struct err *err)
{
    int64_t now_us = sys_now_us();
    return db_run(store->db,
                  "INSERT INTO secret_mark (page_id, document_id, level, found_us, due_us) "
                  "SELECT id, document_id, ?2, ?3, CASE WHEN device LIKE '" IMPORT_DEVICE
                  "%' THEN NULL ELSE ?4 END FROM page WHERE id = ?1 "
                  "ON CONFLICT (page_id) DO UPDATE SET level = excluded.level",
                  DB_BIND(DB_TEXT(page_id), DB_TEXT(level), DB_INT(now_us),
                          DB_INT(now_us + store->secret_wait_us)),
                  err);
}

enum err_code secret_found(struct store *store, const char *page_id, const char *level,
                           struct principal by, bool *out_locked, struct err *err)
{
    struct subject page;
    int64_t answered;
    if (!secret_level_is_valid(level))
        return err_set(err, ERR_BAD_MESSAGE, "'secret' is no mark");
    enum err_code code = db_number(
        store->db, "SELECT count(*) FROM secret_mark WHERE page_id = ? AND answer = 'not_secret'",
        DB_BIND(DB_TEXT(page_id)), 0, &answered, err);
    if (!code && answered) {
        *out_locked = false;
        return ERR_OK;
    }
    if (!code)
        code = subject_get(store, MACHINE_page, page_id, &page, err);
    if (!code)
        code = keep_mark(store, page_id, level, err);
    if (!code)
        code = hold(store, page_id, by, err);
    if (!code) {
        store_touch(store, "document", page.document_id);
        *out_locked = true;
    }
    return code;
}

/* ---- answered ---- */

static enum err_code reject(struct store *store, enum machine machine, const char *id,
                            struct principal by, struct err *err)
{
    struct subject subject;
    enum err_code code = subject_get(store, machine, id, &subject, err);
    if (code || !state_find_move(machine, subject.state, "rejected"))
        return code;
    return store_advance(store,
                         &(struct advance){.machine = machine,
                                           .id = id,
                                           .from = subject.state,
                                           .to = "rejected",
                                           .event = "reject",
                                           .detail = SECRET_MARK,
                                           .by = by},
                         err);
}

static enum err_code reject_pages(struct store *store, const char *document_id, struct principal by,
                                  struct err *err)
{
    for (;;) {
        AUTO(mem) char *page = NULL;
        enum err_code code = db_text(store->db,
                                     "SELECT min(id) FROM page WHERE document_id = ? "
                                     "AND state IN ('captured', 'recognized', 'held')",
                                     DB_BIND(DB_TEXT(document_id)), &page, err);
        if (!code && page)
            code = reject(store, MACHINE_page, page, by, err);
        if (code || !page)
            return code;
    }
}

/* All marks of the document end with it. */
static enum err_code end_document(struct store *store, const char *document_id, const char *answer,
                                  struct principal by, struct err *err)
{
    struct subject document;
    enum err_code code = subject_get(store, MACHINE_document, document_id, &document, err);
    if (!code)
        code = db_run(
            store->db,
            "UPDATE secret_mark SET answer = ?, answered_us = ?, answered_by = ? "
            "WHERE document_id = ? AND answer IS NULL",
            DB_BIND(DB_TEXT(answer), DB_INT(sys_now_us()), DB_TEXT(by.id), DB_TEXT(document_id)),
            err);
    if (!code)
        code = register_forget(store, document_id, err);
    if (!code)
        code = reject_pages(store, document_id, by, err);
    if (!code)
        code = reject(store, MACHINE_document, document_id, by, err);
    if (!code)
        code = purge_document(store, document_id, SECRET_MARK, by, err);
    if (!code)
        store_touch(store, "dossier", document.dossier_id);
    return code;
}

static enum err_code release(struct store *store, const char *page_id, const char *reason,
                             struct principal by, struct err *err)
{
    enum err_code code = store_run_one(
        store, "mark",
        "UPDATE secret_mark SET answer = 'not_secret', answered_us = ?, answered_by = ?, "
        "reason = ? WHERE page_id = ? AND answer IS NULL",
        DB_BIND(DB_INT(sys_now_us()), DB_TEXT(by.id), DB_TEXT(reason), DB_TEXT(page_id)), err);
    if (!code)
        code = store_advance(store,
                             &(struct advance){.machine = MACHINE_page,
                                               .id = page_id,
                                               .from = "held",
                                               .to = "captured",
                                               .event = "release",
                                               .by = by},
                             err);
    return code ? code : audit_page(store, page_id, "not-secret", reason, by, err);
}

static enum err_code check_open(struct store *store, const char *page_id, struct err *err)
{
    AUTO(mem) char *answer = NULL;
    enum err_code code =
        db_text(store->db, "SELECT coalesce(answer, 'open') FROM secret_mark WHERE page_id = ?",
                DB_BIND(DB_TEXT(page_id)), &answer, err);
    if (code)
        return code;
    if (!answer)
        return err_set(err, ERR_NOT_FOUND, "the page has no mark");
    return strcmp(answer, "open") == 0
               ? ERR_OK
               : err_set(err, ERR_STATE_CHANGED, "the mark was answered: %s", answer);
}

enum err_code secret_answer(struct store *store, const char *page_id, bool is_secret,
                            const char *reason, struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct subject page;
    if (!is_secret && (!reason || !*reason))
        return err_set(err, ERR_BAD_ARGUMENT, "'reason' is missing");
    enum err_code code = subject_begin(store, &tx, MACHINE_page, page_id, &page, err);
    if (!code)
        code = check_open(store, page_id, err);
    if (!code && is_secret)
        code = end_document(store, page.document_id, "secret", by, err);
    else if (!code)
        code = release(store, page_id, reason, by, err);
    if (!code)
        store_touch(store, "document", page.document_id);
    return code ? code : tx_commit(&tx, err);
}

enum err_code secret_told(struct store *store, const char *page_id, struct principal by,
                          struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct subject page;
    enum err_code code = subject_begin(store, &tx, MACHINE_page, page_id, &page, err);
    if (!code)
        code = purge_check(store, page_id, err);
    if (!code)
        code = document_check_changeable(store, page.document_id, err);
    if (!code)
        code = keep_mark(store, page_id, "mat", err);
    if (!code)
        code = end_document(store, page.document_id, "secret", by, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code secret_is_due(struct store *store, bool *out, struct err *err)
{
    int64_t due;
    enum err_code code = db_number(store->db,
                                   "SELECT EXISTS (SELECT 1 FROM secret_mark "
                                   "WHERE answer IS NULL AND due_us <= ?)",
                                   DB_BIND(DB_INT(sys_now_us())), 0, &due, err);
    if (!code)
        *out = due != 0;
    return code;
}

enum err_code secret_purge_due(struct store *store, struct principal by, int64_t *out_count,
                               struct err *err)
{
    for (int64_t count = 0;; count++) {
        AUTO(tx) struct tx tx = TX_INIT;
        AUTO(mem) char *document = NULL;
        enum err_code code = db_text(store->db,
                                     "SELECT min(document_id) FROM secret_mark "
                                     "WHERE answer IS NULL AND due_us <= ?",
                                     DB_BIND(DB_INT(sys_now_us())), &document, err);
        if (!code && !document) {
            *out_count = count;
            return ERR_OK;
        }
        if (!code)
            code = tx_begin(&tx, store->db, err);
        if (!code)
            code = end_document(store, document, "unanswered", by, err);
        if (!code)
            code = tx_commit(&tx, err);
        if (code)
            return code;
    }
}

enum err_code secret_check(struct store *store, const char *id, struct err *err)
{
    int64_t locked;
    enum err_code code =
        db_number(store->db,
                  "SELECT EXISTS (SELECT 1 FROM secret_mark m WHERE m.answer IS NULL AND "
                  "m.document_id = coalesce((SELECT document_id FROM page WHERE id = ?1), ?1))",
                  DB_BIND(DB_TEXT(id)), 0, &locked, err);
    if (!code && locked)
        return err_set(err, ERR_SECRET_LOCKED, "a page of it carries the mark of a secret paper");
    return code ? code : purge_check(store, id, err);
}

/* Our own JSON; null where there is none. */
static struct js *from_text(const char *text)
{
    struct js *value = NULL;
    if (!text || js_parse(text, strlen(text), &value, NULL))
        return js_null();
    return value;
}

enum err_code secret_show(struct store *store, const char *id, struct js *object, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row;
    enum err_code code = db_query(
        store->db,
        "SELECT EXISTS (SELECT 1 FROM secret_mark m WHERE m.answer IS NULL AND m.document_id = "
        "coalesce((SELECT document_id FROM page WHERE id = ?1), ?1)), "
        "(SELECT json_object('level', m.level, 'found_us', m.found_us, 'due_us', m.due_us, "
        "'answer', m.answer, 'answered_by', m.answered_by, 'reason', m.reason) "
        "FROM secret_mark m WHERE m.page_id = ?1), "
        "(SELECT json_object('reason', u.reason, 'begun_us', u.begun_us, 'by', u.begun_by, "
        "'done_us', u.done_us) FROM purge u WHERE u.subject_id = ?1)",
        DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    bool ok = js_set(object, "locked", js_bool(query_int(q, 0) != 0)) &&
              js_set(object, "secret", from_text(query_text(q, 1))) &&
              js_set(object, "purged", from_text(query_text(q, 2)));
    return ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "listing");
}
