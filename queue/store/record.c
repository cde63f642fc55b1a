#include "queue/store/record.h"

#include "daemon/base/when.h"
#include "queue/store/inside.h"
#include "queue/store/side.h"
#include "queue/store/view.h"

#include <string.h>

static struct js *copy_of(const struct js *object, const char *path)
{
    return js_has(object, path) ? js_ref(js_at(object, path)) : js_null();
}

static struct js *moment(const struct js *object, const char *path)
{
    char text[WHEN_ISO_SIZE];
    int64_t at_us = js_int_or(object, path, 0);
    if (!at_us)
        return js_null();
    when_iso_local(at_us, text);
    return js_text(text);
}

/* What each page of the PDF is: the number of the side it shows and, of a side's further images,
 * which kind; a side without writing stays and says so. Closer looks are no pages of it. */
static enum err_code list_pages(struct store *store, const char *document_id, struct js **out,
                                struct err *err)
{
    AUTO(js)
    struct js *list = js_array();
    AUTO(query)
    struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(
        store->db,
        "SELECT dense_rank() OVER (ORDER BY first), part_kind, blank FROM (SELECT position, "
        "min(position) OVER (PARTITION BY coalesce(part_of, id)) AS first, part_kind, "
        "blank OR blank_kept AS blank FROM page p WHERE document_id = ? AND state = 'recognized' "
        "AND NOT " PAGE_IS_DETAIL("p") ") ORDER BY position",
        DB_BIND(DB_TEXT(document_id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        struct js *page = js_pack("{s:I}", "side", query_int(q, 0));
        const char *kind = query_text(q, 1);
        bool fits = page && (!kind || js_set(page, "part", js_text(kind))) &&
                    (!query_int(q, 2) || js_set(page, "blank", js_bool(true)));
        if (!fits)
            js_free(TAKE(page));
        if (!js_push(list, page))
            code = err_set(err, ERR_NO_MEMORY, "record");
    }
    if (!code)
        *out = TAKE(list);
    return code;
}

/* ChuHoSo, LoaiDoiTuong; null where nobody said whose case it is. */
static struct js *owner_of(const struct js *dossier)
{
    if (!js_has(dossier, "owner_id") && !js_has(dossier, "owner_name"))
        return js_null();
    return js_pack("{s:s?, s:s?, s:s?}", "id", js_text_or(dossier, "owner_id", NULL), "name",
                   js_text_or(dossier, "owner_name", NULL), "kind",
                   js_text_or(dossier, "owner_kind", NULL));
}

/* A person found no term on the paper: the receiver gets what it understands as that. */
static struct js *confirmed_of(const struct store *store, const struct js *document)
{
    if (strcmp(js_text_or(document, "confirmed.valid_until", ""), "unknown") != 0)
        return copy_of(document, "confirmed");
    AUTO(js) struct js *fields = js_copy(js_at(document, "confirmed"));
    const char *text = store->unknown_validity;
    return js_set(fields, "valid_until", *text ? js_text(text) : js_null()) ? TAKE(fields) : NULL;
}

static struct js *record(const struct store *store, const struct js *dossier,
                         const struct js *document, const struct js *pages)
{
    AUTO(js)
    struct js *r = js_object();
    bool ok =
        js_set(r, "schema", js_text("sohoa.record/1")) &&
        js_set(r, "record_id", copy_of(document, "id")) &&
        js_set(r, "version", copy_of(document, "version")) &&
        js_set(r, "replaces", copy_of(document, "replaces")) &&
        js_set(r, "dossier_code", copy_of(dossier, "code")) &&
        js_set(r, "procedure_code", copy_of(dossier, "procedure_code")) &&
        js_set(r, "received_on", copy_of(dossier, "received_on")) && /* */
        js_set(r, "channel", copy_of(dossier, "channel")) &&         /* KenhThucHien */
        js_set(r, "dossier_owner", owner_of(dossier)) &&
        js_set(r, "stage", copy_of(document, "stage")) &&
        js_set(r, "paper_code", copy_of(document, "paper_code")) &&
        js_set(r, "paper_procedure", copy_of(document, "paper_procedure")) &&
        js_set(r, "result_code", copy_of(document, "result_code")) &&
        js_set(r, "result_code_is_provisional", copy_of(document, "result_code_is_provisional")) &&
        js_set(r, "type", copy_of(document, "type")) &&
        js_set(r, "kind", copy_of(document, "kind")) &&
        js_set(r, "fields", confirmed_of(store, document)) &&
        js_set(r, "confirmed_by", copy_of(document, "confirmed_by")) &&
        js_set(r, "confirmed_at", moment(document, "confirmed_us")) &&
        js_set(r, "copied_by", copy_of(document, "copied_by")) &&
        js_set(r, "copied_at", moment(document, "copied_us")) &&
        js_set(r, "copier", copy_of(document, "copier")) &&
        js_set(r, "pdf_sha256", copy_of(document, "signed.sha256")) &&
        js_set(r, "pdf_size_bytes", copy_of(document, "signed.size")) &&
        js_set(r, "pages", js_int((int64_t)js_count(pages))) &&
        js_set(r, "page_list", js_ref(pages)) &&
        js_set(r, "sides", copy_of(document, "counts.sides")) &&
        js_set(r, "sheets", copy_of(document, "counts.sheets")) &&
        js_set(r, "signatures", copy_of(document, "signatures")) &&
        js_set(r, "submitted_form", copy_of(document, "submitted_form")) && /* 2.1.2 */
        js_set(r, "passed_through", copy_of(document, "passed_through"));
    return ok ? TAKE(r) : NULL;
}

static enum err_code record_text(struct store *store, const char *document_id, char **out,
                                 struct err *err)
{
    AUTO(js)
    struct js *document = NULL;
    AUTO(js)
    struct js *dossier = NULL;
    AUTO(js)
    struct js *pages = NULL;
    enum err_code code = view_document(store, document_id, &document, err);
    if (!code)
        code = view_dossier(store, js_text_or(document, "dossier_id", ""), &dossier, err);
    if (!code)
        code = list_pages(store, document_id, &pages, err);
    if (code)
        return code;
    AUTO(js)
    struct js *value = record(store, dossier, document, pages);
    char *text = value ? js_dump_pretty(value) : NULL;
    if (!text)
        return err_set(err, ERR_NO_MEMORY, "record");
    *out = text;
    return ERR_OK;
}

enum err_code record_store(struct store *store, const char *document_id, struct err *err)
{
    AUTO(mem)
    char *text = NULL;
    char sha256[HASH_HEX_SIZE];
    enum err_code code = record_text(store, document_id, &text, err);
    if (!code)
        code = blob_put_text(store->blobs, store->db, text, sha256, err);
    if (code)
        return code;
    return store_run_one(store, "document", "UPDATE document SET record_sha256 = ? WHERE id = ?",
                         DB_BIND(DB_TEXT(sha256), DB_TEXT(document_id)), err);
}
