#include "queue/store/revision.h"

#include "daemon/base/hash.h"
#include "queue/store/inside.h"

#include <string.h>

AUTO_DEFINE(hash, struct hash *, hash_free);

static void add(struct hash *hash, const char *text)
{
    hash_update(hash, text, strlen(text) + 1);
}

enum err_code document_revision(struct store *store, const char *id, char out[REVISION_SIZE],
                                struct err *err)
{
    AUTO(hash)
    struct hash *hash = hash_new();
    AUTO(query)
    struct query *q = NULL;
    char hex[HASH_HEX_SIZE];
    bool row = true;
    if (!hash)
        return err_set(err, ERR_NO_MEMORY, "revision");
    enum err_code code =
        db_query(store->db,
                 "SELECT version || ' ' || readings FROM document WHERE id = ?1 UNION ALL "
                 "SELECT * FROM (SELECT position || ' ' || id FROM page WHERE document_id = ?1 "
                 "AND state NOT IN ('rejected', 'failed') ORDER BY position)",
                 DB_BIND(DB_TEXT(id)), &q, err);
    add(hash, id);
    while (!code && !(code = query_next(q, &row, err)) && row)
        add(hash, query_text(q, 0));
    if (code)
        return code;
    hash_finish(hash, hex);
    memcpy(out, hex, REVISION_SIZE - 1);
    out[REVISION_SIZE - 1] = 0;
    return ERR_OK;
}
