#include "queue/store/look_up.h"

#include "daemon/base/sys.h"
#include "daemon/base/text.h"
#include "daemon/model/doc_type.h"
#include "queue/store/catalog.h"
#include "queue/store/component.h"
#include "queue/store/inside.h"
#include "queue/store/remote_held.h"

#include <ctype.h>
#include <string.h>

#define HELD_MAX 1000 /* papers of one owner that are looked at, newest first */

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "papers held");
}

/* ---- what is held ---- */

#define FIELD(name)                                                                                \
    "(SELECT f.confirmed_value FROM field f WHERE f.document_id = d.id AND f.name = '" name        \
    "' AND f.confirmed = 1)"

#define HELD_COLUMNS                                                                                                                                                                       \
    "SELECT d.id, d.dossier_id, s.code, d.result_code, d.type, d.stage, d.paper_code, "                                                                                                    \
    "d.paper_procedure, coalesce(d.held_from, d.state), EXISTS (SELECT 1 FROM document n "                                                                                                 \
    "WHERE n.replaces = d.id AND n.state NOT IN ('rejected', 'failed')), " FIELD(                                                                                                          \
        "doc_name") ", " FIELD("number_symbol") ", " FIELD("issue_date") ", " FIELD("valid_until") ", " FIELD("no_expiry") ", " FIELD("issuer") ", " FIELD("owner_id") " FROM document d " \
                                                                                                                                                                       "JOIN dossier s ON s.id = d.dossier_id "

#define SIGNED_STATES "('signed', 'extracted', 'coded', 'queued', 'closed', 'purged')"

static bool is_signed(const char *state)
{
    static const char *const states[] = {"signed", "extracted", "coded",
                                         "queued", "closed",    "purged"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i], state) == 0)
            return true;
    return false;
}

static bool is_over(const char *state)
{
    static const char *const states[] = {"superseded", "withdrawn", "rejected", "failed"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i], state) == 0)
            return true;
    return false;
}

/* A day, no end, or what nobody knows: only a day that is past makes a paper unfit. */
static const char *validity_of(struct query *q, const char *today)
{
    const char *state = query_text(q, 8), *until = query_text(q, 13), *endless = query_text(q, 14);
    if (strcmp(state, "superseded") == 0 || query_int(q, 9))
        return "replaced";
    if (is_over(state))
        return "over";
    if (!is_signed(state))
        return "unsigned";
    bool is_day = until && strlen(until) == 10;
    if (is_day)
        return strcmp(until, today) < 0 ? "expired" : "valid";
    return endless && strcmp(endless, "true") == 0 ? "valid" : "unknown";
}

static struct js *held_to_js(struct query *q, const char *today)
{
    const char *validity = validity_of(q, today), *stage = query_text(q, 5);
    bool fit = strcmp(validity, "valid") == 0 || strcmp(validity, "unknown") == 0;
    bool result = stage && strcmp(stage, STAGE_RESULT) == 0;
    return js_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:i, s:s, s:b}",
                   "held_by", HELD_LOCAL, "document_id", query_text(q, 0), "dossier_id",
                   query_text(q, 1), "dossier_code", query_text(q, 2), "result_code",
                   query_text(q, 3), "name", query_text(q, 10), "type", query_text(q, 4),
                   "number_symbol", query_text(q, 11), "issue_date", query_text(q, 12), "issuer",
                   query_text(q, 15), "valid_until", query_text(q, 13), "class",
                   (int)(result ? CLASS_REUSED_RESULT : CLASS_REUSED_COMPONENT), "validity",
                   validity, "fit", (int)fit);
}

/* ---- what fits ---- */

/* Papers that last and go by their kind: "Giấy khai sinh" is wanted, not this one of several. */
static bool type_says_which(int type)
{
    switch (type) {
    case DOC_TYPE_birth_certificate:
    case DOC_TYPE_marriage_certificate:
    case DOC_TYPE_citizen_id:
    case DOC_TYPE_marital_status:
    case DOC_TYPE_residence_confirmation:
    case DOC_TYPE_birth_extract:
    case DOC_TYPE_death_extract:
    case DOC_TYPE_land_certificate:
    case DOC_TYPE_construction_permit:
    case DOC_TYPE_household_business:
    case DOC_TYPE_diploma:
        return true;
    default:
        return false;
    }
}

/* Written for one case and of no use in another. */
static bool type_is_of_one_case(int type)
{
    return type == DOC_TYPE_declaration || type == DOC_TYPE_application ||
           type == DOC_TYPE_receipt_slip;
}

static bool is_same(const char *a, const char *b)
{
    return a && b && *a && strcmp(a, b) == 0;
}

static bool is_same_name(const char *a, const char *b)
{
    AUTO(mem) char *folded_a = a ? text_fold(a) : NULL;
    AUTO(mem) char *folded_b = b ? text_fold(b) : NULL;
    return is_same(folded_a, folded_b);
}

bool look_up_fits(const struct look_up_paper *held, const struct js *paper, const char *procedure)
{
    const char *wanted_type = js_text_or(paper, "type", NULL);
    const char *code = js_text_or(paper, "code", "");
    if (!is_same(js_text_or(paper, "stage", ""),
                 STAGE_COMPONENT)) /* the others are made by the case */
        return false;
    int type = held->type ? (int)doc_type_from_slug(held->type) : (int)DOC_TYPE_unknown;
    if (type_is_of_one_case(type))
        return false;
    bool result = is_same(held->stage, STAGE_RESULT);
    if (is_same(held->code, code) && (result || is_same(held->procedure, procedure)))
        return true;
    if (is_same_name(held->name, js_text_or(paper, "name", NULL)))
        return true;
    return type_says_which(type) && is_same(held->type, wanted_type);
}

static struct look_up_paper paper_of_query(struct query *q)
{
    return (struct look_up_paper){.stage = query_text(q, 5),
                                  .code = query_text(q, 6),
                                  .procedure = query_text(q, 7),
                                  .type = query_text(q, 4),
                                  .name = query_text(q, 10)};
}

/* ---- the look-up ---- */

/* Two lists, so that what may be used stands first. */
struct found {
    struct js *fit, *unfit;
};

struct looking {
    const struct wanted_case *of;
    const struct js *papers;
    struct found *found; /* of each paper */
    int64_t answers;
};

static enum err_code sort_in(void *payload, const struct look_up_paper *held, struct js *entry,
                             struct err *err)
{
    AUTO(js) struct js *owned = entry;
    struct looking *looking = payload;
    bool counted = false, ok = owned;
    for (size_t i = 0; ok && i < js_count(looking->papers); i++) {
        if (!look_up_fits(held, js_item(looking->papers, i), looking->of->procedure))
            continue;
        struct found *found = &looking->found[i];
        ok = js_push(js_bool_or(owned, "fit", false) ? found->fit : found->unfit, js_ref(owned));
        counted = true;
    }
    looking->answers += counted;
    return ok ? ERR_OK : no_memory(err);
}

/* Signed papers of the owner that are of other cases. */
static enum err_code query_held(struct store *store, const struct wanted_case *of,
                                struct query **out, struct err *err)
{
    return db_query(
        store->db,
        HELD_COLUMNS
        "JOIN field o ON o.document_id = d.id AND o.name = 'owner_id' "
        "AND o.confirmed = 1 WHERE o.confirmed_value IN (?1, ?5) AND d.dossier_id <> ?2 "
        "AND s.code IS NOT ?3 AND coalesce(d.held_from, d.state) IN " SIGNED_STATES
        " ORDER BY d.confirmed_us DESC LIMIT ?4",
        DB_BIND(DB_TEXT(of->owner_id), DB_TEXT(of->id), DB_TEXT(*of->code ? of->code : ""),
                DB_INT(HELD_MAX), DB_TEXT(*of->owner_old_id ? of->owner_old_id : NULL)),
        out, err);
}

static enum err_code look(struct store *store, struct looking *looking, struct err *err)
{
    char today[11];
    AUTO(query) struct query *q = NULL;
    bool row = true;
    catalog_today(today);
    enum err_code code = query_held(store, looking->of, &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        struct look_up_paper held = paper_of_query(q);
        code = sort_in(looking, &held, held_to_js(q, today), err);
    }
    return code ? code : remote_held_each(store, looking->of, sort_in, looking, err);
}

static struct js *look_up_to_js(int64_t answers)
{
    return js_pack("{s:[s], s:I, s:I, s:[]}", "asked", HELD_LOCAL, "at_us", sys_now_us(), "answers",
                   answers, "sources");
}

/* Who has answered, lately or now, was asked. */
static enum err_code tell(struct store *store, const struct looking *looking, struct js **out,
                          struct err *err)
{
    AUTO(js) struct js *look_up = look_up_to_js(looking->answers);
    AUTO(js) struct js *sources = NULL;
    enum err_code code =
        look_up ? remote_held_sources(store, looking->of, &sources, err) : no_memory(err);
    for (size_t i = 0; !code && i < js_count(sources); i++) {
        const struct js *source = js_item(sources, i);
        AUTO(js) struct js *asked = js_ref(js_at(look_up, "asked"));
        if (js_has(source, "answered_us") &&
            !js_push(asked, js_text(js_text_or(source, "name", ""))))
            code = no_memory(err);
    }
    if (!code && !js_set(look_up, "sources", TAKE(sources)))
        code = no_memory(err);
    if (!code)
        *out = TAKE(look_up);
    return code;
}

static bool join_lists(const struct js *papers, struct found *found)
{
    bool ok = true;
    for (size_t i = 0; i < js_count(papers); i++) {
        struct js *paper = js_ref(js_item(papers, i));
        for (size_t k = 0; ok && k < js_count(found[i].unfit); k++)
            ok = js_push(found[i].fit, js_ref(js_item(found[i].unfit, k)));
        ok = ok && js_set(paper, "held", js_ref(found[i].fit));
        js_free(paper);
    }
    return ok;
}

static void forget(struct found *found, size_t count)
{
    for (size_t i = 0; found && i < count; i++) {
        js_free(found[i].fit);
        js_free(found[i].unfit);
    }
    mem_free(found);
}

enum err_code look_up_add(struct store *store, const struct wanted_case *of,
                          const struct js *papers, struct js **out_look_up, struct err *err)
{
    size_t count = js_count(papers);
    bool asked = *of->owner_id && *of->procedure;
    struct found *found = mem_array(count + 1, sizeof *found);
    enum err_code code = found ? ERR_OK : no_memory(err);
    for (size_t i = 0; !code && i < count; i++) {
        found[i] = (struct found){js_array(), js_array()};
        if (!found[i].fit || !found[i].unfit)
            code = no_memory(err);
    }
    struct looking looking = {of, papers, found, 0};
    if (!code && asked)
        code = look(store, &looking, err);
    if (!code && !join_lists(papers, found))
        code = no_memory(err);
    forget(found, count);
    if (!code && asked)
        return tell(store, &looking, out_look_up, err);
    if (code)
        return code;
    *out_look_up = js_null();
    return *out_look_up ? ERR_OK : no_memory(err);
}

/* ---- by its number ---- */

/* "12/qdubnd" of "12 / QĐ-UBND": what may be told apart, as people type it. */
static char *key_of_number(const char *text)
{
    char *folded = text ? text_fold(text) : NULL;
    size_t size = 0;
    for (const char *c = folded; c && *c; c++)
        if (*c == '/' || *c == '.' || isalnum((unsigned char)*c))
            folded[size++] = *c;
    if (folded)
        folded[size] = 0;
    return folded;
}

static bool is_number(const char *has, const char *wanted)
{
    AUTO(mem) char *key = key_of_number(has);
    size_t size = strlen(wanted);
    return key && text_starts(key, wanted) && (!key[size] || key[size] == '/');
}

static enum err_code find_number(struct store *store, const struct wanted_case *of,
                                 const char *wanted, struct found *found, struct err *err)
{
    char today[11];
    AUTO(query) struct query *q = NULL;
    bool row = true;
    catalog_today(today);
    enum err_code code = query_held(store, of, &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        if (!is_number(query_text(q, 11), wanted))
            continue;
        struct js *entry = held_to_js(q, today);
        if (!js_push(js_bool_or(entry, "fit", false) ? found->fit : found->unfit, entry))
            code = no_memory(err);
    }
    for (size_t i = 0; !code && i < js_count(found->unfit); i++)
        if (!js_push(found->fit, js_ref(js_item(found->unfit, i))))
            code = no_memory(err);
    return code;
}

enum err_code look_up_number(struct store *store, const char *dossier_id, const char *number,
                             struct js **out, struct err *err)
{
    struct wanted_case of;
    AUTO(mem) char *wanted = key_of_number(number);
    AUTO(js) struct js *fit = js_array();
    AUTO(js) struct js *unfit = js_array();
    if (!wanted || !*wanted)
        return err_set(err, ERR_BAD_ARGUMENT, "number: none");
    if (!fit || !unfit)
        return no_memory(err);
    enum err_code code = wanted_case_get(store, dossier_id, &of, err);
    if (!code && *of.owner_id)
        code = find_number(store, &of, wanted, &(struct found){fit, unfit}, err);
    if (code)
        return code;
    *out = js_pack("{s:O, s:o}", "held", fit, "look_up",
                   *of.owner_id ? look_up_to_js((int64_t)js_count(fit)) : js_null());
    return *out ? ERR_OK : no_memory(err);
}

/* ---- one document ---- */

enum err_code look_up_document(struct store *store, const char *document_id, struct js **out,
                               struct err *err)
{
    char today[11];
    AUTO(query) struct query *q = NULL;
    bool row;
    catalog_today(today);
    enum err_code code =
        db_query(store->db, HELD_COLUMNS "WHERE d.id = ?", DB_BIND(DB_TEXT(document_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        code = err_set(err, ERR_NOT_FOUND, "no such document");
    if (code)
        return code;
    AUTO(js) struct js *held = held_to_js(q, today);
    if (!js_set(held, "owner_id", js_text(query_text(q, 16))))
        return no_memory(err);
    *out = TAKE(held);
    return ERR_OK;
}
