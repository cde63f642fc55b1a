#include "queue/store/document.h"

#include "queue/store/audit.h"
#include "queue/store/inside.h"
#include "queue/store/page.h"
#include "queue/store/parting.h"
#include "queue/store/place.h"

#include <string.h>

static enum err_code check_pair(struct store *store, const char *id, const char *other,
                                struct err *err)
{
    struct subject first, second;
    bool coming = false;
    if (strcmp(id, other) == 0)
        return err_set(err, ERR_BAD_ARGUMENT, "'with' is the document itself");
    enum err_code code = subject_get(store, MACHINE_document, id, &first, err);
    if (!code)
        code = subject_get(store, MACHINE_document, other, &second, err);
    if (!code && strcmp(first.dossier_id, second.dossier_id) != 0)
        code = err_set(err, ERR_BAD_ARGUMENT, "'with' belongs to another dossier");
    if (!code)
        code = page_is_coming(store, other, &coming, err);
    if (!code && coming)
        code = err_set(err, ERR_SCAN_RUNNING, "pages are still coming into 'with'");
    return code;
}

/* Files on their way into the second paper come into the first one, behind its own. */
static enum err_code redirect_files(struct store *store, const char *id, const char *other,
                                    struct err *err)
{
    enum err_code code =
        db_run(store->db,
               "UPDATE import_item SET document_id = ?1, ordinal = ordinal + (SELECT "
               "coalesce(max(o.ordinal), 0) FROM import_item o WHERE o.document_id = ?1), "
               "finishes = (SELECT scan_finished FROM document WHERE id = ?1) "
               "WHERE document_id = ?2 AND state IN ('taken', 'paged')",
               DB_BIND(DB_TEXT(id), DB_TEXT(other)), err);
    bool coming = !code && db_changes(store->db) > 0;
    if (!code) /* what stopped goes on there, too, when a person tries it again */
        code = db_run(store->db,
                      "UPDATE import_item SET document_id = ?1, ordinal = ordinal + (SELECT "
                      "coalesce(max(o.ordinal), 0) FROM import_item o WHERE o.document_id = ?1) "
                      "WHERE document_id = ?2 AND state IN ('refused', 'waiting')",
                      DB_BIND(DB_TEXT(id), DB_TEXT(other)), err);
    if (code || !coming)
        return code;
    return store_run_one(store, "document", "UPDATE document SET scan_finished = 0 WHERE id = ?",
                         DB_BIND(DB_TEXT(id)), err);
}

static enum err_code move_all(struct store *store, const char *id, const char *other,
                              struct err *err)
{
    int64_t last;
    enum err_code code =
        db_number(store->db,
                  "SELECT coalesce(max(position), 0) FROM page p WHERE document_id = ? "
                  "AND " PAGE_COUNTS("p"),
                  DB_BIND(DB_TEXT(id)), 0, &last, err);
    if (!code)
        code = db_run(store->db,
                      "UPDATE page AS p SET document_id = ?1, position = position + ?2 "
                      "WHERE document_id = ?3 AND " PAGE_COUNTS("p"),
                      DB_BIND(DB_TEXT(id), DB_INT(last), DB_TEXT(other)), err);
    return code ? code : document_renumber(store, id, err);
}

static enum err_code touch_both(struct store *store, const char *id, const char *other,
                                struct principal by, struct err *err)
{
    enum err_code code = document_touch_pages(store, id, false, by, err);
    if (!code)
        code = document_touch_pages(store, other, false, by, err);
    return code;
}

enum err_code document_join(struct store *store, const char *id, const char *other,
                            struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = check_pair(store, id, other, err);
    if (!code)
        code = touch_both(store, id, other, by, err);
    if (!code)
        code = redirect_files(store, id, other, err);
    if (!code)
        code = move_all(store, id, other, err);
    if (!code)
        code = parting_settle(store, id, err);
    if (!code)
        code = document_reject(store, other, "joined", by, err);
    if (!code)
        code = audit_write(
            store,
            &(struct audit){
                .kind = "document", .id = id, .event = "join", .detail = other, .by = by},
            err);
    return code ? code : tx_commit(&tx, err);
}
