#include "queue/store/model.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/inside.h"

#include <stdio.h>
#include <string.h>

#define FILE_MAX (16u << 20)
#define LISTED 20

#define MODEL_COLUMNS                                                                              \
    "SELECT id, state, origin, sha256, made_us, made_by, used_us, from_papers, based_on, figures " \
    "FROM model "

static enum err_code model_to_js(struct query *q, struct js **out, struct err *err)
{
    const char *text = query_text(q, 9);
    struct js *figures;
    enum err_code code = js_parse(text, strlen(text), &figures, err);
    if (code)
        return err_context(err, ERR_STORE_CORRUPT, "model");
    struct js *used = query_is_null(q, 6) ? js_null() : js_int(query_int(q, 6));
    *out =
        js_pack("{s:s, s:s, s:s, s:s?, s:I, s:s, s:o, s:I, s:s?, s:o}", "id", query_text(q, 0),
                "state", query_text(q, 1), "origin", query_text(q, 2), "sha256", query_text(q, 3),
                "made_us", query_int(q, 4), "made_by", query_text(q, 5), "used_us", used,
                "from_papers", query_int(q, 7), "based_on", query_text(q, 8), "figures", figures);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "model");
}

/* null when there is none. */
static enum err_code find_model(struct store *store, const char *sql, const char *id,
                                struct js **out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code =
        db_query(store->db, sql, (const struct db_value[]){DB_TEXT(id)}, id ? 1 : 0, &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        *out = js_null();
    return code || !row ? code : model_to_js(q, out, err);
}

static enum err_code model_get(struct store *store, const char *id, struct js **out,
                               struct err *err)
{
    return find_model(store, MODEL_COLUMNS "WHERE id = ?", id, out, err);
}

static enum err_code get_in_use(struct store *store, struct js **out, struct err *err)
{
    return find_model(store, MODEL_COLUMNS "WHERE state = 'used'", NULL, out, err);
}

/* ---- a new one ---- */

static enum err_code replace_in_use(struct store *store, struct err *err)
{
    return db_run(store->db, "UPDATE model SET state = 'replaced' WHERE state = 'used'",
                  DB_BIND_NONE, err);
}

/* Files of the oldest are given up; their figures stay. */
static enum err_code forget_old(struct store *store, struct err *err)
{
    return db_run(store->db,
                  "UPDATE model SET sha256 = NULL WHERE state != 'used' AND sha256 IS NOT NULL AND "
                  "id NOT IN (SELECT id FROM model WHERE state != 'used' AND sha256 IS NOT NULL "
                  "ORDER BY used_us DESC, id DESC LIMIT ?)",
                  DB_BIND(DB_INT(MODELS_KEPT)), err);
}

static enum err_code insert(struct store *store, const struct model_add *add, const char *based_on,
                            struct principal by, struct err *err)
{
    char sha256[HASH_HEX_SIZE] = "";
    AUTO(mem) char *figures = js_dump(add->figures);
    int64_t now_us = sys_now_us();
    enum err_code code = figures ? ERR_OK : err_set(err, ERR_NO_MEMORY, "model");
    if (!code && add->used)
        code = blob_put_fd(store->blobs, store->db, add->fd, FILE_MAX, sha256, err);
    if (!code && add->used)
        code = replace_in_use(store, err);
    if (code)
        return code;
    return db_run(store->db,
                  "INSERT INTO model (id, state, origin, sha256, made_us, made_by, used_us, "
                  "from_papers, based_on, figures) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  DB_BIND(DB_TEXT(add->id), DB_TEXT(add->used ? "used" : "refused"),
                          DB_TEXT(add->origin), DB_TEXT(add->used ? sha256 : NULL), DB_INT(now_us),
                          DB_TEXT(by.id), add->used ? DB_INT(now_us) : DB_NULL,
                          DB_INT(add->from_papers), DB_TEXT(based_on), DB_TEXT(figures)),
                  err);
}

static enum err_code note(struct store *store, const char *id, const char *event, const char *to,
                          const char *detail, struct principal by, struct err *err)
{
    return audit_write(
        store,
        &(struct audit){
            .kind = "model", .id = id, .event = event, .to = to, .detail = detail, .by = by},
        err);
}

enum err_code model_add(struct store *store, const struct model_add *add, struct principal by,
                        struct js **out, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(js) struct js *before = NULL;
    AUTO(js) struct js *there = NULL;
    char detail[100];
    snprintf(detail, sizeof detail, "%s; %lld papers; %s",
             js_text_or(add->figures, "verdict", "unknown"), (long long)add->from_papers,
             js_bool_or(add->figures, "forced", false) ? "forced" : "as judged");
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = model_get(store, add->id, &there, err);
    if (!code)
        code = get_in_use(store, &before, err);
    if (!code && js_is_null(there)) {
        code = insert(store, add, js_text_or(before, "id", NULL), by, err);
        if (!code)
            code = forget_old(store, err);
        if (!code)
            code = note(store, add->id, strcmp(add->origin, "trained") == 0 ? "train" : "import",
                        add->used ? "used" : "refused", detail, by, err);
    }
    if (!code)
        code = model_get(store, add->id, out, err);
    return code ? code : tx_commit(&tx, err);
}

/* ---- back to the one before ---- */

/* The nearest one before whose file is kept; NULL: the one built in. */
static enum err_code one_before(struct store *store, const char *id, char **out, struct err *err)
{
    return db_text(store->db,
                   "WITH RECURSIVE before (id, sha256, based_on, step) AS ("
                   "SELECT m.id, m.sha256, m.based_on, 1 FROM model n JOIN model m "
                   "ON m.id = n.based_on WHERE n.id = ? UNION ALL "
                   "SELECT m.id, m.sha256, m.based_on, step + 1 FROM before b JOIN model m "
                   "ON m.id = b.based_on) "
                   "SELECT id FROM before WHERE sha256 IS NOT NULL ORDER BY step LIMIT 1",
                   DB_BIND(DB_TEXT(id)), out, err);
}

static enum err_code take_out(struct store *store, const char *id, struct principal by,
                              struct err *err)
{
    AUTO(mem) char *before = NULL;
    enum err_code code = one_before(store, id, &before, err);
    if (!code)
        code =
            store_run_one(store, "model in use",
                          "UPDATE model SET state = 'rolled_back' WHERE id = ? AND state = 'used'",
                          DB_BIND(DB_TEXT(id)), err);
    if (!code && before)
        code = store_run_one(store, "model",
                             "UPDATE model SET state = 'used', used_us = ? WHERE id = ?",
                             DB_BIND(DB_INT(sys_now_us()), DB_TEXT(before)), err);
    return code ? code
                : note(store, id, "rollback", "rolled_back",
                       before ? "back to an earlier one" : "back to the one built in", by, err);
}

enum err_code model_roll_back(struct store *store, const char *id, struct principal by,
                              struct js **out, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(js) struct js *model = NULL;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = model_get(store, id, &model, err);
    if (code)
        return code;
    const char *state = js_text_or(model, "state", "");
    if (strcmp(state, "used") == 0)
        code = take_out(store, id, by, err);
    else if (strcmp(state, "rolled_back") != 0)
        code = err_set(err, ERR_STATE_CHANGED, "that model is not in use");
    if (!code)
        code = get_in_use(store, out, err);
    return code ? code : tx_commit(&tx, err);
}

/* ---- what there is ---- */

enum err_code model_in_use(struct store *store, struct js **out, int *out_fd, struct err *err)
{
    AUTO(js) struct js *model = NULL;
    int fd = -1;
    enum err_code code = get_in_use(store, &model, err);
    const char *sha256 = code ? NULL : js_text_or(model, "sha256", NULL);
    if (sha256)
        code = blob_check(store->blobs, store->db, sha256, err);
    if (!code && sha256)
        code = blob_open(store->blobs, store->db, sha256, &fd, NULL, err);
    if (code)
        return code;
    *out = TAKE(model);
    *out_fd = fd;
    return ERR_OK;
}

static enum err_code list_models(struct store *store, struct js **out, struct err *err)
{
    AUTO(js) struct js *list = js_array();
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(store->db, MODEL_COLUMNS "ORDER BY made_us DESC, id DESC LIMIT ?",
                                  DB_BIND(DB_INT(LISTED)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        struct js *model = NULL;
        code = model_to_js(q, &model, err);
        if (!code && !js_push(list, model))
            code = err_set(err, ERR_NO_MEMORY, "models");
    }
    if (code)
        return code;
    *out = TAKE(list);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "models");
}

/* Papers that can teach: a person said what they are, and it is one of the types. A proposal that a
 * person changed has lost its score (confirm.c). */
#define TEACHING_PAPERS                                                                            \
    "FROM document d WHERE d.confirmed_us IS NOT NULL AND d.kind_abbr IS NULL AND d.type IS NOT "  \
    "NULL AND d.type != 'unknown' AND coalesce(d.held_from, d.state) IN "                          \
    "('copied', 'signed', 'extracted', 'coded', 'queued', 'closed') "

static enum err_code count_since(struct store *store, struct js **out, struct err *err)
{
    int64_t last_us = 0, first_us = 0, papers = 0, corrections = 0;
    enum err_code code =
        db_number(store->db, "SELECT max(made_us) FROM model WHERE origin = 'trained'",
                  DB_BIND_NONE, 0, &last_us, err);
    if (!code)
        code = db_number(store->db, "SELECT count(*) " TEACHING_PAPERS "AND d.confirmed_us > ?",
                         DB_BIND(DB_INT(last_us)), 0, &papers, err);
    if (!code)
        code = db_number(store->db,
                         "SELECT min(d.confirmed_us) " TEACHING_PAPERS "AND d.confirmed_us > ?",
                         DB_BIND(DB_INT(last_us)), 0, &first_us, err);
    if (!code)
        code = db_number(store->db,
                         "SELECT count(*) " TEACHING_PAPERS
                         "AND d.type_score IS NULL AND d.confirmed_us > ?",
                         DB_BIND(DB_INT(last_us)), 0, &corrections, err);
    if (code)
        return code;
    *out = js_pack("{s:I, s:I, s:o, s:o}", "corrections", corrections, "papers", papers, "last_us",
                   last_us ? js_int(last_us) : js_null(), "first_us",
                   first_us ? js_int(first_us) : js_null());
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "models");
}

enum err_code model_status(struct store *store, struct js **out, struct err *err)
{
    AUTO(js) struct js *in_use = NULL;
    AUTO(js) struct js *models = NULL;
    AUTO(js) struct js *since = NULL;
    int64_t papers = 0;
    enum err_code code = get_in_use(store, &in_use, err);
    if (!code)
        code = list_models(store, &models, err);
    if (!code)
        code = count_since(store, &since, err);
    if (!code)
        code =
            db_number(store->db, "SELECT count(*) " TEACHING_PAPERS, DB_BIND_NONE, 0, &papers, err);
    if (code)
        return code;
    *out = js_pack("{s:O, s:O, s:O, s:I}", "in_use", in_use, "models", models, "since", since,
                   "papers", papers);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "models");
}

/* ---- papers to teach from ---- */

#define KEY_DIGITS 16

/* Tells two apart without saying who; it is kept nowhere and goes no further than to the worker. */
static void key_of(const char *kind, const char *text, char out[HASH_HEX_SIZE])
{
    struct hash *hash = hash_new();
    *out = 0;
    if (!hash)
        return;
    hash_update(hash, kind, strlen(kind));
    hash_update(hash, text, strlen(text));
    hash_finish(hash, out);
    out[KEY_DIGITS] = 0;
    hash_free(hash);
}

static struct js *paper_to_js(struct query *q)
{
    char key[HASH_HEX_SIZE], dossier[HASH_HEX_SIZE], owner[HASH_HEX_SIZE];
    bool named = !query_is_null(q, 3);
    key_of("paper", query_text(q, 0), key);
    key_of("dossier", query_text(q, 2), dossier);
    key_of(named ? "owner" : "dossier", query_text(q, named ? 3 : 2), owner);
    if (!*key || !*dossier || !*owner)
        return NULL;
    return js_pack("{s:s, s:s, s:s, s:s, s:s}", "id", query_text(q, 0), "type", query_text(q, 1),
                   "key", key, "dossier", dossier, "owner", owner);
}

enum err_code model_papers(struct store *store, struct js **out, struct err *err)
{
    AUTO(js) struct js *list = js_array();
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(
        store->db,
        "SELECT d.id, d.type, d.dossier_id, (SELECT f.confirmed_value FROM field f WHERE "
        "f.document_id = d.id AND f.name IN ('owner_id', 'owner_name') AND f.confirmed_value IS "
        "NOT NULL ORDER BY f.name LIMIT 1) " TEACHING_PAPERS
        "ORDER BY d.confirmed_us DESC, d.id DESC LIMIT ?",
        DB_BIND(DB_INT(MODEL_PAPERS_MAX)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!js_push(list, paper_to_js(q)))
            code = err_set(err, ERR_NO_MEMORY, "papers");
    if (code)
        return code;
    *out = TAKE(list);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "papers");
}

enum err_code model_words(struct store *store, const char *document_id, int *out_fd,
                          struct err *err)
{
    AUTO(mem) char *sha256 = NULL;
    enum err_code code = db_text(
        store->db,
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM page o WHERE o.part_of = p.id AND o.part_kind = "
        "'overlap' AND o.state = 'recognized') THEN NULL ELSE p.words_sha256 END FROM page p "
        "WHERE p.document_id = ? AND p.state = 'recognized' AND p.part_of IS NULL AND "
        "p.word_count > 0 ORDER BY p.position LIMIT 1",
        DB_BIND(DB_TEXT(document_id)), &sha256, err);
    *out_fd = -1;
    return code || !sha256 ? code : blob_open(store->blobs, store->db, sha256, out_fd, NULL, err);
}
