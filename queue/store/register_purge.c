#include "queue/store/register_purge.h"

#include "queue/store/register_join.h"
#include "queue/store/register_keys.h"
#include "queue/store/register_match.h"

#include <stdio.h>

/* ---- which rows ---- */

/* No other paper that is still there is joined to row `r`. */
#define IS_FREE(r)                                                                                 \
    "NOT EXISTS (SELECT 1 FROM register_document h JOIN document d ON d.id = h.document_id "       \
    "AND " REGISTER_ALIVE("d") " WHERE h.register_id = " r ".register_id AND h.line = " r ".line " \
                               "AND h.document_id <> ?1) "

/* Row ?3 of ?2 and, in all versions, those of its number and day and those that alone name its
 * file. */
#define SAME_ROWS                                                                                  \
    "SELECT ?2 AS register_id, ?3 AS line UNION SELECT n.register_id, n.line FROM register_row o " \
    "CROSS JOIN register go ON go.id = o.register_id "                                             \
    "CROSS JOIN register g ON g.folder = go.folder AND g.state <> 'loading' "                      \
    "CROSS JOIN register_row n INDEXED BY register_row_number ON n.register_id = g.id AND "        \
    "n.number_key = o.number_key AND n.issue_date IS o.issue_date AND n.issuer_key IS "            \
    "o.issuer_key WHERE o.register_id = ?2 AND o.line = ?3 AND " IS_FREE(                          \
        "n") "UNION SELECT p.register_id, min(p.line) FROM register_row o "                        \
             "CROSS JOIN register go ON go.id = o.register_id "                                    \
             "CROSS JOIN register g ON g.folder = go.folder AND g.state <> 'loading' "             \
             "CROSS JOIN register_path q INDEXED BY register_path_line ON q.register_id = "        \
             "o.register_id "                                                                      \
             "AND q.line = o.line AND q.exact = 'A' || json_extract(o.data, '$.path') "            \
             "CROSS JOIN register_path p ON p.register_id = g.id AND p.folded = q.folded "         \
             "AND p.exact = q.exact WHERE o.register_id = ?2 AND o.line = ?3 AND " IS_FREE(        \
                 "p") "GROUP BY p.register_id HAVING count(*) = 1"

/* Where the machine would ask: rows of the paper's number and day, or of its file, that no other
 * paper has a claim to. */
#define LIKELY_ROWS                                                                                \
    "SELECT r.register_id, r.line FROM register_document m "                                       \
    "CROSS JOIN register g ON g.folder = m.folder AND g.state = 'current' "                        \
    "CROSS JOIN register_row r INDEXED BY register_row_number ON r.register_id = g.id AND "        \
    "r.number_key = m.number_key AND r.issue_date = m.issue_date WHERE m.document_id = ?1 AND "    \
    "NOT EXISTS (SELECT 1 FROM register_document o JOIN document d ON d.id = o.document_id "       \
    "AND " REGISTER_ALIVE(                                                                         \
        "d") " WHERE o.folder = m.folder AND o.number_key = m.number_key AND "                     \
             "o.issue_date = m.issue_date AND o.document_id <> ?1) AND " IS_FREE(                  \
                 "r") "UNION SELECT p.register_id, p.line FROM register_file f "                   \
                      "CROSS JOIN register g ON g.folder = f.folder AND g.state = 'current' "      \
                      "CROSS JOIN register_path p ON p.register_id = g.id AND p.folded = "         \
                      "f.folded "                                                                  \
                      "WHERE f.document_id = ?1 AND f.folded < 'C' AND NOT EXISTS (SELECT 1 FROM " \
                      "register_file o "                                                           \
                      "JOIN document d ON d.id = o.document_id AND " REGISTER_ALIVE(               \
                          "d") " WHERE o.folder = "                                                \
                               "f.folder AND o.folded = f.folded AND o.document_id <> ?1) "        \
                               "AND " IS_FREE("p")

/* ---- gone ---- */

static enum err_code wipe(struct store *store, const char *document_id, const char *register_id,
                          int64_t line, struct err *err)
{
    return db_run(store->db,
                  "UPDATE register_row SET number_key = NULL, issue_date = NULL, issuer_key = "
                  "NULL, data = '{}', purged_for = ?1 WHERE purged_for IS NULL AND "
                  "(register_id, line) IN (" SAME_ROWS ")",
                  DB_BIND(DB_TEXT(document_id), DB_TEXT(register_id), DB_INT(line)), err);
}

static enum err_code wipe_likely(struct store *store, const char *document_id, struct err *err)
{
    AUTO(js) struct js *rows = js_array();
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(store->db, LIKELY_ROWS, DB_BIND(DB_TEXT(document_id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!js_push(rows, js_pack("{s:s, s:I}", "id", query_text(q, 0), "line", query_int(q, 1))))
            code = err_set(err, ERR_NO_MEMORY, "register");
    for (size_t i = 0; !code && i < js_count(rows); i++)
        code = wipe(store, document_id, js_text_or(js_item(rows, i), "id", ""),
                    js_int_or(js_item(rows, i), "line", 0), err);
    return code;
}

/* What the rows were found by, too. */
static enum err_code wipe_keys(struct store *store, const char *document_id, struct err *err)
{
    static const char *const statements[] = {
        "DELETE FROM register_path WHERE (register_id, line) IN (SELECT register_id, line FROM "
        "register_row WHERE purged_for = ?1)",
        "UPDATE register_document SET state = 'alone', why = NULL, said_by = NULL, register_id = "
        "NULL, line = NULL WHERE document_id = ?1",
        "UPDATE purge SET done_us = NULL WHERE subject_id = ?1 AND EXISTS (SELECT 1 FROM "
        "register_row WHERE purged_for = ?1)"};
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < sizeof statements / sizeof *statements; i++)
        code = db_run(store->db, statements[i], DB_BIND(DB_TEXT(document_id)), err);
    store->purge_is_due = true;
    return code;
}

/* What was read from it; papers that it had a part in asking about are joined anew. */
static enum err_code forget_reading(struct store *store, const char *document_id, struct err *err)
{
    enum err_code code =
        db_run(store->db,
               "UPDATE register_document SET number_key = NULL, issue_date = NULL, issuer_key = "
               "NULL WHERE document_id = ?",
               DB_BIND(DB_TEXT(document_id)), err);
    if (code)
        return code;
    return db_run(store->db,
                  "UPDATE register_folder SET join_from = coalesce(join_from, '" REGISTER_MATCH_ALL
                  "') WHERE folder = (SELECT folder FROM register_document WHERE document_id = ?)",
                  DB_BIND(DB_TEXT(document_id)), err);
}

/* ---- a paper ---- */

struct said {
    struct register_match row;
    bool none; /* by a person: it has no row */
};

static enum err_code find_said(struct store *store, const char *id, struct said *out,
                               struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool there = false;
    *out = (struct said){.none = false};
    enum err_code code = db_query(store->db,
                                  "SELECT register_id, line, said_by IS NOT NULL FROM "
                                  "register_document WHERE document_id = ?",
                                  DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &there, err);
    if (code || !there)
        return code;
    const char *register_id = query_text(q, 0);
    snprintf(out->row.register_id, ID_SIZE, "%s", register_id ? register_id : "");
    out->row.line = query_int(q, 1);
    out->none = !register_id && query_int(q, 2);
    return ERR_OK;
}

static enum err_code find_row(struct store *store, const char *id, struct register_match *out,
                              struct err *err)
{
    bool known;
    struct said said;
    enum err_code code = find_said(store, id, &said, err);
    *out = said.row;
    if (code || said.none || said.row.register_id[0])
        return code;
    code = register_note_any(store, id, &known, err);
    return code || !known ? code : register_match(store, id, out, err);
}

enum err_code register_forget(struct store *store, const char *document_id, struct err *err)
{
    struct register_match match;
    int64_t before = 0, after = 0;
    static const char count[] = "SELECT count(*) FROM register_row WHERE purged_for = ?";
    enum err_code code = find_row(store, document_id, &match, err);
    if (!code)
        code = db_number(store->db, count, DB_BIND(DB_TEXT(document_id)), 0, &before, err);
    if (!code && match.register_id[0])
        code = wipe(store, document_id, match.register_id, match.line, err);
    else if (!code && match.question)
        code = wipe_likely(store, document_id, err);
    if (!code)
        code = db_number(store->db, count, DB_BIND(DB_TEXT(document_id)), 0, &after, err);
    if (!code)
        code = forget_reading(store, document_id, err);
    return code || after == before ? code : wipe_keys(store, document_id, err);
}

enum err_code register_forget_purged(struct store *store, const char *folder, struct err *err)
{
    for (char after[ID_SIZE] = "";;) {
        AUTO(mem) char *id = NULL;
        enum err_code code = db_text(store->db,
                                     "SELECT min(m.document_id) FROM secret_mark s JOIN purge u ON "
                                     "u.subject_id = s.document_id JOIN register_document m ON "
                                     "m.document_id = u.subject_id WHERE m.folder = ? AND "
                                     "m.document_id > ?",
                                     DB_BIND(DB_TEXT(folder), DB_TEXT(after)), &id, err);
        if (!code && id)
            code = register_forget(store, id, err);
        if (code || !id)
            return code;
        snprintf(after, sizeof after, "%s", id);
    }
}
