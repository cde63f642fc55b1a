#include "queue/store/reuse.h"

#include "daemon/base/id.h"
#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/catalog.h"
#include "queue/store/inside.h"
#include "queue/store/look_up.h"
#include "queue/store/remote_held.h"

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

/* `remote`, `held`: of a paper that another holds; else NULL. */
static enum err_code insert(struct store *store, const char *dossier_id, const struct js *paper,
                            const struct js *source, const struct remote_paper *remote,
                            const struct reuse_held *held, struct principal by, struct err *err)
{
    char id[ID_SIZE];
    AUTO(mem) char *kept = remote ? js_dump(remote->kept) : NULL;
    const char *sha256 = held ? held->file_sha256 : NULL,
               *holder = js_text_or(source, "held_by", "");
    if (remote && !kept)
        return err_set(err, ERR_NO_MEMORY, "reuse");
    id_new(id);
    return db_run(
        store->db,
        "INSERT INTO reuse (id, dossier_id, stage, paper_code, class, source, source_document, "
        "source_code, taken_us, taken_by, national, held, file_sha256, file_bytes, checked_us) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        DB_BIND(DB_TEXT(id), DB_TEXT(dossier_id), DB_TEXT(js_text_or(paper, "stage", "")),
                DB_TEXT(js_text_or(paper, "code", "")), DB_INT(js_int_or(source, "class", 0)),
                DB_TEXT(holder), DB_TEXT(js_text_or(source, "document_id", NULL)),
                DB_TEXT(js_text_or(source, "result_code", NULL)), DB_INT(sys_now_us()),
                DB_TEXT(by.id), DB_INT(remote_held_is_national(store, holder)), DB_TEXT(kept),
                DB_TEXT(sha256), sha256 ? DB_INT(held->file_bytes) : DB_NULL,
                remote ? DB_INT(js_int_or(source, "answered_us", 0)) : DB_NULL),
        err);
}

static enum err_code note(struct store *store, const char *dossier_id, const struct js *paper,
                          const struct js *source, bool has_file, struct principal by,
                          struct err *err)
{
    char detail[160];
    const char *holder = js_text_or(source, "held_by", "");
    snprintf(detail, sizeof detail, "%s %s, class %d, asked %s%s", js_text_or(paper, "stage", ""),
             js_text_or(paper, "code", ""), (int)js_int_or(source, "class", 0), holder,
             strcmp(holder, HELD_LOCAL) == 0 ? ""
             : has_file                      ? ", file hashed"
                                             : ", by reference");
    return audit_change(store, "dossier", dossier_id, "reuse", detail, by, err);
}

enum err_code reuse_take(struct store *store, const struct paper_key *key, const char *document_id,
                         struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(js) struct js *wanted = NULL;
    AUTO(js) struct js *source = NULL;
    const struct js *paper = NULL;
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
        code = insert(store, key->dossier_id, paper, source, NULL, NULL, by, err);
    if (!code)
        code = note(store, key->dossier_id, paper, source, false, by, err);
    return code ? code : tx_commit(&tx, err);
}

/* The answer was about the person it names; that person may be another one's owner by now. */
enum err_code reuse_put(struct store *store, const char *dossier_id, const struct js *paper,
                        const struct reuse_held *held, struct principal by, struct err *err)
{
    AUTO(remote_paper) struct remote_paper remote = {0};
    enum err_code code = remote_held_get(store, held->held_id, &remote, err);
    if (!code && !js_set(remote.entry, "owner_id", js_text(remote.owner_id)))
        code = err_set(err, ERR_NO_MEMORY, "reuse");
    if (!code)
        code = check_paper(paper, err);
    if (!code)
        code = check_source(store, dossier_id, remote.entry, err);
    if (!code)
        code = end_former(store, dossier_id, paper, by, err);
    if (!code)
        code = insert(store, dossier_id, paper, remote.entry, &remote, held, by, err);
    return code ? code
                : note(store, dossier_id, paper, remote.entry, held->file_sha256 != NULL, by, err);
}

enum err_code reuse_take_held(struct store *store, const struct paper_key *key,
                              const struct reuse_held *held, struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(js) struct js *wanted = NULL;
    const struct js *paper = NULL;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = component_get(store, key, &wanted, &paper, err);
    if (!code)
        code = reuse_put(store, key->dossier_id, paper, held, by, err);
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

/* ---- is it still what it was ---- */

static bool is_same_text(const struct js *a, const struct js *b, const char *key)
{
    return strcmp(js_text_or(a, key, ""), js_text_or(b, key, "")) == 0;
}

struct recheck {
    const struct js *kept;
    const char *problem; /* NULL: as good as it was */
    const char *source;
};

/* The same paper is the one of that code, number and name. */
static enum err_code compare(void *payload, const struct look_up_paper *paper, struct js *entry,
                             struct err *err)
{
    (void)paper, (void)err;
    AUTO(js) struct js *now = entry;
    struct recheck *check = payload;
    if (strcmp(js_text_or(now, "held_by", ""), check->source) != 0 ||
        !is_same_text(now, check->kept, "result_code") ||
        !is_same_text(now, check->kept, "number_symbol") || !is_same_text(now, check->kept, "name"))
        return ERR_OK;
    if (js_bool_or(now, "fit", false))
        check->problem = NULL;
    else if (check->problem)
        check->problem =
            strcmp(js_text_or(now, "validity", ""), "expired") == 0 ? "expired" : "replaced";
    return ERR_OK;
}

static enum err_code recheck_one(struct store *store, const struct wanted_case *of,
                                 const char *source, struct query *q, struct principal by,
                                 struct err *err)
{
    AUTO(js) struct js *kept = NULL;
    const char *text = query_text(q, 2), *dossier = query_text(q, 1);
    enum err_code code = js_parse(text, strlen(text), &kept, err);
    struct recheck check = {kept, "gone", source};
    if (!code)
        code = remote_held_each(store, of, compare, &check, err);
    if (!code)
        code = db_run(
            store->db, "UPDATE reuse SET checked_us = ?, problem = ? WHERE id = ?",
            DB_BIND(DB_INT(sys_now_us()), DB_TEXT(check.problem), DB_TEXT(query_text(q, 0))), err);
    return code || !check.problem
               ? code
               : audit_change(store, "dossier", dossier, "reuse-problem", check.problem, by, err);
}

enum err_code reuse_recheck(struct store *store, const struct wanted_case *of, const char *source,
                            struct principal by, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(store->db,
                 "SELECT r.id, r.dossier_id, r.held FROM reuse r JOIN dossier s ON s.id = "
                 "r.dossier_id WHERE r.undone_us IS NULL AND r.source = ? AND r.held IS NOT NULL "
                 "AND s.owner_id = ? AND s.procedure_code = ?",
                 DB_BIND(DB_TEXT(source), DB_TEXT(of->owner_id), DB_TEXT(of->procedure)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        code = recheck_one(store, of, source, q, by, err);
    return code;
}

enum err_code reuse_check_standing(struct store *store, const char *dossier_id, struct err *err)
{
    AUTO(mem) char *problem = NULL;
    enum err_code code = db_text(store->db,
                                 "SELECT problem FROM reuse WHERE dossier_id = ? AND undone_us IS "
                                 "NULL AND problem IS NOT NULL LIMIT 1",
                                 DB_BIND(DB_TEXT(dossier_id)), &problem, err);
    if (code || !problem)
        return code;
    if (strcmp(problem, "gone") == 0)
        return err_set(err, ERR_REUSE_GONE, "its holder has it no more");
    if (strcmp(problem, "expired") == 0)
        return err_set(err, ERR_REUSE_EXPIRED, "a paper reused is no longer valid");
    return err_set(err, ERR_REUSE_REPLACED, "a paper reused is replaced or withdrawn");
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

/* What its holder said of it then; of a purged case nothing but its code is left. */
static enum err_code source_elsewhere(struct query *q, struct js **out, struct err *err)
{
    char today[11];
    const char *kept = query_text(q, 9) ? query_text(q, 9) : "{}";
    AUTO(js) struct js *said = NULL;
    catalog_today(today);
    enum err_code code = js_parse(kept, strlen(kept), &said, err);
    if (code)
        return code;
    *out = remote_held_entry(said, query_text(q, 8), today);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "reuse");
}

static struct js *int_or_null(struct query *q, int column)
{
    return query_is_null(q, column) ? js_null() : js_int(query_int(q, column));
}

static enum err_code reuse_to_js(struct store *store, struct query *q, struct js **out,
                                 struct err *err)
{
    AUTO(js) struct js *source = NULL;
    enum err_code code = query_is_null(q, 3)
                             ? source_elsewhere(q, &source, err)
                             : look_up_document(store, query_text(q, 3), &source, err);
    if (code)
        return code;
    bool ok = js_set(source, "owner_id", js_null()) && js_remove(source, "owner_id") &&
              js_set(source, "result_code", js_text(query_text(q, 4)));
    *out = ok ? js_pack("{s:s, s:I, s:I, s:s, s:O, s:s?, s:o, s:s?}", "id", query_text(q, 0),
                        "class", query_int(q, 5), "taken_us", query_int(q, 6), "taken_by",
                        query_text(q, 7), "source", source, "file_sha256", query_text(q, 10),
                        "checked_us", int_or_null(q, 11), "problem", query_text(q, 12))
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
                 "taken_by, source, held, file_sha256, checked_us, problem FROM reuse WHERE "
                 "dossier_id = ? AND undone_us IS NULL",
                 DB_BIND(DB_TEXT(dossier_id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        code = add_one(store, q, papers, err);
    return code;
}
