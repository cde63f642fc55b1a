#include "queue/store/record.h"

#include "daemon/base/when.h"
#include "queue/store/component.h"
#include "queue/store/handover.h"
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

/* What the portal's flags are made of (R-30, regulations 11.2): was this copy made here, has the
 * case any that was, which papers of it were taken over instead of scanned. */
static struct js *case_of(const struct js *facts, const char *document_id, bool *out_digitized)
{
    AUTO(js) struct js *reused = js_array();
    bool any = false, ok = reused;
    *out_digitized = false;
    for (size_t i = 0; ok && i < js_count(facts); i++) {
        const struct js *fact = js_item(facts, i);
        bool digitized = js_bool_or(fact, "digitized", false);
        any = any || digitized;
        if (strcmp(js_text_or(fact, "document_id", ""), document_id) == 0)
            *out_digitized = digitized;
        if (js_int_or(fact, "reused", 0))
            ok = js_push(reused,
                         js_pack("{s:O, s:O, s:O, s:O, s:O}", "stage", js_at(fact, "stage"),
                                 "paper_code", js_at(fact, "paper_code"), "reused",
                                 js_at(fact, "reused"), "replaced_by", js_at(fact, "replaced_by"),
                                 "source", js_at(fact, "source")));
    }
    return ok ? js_pack("{s:b, s:O}", "digitized", (int)any, "reused", reused) : NULL;
}

struct sources {
    const struct js *dossier, *document, *pages, *facts;
    bool hidden; /* from the citizen, until the result was handed over (regulations 1.7) */
};

static struct js *record(const struct store *store, const struct sources *from)
{
    const struct js *dossier = from->dossier, *document = from->document;
    bool digitized;
    struct js *papers = case_of(from->facts, js_text_or(document, "id", ""), &digitized);
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
        js_set(r, "pages", js_int((int64_t)js_count(from->pages))) &&
        js_set(r, "page_list", js_ref(from->pages)) &&
        js_set(r, "sides", copy_of(document, "counts.sides")) &&
        js_set(r, "sheets", copy_of(document, "counts.sheets")) &&
        js_set(r, "signatures", copy_of(document, "signatures")) &&
        js_set(r, "submitted_form", copy_of(document, "submitted_form")) && /* 2.1.2 */
        js_set(r, "passed_through", copy_of(document, "passed_through")) &&
        js_set(r, "digitized", js_bool(digitized)) && /* DuocSoHoa */
        js_set(r, "case", TAKE(papers)) && (!from->hidden || js_set(r, "hidden", js_bool(true)));
    js_free(papers);
    return ok ? TAKE(r) : NULL;
}

static enum err_code record_text(struct store *store, const char *document_id, bool hidden,
                                 char **out, struct err *err)
{
    AUTO(js)
    struct js *document = NULL;
    AUTO(js)
    struct js *dossier = NULL;
    AUTO(js)
    struct js *pages = NULL;
    AUTO(js)
    struct js *facts = NULL;
    enum err_code code = view_document(store, document_id, &document, err);
    if (!code)
        code = view_dossier(store, js_text_or(document, "dossier_id", ""), &dossier, err);
    if (!code)
        code = list_pages(store, document_id, &pages, err);
    if (!code)
        code = component_facts(store, js_text_or(document, "dossier_id", ""), false, &facts, err);
    if (code)
        return code;
    AUTO(js)
    struct js *value = record(store, &(struct sources){dossier, document, pages, facts, hidden});
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
    enum err_code code = record_text(store, document_id, false, &text, err);
    if (!code)
        code = blob_put_row(store->db, text, sha256, err);
    if (code)
        return code;
    code = store_run_one(store, "document", "UPDATE document SET record_sha256 = ? WHERE id = ?",
                         DB_BIND(DB_TEXT(sha256), DB_TEXT(document_id)), err);
    return code ? code : handover_rewrite_records(store, document_id, err);
}

enum err_code record_store_own(struct store *store, const char *delivery_id, struct err *err)
{
    AUTO(mem) char *text = NULL;
    AUTO(mem) char *document = NULL;
    char sha256[HASH_HEX_SIZE];
    int64_t hidden = 0;
    enum err_code code = db_text(store->db, "SELECT document_id FROM delivery WHERE id = ?",
                                 DB_BIND(DB_TEXT(delivery_id)), &document, err);
    if (!code)
        code = db_number(store->db, "SELECT hidden > 0 FROM delivery WHERE id = ?",
                         DB_BIND(DB_TEXT(delivery_id)), 0, &hidden, err);
    if (!code)
        code = record_text(store, document, hidden != 0, &text, err);
    if (!code)
        code = blob_put_row(store->db, text, sha256, err);
    if (code)
        return code;
    return store_run_one(store, "delivery", "UPDATE delivery SET record_sha256 = ? WHERE id = ?",
                         DB_BIND(DB_TEXT(sha256), DB_TEXT(delivery_id)), err);
}
