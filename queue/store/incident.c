#include "queue/store/incident.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/inside.h"

#include <string.h>

enum err_code incident_note(struct store *store, const char *dossier_id, const char *document_id,
                            struct principal by, struct err *err)
{
    char id[ID_SIZE];
    id_new(id);
    enum err_code code = db_run(store->db,
                                "INSERT INTO incident (id, kind, dossier_id, document_id, "
                                "noted_us, noted_by) VALUES (?, 'wrong-person', ?, ?, ?, ?)",
                                DB_BIND(DB_TEXT(id), DB_TEXT(dossier_id), DB_TEXT(document_id),
                                        DB_INT(sys_now_us()), DB_TEXT(by.id)),
                                err);
    return code ? code
                : audit_change(store, "dossier", dossier_id, "incident", "wrong-person", by, err);
}

enum err_code incident_undo(struct store *store, const char *document_id, struct principal by,
                            struct err *err)
{
    AUTO(mem) char *dossier = NULL;
    enum err_code code = db_text(
        store->db, "SELECT dossier_id FROM incident WHERE document_id = ? AND undone_us IS NULL",
        DB_BIND(DB_TEXT(document_id)), &dossier, err);
    if (code || !dossier)
        return code;
    code = db_run(store->db,
                  "UPDATE incident SET undone_us = ?, undone_by = ? "
                  "WHERE document_id = ? AND undone_us IS NULL",
                  DB_BIND(DB_INT(sys_now_us()), DB_TEXT(by.id), DB_TEXT(document_id)), err);
    return code ? code : audit_change(store, "dossier", dossier, "incident-undone", NULL, by, err);
}

static enum err_code push(struct js *list, struct js *item, struct err *err)
{
    return js_push(list, item) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "incidents");
}

/* Columns id, kind, document_id, noted_us, noted_by. */
static struct js *incident_of(struct query *q)
{
    return js_pack("{s:s, s:s, s:s, s:I, s:s, s:I}", "id", query_text(q, 0), "kind",
                   query_text(q, 1), "document_id", query_text(q, 2), "noted_us", query_int(q, 3),
                   "noted_by", query_text(q, 4), "notify_before_us",
                   query_int(q, 3) + INCIDENT_NOTICE_US);
}

enum err_code incident_show(struct store *store, const char *dossier_id, struct js *dossier,
                            struct err *err)
{
    AUTO(js) struct js *list = js_array();
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(store->db,
                                  "SELECT id, kind, document_id, noted_us, noted_by FROM incident "
                                  "WHERE dossier_id = ? AND undone_us IS NULL ORDER BY noted_us",
                                  DB_BIND(DB_TEXT(dossier_id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        code = push(list, incident_of(q), err);
    if (code)
        return code;
    return js_set(dossier, "incidents", js_ref(list)) ? ERR_OK
                                                      : err_set(err, ERR_NO_MEMORY, "incidents");
}

/* Beside incident_of's: dossier_id, its code, owner_id, result_code, reason, targets as JSON. */
static enum err_code list_one(struct js *list, struct query *q, struct err *err)
{
    struct js *targets = NULL;
    const char *text = query_text(q, 10);
    enum err_code code = js_parse(text, strlen(text), &targets, err);
    if (code)
        return code;
    AUTO(js) struct js *item = incident_of(q);
    bool ok = js_set(item, "targets", targets) &&
              js_set(item, "dossier_id", js_text(query_text(q, 5))) &&
              js_set(item, "dossier_code", js_text(query_text(q, 6))) &&
              js_set(item, "owner_id", js_text(query_text(q, 7))) &&
              js_set(item, "result_code", js_text(query_text(q, 8))) &&
              js_set(item, "reason", js_text(query_text(q, 9)));
    return ok ? push(list, js_ref(item), err) : err_set(err, ERR_NO_MEMORY, "incidents");
}

#define DAY_NOTED "date(i.noted_us / 1000000, 'unixepoch', '+7 hours')"

enum err_code incident_list(struct store *store, const char *from, const char *to, struct js **out,
                            struct err *err)
{
    AUTO(js) struct js *list = js_array();
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(
        store->db,
        "SELECT i.id, i.kind, i.document_id, i.noted_us, i.noted_by, i.dossier_id, s.code, "
        "(SELECT f.confirmed_value FROM field f WHERE f.document_id = i.document_id "
        "AND f.name = 'owner_id' AND f.confirmed = 1), d.result_code, "
        "(SELECT w.reason FROM withdrawal w WHERE w.document_id = i.document_id "
        "AND w.undone_us IS NULL), "
        "(SELECT json_group_array(json_object('target', v.target, 'state', v.state)) "
        "FROM delivery v WHERE v.document_id = i.document_id) "
        "FROM incident i JOIN dossier s ON s.id = i.dossier_id "
        "JOIN document d ON d.id = i.document_id WHERE " DAY_NOTED " BETWEEN ? AND ? "
        "AND i.undone_us IS NULL ORDER BY i.noted_us, i.id",
        DB_BIND(DB_TEXT(from), DB_TEXT(to)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        code = list_one(list, q, err);
    if (!code)
        *out = TAKE(list);
    return code;
}
