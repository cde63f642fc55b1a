#include "queue/store/page_layer.h"

#include "daemon/model/words.h"
#include "queue/store/inside.h"

enum err_code page_layer_keep(struct store *store, const char *page_id, int fd, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    AUTO(words) struct words words = {0};
    char sha256[HASH_HEX_SIZE];
    enum err_code code = words_read_fd(fd, &words, err);
    if (!code)
        code = tx_begin(&tx, store->db, err);
    if (!code)
        code = blob_put_fd(store->blobs, store->db, fd, JS_MAX_BYTES, sha256, err);
    if (!code)
        code = db_run(store->db,
                      "INSERT INTO page_layer (page_id, words_sha256) VALUES (?1, ?2) "
                      "ON CONFLICT (page_id) DO UPDATE SET words_sha256 = ?2",
                      DB_BIND(DB_TEXT(page_id), DB_TEXT(sha256)), err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code page_layer_drop(struct store *store, const char *page_id, struct err *err)
{
    return db_run(store->db,
                  "DELETE FROM page_layer WHERE page_id = ?1 "
                  "AND NOT EXISTS (SELECT 1 FROM page WHERE id = ?1)",
                  DB_BIND(DB_TEXT(page_id)), err);
}

enum err_code page_layer_of(struct store *store, const char *page_id, char **out_sha256,
                            struct err *err)
{
    return db_text(store->db, "SELECT words_sha256 FROM page_layer WHERE page_id = ?",
                   DB_BIND(DB_TEXT(page_id)), out_sha256, err);
}
