#include "queue/store/document_move.h"

#include "queue/store/audit.h"
#include "queue/store/component.h"
#include "queue/store/document.h"
#include "queue/store/dossier.h"
#include "queue/store/inside.h"
#include "queue/store/page.h"
#include "queue/store/secret.h"
#include "queue/store/stray.h"

#include <stdio.h>
#include <string.h>

struct move {
    char from[ID_SIZE], to[ID_SIZE];
    int64_t ordinal; /* wished, 0: none */
    struct principal by;
};

/* ---- where to ---- */

static enum err_code make_dossier(struct store *store, const char *code_text,
                                  const struct move *move, char out[ID_SIZE], struct err *err)
{
    int64_t backlog = 0;
    struct dossier_wish wish = {.code = code_text, .papers = -1};
    enum err_code code = db_number(store->db, "SELECT kind = 'backlog' FROM dossier WHERE id = ?",
                                   DB_BIND(DB_TEXT(move->from)), 0, &backlog, err);
    wish.backlog = backlog != 0;
    return code ? code : dossier_create(store, &wish, move->by, out, err);
}

static enum err_code find_by_code(struct store *store, const char *typed, struct move *move,
                                  struct err *err)
{
    AUTO(mem) char *code_text = NULL;
    AUTO(mem) char *found = NULL;
    enum err_code code = dossier_canonical_code(typed, &code_text, err);
    if (!code)
        code = db_text(store->db, "SELECT id FROM dossier WHERE code = ? AND closed_us IS NULL",
                       DB_BIND(DB_TEXT(code_text)), &found, err);
    if (!code && !found)
        return make_dossier(store, code_text, move, move->to, err);
    if (!code)
        snprintf(move->to, ID_SIZE, "%s", found);
    return code;
}

static enum err_code find_target(struct store *store, const struct move_wish *wish,
                                 struct move *move, struct err *err)
{
    if (!wish->dossier_id == !wish->code)
        return err_set(err, ERR_BAD_ARGUMENT, "one of 'dossier_id' and 'code' is wanted");
    if (wish->code)
        return find_by_code(store, wish->code, move, err);
    snprintf(move->to, ID_SIZE, "%s", wish->dossier_id);
    return ERR_OK;
}

static enum err_code check_open(struct store *store, const char *dossier_id, struct err *err)
{
    int64_t closed;
    enum err_code code =
        db_number(store->db, "SELECT closed_us IS NOT NULL FROM dossier WHERE id = ?",
                  DB_BIND(DB_TEXT(dossier_id)), -1, &closed, err);
    if (!code && closed < 0)
        return err_set(err, ERR_NOT_FOUND, "no such dossier");
    return !code && closed ? err_set(err, ERR_STATE_CHANGED, "the dossier is closed") : code;
}

/* ---- one paper ---- */

static enum err_code check_movable(struct store *store, const char *id, struct principal by,
                                   struct err *err)
{
    bool coming = false;
    enum err_code code = secret_check(store, id, err);
    if (!code)
        code = page_is_coming(store, id, &coming, err);
    if (!code && coming)
        code = err_set(err, ERR_SCAN_RUNNING, "pages are still coming into the document");
    return code ? code : document_read_anew(store, id, by, err);
}

static enum err_code choose_ordinal(struct store *store, const struct move *move, int64_t *out,
                                    struct err *err)
{
    int64_t taken = 1;
    enum err_code code = ERR_OK;
    if (move->ordinal)
        code = db_number(store->db,
                         "SELECT count(*) FROM document WHERE dossier_id = ? AND ordinal = ?",
                         DB_BIND(DB_TEXT(move->to), DB_INT(move->ordinal)), 0, &taken, err);
    *out = move->ordinal;
    return code || !taken ? code : document_next_ordinal(store, move->to, out, err);
}

/* What was said of it holds where the same papers are wanted. */
static enum err_code forget_paper(struct store *store, const char *id, const struct move *move,
                                  struct err *err)
{
    return db_run(store->db,
                  "UPDATE document SET stage = NULL, paper_code = NULL, paper_procedure = NULL, "
                  "paper_from = NULL "
                  "WHERE id = ?1 AND (SELECT procedure_code FROM dossier WHERE id = ?2) "
                  "IS NOT (SELECT procedure_code FROM dossier WHERE id = ?3)",
                  DB_BIND(DB_TEXT(id), DB_TEXT(move->from), DB_TEXT(move->to)), err);
}

static enum err_code take_along(struct store *store, const char *id, const struct move *move,
                                struct err *err)
{
    enum err_code code = db_run(store->db, "UPDATE page SET dossier_id = ? WHERE document_id = ?",
                                DB_BIND(DB_TEXT(move->to), DB_TEXT(id)), err);
    if (!code) /* what its files still bring, too */
        code = db_run(store->db,
                      "UPDATE import_item SET dossier_id = ? WHERE document_id = ? "
                      "AND dossier_id IS NOT NULL",
                      DB_BIND(DB_TEXT(move->to), DB_TEXT(id)), err);
    return code;
}

static enum err_code move_one(struct store *store, const char *id, const struct move *move,
                              struct js *moved, struct err *err)
{
    int64_t ordinal, had = 0;
    char detail[2 * ID_SIZE + 20];
    enum err_code code = check_movable(store, id, move->by, err);
    if (!code)
        code = db_number(store->db, "SELECT ordinal FROM document WHERE id = ?",
                         DB_BIND(DB_TEXT(id)), 0, &had, err);
    if (!code)
        code = choose_ordinal(store, move, &ordinal, err);
    if (!code)
        code = store_run_one(store, "document",
                             "UPDATE document SET dossier_id = ?, ordinal = ? WHERE id = ?",
                             DB_BIND(DB_TEXT(move->to), DB_INT(ordinal), DB_TEXT(id)), err);
    if (!code)
        code = forget_paper(store, id, move, err);
    if (!code)
        code = take_along(store, id, move, err);
    if (!code && !js_push(moved, js_pack("{s:s, s:I}", "id", id, "ordinal", had)))
        code = err_set(err, ERR_NO_MEMORY, "moved papers");
    snprintf(detail, sizeof detail, "from %s to %s", move->from, move->to);
    return code ? code : audit_change(store, "document", id, "move", detail, move->by, err);
}

/* ---- all of them ---- */

static enum err_code move_all(struct store *store, const char *list, struct move *move,
                              struct js *moved, struct err *err)
{
    char id[ID_SIZE];
    enum err_code code = ERR_OK;
    for (; !code && list && *list; move->ordinal = 0) {
        size_t size = strcspn(list, " ");
        snprintf(id, sizeof id, "%.*s", (int)size, list);
        list += size + (list[size] == ' ');
        code = move_one(store, id, move, moved, err);
    }
    return code;
}

static enum err_code settle(struct store *store, const char *dossier_id, const char *event,
                            size_t papers, struct principal by, struct err *err)
{
    char detail[40];
    snprintf(detail, sizeof detail, "papers %zu", papers);
    enum err_code code = component_settle(store, dossier_id, err);
    if (!code)
        code = stray_ask_all(store, dossier_id, err);
    return code ? code : audit_change(store, "dossier", dossier_id, event, detail, by, err);
}

static enum err_code begin(struct store *store, const char *id, const struct move_wish *wish,
                           struct move *move, struct err *err)
{
    struct subject document;
    enum err_code code = subject_get(store, MACHINE_document, id, &document, err);
    if (code)
        return code;
    snprintf(move->from, ID_SIZE, "%s", document.dossier_id);
    code = find_target(store, wish, move, err);
    if (!code && strcmp(move->from, move->to) == 0)
        code = err_set(err, ERR_BAD_ARGUMENT, "the document is in that dossier already");
    if (!code)
        code = check_open(store, move->from, err);
    return code ? code : check_open(store, move->to, err);
}

enum err_code document_move(struct store *store, const char *id, const struct move_wish *wish,
                            struct principal by, struct js **out, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(mem) char *list = NULL;
    AUTO(js) struct js *moved = js_array();
    struct move move = {.ordinal = wish->ordinal, .by = by};
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = begin(store, id, wish, &move, err);
    if (!code && wish->alike)
        code = stray_list_alike(store, id, &list, err);
    if (!code)
        code = move_all(store, list ? list : id, &move, moved, err);
    if (!code)
        code = settle(store, move.from, "papers-out", js_count(moved), by, err);
    if (!code)
        code = settle(store, move.to, "papers-in", js_count(moved), by, err);
    AUTO(js)
    struct js *answer =
        code ? NULL
             : js_pack("{s:s, s:s, s:O}", "dossier_id", move.to, "from", move.from, "moved", moved);
    if (!code && !answer)
        code = err_set(err, ERR_NO_MEMORY, "moved papers");
    if (!code)
        code = tx_commit(&tx, err);
    if (!code)
        *out = TAKE(answer);
    return code;
}
