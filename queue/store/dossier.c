#include "queue/store/dossier.h"

#include "daemon/base/sys.h"
#include "daemon/model/field.h"
#include "queue/store/audit.h"
#include "queue/store/counts.h"
#include "queue/store/dossier_case.h"
#include "queue/store/inside.h"
#include "queue/store/record.h"
#include "queue/store/reuse.h"
#include "queue/store/stray.h"

#include <stdio.h>
#include <string.h>

enum err_code dossier_canonical_code(const char *text, char **out, struct err *err)
{
    struct err why = ERR_INIT;
    enum err_code code = field_check(FIELD_dossier_code, text, 0, out, &why);
    if (code == ERR_NO_MEMORY)
        return err_set(err, code, "dossier code");
    return code ? err_set(err, ERR_DOSSIER_CODE_BAD, "not the form of a dossier code") : ERR_OK;
}

static enum err_code check_not_taken(struct store *store, const char *code_text, struct err *err)
{
    int64_t taken;
    enum err_code code =
        db_number(store->db, "SELECT count(*) FROM dossier WHERE code = ? AND closed_us IS NULL",
                  DB_BIND(DB_TEXT(code_text)), 0, &taken, err);
    if (!code && taken)
        return err_set(err, ERR_DOSSIER_CODE_TAKEN, "another open dossier has this code");
    return code;
}

enum err_code dossier_create(struct store *store, const struct dossier_wish *wish,
                             struct principal by, char *out_id, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    AUTO(mem)
    char *code_text = NULL;
    char id[ID_SIZE];
    id_new(id);
    enum err_code code = store_check_room(store, err);
    if (!code && wish->code)
        code = dossier_canonical_code(wish->code, &code_text, err);
    if (!code)
        code = tx_begin(&tx, store->db, err);
    if (!code && code_text)
        code = check_not_taken(store, code_text, err);
    if (!code)
        code = db_run(store->db,
                      "INSERT INTO dossier (id, code, kind, papers, sides, created_us, created_by) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?)",
                      DB_BIND(DB_TEXT(id), DB_TEXT(code_text),
                              DB_TEXT(wish->backlog ? "backlog" : "counter"),
                              wish->papers < 0 ? DB_NULL : DB_INT(wish->papers),
                              wish->sides_said ? DB_INT(wish->sides) : DB_NULL,
                              DB_INT(sys_now_us()), DB_TEXT(by.id)),
                      err);
    if (!code)
        code = audit_change(store, "dossier", id, "create", NULL, by, err);
    if (!code)
        code = dossier_case_inherit(store, id, by, err);
    if (!code)
        code = dossier_change(store, id,
                              &(struct dossier_change){.papers = -1,
                                                       .sides = -1,
                                                       .procedure = wish->procedure,
                                                       .received_on = wish->received_on,
                                                       .people = wish->people},
                              by, err);
    if (!code)
        code = tx_commit(&tx, err);
    if (!code)
        memcpy(out_id, id, ID_SIZE);
    return code;
}

static enum err_code find_open(struct store *store, const struct dossier_wish *wish, char **out,
                               struct err *err)
{
    AUTO(mem) char *code_text = NULL;
    enum err_code code = wish->code ? dossier_canonical_code(wish->code, &code_text, err) : ERR_OK;
    if (code || !code_text)
        return code;
    return db_text(
        store->db, "SELECT id FROM dossier WHERE code = ? AND kind = ? AND closed_us IS NULL",
        DB_BIND(DB_TEXT(code_text), DB_TEXT(wish->backlog ? "backlog" : "counter")), out, err);
}

enum err_code dossier_take_up(struct store *store, const struct dossier_wish *wish,
                              struct principal by, char *out_id, bool *out_is_new, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(mem) char *found = NULL;
    struct dossier_change change = {.papers = wish->papers,
                                    .sides = wish->sides_said ? wish->sides : -1,
                                    .procedure = wish->procedure,
                                    .received_on = wish->received_on,
                                    .people = wish->people};
    char id[ID_SIZE];
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = find_open(store, wish, &found, err);
    if (!code && found)
        code = dossier_change(store, found, &change, by, err);
    else if (!code)
        code = dossier_create(store, wish, by, id, err);
    if (!code)
        code = tx_commit(&tx, err);
    if (code)
        return code;
    memcpy(out_id, found ? found : id, ID_SIZE);
    *out_is_new = !found;
    return ERR_OK;
}

struct dossier_row {
    char code[64];
    bool closed, backlog;
    int64_t papers, sides; /* -1: not said */
};

static enum err_code read_row(struct store *store, const char *id, struct dossier_row *out,
                              struct err *err)
{
    AUTO(query)
    struct query *q = NULL;
    bool row;
    enum err_code code =
        db_query(store->db, "SELECT code, closed_us, kind, papers, sides FROM dossier WHERE id = ?",
                 DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    if (!row)
        return err_set(err, ERR_NOT_FOUND, "no such dossier");
    const char *text = query_text(q, 0);
    snprintf(out->code, sizeof out->code, "%s", text ? text : "");
    out->closed = !query_is_null(q, 1);
    out->backlog = strcmp(query_text(q, 2), "backlog") == 0;
    out->papers = query_is_null(q, 3) ? -1 : query_int(q, 3);
    out->sides = query_is_null(q, 4) ? -1 : query_int(q, 4);
    return ERR_OK;
}

enum err_code dossier_rewrite_records(struct store *store, const char *id, struct err *err)
{
    char document[ID_SIZE] = "";
    for (;;) {
        AUTO(mem)
        char *next = NULL;
        enum err_code code =
            db_text(store->db,
                    "SELECT d.id FROM document d WHERE d.dossier_id = ?1 AND d.id > ?2 "
                    "AND d.record_sha256 IS NOT NULL AND coalesce(d.held_from, d.state) = 'queued' "
                    "AND NOT EXISTS (SELECT 1 FROM delivery v WHERE v.document_id = d.id "
                    "AND (v.filed = 1 OR coalesce(v.held_from, v.state) <> 'queued')) "
                    "ORDER BY d.id LIMIT 1",
                    DB_BIND(DB_TEXT(id), DB_TEXT(document)), &next, err);
        if (!code && next)
            code = record_store(store, next, err);
        if (code || !next)
            return code;
        snprintf(document, sizeof document, "%s", next);
    }
}

static enum err_code bind_code(struct store *store, const char *id, const struct dossier_row *row,
                               const char *wanted, struct principal by, struct err *err)
{
    AUTO(mem)
    char *code_text = NULL;
    enum err_code code = dossier_canonical_code(wanted, &code_text, err);
    if (code || strcmp(row->code, code_text) == 0)
        return code;
    if (row->code[0])
        return err_set(err, ERR_CODE_ALREADY_BOUND, "the dossier has a code already");
    code = check_not_taken(store, code_text, err);
    if (!code)
        code = store_run_one(store, "dossier", "UPDATE dossier SET code = ? WHERE id = ?",
                             DB_BIND(DB_TEXT(code_text), DB_TEXT(id)), err);
    if (!code)
        code = dossier_rewrite_records(store, id, err);
    if (!code)
        code = stray_ask_all(store, id, err);
    return code ? code : audit_change(store, "dossier", id, "bind-code", NULL, by, err);
}

static enum err_code set_papers(struct store *store, const char *id, int64_t papers,
                                struct principal by, struct err *err)
{
    char detail[40];
    snprintf(detail, sizeof detail, "papers %lld", (long long)papers);
    enum err_code code =
        store_run_one(store, "dossier", "UPDATE dossier SET papers = ? WHERE id = ?",
                      DB_BIND(DB_INT(papers), DB_TEXT(id)), err);
    return code ? code : audit_change(store, "dossier", id, "set-papers", detail, by, err);
}

static enum err_code set_sides(struct store *store, const char *id, int64_t sides,
                               struct principal by, struct err *err)
{
    char detail[40];
    snprintf(detail, sizeof detail, "sides %lld", (long long)sides);
    enum err_code code =
        store_run_one(store, "dossier", "UPDATE dossier SET sides = ? WHERE id = ?",
                      DB_BIND(DB_INT(sides), DB_TEXT(id)), err);
    return code ? code : audit_change(store, "dossier", id, "set-sides", detail, by, err);
}

enum err_code dossier_update(struct store *store, const char *id, const char *wanted,
                             int64_t papers, int64_t sides, struct principal by, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct dossier_row row;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = read_row(store, id, &row, err);
    if (!code && row.closed)
        code = err_set(err, ERR_STATE_CHANGED, "the dossier is closed");
    if (!code && wanted)
        code = bind_code(store, id, &row, wanted, by, err);
    if (!code && papers >= 0 && papers != row.papers)
        code = set_papers(store, id, papers, by, err);
    if (!code && sides >= 0 && sides != row.sides)
        code = set_sides(store, id, sides, by, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code dossier_filed_without_code(struct store *store, const char *id, struct js **out,
                                         struct err *err)
{
    AUTO(js)
    struct js *list = js_array();
    AUTO(query)
    struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(store->db,
                 "SELECT d.id FROM document d JOIN dossier s ON s.id = d.dossier_id WHERE s.id = ? "
                 "AND s.code IS NOT NULL "
                 "AND d.state NOT IN ('rejected', 'failed', 'superseded', 'withdrawn') "
                 "AND EXISTS (SELECT 1 FROM delivery v WHERE v.document_id = d.id AND v.filed = 1 "
                 "AND v.filed_under IS NULL) ORDER BY d.ordinal, d.version",
                 DB_BIND(DB_TEXT(id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!js_push(list, js_text(query_text(q, 0))))
            code = err_set(err, ERR_NO_MEMORY, "documents");
    if (code)
        return code;
    if (!list)
        return err_set(err, ERR_NO_MEMORY, "documents");
    *out = TAKE(list);
    return ERR_OK;
}

static enum err_code check_papers(const struct dossier_row *row, const struct counts *counts,
                                  struct err *err)
{
    if (row->papers < 0 && !row->backlog)
        return err_set(err, ERR_COUNT_MISMATCH, "papers not said, documents %lld",
                       (long long)counts->papers);
    if (row->papers >= 0 && row->papers != counts->papers)
        return err_set(err, ERR_COUNT_MISMATCH, "papers %lld, documents %lld",
                       (long long)row->papers, (long long)counts->papers);
    return ERR_OK;
}

static enum err_code check_sides(const struct dossier_row *row, const struct counts *counts,
                                 struct err *err)
{
    if (row->sides < 0 || row->sides == counts->written)
        return ERR_OK;
    return err_set(err, ERR_COUNT_MISMATCH,
                   "written sides %lld, imaged %lld (sides %lld, blank ones kept %lld)",
                   (long long)row->sides, (long long)counts->written, (long long)counts->sides,
                   (long long)counts->blank);
}

static enum err_code check_compared(struct store *store, const char *id,
                                    const struct counts *counts, struct err *err)
{
    int64_t unread;
    enum err_code code = db_number(store->db,
                                   "SELECT count(*) FROM document WHERE dossier_id = ? AND "
                                   "(state IN ('open', 'read') OR held_from IN ('open', 'read'))",
                                   DB_BIND(DB_TEXT(id)), 0, &unread, err);
    if (!code && unread)
        return err_set(err, ERR_COUNT_MISMATCH, "documents %lld, not compared yet %lld",
                       (long long)counts->papers, (long long)unread);
    return code;
}

/* With neither number said both equalities would hold by themselves. */
static enum err_code check_said(const struct dossier_row *row, const struct counts *counts,
                                bool counted, struct err *err)
{
    if (counted || row->papers >= 0 || row->sides >= 0 || !counts->papers)
        return ERR_OK;
    return err_set(err, ERR_COUNTS_NOT_SAID,
                   "neither papers nor sides said; documents %lld, written sides %lld",
                   (long long)counts->papers, (long long)counts->written);
}

static enum err_code check_counts(struct store *store, const char *id,
                                  const struct dossier_row *row, bool counted, struct err *err)
{
    struct counts counts;
    enum err_code code = counts_of_dossier(store, id, &counts, err);
    if (!code)
        code = check_papers(row, &counts, err);
    if (!code)
        code = check_compared(store, id, &counts, err);
    if (!code)
        code = check_sides(row, &counts, err);
    return code ? code : check_said(row, &counts, counted, err);
}

enum err_code dossier_close(struct store *store, const char *id, bool counted, struct principal by,
                            struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct dossier_row row;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = read_row(store, id, &row, err);
    if (!code && row.closed)
        code = err_set(err, ERR_STATE_CHANGED, "the dossier is closed already");
    if (!code)
        code = check_counts(store, id, &row, counted, err);
    if (!code)
        code = reuse_check_standing(store, id, err);
    if (!code)
        code = store_run_one(store, "dossier",
                             "UPDATE dossier SET closed_us = ?, closed_by = ? WHERE id = ?",
                             DB_BIND(DB_INT(sys_now_us()), DB_TEXT(by.id), DB_TEXT(id)), err);
    if (!code)
        code = audit_change(store, "dossier", id, "close", counted ? "counted by a person" : NULL,
                            by, err);
    return code ? code : tx_commit(&tx, err);
}
