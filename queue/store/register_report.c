#include "queue/store/register_join.h"

#include "daemon/model/field.h"

#include <string.h>

/* What joined and what did not, of one folder. */

const char register_lists[] =
    "rows-alone documents-alone questions double-rows differing rows-purged";

/* ---- counts ---- */

#define ROWS "register_row r JOIN register g ON g.id = r.register_id AND g.state = 'current' "
#define PAPERS                                                                                     \
    "register_document m JOIN document d ON d.id = m.document_id AND " REGISTER_ALIVE("d") " "
#define ROW_IS_ALONE                                                                               \
    "r.purged_for IS NULL AND NOT EXISTS (SELECT 1 FROM " PAPERS                                   \
    "WHERE m.register_id = r.register_id AND m.line = "                                            \
    "r.line) "
/* Told twice: the same number of the same day, or the same file, in registers in use. */
#define ROW_IS_DOUBLE                                                                              \
    "(EXISTS (SELECT 1 FROM register h CROSS JOIN register_row o INDEXED BY register_row_number "  \
    "ON o.register_id = h.id AND o.number_key = r.number_key AND o.issue_date = r.issue_date "     \
    "WHERE h.folder = g.folder AND h.state = 'current' "                                           \
    "AND (o.register_id <> r.register_id OR o.line <> r.line)) "                                   \
    "OR EXISTS (SELECT 1 FROM register_path p INDEXED BY register_path_line CROSS JOIN "           \
    "register h CROSS JOIN register_path o ON o.register_id = h.id AND o.folded = p.folded "       \
    "AND o.exact = p.exact WHERE p.register_id = r.register_id AND p.line = r.line "               \
    "AND h.folder = g.folder AND h.state = 'current' "                                             \
    "AND +p.folded < 'B' AND +p.exact = 'A' || json_extract(r.data, '$.path') "                    \
    "AND (o.register_id <> p.register_id OR o.line <> p.line))) "
#define DIFFERS "f.register_how IN ('differs', 'text') "

static const struct {
    const char *key, *sql;
} counts[] = {
    {"rows", "SELECT count(*) FROM " ROWS "WHERE g.folder = ?"},
    {"rows_purged", "SELECT count(*) FROM " ROWS "WHERE g.folder = ? AND r.purged_for IS NOT NULL"},
    {"documents", "SELECT count(*) FROM " PAPERS "WHERE m.folder = ?"},
    {"joined", "SELECT count(*) FROM " PAPERS "WHERE m.folder = ? AND m.state = 'joined'"},
    {"rows_alone", "SELECT count(*) FROM " ROWS "WHERE g.folder = ? AND " ROW_IS_ALONE},
    {"documents_alone", "SELECT count(*) FROM " PAPERS "WHERE m.folder = ? AND m.state = 'alone'"},
    {"questions", "SELECT count(*) FROM " PAPERS "WHERE m.folder = ? AND m.state = 'question'"},
    {"double_rows", "SELECT count(*) FROM " ROWS "WHERE g.folder = ? AND " ROW_IS_DOUBLE},
    {"differing", "SELECT count(*) FROM " PAPERS "WHERE m.folder = ? AND m.state = 'joined' "
                  "AND EXISTS (SELECT 1 FROM field f WHERE f.document_id = d.id AND " DIFFERS ")"},
};

static enum err_code add_counts(struct store *store, const char *folder, struct js *into,
                                struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < sizeof counts / sizeof *counts; i++) {
        int64_t number;
        code = db_number(store->db, counts[i].sql, DB_BIND(DB_TEXT(folder)), 0, &number, err);
        if (!code && !js_set(into, counts[i].key, js_int(number)))
            code = err_set(err, ERR_NO_MEMORY, "register");
    }
    return code;
}

static enum err_code differs_by_field(struct store *store, const char *folder, struct js **out,
                                      struct err *err)
{
    AUTO(js) struct js *object = js_object();
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(store->db,
                                  "SELECT f.name, count(*) FROM " PAPERS
                                  "JOIN field f ON f.document_id = d.id AND " DIFFERS
                                  "WHERE m.folder = ? AND m.state = 'joined' "
                                  "GROUP BY f.name ORDER BY count(*) DESC, f.name",
                                  DB_BIND(DB_TEXT(folder)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!js_set(object, query_text(q, 0), js_int(query_int(q, 1))))
            code = err_set(err, ERR_NO_MEMORY, "register");
    if (code)
        return code;
    *out = TAKE(object);
    return ERR_OK;
}

static enum err_code versions_of(struct store *store, const char *folder, struct js **out,
                                 struct err *err)
{
    AUTO(js) struct js *list = js_array();
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(store->db,
                                  REGISTER_VERSIONS "WHERE folder = ? AND state <> 'loading' "
                                                    "ORDER BY imported_us DESC, id DESC",
                                  DB_BIND(DB_TEXT(folder)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!js_push(list, register_version_to_js(q)))
            code = err_set(err, ERR_NO_MEMORY, "register");
    if (code)
        return code;
    *out = TAKE(list);
    return ERR_OK;
}

enum err_code register_status(struct store *store, const char *folder, struct js **out,
                              struct err *err)
{
    AUTO(js) struct js *status = NULL;
    AUTO(js) struct js *versions = NULL;
    AUTO(js) struct js *differs = NULL;
    int64_t joining;
    enum err_code code = register_map(store, folder, &status, err);
    if (!code)
        code = versions_of(store, folder, &versions, err);
    if (!code)
        code = db_number(store->db,
                         "SELECT count(*) FROM register_folder WHERE folder = ? "
                         "AND join_from IS NOT NULL",
                         DB_BIND(DB_TEXT(folder)), 0, &joining, err);
    if (!code)
        code = add_counts(store, folder, status, err);
    if (!code)
        code = differs_by_field(store, folder, &differs, err);
    if (code)
        return code;
    if (!js_set(status, "registers", TAKE(versions)) ||
        !js_set(status, "joining", js_bool(joining != 0)) ||
        !js_set(status, "differs", TAKE(differs)))
        return err_set(err, ERR_NO_MEMORY, "register");
    *out = TAKE(status);
    return ERR_OK;
}

/* ---- lists ---- */

static const struct {
    const char *name, *sql;
    bool rows; /* else papers */
} lists[] = {
    {"rows-alone",
     "SELECT r.register_id, r.line FROM " ROWS "WHERE g.folder = ?1 AND " ROW_IS_ALONE
     "ORDER BY g.name, r.line LIMIT ?2 OFFSET ?3",
     true},
    {"double-rows",
     "SELECT r.register_id, r.line FROM " ROWS "WHERE g.folder = ?1 AND " ROW_IS_DOUBLE
     "ORDER BY r.number_key, r.issue_date, g.name, r.line LIMIT ?2 OFFSET ?3",
     true},
    {"documents-alone",
     "SELECT d.id, d.dossier_id, d.state, m.why FROM " PAPERS
     "WHERE m.folder = ?1 AND m.state = 'alone' ORDER BY d.id LIMIT ?2 OFFSET ?3",
     false},
    {"questions",
     "SELECT d.id, d.dossier_id, d.state, m.why FROM " PAPERS
     "WHERE m.folder = ?1 AND m.state = 'question' ORDER BY d.id LIMIT ?2 OFFSET ?3",
     false},
    {"differing",
     "SELECT d.id, d.dossier_id, d.state, m.why FROM " PAPERS
     "WHERE m.folder = ?1 AND m.state = 'joined' AND EXISTS (SELECT 1 FROM field f "
     "WHERE f.document_id = d.id AND " DIFFERS ") ORDER BY d.id LIMIT ?2 OFFSET ?3",
     false},
    {"rows-purged",
     "SELECT r.register_id, r.line FROM " ROWS "WHERE g.folder = ?1 AND r.purged_for IS NOT NULL "
     "ORDER BY g.name, r.line LIMIT ?2 OFFSET ?3",
     true},
};

static enum err_code texts_of(struct store *store, const char *sql, const char *id, struct js *into,
                              const char *key, struct err *err)
{
    AUTO(js) struct js *list = js_array();
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(store->db, sql, DB_BIND(DB_TEXT(id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!js_push(list, js_text(query_text(q, 0))))
            code = err_set(err, ERR_NO_MEMORY, "register");
    if (!code && !js_set(into, key, TAKE(list)))
        code = err_set(err, ERR_NO_MEMORY, "register");
    return code;
}

static enum err_code paper_to_js(struct store *store, struct query *q, struct js **out,
                                 struct err *err)
{
    const char *id = query_text(q, 0);
    AUTO(js)
    struct js *paper =
        js_pack("{s:s, s:s, s:s, s:s?}", "document_id", id, "dossier_id", query_text(q, 1), "state",
                query_text(q, 2), "why", query_text(q, 3));
    enum err_code code =
        texts_of(store,
                 "SELECT DISTINCT i.path FROM page p JOIN import_page m ON m.page_id = p.id "
                 "JOIN import_item i ON i.id = m.item_id WHERE p.document_id = ? "
                 "AND p.state NOT IN ('rejected', 'failed') ORDER BY i.path LIMIT 20",
                 id, paper, "files", err);
    if (!code)
        code = texts_of(store,
                        "SELECT f.name FROM field f WHERE f.document_id = ? AND " DIFFERS
                        "ORDER BY f.name",
                        id, paper, "fields", err);
    if (code)
        return code;
    *out = TAKE(paper);
    return ERR_OK;
}

static enum err_code read_items(struct store *store, const struct register_query *query,
                                size_t which, struct js *items, bool *out_more, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(
        store->db, lists[which].sql,
        DB_BIND(DB_TEXT(query->folder), DB_INT(query->limit + 1), DB_INT(query->offset)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        struct js *item = NULL;
        *out_more = js_count(items) == (size_t)query->limit;
        if (*out_more)
            return ERR_OK;
        code = lists[which].rows
                   ? register_row_to_js(store, query_text(q, 0), query_int(q, 1), &item, err)
                   : paper_to_js(store, q, &item, err);
        if (!code && !js_push(items, item))
            code = err_set(err, ERR_NO_MEMORY, "register");
    }
    return code;
}

enum err_code register_list(struct store *store, const struct register_query *query,
                            struct js **out, struct err *err)
{
    AUTO(js) struct js *items = js_array();
    bool more = false;
    size_t which = 0;
    while (which < sizeof lists / sizeof *lists && strcmp(lists[which].name, query->list) != 0)
        which++;
    if (which == sizeof lists / sizeof *lists)
        return err_set(err, ERR_BAD_ARGUMENT, "no such list; there are %s", register_lists);
    enum err_code code = read_items(store, query, which, items, &more, err);
    if (code)
        return code;
    *out = js_pack("{s:O, s:b}", "items", items, "more", (int)more);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "register");
}
