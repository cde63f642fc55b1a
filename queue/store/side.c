#include "queue/store/side.h"

#include "queue/store/inside.h"
#include "queue/store/place.h"

#include <string.h>

bool part_kind_is_valid(const char *kind)
{
    static const char *const kinds[] = {"note", "overlap", "detail"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i], kind) == 0)
            return true;
    return false;
}

/* ---- the parts of a large side ------------------------------------------------------------------
 */

struct parts {
    struct js *list;
    int fds[SIDE_PARTS_MAX];
    size_t count;
};

static inline void parts_auto(struct parts *parts)
{
    js_free(parts->list);
    while (parts->count)
        fd_close(parts->fds[--parts->count]);
}

/* What a person said about its turn is sure. */
static enum err_code add_part(struct store *store, struct query *q, struct parts *parts,
                              struct err *err)
{
    if (parts->count == SIDE_PARTS_MAX)
        return err_set(err, ERR_TOO_MANY, "more than %d parts of one side", SIDE_PARTS_MAX);
    struct js *part = js_pack("{s:f, s:I, s:f}", "dpi", query_real(q, 1), "turn_deg",
                              query_int(q, 2), "turn_score", query_real(q, 3));
    if (!js_push(parts->list, part))
        return err_set(err, ERR_NO_MEMORY, "parts");
    enum err_code code =
        blob_open(store->blobs, store->db, query_text(q, 0), &parts->fds[parts->count], NULL, err);
    parts->count += !code;
    return code;
}

enum err_code side_parts(struct store *store, const char *id, struct js **out,
                         int out_fds[SIDE_PARTS_MAX], size_t *out_count, struct err *err)
{
    __attribute__((cleanup(parts_auto))) struct parts parts = {.list = js_array()};
    AUTO(query)
    struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(
        store->db,
        "SELECT o.image_sha256, o.image_dpi, coalesce(o.turned_deg, json_extract(o.info, "
        "'$.rotation_deg'), 0), CASE WHEN o.turned_deg IS NOT NULL THEN 1.0 ELSE "
        "coalesce(json_extract(o.info, '$.rotation_score'), 0.0) END FROM page p JOIN page o "
        "ON o.document_id = p.document_id AND coalesce(o.part_of, o.id) = coalesce(p.part_of, "
        "p.id) WHERE p.id = ? AND coalesce(o.part_kind, 'overlap') = 'overlap' AND " PAGE_COUNTS(
            "o") " ORDER BY o.position",
        DB_BIND(DB_TEXT(id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        code = add_part(store, q, &parts, err);
    if (!code && parts.count < 2)
        code = err_set(err, ERR_NOT_FOUND, "the side is not in parts");
    if (code)
        return code;
    memcpy(out_fds, parts.fds, sizeof parts.fds);
    *out_count = parts.count;
    parts.count = 0;
    *out = TAKE(parts.list);
    return ERR_OK;
}
