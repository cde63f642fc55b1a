#include "queue/store/receipt.h"

/* What the target read back has to be what we hold. */
static enum err_code check(struct store *store, const char *delivery_id, const struct js *receipt,
                           struct err *err)
{
    const char *pdf, *json;
    int64_t same = 0;
    enum err_code code = js_get_text(receipt, "pdf_sha256", &pdf, err);
    if (!code)
        code = js_get_text(receipt, "json_sha256", &json, err);
    if (!code)
        code = db_number(store->db,
                         "SELECT d.signed_sha256 = ? AND coalesce(v.record_sha256, "
                         "d.record_sha256) = ? FROM delivery v JOIN document d "
                         "ON d.id = v.document_id WHERE v.id = ?",
                         DB_BIND(DB_TEXT(pdf), DB_TEXT(json), DB_TEXT(delivery_id)), 0, &same, err);
    if (!code && !same)
        return err_set(err, ERR_TARGET_MISMATCH, "receipt for other content");
    return code ? err_context(err, code, "receipt") : ERR_OK;
}

enum err_code receipt_keep(struct store *store, const char *delivery_id, const struct js *receipt,
                           struct err *err)
{
    enum err_code code = check(store, delivery_id, receipt, err);
    if (code)
        return code;
    AUTO(mem) char *text = js_dump(receipt);
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "receipt");
    return store_run_one(store, "delivery", "UPDATE delivery SET receipt = ? WHERE id = ?",
                         DB_BIND(DB_TEXT(text), DB_TEXT(delivery_id)), err);
}

enum err_code receipt_store(const struct completion *c, struct err *err)
{
    const struct js *receipt;
    enum err_code code = js_get_object(c->result, "receipt", &receipt, err);
    return code ? code : receipt_keep(c->store, c->id, receipt, err);
}
