#include "queue/store/import.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/document.h"
#include "queue/store/inside.h"
#include "queue/store/pass.h"

#include <stdio.h>
#include <string.h>

/* Files that a person hands over: their bytes are here from the start, so an item begins as taken.
 */

#define UPLOAD_MAX_BYTES (UINT64_C(2) << 30)

/* The same bytes for the same dossier, whose paper nobody threw away; text is none. */
static enum err_code find_again(struct store *store, const struct import_upload *upload,
                                const char *sha256, char out_id[ID_SIZE], bool *out_again,
                                struct err *err)
{
    AUTO(mem) char *id = NULL;
    enum err_code code = db_text(store->db,
                                 "SELECT i.id FROM import_item i JOIN document d "
                                 "ON d.id = i.document_id WHERE i.folder = '" IMPORT_UPLOAD "' "
                                 "AND i.sha256 = ? AND i.dossier_id = ? AND i.state <> 'refused' "
                                 "AND (d.state NOT IN ('rejected', 'failed') "
                                 "OR i.text_sha256 IS NOT NULL) ORDER BY i.id LIMIT 1",
                                 DB_BIND(DB_TEXT(sha256), DB_TEXT(upload->dossier_id)), &id, err);
    *out_again = id != NULL;
    if (id)
        memcpy(out_id, id, ID_SIZE);
    return code;
}

static enum err_code insert(struct store *store, const struct import_upload *upload,
                            const char *sha256, const char *document_id, bool finishes,
                            char out_id[ID_SIZE], struct err *err)
{
    id_new(out_id);
    return db_run(store->db,
                  "INSERT INTO import_item (id, folder, path, size_bytes, mtime_us, kind, present, "
                  "sweep, state, state_us, sha256, dossier_id, document_id, ordinal, finishes, "
                  "found_us) SELECT ?1, '" IMPORT_UPLOAD "', ?2, b.size_bytes, ?3, ?4, 0, 0, "
                  "'taken', ?3, ?5, ?6, ?7, (SELECT coalesce(max(o.ordinal), 0) + 1 FROM "
                  "import_item o WHERE o.document_id = ?7), ?8, ?3 FROM blob b WHERE b.sha256 = ?5",
                  DB_BIND(DB_TEXT(out_id), DB_TEXT(upload->name), DB_INT(sys_now_us()),
                          DB_TEXT(upload->kind), DB_TEXT(sha256), DB_TEXT(upload->dossier_id),
                          DB_TEXT(document_id), DB_INT(finishes)),
                  err);
}

static enum err_code note(struct store *store, const char *id, const char *event, const char *to,
                          struct principal by, struct err *err)
{
    store_touch(store, "import", id);
    return audit_write(
        store, &(struct audit){.kind = "import", .id = id, .event = event, .to = to, .by = by},
        err);
}

static enum err_code add(struct store *store, const struct import_upload *upload,
                         const char *sha256, struct principal by, char out_id[ID_SIZE],
                         struct err *err)
{
    char document_id[ID_SIZE];
    bool finishes = true;
    enum err_code code;
    if (upload->document_id) {
        snprintf(document_id, sizeof document_id, "%s", upload->document_id);
        code = pass_check_pages_free(store, document_id, err);
        if (!code)
            code = import_join(store, upload->dossier_id, document_id, by, &finishes, err);
    } else {
        code = document_create(store, upload->dossier_id, by, document_id, err);
    }
    if (!code)
        code = insert(store, upload, sha256, document_id, finishes, out_id, err);
    return code ? code : note(store, out_id, "upload", import_state_name(IMPORT_TAKEN), by, err);
}

enum err_code import_join(struct store *store, const char *dossier_id, const char *document_id,
                          struct principal by, bool *out_finishes, struct err *err)
{
    struct subject document;
    int64_t finishes;
    enum err_code code = subject_get(store, MACHINE_document, document_id, &document, err);
    if (!code && strcmp(document.dossier_id, dossier_id) != 0)
        return err_set(err, ERR_BAD_ARGUMENT, "'document_id' belongs to another dossier");
    if (!code) /* finished already, or a file that came before finishes it */
        code = db_number(store->db,
                         "SELECT scan_finished OR EXISTS (SELECT 1 FROM import_item o WHERE "
                         "o.document_id = d.id AND o.finishes AND o.state IN ('taken', 'paged')) "
                         "FROM document d WHERE id = ?",
                         DB_BIND(DB_TEXT(document_id)), 0, &finishes, err);
    if (!code)
        code = document_take_late_page(store, document_id, by, err);
    if (!code)
        *out_finishes = finishes != 0;
    return code;
}

enum err_code import_upload(struct store *store, const struct import_upload *upload,
                            struct principal by, struct js **out_item, bool *out_again,
                            struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    char sha256[HASH_HEX_SIZE], id[ID_SIZE];
    const char *refusal = import_refusal_of(upload->kind);
    if (refusal)
        return err_set(err, err_from_name(refusal), "the file is of kind %s", upload->kind);
    enum err_code code = store_check_room(store, err);
    if (!code)
        code = tx_begin(&tx, store->db, err);
    if (!code) /* blob first, row second */
        code = blob_put_fd(store->blobs, store->db, upload->fd, UPLOAD_MAX_BYTES, sha256, err);
    if (!code)
        code = find_again(store, upload, sha256, id, out_again, err);
    if (!code && *out_again)
        code = note(store, id, "duplicate", NULL, by, err);
    else if (!code)
        code = add(store, upload, sha256, by, id, err);
    if (!code)
        code = import_item(store, id, out_item, err);
    return code ? code : tx_commit(&tx, err);
}
