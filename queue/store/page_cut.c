#include "queue/store/page_cut.h"

#include "daemon/model/page_cut.h"
#include "queue/store/inside.h"
#include "queue/store/page.h"

#include <string.h>

enum err_code page_cut(struct store *store, const char *id, bool on, struct principal by,
                       struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject page;
    enum err_code code = page_begin_change(store, &tx, id, &page, err);
    if (!code)
        code = store_run_one(store, "page", "UPDATE page SET cut_off = ? WHERE id = ?",
                             DB_BIND(DB_INT(!on), DB_TEXT(id)), err);
    if (!code)
        code = page_audit(store, id, "cut", on ? "on" : "off", by, err);
    if (!code)
        store_touch(store, "dossier", page.dossier_id);
    return code ? code : tx_commit(&tx, err);
}

struct js *page_cut_info(const struct js *info, bool is_whole)
{
    if (!info || !is_whole || !js_has(info, PAGE_CUT_KEY))
        return js_ref(info);
    AUTO(js) struct js *whole = js_copy(info);
    return whole && js_remove(whole, PAGE_CUT_KEY) ? TAKE(whole) : NULL;
}

/* One more page, {} or {"cut_mm"}. */
static enum err_code add_page(struct query *q, struct js *pages, struct err *err)
{
    const char *text = query_text(q, 0);
    AUTO(js) struct js *cut = NULL;
    enum err_code code = text ? js_parse(text, strlen(text), &cut, err) : ERR_OK;
    if (!code && !js_push(pages, cut ? js_pack("{s:O}", PAGE_CUT_KEY, cut) : js_object()))
        code = err_set(err, ERR_NO_MEMORY, "pages");
    return code;
}

enum err_code page_cut_fields(struct store *store, const char *document_id, const struct js *fields,
                              struct js **out, struct err *err)
{
    AUTO(query)
    struct query *q = NULL;
    AUTO(js) struct js *pages = js_array();
    bool row = true;
    enum err_code code =
        db_query(store->db,
                 "SELECT CASE WHEN NOT " PAGE_IS_WHOLE(
                     "p") " THEN json_extract(p.info, '$." PAGE_CUT_KEY "') END FROM page p "
                          "WHERE p.document_id = ? AND p.state = 'recognized' ORDER BY p.position",
                 DB_BIND(DB_TEXT(document_id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        code = add_page(q, pages, err);
    if (code)
        return code;
    struct js *shown = page_cut_fields_shown(fields, pages);
    if (!shown)
        return err_set(err, ERR_NO_MEMORY, "fields");
    *out = shown;
    return ERR_OK;
}
