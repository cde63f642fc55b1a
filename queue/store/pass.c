#include "queue/store/pass.h"

#include "queue/store/advance.h"
#include "queue/store/document.h"
#include "queue/store/inside.h"
#include "queue/store/place.h"

#include <string.h>

static enum err_code file_of(struct store *store, const char *document_id, char **out,
                             struct err *err)
{
    return db_text(store->db, "SELECT passed_sha256 FROM document WHERE id = ?",
                   DB_BIND(DB_TEXT(document_id)), out, err);
}

enum err_code pass_check_pages_free(struct store *store, const char *document_id, struct err *err)
{
    AUTO(mem) char *sha256 = NULL;
    enum err_code code = file_of(store, document_id, &sha256, err);
    if (!code && sha256)
        return err_set(err, ERR_FILE_SIGNED, "the pages are those of a signed file");
    return code;
}

static enum err_code add_signature(struct store *store, const char *document_id, size_t ordinal,
                                   const struct js *signature, struct err *err)
{
    return db_run(store->db,
                  "INSERT INTO signature (document_id, ordinal, kind, level, signer, serial, "
                  "signed_us, intact, certificate_sha256) "
                  "VALUES (?, ?, 'foreign', ?, ?, ?, ?, ?, ?)",
                  DB_BIND(DB_TEXT(document_id), DB_INT((int64_t)ordinal),
                          DB_TEXT(js_text_or(signature, "level", "")),
                          DB_TEXT(js_text_or(signature, "signer", "")),
                          DB_TEXT(js_text_or(signature, "serial", "")),
                          DB_INT(js_int_or(signature, "signed_at_us", 0)),
                          DB_INT(js_bool_or(signature, "intact", false)),
                          DB_TEXT(js_text_or(signature, "certificate_sha256", NULL))),
                  err);
}

static enum err_code check_has_no_pages(struct store *store, const char *document_id,
                                        struct err *err)
{
    int64_t pages;
    enum err_code code = db_number(
        store->db, "SELECT count(*) FROM page p WHERE document_id = ? AND " PAGE_COUNTS("p"),
        DB_BIND(DB_TEXT(document_id)), 0, &pages, err);
    if (!code && pages)
        return err_set(err, ERR_FILE_SIGNED, "the document has other pages already");
    return code;
}

enum err_code pass_begin(struct store *store, const char *document_id, const char *sha256,
                         const struct js *signatures, struct err *err)
{
    AUTO(mem) char *known = NULL;
    const struct js *list = js_at(signatures, "list");
    enum err_code code = file_of(store, document_id, &known, err);
    if (code || (known && strcmp(known, sha256) == 0))
        return code;
    if (known)
        return err_set(err, ERR_FILE_SIGNED, "the document is another signed file");
    code = check_has_no_pages(store, document_id, err);
    if (!code)
        code =
            store_run_one(store, "document", "UPDATE document SET passed_sha256 = ? WHERE id = ?",
                          DB_BIND(DB_TEXT(sha256), DB_TEXT(document_id)), err);
    for (size_t i = 0; !code && i < js_count(list); i++)
        code = add_signature(store, document_id, i + 1, js_item(list, i), err);
    return code;
}

static const char *reason_to_hold(const struct js *signatures)
{
    const struct js *list = js_at(signatures, "list");
    for (size_t i = 0; i < js_count(list); i++)
        if (!js_bool_or(js_item(list, i), "intact", false))
            return err_name(ERR_FILE_SIGNATURE_BROKEN);
    return js_bool_or(signatures, "covers_file", false) ? NULL
                                                        : err_name(ERR_FILE_CHANGED_AFTER_SIGNING);
}

enum err_code pass_judge(struct store *store, const char *document_id, const struct js *signatures,
                         struct principal by, struct err *err)
{
    const char *reason = reason_to_hold(signatures);
    struct subject document;
    enum err_code code = subject_get(store, MACHINE_document, document_id, &document, err);
    if (code || !reason || strcmp(document.state, "open") != 0)
        return code;
    return store_advance(store,
                         &(struct advance){.machine = MACHINE_document,
                                           .id = document_id,
                                           .from = "open",
                                           .to = "held",
                                           .event = "hold",
                                           .held_reason = reason,
                                           .by = by},
                         err);
}

enum err_code pass_on(struct store *store, const char *document_id, struct principal by,
                      bool *out_passed, struct err *err)
{
    AUTO(mem) char *sha256 = NULL;
    enum err_code code = file_of(store, document_id, &sha256, err);
    *out_passed = !code && sha256;
    if (!*out_passed)
        return code;
    code = store_run_one(store, "document", "UPDATE document SET signed_sha256 = ? WHERE id = ?",
                         DB_BIND(DB_TEXT(sha256), DB_TEXT(document_id)), err);
    if (!code)
        code = store_advance(store,
                             &(struct advance){.machine = MACHINE_document,
                                               .id = document_id,
                                               .from = "copied",
                                               .to = "extracted",
                                               .event = "pass",
                                               .by = by},
                             err);
    return code ? code : document_supersede_old(store, document_id, by, err);
}
