#include "queue/store/import.h"

#include "queue/store/inside.h"

#include <string.h>

/* What a file says that is no copy of a paper. */

#define SAID_MAX_BYTES (32u << 20)

enum err_code import_keep_text(struct store *store, const char *id, const char *why, int fd,
                               struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(mem) char *state = NULL;
    AUTO(mem) char *document_id = NULL; /* of a file that was handed over */
    char sha256[HASH_HEX_SIZE];
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = db_text(store->db, "SELECT state FROM import_item WHERE id = ?",
                       DB_BIND(DB_TEXT(id)), &state, err);
    if (!code && state && strcmp(state, import_state_name(IMPORT_WAITING)) == 0)
        return tx_commit(&tx, err); /* told before */
    if (!code)
        code = db_text(store->db, "SELECT document_id FROM import_item WHERE id = ?",
                       DB_BIND(DB_TEXT(id)), &document_id, err);
    if (!code) /* blob first, row second */
        code = blob_put_fd(store->blobs, store->db, fd, SAID_MAX_BYTES, sha256, err);
    if (!code)
        code = store_run_one(store, "import item",
                             "UPDATE import_item SET text_sha256 = ? WHERE id = ?",
                             DB_BIND(DB_TEXT(sha256), DB_TEXT(id)), err);
    if (!code)
        code = import_move(store, id, IMPORT_TAKEN, IMPORT_WAITING, why, by, err);
    if (!code && document_id)
        code = import_end_document(store, id, document_id, by, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code import_text_of(struct store *store, const char *folder, const char *id, int *out_fd,
                             int64_t *out_size, struct err *err)
{
    AUTO(mem) char *sha256 = NULL;
    enum err_code code =
        db_text(store->db, "SELECT text_sha256 FROM import_item WHERE id = ? AND folder = ?",
                DB_BIND(DB_TEXT(id), DB_TEXT(folder)), &sha256, err);
    if (!code && !sha256)
        code = err_set(err, ERR_NOT_FOUND, "no text of such a file");
    return code ? code : blob_open(store->blobs, store->db, sha256, out_fd, out_size, err);
}
