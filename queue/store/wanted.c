#include "queue/store/wanted.h"

#include "daemon/base/text.h"
#include "daemon/model/doc_type.h"
#include "daemon/model/rule_set.h"
#include "queue/store/catalog.h"
#include "queue/store/catalog_results.h"
#include "queue/store/counts.h"
#include "queue/store/inside.h"

#include <stdio.h>
#include <string.h>

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "wanted papers");
}

/* ---- what is wanted ---- */

/* The document type whose name the paper's name begins with, the longest of them: "Tờ khai đăng ký
 * khai sinh" is a declaration. NULL: none. */
static const char *type_of_name(const char *name)
{
    AUTO(mem) char *folded = text_fold(name);
    const char *found = NULL;
    size_t longest = 0;
    for (int type = 0; folded && type < DOC_TYPE_COUNT; type++) {
        AUTO(mem) char *label = text_fold(doc_type_label(type));
        size_t size = label ? strlen(label) : 0;
        bool whole = size && text_starts(folded, label) && (!folded[size] || folded[size] == ' ');
        if (type == DOC_TYPE_unknown || !whole || size <= longest)
            continue;
        longest = size;
        found = doc_type_slug(type);
    }
    return found;
}

static bool push_paper(struct js *papers, const char *stage, const char *code, const struct js *row,
                       const char *group, enum duty duty)
{
    const char *name = js_text_or(row, "name", "");
    const char *type = js_text_or(row, "type", NULL);
    return js_push(papers, js_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s, s:s?}", "stage", stage, "code",
                                   code, "name", name, "type", type ? type : type_of_name(name),
                                   "group", group, "duty", duty_name(duty), "instrument",
                                   js_text_or(row, "instrument", NULL)));
}

static enum err_code add_components(struct store *store, const struct wanted_of *of,
                                    const struct rule_set *rules, const char *version,
                                    struct js *papers, bool *out_gap, struct err *err)
{
    AUTO(js) struct js *rows = NULL;
    enum err_code code =
        catalog_of_version(store, version, of->procedure, of->received, &rows, err);
    for (size_t i = 0; !code && i < js_count(rows); i++) {
        const struct js *row = js_item(rows, i);
        const char *group = js_text_or(row, "group", NULL);
        enum duty duty = duty_from_name(js_text_or(row, "duty", NULL), rule_set_duty(rules, group));
        if (!push_paper(papers, "component", js_text_or(row, "paper", ""), row, group, duty))
            code = no_memory(err);
    }
    *out_gap = !code && !js_count(rows);
    return code;
}

static enum err_code add_results(const struct js *procedure, const struct rule_set *rules,
                                 struct js *papers, struct err *err)
{
    AUTO(js) struct js *results = NULL;
    enum err_code code = catalog_results(js_text_or(procedure, "results", NULL), &results, err);
    for (size_t i = 0; !code && i < js_count(results); i++) {
        const struct js *row = js_item(results, i);
        if (!push_paper(papers, "result", js_text_or(row, "code", ""), row, "e",
                        rule_set_duty(rules, "e")))
            code = no_memory(err);
    }
    return code;
}

/* As it was on the day of reception: it may have been abolished since; else as it is today. */
static enum err_code know_procedure(struct store *store, const struct wanted_of *of,
                                    struct js **out, struct err *err)
{
    const struct catalog_kind *procedures = catalog_kind_find("procedures");
    AUTO(js) struct js *then = NULL;
    enum err_code code =
        catalog_by_code(store, procedures, of->procedure, of->received, &then, err);
    if (!code && !js_count(then))
        return catalog_by_code(store, procedures, of->procedure, NULL, out, err);
    *out = TAKE(then);
    return code;
}

enum err_code wanted_papers(struct store *store, const struct wanted_of *of, struct js **out,
                            struct err *err)
{
    const struct rule_set *rules = rule_set_on(of->received);
    AUTO(js) struct js *papers = js_array();
    AUTO(js) struct js *known = NULL;
    char version[ID_SIZE] = "";
    bool no_rules = true;
    snprintf(version, sizeof version, "%s", of->rules_version ? of->rules_version : "");
    enum err_code code = know_procedure(store, of, &known, err);
    if (!code && *version)
        code = add_components(store, of, rules, version, papers, &no_rules, err);
    if (!code && no_rules) /* none kept, or IT staff filled the gap since */
        code = catalog_version_on(store, "rule-sets", of->received, version, err);
    if (!code && no_rules)
        code = add_components(store, of, rules, version, papers, &no_rules, err);
    if (!code)
        code = add_results(js_item(known, 0), rules, papers, err);
    if (code)
        return code;
    bool unknown = !js_count(known);
    if (unknown)
        catalog_note_gap(store, "procedures", of->procedure);
    if (no_rules)
        catalog_note_gap(store, "rule-sets", of->procedure);
    *out = js_pack("{s:{s:s, s:s?}, s:s, s:{s:s, s:s}, s:s?, s:b, s:O}", "procedure", "code",
                   of->procedure, "name", js_text_or(known, "[0].name", NULL), "received_on",
                   of->received, "rule_set", "id", rules->id, "instruments", rules->instruments,
                   "rules_version", *version ? version : NULL, "gap", (int)(unknown || no_rules),
                   "papers", papers);
    return *out ? ERR_OK : no_memory(err);
}

/* ---- what a dossier has of it ---- */

static bool is_named(const struct js *paper, const char *doc_name)
{
    AUTO(mem) char *wanted = text_fold(js_text_or(paper, "name", ""));
    AUTO(mem) char *has = doc_name ? text_fold(doc_name) : NULL;
    return wanted && has && *has && strcmp(wanted, has) == 0;
}

/* By its name; else the first of its type that has no document yet; else the first of its type. */
static const struct js *paper_of(const struct js *papers, const char *type, const char *doc_name)
{
    const struct js *first = NULL, *free_one = NULL;
    for (size_t i = 0; i < js_count(papers); i++) {
        const struct js *paper = js_item(papers, i);
        if (is_named(paper, doc_name))
            return paper;
        if (!type || strcmp(js_text_or(paper, "type", ""), type) != 0)
            continue;
        first = first ? first : paper;
        if (!free_one && !js_count(js_at(paper, "documents")))
            free_one = paper;
    }
    return free_one ? free_one : first;
}

static bool file_under(const struct js *paper, struct js *others, const char *document)
{
    struct js *list = js_ref(paper ? js_at(paper, "documents") : others);
    bool fits = js_push(list, js_text(document));
    js_free(list);
    return fits;
}

static enum err_code place_documents(struct store *store, const char *id, const struct js *papers,
                                     struct js *others, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(store->db,
                 "SELECT d.id, d.type, (SELECT coalesce(f.confirmed_value, f.value) FROM field f "
                 "WHERE f.document_id = d.id AND f.name = 'doc_name') FROM document d "
                 "WHERE d.dossier_id = ? AND " COUNTED_DOCUMENT " ORDER BY d.ordinal, d.version",
                 DB_BIND(DB_TEXT(id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!file_under(paper_of(papers, query_text(q, 1), query_text(q, 2)), others,
                        query_text(q, 0)))
            code = no_memory(err);
    return code;
}

static bool open_lists(const struct js *papers)
{
    bool fits = true;
    for (size_t i = 0; fits && i < js_count(papers); i++) {
        struct js *paper = js_ref(js_item(papers, i));
        fits = js_set(paper, "documents", js_array());
        js_free(paper);
    }
    return fits;
}

/* A result is there when the case is settled: until then nobody owes it. */
static const char *state_of(const struct js *paper)
{
    const char *duty = js_text_or(paper, "duty", "");
    if (js_count(js_at(paper, "documents")))
        return "have";
    if (strcmp(duty, "mandatory") != 0)
        return duty;
    return strcmp(js_text_or(paper, "stage", ""), "result") == 0 ? "awaited" : "missing";
}

static bool settle_states(const struct js *papers)
{
    bool fits = true;
    for (size_t i = 0; fits && i < js_count(papers); i++) {
        struct js *paper = js_ref(js_item(papers, i));
        fits = js_set(paper, "state", js_text(state_of(paper)));
        js_free(paper);
    }
    return fits;
}

static enum err_code wanted_by_row(struct store *store, struct query *q, struct js **out,
                                   struct err *err)
{
    struct wanted_of of = {query_text(q, 0), query_text(q, 1), query_text(q, 2)};
    if (of.procedure)
        return wanted_papers(store, &of, out, err);
    *out = js_pack("{s:n, s:s?, s:n, s:n, s:b, s:[]}", "procedure", "received_on", of.received,
                   "rule_set", "rules_version", "gap", 0, "papers");
    return *out ? ERR_OK : no_memory(err);
}

enum err_code wanted_of_dossier(struct store *store, const char *id, struct js **out,
                                struct err *err)
{
    AUTO(query) struct query *q = NULL;
    AUTO(js) struct js *wanted = NULL;
    AUTO(js) struct js *others = js_array();
    bool row;
    enum err_code code = db_query(
        store->db, "SELECT procedure_code, received_on, rules_version FROM dossier WHERE id = ?",
        DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        code = err_set(err, ERR_NOT_FOUND, "no such dossier");
    if (!code)
        code = wanted_by_row(store, q, &wanted, err);
    const struct js *papers = js_at(wanted, "papers");
    if (!code && !open_lists(papers))
        code = no_memory(err);
    if (!code)
        code = place_documents(store, id, papers, others, err);
    if (!code && (!settle_states(papers) || !js_set(wanted, "others", TAKE(others))))
        code = no_memory(err);
    if (code)
        return code;
    *out = TAKE(wanted);
    return ERR_OK;
}
