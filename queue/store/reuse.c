#include "queue/store/reuse.h"

#include "daemon/base/id.h"
#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/inside.h"
#include "queue/store/look_up.h"

#include <stdio.h>
#include <string.h>

/* ---- may it be used ---- */

static bool is_of_owner(const struct wanted_case *of, const char *id)
{
    return *id && (strcmp(of->owner_id, id) == 0 || strcmp(of->owner_old_id, id) == 0);
}

static enum err_code check_source(struct store *store, const char *dossier_id,
                                  const struct js *source, struct err *err)
{
    struct wanted_case of;
    const char *validity = js_text_or(source, "validity", "");
    enum err_code code = wanted_case_get(store, dossier_id, &of, err);
    if (code)
        return code;
    if (!is_of_owner(&of, js_text_or(source, "owner_id", "")))
        return err_set(err, ERR_REUSE_OTHER_OWNER, "owners differ or are not known");
    if (strcmp(validity, "expired") == 0)
        return err_set(err, ERR_REUSE_EXPIRED, "the paper is no longer valid");
    if (strcmp(validity, "replaced") == 0 || strcmp(validity, "over") == 0)
        return err_set(err, ERR_REUSE_REPLACED, "the paper is replaced or withdrawn");
    if (!js_bool_or(source, "fit", false))
        return err_set(err, ERR_STATE_CHANGED, "the paper is not signed yet");
    if (strcmp(js_text_or(source, "dossier_id", ""), dossier_id) == 0)
        return err_set(err, ERR_BAD_ARGUMENT, "document_id: a paper of this dossier");
    return ERR_OK;
}

static enum err_code check_paper(const struct js *paper, struct err *err)
{
    const char *never = js_text_or(paper, "never", "");
    if (strcmp(never, "secret") == 0)
        return err_set(err, ERR_PAPER_SECRET, "a secret paper");
    if (strcmp(never, "shown") == 0)
        return err_set(err, ERR_PAPER_SHOWN_ONLY, "a paper that is only shown");
    return ERR_OK;
}

/* ---- taking over, undoing ---- */

static enum err_code end_former(struct store *store, const char *dossier_id, const struct js *paper,
                                struct principal by, struct err *err)
{
    return db_run(store->db,
                  "UPDATE reuse SET undone_us = ?, undone_by = ? WHERE dossier_id = ? "
                  "AND stage = ? AND paper_code = ? AND undone_us IS NULL",
                  DB_BIND(DB_INT(sys_now_us()), DB_TEXT(by.id), DB_TEXT(dossier_id),
                          DB_TEXT(js_text_or(paper, "stage", "")),
                          DB_TEXT(js_text_or(paper, "code", ""))),
                  err);
}

static enum err_code insert(struct store *store, const char *dossier_id, const struct js *paper,
                            const struct js *source, struct principal by, struct err *err)
{
    char id[ID_SIZE];
    id_new(id);
    return db_run(
        store->db,
        "INSERT INTO reuse (id, dossier_id, stage, paper_code, class, source, source_document, "
        "source_code, taken_us, taken_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        DB_BIND(DB_TEXT(id), DB_TEXT(dossier_id), DB_TEXT(js_text_or(paper, "stage", "")),
                DB_TEXT(js_text_or(paper, "code", "")), DB_INT(js_int_or(source, "class", 0)),
                DB_TEXT(js_text_or(source, "held_by", "")),
                DB_TEXT(js_text_or(source, "document_id", NULL)),
                DB_TEXT(js_text_or(source, "result_code", NULL)), DB_INT(sys_now_us()),
                DB_TEXT(by.id)),
        err);
}

enum err_code reuse_take(struct store *store, const struct paper_key *key, const char *document_id,
                         struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(js) struct js *wanted = NULL;
    AUTO(js) struct js *source = NULL;
    const struct js *paper = NULL;
    char detail[120];
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = component_get(store, key, &wanted, &paper, err);
    if (!code)
        code = check_paper(paper, err);
    if (!code)
        code = look_up_document(store, document_id, &source, err);
    if (!code)
        code = check_source(store, key->dossier_id, source, err);
    if (!code)
        code = end_former(store, key->dossier_id, paper, by, err);
    if (!code)
        code = insert(store, key->dossier_id, paper, source, by, err);
    if (code)
        return code;
    snprintf(detail, sizeof detail, "%s %s, class %d, asked " HELD_LOCAL,
             js_text_or(paper, "stage", ""), js_text_or(paper, "code", ""),
             (int)js_int_or(source, "class", 0));
    code = audit_change(store, "dossier", key->dossier_id, "reuse", detail, by, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code reuse_undo(struct store *store, const struct paper_key *key, struct principal by,
                         struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(js) struct js *wanted = NULL;
    const struct js *paper = NULL;
    char detail[120];
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = component_get(store, key, &wanted, &paper, err);
    if (!code)
        code = end_former(store, key->dossier_id, paper, by, err);
    if (code || !db_changes(store->db))
        return code ? code : tx_commit(&tx, err);
    snprintf(detail, sizeof detail, "%s %s", js_text_or(paper, "stage", ""),
             js_text_or(paper, "code", ""));
    code = audit_change(store, "dossier", key->dossier_id, "reuse-undo", detail, by, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code reuse_end_all(struct store *store, const char *dossier_id, struct principal by,
                            int64_t *out_count, struct err *err)
{
    enum err_code code = db_run(
        store->db,
        "UPDATE reuse SET undone_us = ?, undone_by = ? WHERE dossier_id = ? AND undone_us IS NULL",
        DB_BIND(DB_INT(sys_now_us()), DB_TEXT(by.id), DB_TEXT(dossier_id)), err);
    if (!code)
        *out_count = db_changes(store->db);
    return code;
}

/* ---- what is reused ---- */

static enum err_code reuse_to_js(struct store *store, struct query *q, struct js **out,
                                 struct err *err)
{
    AUTO(js) struct js *source = NULL;
    enum err_code code = look_up_document(store, query_text(q, 3), &source, err);
    if (code)
        return code;
    bool ok =
        js_remove(source, "owner_id") && js_set(source, "result_code", js_text(query_text(q, 4)));
    *out =
        ok ? js_pack("{s:s, s:I, s:I, s:s, s:O}", "id", query_text(q, 0), "class", query_int(q, 5),
                     "taken_us", query_int(q, 6), "taken_by", query_text(q, 7), "source", source)
           : NULL;
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "reuse");
}

static enum err_code add_one(struct store *store, struct query *q, const struct js *papers,
                             struct err *err)
{
    AUTO(js) struct js *reuse = NULL;
    AUTO(js)
    struct js *paper = js_ref(component_find(papers, query_text(q, 1), query_text(q, 2)));
    if (!paper) /* the procedure was changed since */
        return ERR_OK;
    enum err_code code = reuse_to_js(store, q, &reuse, err);
    if (!code && !js_set(paper, "reuse", TAKE(reuse)))
        code = err_set(err, ERR_NO_MEMORY, "reuse");
    return code;
}

enum err_code reuse_add(struct store *store, const char *dossier_id, const struct js *papers,
                        struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(store->db,
                 "SELECT id, stage, paper_code, source_document, source_code, class, taken_us, "
                 "taken_by FROM reuse WHERE dossier_id = ? AND undone_us IS NULL",
                 DB_BIND(DB_TEXT(dossier_id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        code = add_one(store, q, papers, err);
    return code;
}
