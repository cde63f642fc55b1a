#include "daemon/model/scan_reason.h"
#include "queue/store/catalog.h"
#include "queue/store/inside.h"
#include "queue/store/scan_gate.h"

#include <string.h>

/* "Data exists but cannot be used" over a span of days. */

static bool is_same(const struct js *row, const char *key, const char *text)
{
    return strcmp(js_text_or(row, key, ""), text ? text : "") == 0;
}

/* Rows come sorted: a kind's own follow one another. */
static bool is_same_kind(const struct js *row, struct query *q)
{
    return is_same(row, "reason", query_text(q, 0)) &&
           is_same(row, "procedure_code", query_text(q, 1)) &&
           is_same(row, "stage", query_text(q, 2)) &&
           is_same(row, "paper_code", query_text(q, 3)) && is_same(row, "holder", query_text(q, 5));
}

static bool count_one(struct js *row, const char *dossier)
{
    AUTO(js) struct js *dossiers = js_ref(js_at(row, "dossiers"));
    size_t count = js_count(dossiers);
    const char *last = count ? js_text_or(js_item(dossiers, count - 1), "", "") : "";
    return js_set(row, "count", js_int(js_int_or(row, "count", 0) + 1)) &&
           (strcmp(last, dossier) == 0 || js_push(dossiers, js_text(dossier)));
}

static enum err_code name_procedure(struct store *store, struct js *row, struct err *err)
{
    AUTO(js) struct js *known = NULL;
    const char *code_text = js_text_or(row, "procedure_code", NULL);
    enum err_code code = ERR_OK;
    if (code_text)
        code =
            catalog_by_code(store, catalog_kind_find("procedures"), code_text, NULL, &known, err);
    if (!code && !js_set(row, "procedure", js_text(js_text_or(known, "[0].name", NULL))))
        code = err_set(err, ERR_NO_MEMORY, "report");
    return code;
}

static enum err_code begin_kind(struct store *store, struct query *q, struct js *list,
                                struct err *err)
{
    AUTO(js)
    struct js *row = js_pack("{s:s, s:s?, s:s, s:s, s:s, s:s?, s:i, s:[]}", "reason",
                             query_text(q, 0), "procedure_code", query_text(q, 1), "stage",
                             query_text(q, 2), "paper_code", query_text(q, 3), "paper",
                             query_text(q, 4), "holder", query_text(q, 5), "count", 0, "dossiers");
    if (!row)
        return err_set(err, ERR_NO_MEMORY, "report");
    enum err_code code = name_procedure(store, row, err);
    if (!code && !js_push(list, js_ref(row)))
        code = err_set(err, ERR_NO_MEMORY, "report");
    return code;
}

static enum err_code add_row(struct store *store, struct query *q, struct js *list, struct err *err)
{
    const struct scan_reason *reason = scan_reason_find(query_text(q, 0));
    size_t count = js_count(list);
    enum err_code code = ERR_OK;
    if (!reason || !reason->unusable)
        return ERR_OK;
    if (!count || !is_same_kind(js_item(list, count - 1), q))
        code = begin_kind(store, q, list, err);
    if (code)
        return code;
    AUTO(js) struct js *row = js_ref(js_item(list, js_count(list) - 1));
    return count_one(row, query_text(q, 6)) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "report");
}

enum err_code scan_gate_unusable(struct store *store, const char *first, const char *last,
                                 struct js **out, struct err *err)
{
    AUTO(js) struct js *list = js_array();
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(store->db,
                 "SELECT r.reason, r.procedure_code, r.stage, r.paper_code, r.paper_name, "
                 "coalesce(r.holder, (SELECT f.confirmed_value FROM field f WHERE f.document_id = "
                 "r.found_document AND f.name = 'issuer' AND f.confirmed = 1)) AS holder, "
                 "coalesce(s.code, s.id) AS dossier FROM scan_reason r JOIN document d ON d.id = "
                 "r.document_id JOIN dossier s ON s.id = r.dossier_id "
                 "WHERE r.id IN (SELECT max(n.id) FROM scan_reason n GROUP BY n.document_id) AND "
                 "date(r.given_us / 1000000, 'unixepoch', '+7 hours') BETWEEN ? AND ? AND "
                 "d.state NOT IN ('rejected', 'failed') ORDER BY r.procedure_code, "
                 "r.stage, r.paper_code, r.reason, holder, dossier",
                 DB_BIND(DB_TEXT(first), DB_TEXT(last)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        code = add_row(store, q, list, err);
    if (code)
        return code;
    *out = TAKE(list);
    return ERR_OK;
}
