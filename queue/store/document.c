#include "queue/store/document.h"

#include "daemon/base/sys.h"
#include "queue/store/advance.h"
#include "queue/store/audit.h"
#include "queue/store/claim.h"
#include "queue/store/inside.h"
#include "queue/store/page.h"
#include "queue/store/parting.h"
#include "queue/store/pass.h"
#include "queue/store/place.h"
#include "queue/store/question.h"
#include "queue/store/withdraw.h"

#include <string.h>

#define EMPTY "empty" /* why a document without pages is rejected */

static bool is_one_of(const char *state, const char *const *list)
{
    while (*list && strcmp(*list, state) != 0)
        list++;
    return *list != NULL;
}

static const char *const signed_states[] = {"signed",     "extracted", "coded",  "queued", "closed",
                                            "superseded", "withdrawn", "purged", NULL};

struct new_document {
    const char *dossier_id, *replaces, *reason, *detail;
    int64_t ordinal, version, scan_finished;
};

static enum err_code insert(struct store *store, const struct new_document *d, struct principal by,
                            char id[ID_SIZE], struct err *err)
{
    int64_t now_us = sys_now_us();
    id_new(id);
    enum err_code code = db_run(
        store->db,
        "INSERT INTO document (id, dossier_id, ordinal, state, state_us, version, replaces, "
        "replace_reason, scan_finished, created_us, created_by, stage, paper_code, "
        "paper_procedure, paper_from) VALUES (?1, ?2, ?3, 'open', ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
        "(SELECT stage FROM document WHERE id = ?6), "
        "(SELECT paper_code FROM document WHERE id = ?6), "
        "(SELECT paper_procedure FROM document WHERE id = ?6), "
        "(SELECT paper_from FROM document WHERE id = ?6))",
        DB_BIND(DB_TEXT(id), DB_TEXT(d->dossier_id), DB_INT(d->ordinal), DB_INT(now_us),
                DB_INT(d->version), DB_TEXT(d->replaces), DB_TEXT(d->reason),
                DB_INT(d->scan_finished), DB_INT(now_us), DB_TEXT(by.id)),
        err);
    if (!code)
        code = audit_change(store, "document", id, "create", d->detail, by, err);
    if (!code)
        store_touch(store, "dossier", d->dossier_id);
    return code;
}

enum err_code document_next_ordinal(struct store *store, const char *dossier_id, int64_t *out,
                                    struct err *err)
{
    return db_number(store->db,
                     "SELECT max(ordinal) + 1 FROM document d WHERE dossier_id = ? "
                     "AND NOT (" DOCUMENT_CARRIED_NOTHING("d") ")",
                     DB_BIND(DB_TEXT(dossier_id)), 1, out, err);
}

static enum err_code check_dossier_open(struct store *store, const char *id, struct err *err)
{
    int64_t closed;
    enum err_code code =
        db_number(store->db, "SELECT closed_us IS NOT NULL FROM dossier WHERE id = ?",
                  DB_BIND(DB_TEXT(id)), -1, &closed, err);
    if (!code && closed < 0)
        return err_set(err, ERR_NOT_FOUND, "no such dossier");
    if (!code && closed)
        return err_set(err, ERR_STATE_CHANGED, "the dossier is closed");
    return code;
}

enum err_code document_create(struct store *store, const char *dossier_id, struct principal by,
                              char *out_id, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct new_document wish = {.dossier_id = dossier_id, .version = 1};
    char id[ID_SIZE];
    enum err_code code = store_check_room(store, err);
    if (!code)
        code = tx_begin(&tx, store->db, err);
    if (!code)
        code = check_dossier_open(store, dossier_id, err);
    if (!code)
        code = document_next_ordinal(store, dossier_id, &wish.ordinal, err);
    if (!code)
        code = insert(store, &wish, by, id, err);
    if (!code)
        code = tx_commit(&tx, err);
    if (!code)
        memcpy(out_id, id, ID_SIZE);
    return code;
}

static enum err_code set_scan_finished(struct store *store, const char *id, bool finished,
                                       struct err *err)
{
    return store_run_one(store, "document", "UPDATE document SET scan_finished = ? WHERE id = ?",
                         DB_BIND(DB_INT(finished), DB_TEXT(id)), err);
}

enum err_code document_finish_scan(struct store *store, const char *id, struct principal by,
                                   struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject document;
    enum err_code code = subject_begin(store, &tx, MACHINE_document, id, &document, err);
    if (!code && strcmp(document.state, "open") != 0)
        code = err_set(err, ERR_STATE_CHANGED, "document is %s, not open", document.state);
    if (!code)
        code = set_scan_finished(store, id, true, err);
    if (!code)
        code = audit_change(store, "document", id, "finish-scan", NULL, by, err);
    return code ? code : tx_commit(&tx, err);
}

static enum err_code open_again(struct store *store, const char *id, struct principal by,
                                struct err *err)
{
    return store_advance(store,
                         &(struct advance){.machine = MACHINE_document,
                                           .id = id,
                                           .from = "read",
                                           .to = "open",
                                           .event = "reopen",
                                           .by = by},
                         err);
}

enum err_code document_reopen(struct store *store, const char *id, struct principal by,
                              struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = pass_check_pages_free(store, id, err);
    if (!code)
        code = open_again(store, id, by, err);
    if (!code)
        code = set_scan_finished(store, id, false, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code document_reject(struct store *store, const char *id, const char *reason,
                              struct principal by, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject document;
    enum err_code code = subject_begin(store, &tx, MACHINE_document, id, &document, err);
    if (!code && is_one_of(subject_stage_state(&document), signed_states))
        code = err_set(err, ERR_ALREADY_SIGNED, "document is %s: replace it", document.state);
    if (!code && !state_find_move(MACHINE_document, document.state, "rejected"))
        code = err_set(err, ERR_STATE_CHANGED, "document is %s", document.state);
    if (!code)
        code = store_advance(store,
                             &(struct advance){.machine = MACHINE_document,
                                               .id = id,
                                               .from = document.state,
                                               .to = "rejected",
                                               .event = "reject",
                                               .detail = reason,
                                               .by = by},
                             err);
    if (!code)
        code = claim_drop(store, MACHINE_document, id, err);
    if (!code)
        store_touch(store, "dossier", document.dossier_id);
    return code ? code : tx_commit(&tx, err);
}

enum err_code document_check_changeable(struct store *store, const char *id, struct err *err)
{
    static const char *const changeable[] = {"open", "read", NULL};
    struct subject document;
    enum err_code code = subject_get(store, MACHINE_document, id, &document, err);
    if (code)
        return code;
    if (is_one_of(subject_stage_state(&document), signed_states))
        return err_set(err, ERR_ALREADY_SIGNED, "document is %s: replace it", document.state);
    if (!is_one_of(subject_stage_state(&document), changeable))
        return err_set(err, ERR_STATE_CHANGED, "document is %s", document.state);
    return ERR_OK;
}

static enum err_code change_pages(struct store *store, const char *id, bool losing,
                                  struct principal by, struct err *err)
{
    static const char *const gives[] = {"rejected", "failed", NULL};
    struct subject document;
    enum err_code code = subject_get(store, MACHINE_document, id, &document, err);
    if (code)
        return code;
    const char *state = subject_stage_state(&document);
    if (is_one_of(state, signed_states))
        return err_set(err, ERR_ALREADY_SIGNED, "document is %s: replace it", document.state);
    if (losing && is_one_of(state, gives))
        return ERR_OK;
    bool held = document.held_from[0] != 0;
    bool is_open = strcmp(state, "open") == 0, is_read = strcmp(state, "read") == 0;
    if ((!is_open && !is_read) || (held && is_read))
        return err_set(err, ERR_STATE_CHANGED, "document is %s", document.state);
    if (is_read)
        code = open_again(store, id, by, err);
    if (!code) /* whoever is reading the old set of pages has read in vain */
        code = claim_drop(store, MACHINE_document, id, err);
    if (!code)
        store_touch(store, "document", id);
    return code;
}

enum err_code document_read_anew(struct store *store, const char *id, struct principal by,
                                 struct err *err)
{
    return change_pages(store, id, false, by, err);
}

enum err_code document_touch_pages(struct store *store, const char *id, bool losing,
                                   struct principal by, struct err *err)
{
    enum err_code code = pass_check_pages_free(store, id, err);
    return code ? code : change_pages(store, id, losing, by, err);
}

/* Only what was rejected because nothing was left in it. */
static enum err_code check_was_emptied(struct store *store, const char *id, struct err *err)
{
    AUTO(mem)
    char *reason = NULL;
    enum err_code code = db_text(store->db,
                                 "SELECT detail FROM audit WHERE subject_id = ? "
                                 "AND event = 'reject' ORDER BY seq DESC LIMIT 1",
                                 DB_BIND(DB_TEXT(id)), &reason, err);
    if (!code && (!reason || strcmp(reason, EMPTY) != 0))
        return err_set(err, ERR_STATE_CHANGED, "the document was rejected by a person");
    return code;
}

static enum err_code check_no_other_version(struct store *store, const char *id, struct err *err)
{
    int64_t others;
    enum err_code code = db_number(store->db,
                                   "SELECT count(*) FROM document d JOIN document o "
                                   "ON o.replaces = d.replaces AND o.id <> d.id "
                                   "AND o.state NOT IN ('rejected', 'failed') WHERE d.id = ?",
                                   DB_BIND(DB_TEXT(id)), 0, &others, err);
    if (!code && others)
        return err_set(err, ERR_VERSION_UNDER_WAY, "another new version is there already");
    return code;
}

static enum err_code restore(struct store *store, const struct subject *document,
                             struct principal by, struct err *err)
{
    enum err_code code = check_was_emptied(store, document->document_id, err);
    if (!code)
        code = check_dossier_open(store, document->dossier_id, err);
    if (!code)
        code = check_no_other_version(store, document->document_id, err);
    if (code)
        return code;
    store_touch(store, "dossier", document->dossier_id);
    return store_advance(store,
                         &(struct advance){.machine = MACHINE_document,
                                           .id = document->document_id,
                                           .from = "rejected",
                                           .to = "open",
                                           .event = "restore",
                                           .by = by},
                         err);
}

enum err_code document_take_page_back(struct store *store, const char *id, struct principal by,
                                      struct err *err)
{
    struct subject document;
    enum err_code code = subject_get(store, MACHINE_document, id, &document, err);
    if (!code && strcmp(document.state, "rejected") == 0)
        code = restore(store, &document, by, err);
    return code ? code : document_touch_pages(store, id, false, by, err);
}

static enum err_code release_read(struct store *store, const char *id, struct principal by,
                                  struct err *err)
{
    struct subject document;
    enum err_code code = subject_get(store, MACHINE_document, id, &document, err);
    if (code || strcmp(document.held_from, "read") != 0)
        return code;
    return store_advance(store,
                         &(struct advance){.machine = MACHINE_document,
                                           .id = id,
                                           .from = "held",
                                           .to = "read",
                                           .event = "release",
                                           .detail = "another page came",
                                           .by = by},
                         err);
}

enum err_code document_take_late_page(struct store *store, const char *id, struct principal by,
                                      struct err *err)
{
    int64_t finished = 0;
    enum err_code code = release_read(store, id, by, err);
    if (!code)
        code = change_pages(store, id, false, by, err);
    if (!code)
        code = db_number(store->db, "SELECT scan_finished FROM document WHERE id = ?",
                         DB_BIND(DB_TEXT(id)), 0, &finished, err);
    if (code || !finished)
        return code;
    code = set_scan_finished(store, id, false, err);
    return code ? code : audit_change(store, "document", id, "late-page", NULL, by, err);
}

enum err_code document_reject_if_empty(struct store *store, const char *id, struct principal by,
                                       struct err *err)
{
    struct subject document;
    int64_t pages = 0;
    bool coming = false;
    enum err_code code = subject_get(store, MACHINE_document, id, &document, err);
    if (code || strcmp(subject_stage_state(&document), "open") != 0)
        return code;
    code = db_number(store->db,
                     "SELECT count(*) FROM page "
                     "WHERE document_id = ? AND state NOT IN ('rejected', 'failed')",
                     DB_BIND(DB_TEXT(id)), 0, &pages, err);
    if (!code && !pages)
        code = page_is_coming(store, id, &coming, err);
    if (code || pages || coming)
        return code;
    return document_reject(store, id, EMPTY, by, err);
}

/* The page's position in that document; 0 when it is not one of its pages that count. */
static enum err_code position_in(struct store *store, const char *id, const char *page_id,
                                 int64_t *out, struct err *err)
{
    return db_number(store->db,
                     "SELECT position FROM page "
                     "WHERE id = ? AND document_id = ? AND state NOT IN ('rejected', 'failed')",
                     DB_BIND(DB_TEXT(page_id), DB_TEXT(id)), 0, out, err);
}

static enum err_code move_tail(struct store *store, const char *id, int64_t position,
                               const char *new_id, struct err *err)
{
    enum err_code code =
        db_run(store->db,
               "UPDATE page SET document_id = ? "
               "WHERE document_id = ? AND state NOT IN ('rejected', 'failed') AND position >= ?",
               DB_BIND(DB_TEXT(new_id), DB_TEXT(id), DB_INT(position)), err);
    if (!code)
        code = sides_part(store, id, new_id, err);
    if (!code)
        code = document_renumber(store, id, err);
    return code ? code : document_renumber(store, new_id, err);
}

enum err_code document_make_room(struct store *store, const char *id, int64_t papers,
                                 int64_t *out_ordinal, struct err *err)
{
    enum err_code code =
        db_run(store->db,
               "UPDATE document SET ordinal = ordinal + ?2 WHERE dossier_id = (SELECT dossier_id "
               "FROM document WHERE id = ?1) AND ordinal > (SELECT ordinal FROM document "
               "WHERE id = ?1)",
               DB_BIND(DB_TEXT(id), DB_INT(papers)), err);
    if (code)
        return code;
    return db_number(store->db, "SELECT ordinal + 1 FROM document WHERE id = ?",
                     DB_BIND(DB_TEXT(id)), 0, out_ordinal, err);
}

enum err_code document_split_at(struct store *store, const char *id, const char *page_id,
                                int64_t ordinal, struct principal by, char *out_id, struct err *err)
{
    struct subject document;
    int64_t position = 0;
    char new_id[ID_SIZE];
    struct new_document wish = {.version = 1, .ordinal = ordinal, .detail = "split"};
    enum err_code code = document_touch_pages(store, id, false, by, err);
    if (!code)
        code = subject_get(store, MACHINE_document, id, &document, err);
    if (!code)
        code = position_in(store, id, page_id, &position, err);
    if (!code && position < 2)
        code = err_set(err, ERR_BAD_ARGUMENT, "'page_id' is not a later page of the document");
    wish.dossier_id = document.dossier_id;
    if (!code)
        code = db_number(store->db, "SELECT scan_finished FROM document WHERE id = ?",
                         DB_BIND(DB_TEXT(id)), 0, &wish.scan_finished, err);
    if (!code)
        code = insert(store, &wish, by, new_id, err);
    if (!code)
        code = parting_inherit(store, new_id, id, err);
    if (!code)
        code = move_tail(store, id, position, new_id, err);
    if (!code)
        code = question_settle(store, page_id, QUESTION_START, by, err);
    if (!code)
        code = audit_change(store, "document", id, "split", NULL, by, err);
    if (!code)
        memcpy(out_id, new_id, ID_SIZE);
    return code;
}

enum err_code document_split(struct store *store, const char *id, const char *page_id,
                             struct principal by, char *out_id, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    int64_t ordinal;
    char new_id[ID_SIZE];
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = document_make_room(store, id, 1, &ordinal, err);
    if (!code)
        code = document_split_at(store, id, page_id, ordinal, by, new_id, err);
    if (!code)
        code = tx_commit(&tx, err);
    if (!code)
        memcpy(out_id, new_id, ID_SIZE);
    return code;
}

static enum err_code check_replaceable(struct store *store, const char *id,
                                       const struct subject *document, struct err *err)
{
    if (!state_find_move(MACHINE_document, subject_stage_state(document), "superseded"))
        return err_set(err, ERR_STATE_CHANGED, "document is %s", document->state);
    int64_t under_way;
    enum err_code code = db_number(store->db,
                                   "SELECT count(*) FROM document WHERE replaces = ? "
                                   "AND state NOT IN ('rejected', 'failed')",
                                   DB_BIND(DB_TEXT(id)), 0, &under_way, err);
    if (!code && under_way)
        return err_set(err, ERR_VERSION_UNDER_WAY, "a new version is there already");
    return code;
}

enum err_code document_replace(struct store *store, const char *id, const char *reason,
                               struct principal by, char *out_id, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject document;
    struct new_document wish = {.replaces = id, .reason = reason, .detail = reason};
    char new_id[ID_SIZE];
    enum err_code code = subject_begin(store, &tx, MACHINE_document, id, &document, err);
    if (!code)
        code = check_replaceable(store, id, &document, err);
    wish.dossier_id = document.dossier_id;
    if (!code)
        code = db_number(store->db, "SELECT ordinal FROM document WHERE id = ?",
                         DB_BIND(DB_TEXT(id)), 1, &wish.ordinal, err);
    if (!code)
        code = db_number(store->db, "SELECT version + 1 FROM document WHERE id = ?",
                         DB_BIND(DB_TEXT(id)), 2, &wish.version, err);
    if (!code)
        code = insert(store, &wish, by, new_id, err);
    if (!code)
        code = audit_change(store, "document", id, "replace-begun", reason, by, err);
    if (!code)
        code = tx_commit(&tx, err);
    if (!code)
        memcpy(out_id, new_id, ID_SIZE);
    return code;
}

enum err_code document_supersede_old(struct store *store, const char *id, struct principal by,
                                     struct err *err)
{
    AUTO(mem)
    char *old_id = NULL;
    struct subject old;
    enum err_code code = db_text(store->db, "SELECT replaces FROM document WHERE id = ?",
                                 DB_BIND(DB_TEXT(id)), &old_id, err);
    if (code || !old_id)
        return code;
    code = subject_get(store, MACHINE_document, old_id, &old, err);
    if (!code && strcmp(old.state, "held") == 0) {
        code = store_advance(store,
                             &(struct advance){.machine = MACHINE_document,
                                               .id = old_id,
                                               .from = "held",
                                               .to = old.held_from,
                                               .event = "release",
                                               .by = by},
                             err);
        strcpy(old.state, old.held_from);
    }
    if (code || !state_find_move(MACHINE_document, old.state, "superseded"))
        return code;
    code = store_advance(store,
                         &(struct advance){.machine = MACHINE_document,
                                           .id = old_id,
                                           .from = old.state,
                                           .to = "superseded",
                                           .event = "replace",
                                           .by = by},
                         err);
    if (!code)
        code = claim_drop(store, MACHINE_document, old_id, err);
    return code ? code : withdraw_settle_document(store, old_id, by, err);
}
