#include "queue/store/view.h"

#include "daemon/model/page_cut.h"
#include "queue/store/counts.h"
#include "queue/store/document.h"
#include "queue/store/dossier_case.h"
#include "queue/store/dossier_people.h"
#include "queue/store/fields.h"
#include "queue/store/incident.h"
#include "queue/store/inside.h"
#include "queue/store/page_cut.h"
#include "queue/store/register.h"
#include "queue/store/revision.h"
#include "queue/store/secret.h"
#include "queue/store/submitted_form.h"
#include "queue/store/withdraw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* One row of a listing into an object. */
typedef enum err_code row_fn(struct store *store, struct query *q, struct js **out,
                             struct err *err);

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "listing");
}

static enum err_code list_rows(struct store *store, const char *sql, const struct db_value *values,
                               size_t count, row_fn *to_js, struct js **out, struct err *err)
{
    AUTO(js)
    struct js *list = js_array();
    AUTO(query)
    struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(store->db, sql, values, count, &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        struct js *item = NULL;
        code = to_js(store, q, &item, err);
        if (!code && !js_push(list, item))
            code = no_memory(err);
    }
    if (code)
        return code;
    *out = TAKE(list);
    return ERR_OK;
}

static enum err_code only_row(struct store *store, const char *what, const char *sql,
                              const char *id, row_fn *to_js, struct js **out, struct err *err)
{
    AUTO(js)
    struct js *list = NULL;
    enum err_code code = list_rows(store, sql, DB_BIND(DB_TEXT(id)), to_js, &list, err);
    if (code)
        return code;
    if (js_count(list) != 1)
        return err_set(err, ERR_NOT_FOUND, "no such %s", what);
    *out = js_ref(js_item(list, 0));
    return ERR_OK;
}

/* ---- cells ---- */

static struct js *int_or_null(struct query *q, int column)
{
    return query_is_null(q, column) ? js_null() : js_int(query_int(q, column));
}

static struct js *real_or_null(struct query *q, int column)
{
    return query_is_null(q, column) ? js_null() : js_real(query_real(q, column));
}

/* A column that holds JSON we wrote; null when it is NULL. */
static struct js *stored_json(struct query *q, int column)
{
    const char *text = query_text(q, column);
    struct js *value = NULL;
    if (!text || js_parse(text, strlen(text), &value, NULL))
        return js_null();
    return value;
}

/* Columns held_reason, held_from, held_ref from `column` on. */
static struct js *held(struct query *q, int column)
{
    if (query_is_null(q, column + 1))
        return js_null();
    return js_pack("{s:s?, s:s, s:s?}", "reason", query_text(q, column), "from",
                   query_text(q, column + 1), "ref", query_text(q, column + 2));
}

static struct js *stored_file(struct store *store, const char *sha256, int64_t size_bytes)
{
    AUTO(mem)
    char *path = NULL;
    if (!sha256)
        return js_null();
    if (blob_path(store->blobs, sha256, &path, NULL))
        return NULL;
    return js_pack("{s:s, s:I, s:s}", "sha256", sha256, "size", size_bytes, "path", path);
}

/* ---- dossiers ---- */

#define DOSSIER_COLUMNS                                                                            \
    "SELECT s.id, s.code, s.kind, s.papers, s.created_us, s.closed_us, "                           \
    "(SELECT count(*) FROM document d WHERE d.dossier_id = s.id AND " COUNTED_DOCUMENT "), "       \
    "(SELECT count(*) FROM page p WHERE p.dossier_id = s.id AND p.state <> 'rejected'), "          \
    "s.created_by, s.sides, s.procedure_code, s.received_on, s.rule_set, s.rules_version, "        \
    "s.urgent FROM dossier s "

static enum err_code dossier_row(struct store *store, struct query *q, struct js **out,
                                 struct err *err)
{
    (void)store;
    *out =
        js_pack("{s:s, s:s?, s:s, s:o, s:o, s:I, s:o, s:I, s:I, s:s, s:s?, s:s?, s:s?, s:s?, s:b}",
                "id", query_text(q, 0), "code", query_text(q, 1), "kind", query_text(q, 2),
                "papers", int_or_null(q, 3), "sides", int_or_null(q, 9), "created_us",
                query_int(q, 4), "closed_us", int_or_null(q, 5), "documents", query_int(q, 6),
                "pages", query_int(q, 7), "by", query_text(q, 8), "procedure_code",
                query_text(q, 10), "received_on", query_text(q, 11), "rule_set", query_text(q, 12),
                "rules_version", query_text(q, 13), "urgent", query_int(q, 14) != 0);
    return *out ? ERR_OK : no_memory(err);
}

enum err_code view_dossier(struct store *store, const char *id, struct js **out, struct err *err)
{
    struct counts counts;
    AUTO(js)
    struct js *dossier = NULL;
    enum err_code code = only_row(store, "dossier", DOSSIER_COLUMNS "WHERE s.id = ?", id,
                                  dossier_row, &dossier, err);
    if (!code)
        code = counts_of_dossier(store, id, &counts, err);
    if (code)
        return code;
    if (!js_set(dossier, "counts", counts_to_js(&counts)))
        return no_memory(err);
    code = dossier_people_show(store, id, dossier, err);
    if (!code)
        code = dossier_case_show(store, id, dossier, err);
    if (!code)
        code = incident_show(store, id, dossier, err);
    if (!code)
        code = handover_show(store, id, dossier, err);
    if (code)
        return code;
    *out = TAKE(dossier);
    return ERR_OK;
}

enum err_code view_dossiers_of_code(struct store *store, const char *code, int64_t limit,
                                    struct js **out, struct err *err)
{
    return list_rows(
        store, DOSSIER_COLUMNS "WHERE s.code = ? ORDER BY s.created_us DESC, s.id DESC LIMIT ?",
        DB_BIND(DB_TEXT(code), DB_INT(limit)), dossier_row, out, err);
}

enum err_code view_dossiers(struct store *store, int64_t limit, const char *before, struct js **out,
                            struct err *err)
{
    if (before)
        return list_rows(store,
                         DOSSIER_COLUMNS
                         "WHERE (s.created_us, s.id) < (SELECT b.created_us, b.id FROM dossier b "
                         "WHERE b.id = ?) ORDER BY s.created_us DESC, s.id DESC LIMIT ?",
                         DB_BIND(DB_TEXT(before), DB_INT(limit)), dossier_row, out, err);
    return list_rows(store, DOSSIER_COLUMNS "ORDER BY s.created_us DESC, s.id DESC LIMIT ?",
                     DB_BIND(DB_INT(limit)), dossier_row, out, err);
}

/* ---- documents ---- */

static enum err_code signature_row(struct store *store, struct query *q, struct js **out,
                                   struct err *err)
{
    (void)store;
    *out = js_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:b}", "ordinal", query_int(q, 0), "kind",
                   query_text(q, 1), "level", query_text(q, 2), "signer", query_text(q, 3),
                   "serial", query_text(q, 4), "signed_at_us",
                   query_int(q, 5) ? js_int(query_int(q, 5)) : js_null(), "block_moved",
                   query_int(q, 6) != 0);
    bool foreign = !query_is_null(q, 7);
    bool ok = *out && (!foreign || (js_set(*out, "intact", js_bool(query_int(q, 7) != 0)) &&
                                    js_set(*out, "certificate_sha256", js_text(query_text(q, 8)))));
    return ok ? ERR_OK : no_memory(err);
}

static enum err_code signatures_of(struct store *store, const char *id, struct js **out,
                                   struct err *err)
{
    return list_rows(store,
                     "SELECT ordinal, kind, level, signer, serial, signed_us, block_moved, intact, "
                     "certificate_sha256 "
                     "FROM signature WHERE document_id = ? ORDER BY ordinal",
                     DB_BIND(DB_TEXT(id)), signature_row, out, err);
}

#define DOCUMENT_COLUMNS                                                                           \
    "SELECT d.id, d.dossier_id, d.ordinal, d.state, d.held_reason, d.held_from, d.held_ref, "      \
    "d.version, d.replaces, d.type, d.type_score, d.kind_abbr, d.kind_name, d.scan_finished, "     \
    "(SELECT count(*) FROM page p WHERE p.document_id = d.id "                                     \
    "AND p.state NOT IN ('rejected', 'failed')), "                                                 \
    "d.result_code, d.signed_sha256, "                                                             \
    "(SELECT b.size_bytes FROM blob b WHERE b.sha256 = d.signed_sha256), d.created_us, "           \
    "d.confirmed_us, d.confirmed_by, d.state_us, d.attempts, d.not_before_us, d.copied_us, "       \
    "d.copied_by, d.copier, d.passed_sha256 IS NOT NULL, "                                         \
    "EXISTS (SELECT 1 FROM result_code c WHERE c.code = d.result_code AND c.provisional = 1), "    \
    "d.stage, d.paper_code, d.paper_from, d.paper_procedure FROM document d "

static struct js *kind_of(struct query *q)
{
    if (query_is_null(q, 11))
        return js_null();
    return js_pack("{s:s, s:s?}", "abbr", query_text(q, 11), "name", query_text(q, 12));
}

static enum err_code document_row(struct store *store, struct query *q, struct js **out,
                                  struct err *err)
{
    const char *id = query_text(q, 0);
    AUTO(js)
    struct js *stored = NULL;
    AUTO(js)
    struct js *proposal = NULL;
    AUTO(js)
    struct js *confirmed = NULL;
    AUTO(js)
    struct js *signatures = NULL;
    AUTO(js) struct js *from_register = NULL;
    char revision[REVISION_SIZE];
    struct counts counts;
    enum err_code code = fields_view_proposal(store, id, &stored, err);
    if (!code)
        code = page_cut_fields(store, id, stored, &proposal, err);
    if (!code && !query_is_null(q, 19))
        code = fields_view_confirmed(store, id, &confirmed, err);
    if (!code)
        code = signatures_of(store, id, &signatures, err);
    if (!code)
        code = document_revision(store, id, revision, err);
    if (!code)
        code = counts_of_document(store, id, &counts, err);
    if (!code)
        code = register_view(store, id, &from_register, err);
    if (code)
        return code;
    AUTO(js)
    struct js *object = js_pack(
        "{s:s, s:s, s:I, s:s, s:o, s:I, s:s?, s:s?, s:o, s:o, s:O, s:O?, s:s?, s:o, s:b}", "id", id,
        "dossier_id", query_text(q, 1), "ordinal", query_int(q, 2), "state", query_text(q, 3),
        "held", held(q, 4), "version", query_int(q, 7), "replaces", query_text(q, 8), "type",
        query_text(q, 9), "type_score", real_or_null(q, 10), "kind", kind_of(q), "fields", proposal,
        "confirmed", confirmed, "confirmed_by", query_text(q, 20), "confirmed_us",
        int_or_null(q, 19), "scan_finished", query_int(q, 13) != 0);
    bool ok = js_set(object, "revision", js_text(revision)) &&
              js_set(object, "pages", js_int(query_int(q, 14))) &&
              js_set(object, "counts", counts_to_js(&counts)) &&
              js_set(object, "result_code", js_text(query_text(q, 15))) &&
              js_set(object, "stage", js_text(query_text(q, 29))) &&
              js_set(object, "paper_code", js_text(query_text(q, 30))) &&
              js_set(object, "paper_from", js_text(query_text(q, 31))) &&
              js_set(object, "paper_procedure", js_text(query_text(q, 32))) &&
              js_set(object, "result_code_is_provisional", js_bool(query_int(q, 28) != 0)) &&
              js_set(object, "signed", stored_file(store, query_text(q, 16), query_int(q, 17))) &&
              js_set(object, "signatures", TAKE(signatures)) &&
              js_set(object, "passed_through", js_bool(query_int(q, 27) != 0)) &&
              js_set(object, "copied_by", js_text(query_text(q, 25))) &&
              js_set(object, "copied_us", int_or_null(q, 24)) &&
              js_set(object, "copier", js_text(query_text(q, 26))) &&
              js_set(object, "created_us", js_int(query_int(q, 18))) &&
              js_set(object, "state_us", js_int(query_int(q, 21))) &&
              js_set(object, "attempts", js_int(query_int(q, 22))) &&
              js_set(object, "not_before_us", js_int(query_int(q, 23))) &&
              js_set(object, "register", TAKE(from_register));
    if (!ok)
        return no_memory(err);
    code = secret_show(store, id, object, err);
    if (!code)
        code = form_show(store, id, object, err);
    if (!code)
        code = withdraw_show(store, id, object, err);
    if (!code && js_bool_or(object, "locked", false) &&
        !(js_set(object, "fields", js_object()) && js_set(object, "register", js_null())))
        code = no_memory(err);
    if (code)
        return code;
    *out = TAKE(object);
    return ERR_OK;
}

enum err_code view_document(struct store *store, const char *id, struct js **out, struct err *err)
{
    return only_row(store, "document", DOCUMENT_COLUMNS "WHERE d.id = ?", id, document_row, out,
                    err);
}

enum err_code view_documents(struct store *store, const char *dossier_id, struct js **out,
                             struct err *err)
{
    return list_rows(store,
                     DOCUMENT_COLUMNS "WHERE d.dossier_id = ? AND NOT (" DOCUMENT_CARRIED_NOTHING(
                         "d") ") ORDER BY d.ordinal, d.version",
                     DB_BIND(DB_TEXT(dossier_id)), document_row, out, err);
}

/* ---- pages ---- */

#define PAGE_COLUMNS                                                                               \
    "SELECT p.id, p.dossier_id, p.document_id, p.position, p.state, p.held_reason, p.held_from, "  \
    "p.held_ref, p.side, p.sheet, p.blank, coalesce(p.width_mm, p.image_width_mm), "               \
    "coalesce(p.height_mm, p.image_height_mm), p.image_dpi, p.info, p.word_count, "                \
    "p.mean_confidence, p.captured_us, p.captured_by, p.device, p.equal_to_previous, "             \
    "p.starts_document, p.attempts, p.job, p.turned_deg, p.replaces, p.part_of, p.part_kind, "     \
    "p.blank_kept, (SELECT json_group_array(json_object('code', u.code, 'answer', u.answer, "      \
    "'by', u.answered_by)) FROM question u WHERE u.page_id = p.id), "                              \
    "p.words_source, p.glass_x_mm, p.glass_y_mm, p.known_turn_deg, p.cut_off, " PAGE_IS_WHOLE(     \
        "p") ", p.separator FROM page p "

/* Where to look closer on the glass: around the cards that lie there, when the page was scanned too
 * coarsely for their small codes (regulations 8.4). */
#define CARD_DPI 600
#define CARD_MARGIN_MM 2.0

static struct js *card_area(struct query *q, const struct js *info)
{
    double left = 1e9, top = 1e9, right = 0, bottom = 0;
    const struct js *cards = js_at(info, "cards");
    bool is_detail = strcmp(query_text(q, 27) ? query_text(q, 27) : "", "detail") == 0;
    if (!js_count(cards) || query_is_null(q, 31) || query_real(q, 13) >= CARD_DPI || is_detail)
        return js_null();
    for (size_t i = 0; i < js_count(cards); i++) {
        const struct js *card = js_item(cards, i);
        double x = js_real_or(card, "[0]", 0), y = js_real_or(card, "[1]", 0);
        left = fmin(left, x);
        top = fmin(top, y);
        right = fmax(right, x + js_real_or(card, "[2]", 0));
        bottom = fmax(bottom, y + js_real_or(card, "[3]", 0));
    }
    double x = fmax(0, query_real(q, 31) + left - CARD_MARGIN_MM);
    double y = fmax(0, query_real(q, 32) + top - CARD_MARGIN_MM);
    return js_pack("[f,f,f,f]", x, y, query_real(q, 31) + right + CARD_MARGIN_MM - x,
                   query_real(q, 32) + bottom + CARD_MARGIN_MM - y);
}

static enum err_code page_row(struct store *store, struct query *q, struct js **out,
                              struct err *err)
{
    struct rect_mm cut;
    AUTO(js) struct js *stored = stored_json(q, 14);
    AUTO(js) struct js *in_effect = page_cut_info(stored, query_int(q, 35) != 0);
    AUTO(js) struct js *info = page_cut_shown(in_effect);
    bool is_cut = page_cut_of(info, &cut), was_cut = js_has(stored, PAGE_CUT_KEY);
    AUTO(js)
    struct js *object =
        js_pack("{s:s, s:s, s:s?, s:I, s:s, s:o, s:s, s:I, s:b, s:f, s:f, s:f, s:O}", "id",
                query_text(q, 0), "dossier_id", query_text(q, 1), "document_id", query_text(q, 2),
                "position", query_int(q, 3), "state", query_text(q, 4), "held", held(q, 5), "side",
                query_text(q, 8), "sheet", query_int(q, 9), "blank", query_int(q, 10) != 0,
                "width_mm", is_cut ? cut.w : query_real(q, 11), "height_mm",
                is_cut ? cut.h : query_real(q, 12), "dpi", query_real(q, 13), "info", info);
    bool ok = js_set(object, "words", js_int(query_int(q, 15))) &&
              js_set(object, "mean_confidence", real_or_null(q, 16)) &&
              js_set(object, "captured_us", js_int(query_int(q, 17))) &&
              js_set(object, "captured_by", js_text(query_text(q, 18))) &&
              js_set(object, "device", js_text(query_text(q, 19))) &&
              js_set(object, "equal_to_previous", js_bool(query_int(q, 20) != 0)) &&
              js_set(object, "starts_document", stored_json(q, 21)) &&
              js_set(object, "attempts", js_int(query_int(q, 22))) &&
              js_set(object, "job", js_text(query_text(q, 23))) &&
              js_set(object, "turned_deg", int_or_null(q, 24)) &&
              js_set(object, "replaces", js_text(query_text(q, 25))) &&
              js_set(object, "part_of", js_text(query_text(q, 26))) &&
              js_set(object, "part_kind", js_text(query_text(q, 27))) &&
              js_set(object, "blank_kept", js_bool(query_int(q, 28) != 0)) &&
              js_set(object, "questions", stored_json(q, 29)) &&
              js_set(object, "words_source", js_text(query_text(q, 30))) &&
              js_set(object, "known_turn_deg", int_or_null(q, 33)) &&
              js_set(object, "separator", js_text(query_text(q, 36))) &&
              js_set(object, "cut_mm", is_cut ? rect_to_js(cut) : js_null()) &&
              js_set(object, "cut_off", js_bool(was_cut && query_int(q, 34) != 0)) &&
              js_set(object, "card_mm", card_area(q, js_at(object, "info")));
    if (!ok)
        return no_memory(err);
    enum err_code code = secret_show(store, query_text(q, 0), object, err);
    if (code)
        return code;
    if (js_bool_or(object, "locked", false) && !js_set(object, "info", js_null()))
        return no_memory(err);
    *out = TAKE(object);
    return ERR_OK;
}

enum err_code view_page(struct store *store, const char *id, struct js **out, struct err *err)
{
    return only_row(store, "page", PAGE_COLUMNS "WHERE p.id = ?", id, page_row, out, err);
}

enum err_code view_pages_of_dossier(struct store *store, const char *dossier_id, struct js **out,
                                    struct err *err)
{
    return list_rows(store,
                     PAGE_COLUMNS
                     "LEFT JOIN document d ON d.id = p.document_id "
                     "WHERE p.dossier_id = ? ORDER BY p.state = 'rejected', d.ordinal, "
                     "d.version, p.position, p.captured_us",
                     DB_BIND(DB_TEXT(dossier_id)), page_row, out, err);
}

enum err_code view_pages_of_document(struct store *store, const char *document_id, struct js **out,
                                     struct err *err)
{
    return list_rows(store,
                     PAGE_COLUMNS "WHERE p.document_id = ? "
                                  "ORDER BY p.state = 'rejected', p.position, p.captured_us",
                     DB_BIND(DB_TEXT(document_id)), page_row, out, err);
}

/* ---- deliveries ---- */

#define DELIVERY_COLUMNS                                                                           \
    "SELECT v.id, v.document_id, d.dossier_id, v.target, v.state, v.held_reason, v.held_from, "    \
    "v.held_ref, v.remote_name, v.receipt, v.attempts, v.not_before_us, v.created_us, "            \
    "v.state_us, d.result_code, d.type, CASE v.filed WHEN 1 THEN v.filed_under ELSE s.code END, "  \
    "v.filed, CASE WHEN v.attempts > 0 OR v.state = 'held' THEN v.said END, "                      \
    "CASE WHEN v.attempts > 0 AND v.state <> 'held' THEN "                                         \
    "(SELECT a.detail FROM audit a WHERE a.subject_id = v.id "                                     \
    "AND a.event IN ('attempt-failed', 'retry', 'resend') ORDER BY a.seq DESC LIMIT 1) END, "      \
    "v.urgent, v.waits_for, v.hidden, v.shown, (SELECT json_object('reason_code', w.reason_code, " \
    "'replaced_by', w.replaced_by, 'asked_us', w.asked_us, 'asked_by', w.asked_by, 'begun_us', "   \
    "w.begun_us, 'ended_us', w.ended_us, 'receipt', json(w.receipt)) FROM delivery_withdrawal w "  \
    "WHERE w.delivery_id = v.id) "                                                                 \
    "FROM delivery v JOIN document d ON d.id = v.document_id "                                     \
    "JOIN dossier s ON s.id = d.dossier_id "

/* Why waiting work waits: its last failed attempt, whose audit detail starts "CODE REF:". */
static struct js *problem(struct query *q, int column)
{
    char code[40] = "", ref[REF_SIZE] = "";
    const char *detail = query_text(q, column);
    if (!detail || sscanf(detail, "%39[A-Z_] %8[0-9A-Z]", code, ref) < 1)
        return js_null();
    return js_pack("{s:s, s:s}", "code", code, "ref", ref);
}

static enum err_code delivery_row(struct store *store, struct query *q, struct js **out,
                                  struct err *err)
{
    (void)store;
    *out = js_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s?, s:o, s:I, s:I, s:I, s:I, s:s?, s:s?, "
                   "s:s?, s:b, s:s?, s:o, s:b}",
                   "id", query_text(q, 0), "document_id", query_text(q, 1), "dossier_id",
                   query_text(q, 2), "target", query_text(q, 3), "state", query_text(q, 4), "held",
                   held(q, 5), "remote_name", query_text(q, 8), "receipt", stored_json(q, 9),
                   "attempts", query_int(q, 10), "not_before_us", query_int(q, 11), "created_us",
                   query_int(q, 12), "state_us", query_int(q, 13), "result_code", query_text(q, 14),
                   "type", query_text(q, 15), "dossier_code", query_text(q, 16), "filed",
                   query_int(q, 17) != 0, "said", query_text(q, 18), "problem", problem(q, 19),
                   "urgent", query_int(q, 20) != 0);
    static const char *const hidden[] = {NULL, "hidden", "to-show", "shown"};
    bool ok = *out && js_set(*out, "waits_for", js_text(query_text(q, 21))) &&
              js_set(*out, "hidden", js_text(hidden[query_int(q, 22) & 3])) &&
              js_set(*out, "shown", stored_json(q, 23)) &&
              js_set(*out, "withdrawal", stored_json(q, 24));
    return ok ? ERR_OK : no_memory(err);
}

enum err_code view_delivery(struct store *store, const char *id, struct js **out, struct err *err)
{
    return only_row(store, "delivery", DELIVERY_COLUMNS "WHERE v.id = ?", id, delivery_row, out,
                    err);
}

enum err_code view_deliveries_of_document(struct store *store, const char *document_id,
                                          struct js **out, struct err *err)
{
    return list_rows(store, DELIVERY_COLUMNS "WHERE v.document_id = ? ORDER BY v.target",
                     DB_BIND(DB_TEXT(document_id)), delivery_row, out, err);
}

/* Trouble first: held, final, then what failed most often; then what is not accepted yet, the
 * longest waiting first; then what was accepted, the newest first; what is over comes last. The
 * same as the index delivery_place. */
#define QUEUE_CLASS(v)                                                                             \
    "CASE WHEN " v ".state IN ('reconciled', 'withdrawn') THEN 5 WHEN " v                          \
    ".state = 'held' THEN 0 "                                                                      \
    "WHEN " v ".state IN ('failed', 'rejected') THEN 1 WHEN " v ".attempts > 0 THEN 2 "            \
    "WHEN " v ".state IN ('queued', 'sending', 'sent') THEN 3 ELSE 4 END"
#define QUEUE_PLACE(v)                                                                             \
    QUEUE_CLASS(v)                                                                                 \
    ", -" v ".attempts, CASE WHEN " v ".state IN ('queued', 'sending', 'sent') THEN " v            \
    ".created_us ELSE -" v ".state_us END, " v ".id"

#define QUEUE_BEFORE                                                                               \
    "(?2 IS NULL OR (" QUEUE_PLACE("q") ") > (SELECT " QUEUE_PLACE("b") " FROM delivery b "        \
                                                                        "WHERE b.id = ?2)) "
/* Their places first, and columns only of those that are shown. ?4, ?5: from which class to which.
 */
static const char queue_sql[] = DELIVERY_COLUMNS
    "WHERE v.id IN (SELECT q.id FROM delivery q INDEXED BY delivery_place "
    "WHERE (" QUEUE_CLASS("q") ") BETWEEN ?4 AND ?5 AND (?1 IS NULL OR "
                               "+q.state = ?1) AND " QUEUE_BEFORE
                               "ORDER BY " QUEUE_PLACE("q") " LIMIT ?3) "
                                                            "ORDER BY " QUEUE_PLACE("v");

/* In which classes of the list rows of a state stand. */
static const struct {
    const char *state;
    int from, to;
} queue_classes[] = {
    {"held", 0, 0},       {"failed", 1, 1},    {"rejected", 1, 1}, {"queued", 2, 3},
    {"sending", 2, 3},    {"sent", 2, 3},      {"accepted", 2, 4}, {"withdrawing", 2, 4},
    {"reconciled", 5, 5}, {"withdrawn", 5, 5},
};

enum err_code view_queue(struct store *store, const char *state, const char *before, int64_t limit,
                         struct js **out, struct err *err)
{
    int from = 0, to = 4; /* what is over is not listed */
    for (size_t i = 0; state && i < sizeof queue_classes / sizeof *queue_classes; i++) {
        if (strcmp(queue_classes[i].state, state) == 0) {
            from = queue_classes[i].from;
            to = queue_classes[i].to;
        }
    }
    return list_rows(
        store, queue_sql,
        DB_BIND(DB_TEXT(state), DB_TEXT(before), DB_INT(limit), DB_INT(from), DB_INT(to)),
        delivery_row, out, err);
}
