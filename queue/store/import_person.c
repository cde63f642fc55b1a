#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/document.h"
#include "queue/store/import_row.h"

#include <stdio.h>
#include <string.h>

/* What a person does about an item that did not come to its end, or to the wrong one. */

struct stuck {
    char document_id[ID_SIZE], dossier_id[ID_SIZE], sha256[HASH_HEX_SIZE];
    enum import_state state;
    bool uploaded, present;
};

static void copy_text(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "");
}

static enum err_code read_stuck(struct store *store, const char *folder, const char *id,
                                struct stuck *out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code = db_query(store->db,
                                  "SELECT state, document_id, dossier_id, sha256, present "
                                  "FROM import_item WHERE id = ? AND folder = ?",
                                  DB_BIND(DB_TEXT(id), DB_TEXT(folder)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        code = err_set(err, ERR_NOT_FOUND, "no such import item");
    if (!code && !import_state_from_name(query_text(q, 0), &out->state))
        code = err_set(err, ERR_STORE_CORRUPT, "state of an import item");
    if (code)
        return code;
    copy_text(out->document_id, sizeof out->document_id, query_text(q, 1));
    copy_text(out->dossier_id, sizeof out->dossier_id, query_text(q, 2));
    copy_text(out->sha256, sizeof out->sha256, query_text(q, 3));
    out->present = query_int(q, 4) != 0;
    out->uploaded = strcmp(folder, IMPORT_UPLOAD) == 0;
    return ERR_OK;
}

static enum err_code document_lives(struct store *store, const struct stuck *stuck, bool *out,
                                    struct err *err)
{
    int64_t lives;
    enum err_code code = db_number(store->db,
                                   "SELECT state NOT IN ('rejected', 'failed') FROM document "
                                   "WHERE id = ?",
                                   DB_BIND(DB_TEXT(stuck->document_id)), 0, &lives, err);
    *out = !code && lives;
    return code;
}

enum err_code import_state_by_facts(struct store *store, const char *id, enum import_state *out,
                                    struct err *err)
{
    int64_t facts;
    enum err_code code = db_number(store->db,
                                   "SELECT CASE WHEN sha256 IS NULL THEN 0 WHEN pages IS NULL "
                                   "THEN 1 ELSE 2 END FROM import_item WHERE id = ?",
                                   DB_BIND(DB_TEXT(id)), 0, &facts, err);
    if (!code)
        *out = facts == 0 ? IMPORT_STABLE : facts == 1 ? IMPORT_TAKEN : IMPORT_PAGED;
    return code;
}

/* What was never taken is looked at again first: the file may have changed. */
static enum err_code move_on(struct store *store, const char *id, const struct stuck *stuck,
                             struct principal by, struct err *err)
{
    enum import_state to;
    enum err_code code = import_state_by_facts(store, id, &to, err);
    if (to == IMPORT_STABLE)
        to = IMPORT_FOUND;
    return code ? code : import_move(store, id, stuck->state, to, NULL, by, err);
}

/* Where it stopped: what is there of its pages stays, the rest comes behind them. */
static enum err_code go_on(struct store *store, const char *id, const struct stuck *stuck,
                           struct principal by, struct err *err)
{
    bool finishes;
    enum err_code code =
        import_join(store, stuck->dossier_id, stuck->document_id, by, &finishes, err);
    if (!code)
        code = store_run_one(store, "import item",
                             "UPDATE import_item SET finishes = max(finishes, ?) WHERE id = ?",
                             DB_BIND(DB_INT(finishes), DB_TEXT(id)), err);
    return code ? code : move_on(store, id, stuck, by, err);
}

static enum err_code check_free(struct store *store, const char *id, struct err *err)
{
    int64_t is_free;
    enum err_code code =
        db_number(store->db, "SELECT " IMPORT_IS_FREE " FROM import_item i WHERE i.id = ?",
                  DB_BIND(DB_TEXT(id)), 0, &is_free, err);
    return code || is_free ? code
                           : err_set(err, ERR_FILE_IN_PAPER, "a paper that came of it lives");
}

/* As if it had just come: from its bytes, which are here, or from its folder. */
static enum err_code begin_again(struct store *store, const char *id, const struct stuck *stuck,
                                 struct principal by, struct err *err)
{
    char document_id[ID_SIZE] = "";
    enum err_code code = check_free(store, id, err);
    if (!code && !stuck->sha256[0] && !stuck->present)
        return err_set(err, ERR_NOT_FOUND, "the file no longer lies in its folder");
    if (!code && stuck->uploaded)
        code = document_create(store, stuck->dossier_id, by, document_id, err);
    if (!code)
        code = store_run_one(
            store, "import item",
            "UPDATE import_item SET document_id = ?1, dossier_id = CASE WHEN ?2 OR fed AND "
            "EXISTS (SELECT 1 FROM dossier d WHERE d.id = dossier_id AND d.closed_us IS NULL) "
            "THEN dossier_id END, pages = NULL, page_number = 0, page_id = NULL, ordinal = ?2, "
            "finishes = 1, late = 0, parted = 0 WHERE id = ?3",
            DB_BIND(document_id[0] ? DB_TEXT(document_id) : DB_NULL, DB_INT(stuck->uploaded),
                    DB_TEXT(id)),
            err);
    return code ? code : move_on(store, id, stuck, by, err);
}

/* One that is stuck goes on in its document as long as that lives. */
static enum err_code try_again(struct store *store, const char *id, const struct stuck *stuck,
                               struct principal by, struct err *err)
{
    bool lives = false;
    enum err_code code = ERR_OK;
    if (stuck->state != IMPORT_DONE && stuck->document_id[0])
        code = document_lives(store, stuck, &lives, err);
    if (code)
        return code;
    return lives ? go_on(store, id, stuck, by, err) : begin_again(store, id, stuck, by, err);
}

/* The first item behind `after` that `sql` (id, after) finds. */
static enum err_code next_item(struct store *store, const char *sql, const char *about,
                               char after[ID_SIZE], bool *out_any, struct err *err)
{
    AUTO(mem) char *id = NULL;
    enum err_code code = db_text(store->db, sql, DB_BIND(DB_TEXT(about), DB_TEXT(after)), &id, err);
    *out_any = !code && id;
    if (*out_any)
        copy_text(after, ID_SIZE, id);
    return code;
}

static enum err_code try_each(struct store *store, const char *folder, const char *sql,
                              const char *about, struct principal by, struct err *err)
{
    char id[ID_SIZE] = "";
    bool any = true;
    struct stuck stuck;
    enum err_code code = next_item(store, sql, about, id, &any, err);
    while (!code && any) {
        code = read_stuck(store, folder, id, &stuck, err);
        if (!code)
            code = try_again(store, id, &stuck, by, err);
        if (!code)
            code = next_item(store, sql, about, id, &any, err);
    }
    return code;
}

/* The paper was the whole unit, so it comes again as one. */
#define REST_OF_PAPER                                                                              \
    "SELECT i.id FROM import_item k JOIN import_item i ON i.folder = k.folder AND i.unit = "       \
    "k.unit "                                                                                      \
    "WHERE k.id = ?1 AND i.id <> k.id AND i.id > ?2 AND i.dossier_id IS k.dossier_id "             \
    "AND i.state = 'done' AND " IMPORT_BEGINS_AGAIN " ORDER BY i.id LIMIT 1"

enum err_code import_retry(struct store *store, const char *folder, const char *id,
                           struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct stuck stuck = {0};
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = read_stuck(store, folder, id, &stuck, err);
    bool stopped = stuck.state == IMPORT_REFUSED || stuck.state == IMPORT_WAITING;
    if (!code && !stopped && stuck.state != IMPORT_DONE)
        code = err_set(err, ERR_STATE_CHANGED, "the item is %s", import_state_name(stuck.state));
    if (!code && stuck.state == IMPORT_DONE)
        code = check_free(store, id, err);
    if (!code && stuck.state == IMPORT_DONE)
        code = try_each(store, folder, REST_OF_PAPER, id, by, err);
    if (!code)
        code = try_again(store, id, &stuck, by, err);
    if (!code)
        code = audit_write(
            store, &(struct audit){.kind = "import", .id = id, .event = "retry", .by = by}, err);
    return code ? code : tx_commit(&tx, err);
}

#define WAITING                                                                                    \
    "SELECT i.id FROM import_item i WHERE i.folder = ?1 AND i.state = 'waiting' AND i.id > ?2 "    \
    "AND i.text_sha256 IS NULL AND " IMPORT_MAY_RETRY " ORDER BY i.id LIMIT 1"

enum err_code import_again(struct store *store, const char *folder, struct principal by,
                           struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = try_each(store, folder, WAITING, folder, by, err);
    if (!code)
        code = db_run(store->db,
                      "UPDATE import_item SET not_before_us = 0 "
                      "WHERE folder = ? AND state IN ('stable', 'taken', 'paged')",
                      DB_BIND(DB_TEXT(folder)), err);
    if (!code)
        code = audit_write(
            store, &(struct audit){.kind = "import", .id = folder, .event = "retry", .by = by},
            err);
    return code ? code : tx_commit(&tx, err);
}
