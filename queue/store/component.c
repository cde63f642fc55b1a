#include "queue/store/component.h"

#include "daemon/base/text.h"
#include "queue/store/audit.h"
#include "queue/store/counts.h"
#include "queue/store/dossier.h"
#include "queue/store/inside.h"
#include "queue/store/wanted.h"

#include <stdio.h>
#include <string.h>

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "wanted papers");
}

const struct js *component_find(const struct js *papers, const char *stage, const char *code)
{
    for (size_t i = 0; code && i < js_count(papers); i++) {
        const struct js *paper = js_item(papers, i);
        bool in_stage = !stage || strcmp(js_text_or(paper, "stage", ""), stage) == 0;
        if (in_stage && strcmp(js_text_or(paper, "code", ""), code) == 0)
            return paper;
    }
    return NULL;
}

/* ---- which paper a document is ---- */

static bool is_named(const struct js *paper, const char *doc_name)
{
    AUTO(mem) char *wanted = text_fold(js_text_or(paper, "name", ""));
    AUTO(mem) char *has = doc_name ? text_fold(doc_name) : NULL;
    return wanted && has && *has && strcmp(wanted, has) == 0;
}

/* By its name; else the first of its type that has no document yet; else the first of its type.
 * What is `older` than the case was not made by it. */
static const struct js *propose(const struct js *papers, const char *type, const char *doc_name,
                                bool older)
{
    const struct js *first = NULL, *free_one = NULL;
    for (size_t i = 0; i < js_count(papers); i++) {
        const struct js *paper = js_item(papers, i);
        if (older && strcmp(js_text_or(paper, "stage", ""), STAGE_COMPONENT) != 0)
            continue;
        if (is_named(paper, doc_name))
            return paper;
        if (!type || strcmp(js_text_or(paper, "type", ""), type) != 0)
            continue;
        first = first ? first : paper;
        if (!free_one && !js_count(js_at(paper, "documents")))
            free_one = paper;
    }
    return free_one ? free_one : first;
}

static bool file_under(const struct js *paper, struct js *others, const char *document)
{
    struct js *list = js_ref(paper ? js_at(paper, "documents") : others);
    bool fits = js_push(list, js_text(document));
    js_free(list);
    return fits;
}

/* Somebody said it, or it went into the result code: it stays what it is. */
#define PAPER_STANDS(d)                                                                            \
    "(" d ".paper_from IS 'said' OR (" d ".result_code IS NOT NULL AND " d                         \
    ".paper_from IS NOT NULL))"

#define FIELD_OF_D(name)                                                                           \
    "(SELECT coalesce(f.confirmed_value, f.value) FROM field f WHERE f.document_id = d.id "        \
    "AND f.name = '" name "')"

/* Not by the day on which the dossier was begun here: the case may be older. */
#define IS_OLDER                                                                                   \
    "coalesce(s.received_from IN ('said', 'code') AND " FIELD_OF_D(                                \
        "issue_date") " < s.received_on, 0)"

/* Codes of papers are a procedure's own: what was said under another one fits no list of this. */
#define OF_PROCEDURE                                                                               \
    "(d.paper_procedure IS (SELECT s.procedure_code FROM dossier s WHERE s.id = d.dossier_id))"

#define TO_PLACE                                                                                   \
    "SELECT d.id, d.type, " FIELD_OF_D("doc_name") ", d.stage, d.paper_code, " PAPER_STANDS(       \
        "d") " AS stands, " IS_OLDER ", " OF_PROCEDURE                                             \
             " FROM document d JOIN dossier s ON s.id = d.dossier_id "                             \
             "WHERE d.dossier_id = ? AND " COUNTED_DOCUMENT                                        \
             " ORDER BY stands DESC, d.ordinal, d.version"

enum err_code component_place(struct store *store, const char *dossier_id, const struct js *papers,
                              struct js *others, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(store->db, TO_PLACE, DB_BIND(DB_TEXT(dossier_id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        bool stands = query_int(q, 5) != 0, of_procedure = query_int(q, 7) != 0;
        const struct js *paper =
            stands
                ? component_find(papers, query_text(q, 3), of_procedure ? query_text(q, 4) : NULL)
                : propose(papers, query_text(q, 1), query_text(q, 2), query_int(q, 6) != 0);
        if (!file_under(paper, others, query_text(q, 0)))
            code = no_memory(err);
    }
    return code;
}

/* ---- written down ---- */

/* Of a document that gets the code ?2. */
#define PROCEDURE_OF_2                                                                             \
    "(SELECT s.procedure_code FROM dossier s WHERE s.id = dossier_id AND ?2 IS NOT NULL)"

static enum err_code write_proposal(struct store *store, const struct js *paper,
                                    const char *document, struct err *err)
{
    return db_run(
        store->db,
        "UPDATE document AS d SET stage = ?1, paper_code = ?2, paper_procedure = " PROCEDURE_OF_2
        ", paper_from = CASE WHEN ?2 IS NULL THEN NULL ELSE 'read' END WHERE id = ?3 "
        "AND NOT " PAPER_STANDS("d") " AND (stage IS NOT ?1 OR paper_code IS NOT ?2 "
                                     "OR paper_procedure IS NOT " PROCEDURE_OF_2 ")",
        DB_BIND(DB_TEXT(js_text_or(paper, "stage", NULL)), DB_TEXT(js_text_or(paper, "code", NULL)),
                DB_TEXT(document)),
        err);
}

static enum err_code write_list(struct store *store, const struct js *paper,
                                const struct js *documents, struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; !code && i < js_count(documents); i++)
        code = write_proposal(store, paper, js_text_or(js_item(documents, i), "", ""), err);
    return code;
}

enum err_code component_settle(struct store *store, const char *dossier_id, struct err *err)
{
    AUTO(js) struct js *wanted = NULL;
    enum err_code code = wanted_placed(store, dossier_id, &wanted, err);
    const struct js *papers = js_at(wanted, "papers");
    for (size_t i = 0; !code && i < js_count(papers); i++)
        code = write_list(store, js_item(papers, i), js_at(js_item(papers, i), "documents"), err);
    return code ? code : write_list(store, NULL, js_at(wanted, "others"), err);
}

enum err_code component_settle_around(struct store *store, const char *document_id, struct err *err)
{
    struct subject document;
    enum err_code code = subject_get(store, MACHINE_document, document_id, &document, err);
    return code ? code : component_settle(store, document.dossier_id, err);
}

enum err_code component_forget_said(struct store *store, const char *dossier_id, int64_t *out_count,
                                    struct err *err)
{
    enum err_code code =
        db_run(store->db,
               "UPDATE document SET stage = NULL, paper_code = NULL, paper_procedure = NULL, "
               "paper_from = NULL "
               "WHERE dossier_id = ? AND paper_from = 'said' AND result_code IS NULL",
               DB_BIND(DB_TEXT(dossier_id)), err);
    if (!code)
        *out_count = db_changes(store->db);
    return code;
}

enum err_code component_write(struct store *store, const char *document_id, const char *stage,
                              const char *code_text, struct principal by, struct err *err)
{
    char detail[120];
    snprintf(detail, sizeof detail, "%s %s", stage ? stage : "none", code_text ? code_text : "");
    enum err_code code = store_run_one(
        store, "document",
        "UPDATE document SET stage = ?1, paper_code = ?2, paper_procedure = " PROCEDURE_OF_2
        ", paper_from = 'said' WHERE id = ?3",
        DB_BIND(DB_TEXT(stage), DB_TEXT(code_text), DB_TEXT(document_id)), err);
    if (!code)
        code = audit_write(store,
                           &(struct audit){.kind = "document",
                                           .id = document_id,
                                           .event = "set-paper",
                                           .detail = detail,
                                           .by = by},
                           err);
    if (!code)
        code = component_settle_around(store, document_id, err);
    if (!code)
        store_touch(store, "document", document_id);
    return code;
}

/* ---- facts ---- */

/* The case of dossier ?1: its dossiers, one after another, under one code. */
#define CASE_OF_1                                                                                  \
    "WITH part AS (SELECT ?1 AS id UNION SELECT b.id FROM dossier a JOIN dossier b "               \
    "ON b.code = a.code WHERE a.id = ?1) "

/* Papers of the procedure itself (forms of TT 03/2025) are handed in by nobody. */
#define IS_FORM(d) "(" d ".type IS 'receipt-slip' OR coalesce(" d ".kind_abbr, '') LIKE 'Mẫu %')"

#define IS_SIGNED                                                                                  \
    "coalesce(d.held_from, d.state) IN "                                                           \
    "('signed', 'extracted', 'coded', 'queued', 'closed', 'purged')"

static enum err_code push_digitized(struct store *store, const char *id, struct js *list,
                                    struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(store->db,
                 CASE_OF_1 "SELECT d.dossier_id, d.stage, CASE WHEN " OF_PROCEDURE
                           " THEN d.paper_code END, d.id, d.result_code, "
                           "d.passed_sha256 IS NULL FROM part "
                           "JOIN document d ON d.dossier_id = part.id WHERE " IS_SIGNED
                           " AND NOT " IS_FORM("d") " ORDER BY d.dossier_id, d.ordinal, d.version",
                 DB_BIND(DB_TEXT(id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        const char *stage = query_text(q, 1);
        if (!js_push(list, js_pack("{s:s, s:s, s:s?, s:i, s:b, s:i, s:s, s:s?, s:n, s:n}",
                                   "dossier_id", query_text(q, 0), "stage",
                                   stage ? stage : STAGE_COMPONENT, "paper_code", query_text(q, 2),
                                   "class", (int)CLASS_DIGITIZED, "digitized", (int)query_int(q, 5),
                                   "reused", 0, "document_id", query_text(q, 3), "result_code",
                                   query_text(q, 4), "source", "replaced_by")))
            code = no_memory(err);
    }
    return code;
}

/* A paper has one class: one that was scanned after all is digitized. */
static enum err_code push_reused(struct store *store, const char *id, struct js *list,
                                 struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(store->db,
                 CASE_OF_1 "SELECT r.dossier_id, r.stage, r.paper_code, r.class, r.source, "
                           "r.source_document, r.source_code, r.national FROM part JOIN reuse r ON "
                           "r.dossier_id = part.id WHERE r.undone_us IS NULL AND NOT EXISTS ("
                           "SELECT 1 FROM document d WHERE d.dossier_id = r.dossier_id AND "
                           "d.stage = r.stage AND d.paper_code = r.paper_code AND " OF_PROCEDURE
                           " AND " IS_SIGNED ") "
                           "ORDER BY r.dossier_id, r.stage, r.paper_code",
                 DB_BIND(DB_TEXT(id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        bool of_result = query_int(q, 3) == CLASS_REUSED_RESULT;
        const char *source_code = query_text(q, 6);
        if (!js_push(list,
                     js_pack("{s:s, s:s, s:s, s:I, s:b, s:i, s:n, s:n, s:{s:s, s:s?, s:s?, s:b}, "
                             "s:s?}",
                             "dossier_id", query_text(q, 0), "stage", query_text(q, 1),
                             "paper_code", query_text(q, 2), "class", query_int(q, 3), "digitized",
                             0, "reused", of_result ? 2 : 1, "document_id", "result_code", "source",
                             "held_by", query_text(q, 4), "document_id", query_text(q, 5),
                             "result_code", source_code, "national", (int)query_int(q, 7), "replaced_by",
                             of_result ? source_code : NULL)))
            code = no_memory(err);
    }
    return code;
}

static bool is_listed(const struct js *facts, const struct js *paper)
{
    for (size_t i = 0; i < js_count(facts); i++) {
        const struct js *fact = js_item(facts, i);
        if (strcmp(js_text_or(fact, "stage", ""), js_text_or(paper, "stage", "")) == 0 &&
            strcmp(js_text_or(fact, "paper_code", ""), js_text_or(paper, "code", "")) == 0)
            return true;
    }
    return false;
}

static enum err_code push_missing(struct store *store, const char *id, struct js *list,
                                  struct err *err)
{
    AUTO(js) struct js *wanted = NULL;
    enum err_code code = wanted_placed(store, id, &wanted, err);
    const struct js *papers = js_at(wanted, "papers");
    for (size_t i = 0; !code && i < js_count(papers); i++) {
        const struct js *paper = js_item(papers, i);
        bool fits = is_listed(list, paper) ||
                    js_push(list, js_pack("{s:s, s:s, s:s, s:i, s:b, s:i, s:n, s:n, s:n, s:n}",
                                          "dossier_id", id, "stage", js_text_or(paper, "stage", ""),
                                          "paper_code", js_text_or(paper, "code", ""), "class",
                                          (int)CLASS_NONE, "digitized", 0, "reused", 0,
                                          "document_id", "result_code", "source", "replaced_by"));
        if (!fits)
            code = no_memory(err);
    }
    return code;
}

enum err_code component_facts(struct store *store, const char *dossier_id, bool missing,
                              struct js **out, struct err *err)
{
    AUTO(js) struct js *list = js_array();
    int64_t known;
    enum err_code code = db_number(store->db, "SELECT count(*) FROM dossier WHERE id = ?",
                                   DB_BIND(DB_TEXT(dossier_id)), 0, &known, err);
    if (!code && !known)
        code = err_set(err, ERR_NOT_FOUND, "no such dossier");
    if (!code)
        code = push_digitized(store, dossier_id, list, err);
    if (!code)
        code = push_reused(store, dossier_id, list, err);
    if (!code && missing)
        code = push_missing(store, dossier_id, list, err);
    if (code)
        return code;
    *out = TAKE(list);
    return ERR_OK;
}
