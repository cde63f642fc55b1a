#include "queue/store/counts.h"
#include "queue/store/demand.h"
#include "queue/store/inside.h"
#include "queue/store/look_up.h"
#include "queue/store/look_up_hit.h"
#include "queue/store/reuse.h"
#include "queue/store/scan_gate.h"
#include "queue/store/wanted.h"

#include <stdio.h>
#include <string.h>

/* Wanted papers of one dossier, and what is done about each. */

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "wanted papers");
}

static void copy_text(struct query *q, int column, char *out, size_t size)
{
    const char *text = query_text(q, column);
    snprintf(out, size, "%s", text ? text : "");
}

enum err_code wanted_case_get(struct store *store, const char *id, struct wanted_case *out,
                              struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row;
    enum err_code code =
        db_query(store->db,
                 "SELECT id, code, procedure_code, received_on, rules_version, channel, owner_id, "
                 "owner_old_id, closed_us IS NOT NULL FROM dossier WHERE id = ?",
                 DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        code = err_set(err, ERR_NOT_FOUND, "no such dossier");
    if (code)
        return code;
    copy_text(q, 0, out->id, sizeof out->id);
    copy_text(q, 1, out->code, sizeof out->code);
    copy_text(q, 2, out->procedure, sizeof out->procedure);
    copy_text(q, 3, out->received, sizeof out->received);
    copy_text(q, 4, out->rules_version, sizeof out->rules_version);
    copy_text(q, 5, out->channel, sizeof out->channel);
    copy_text(q, 6, out->owner_id, sizeof out->owner_id);
    copy_text(q, 7, out->owner_old_id, sizeof out->owner_old_id);
    out->closed = query_int(q, 8) != 0;
    return ERR_OK;
}

static enum err_code wanted_by(struct store *store, const struct wanted_case *of, struct js **out,
                               struct err *err)
{
    bool online = strcmp(of->channel, "online") == 0 || strcmp(of->channel, "vneid") == 0;
    if (*of->procedure)
        return wanted_papers(
            store, &(struct wanted_of){of->procedure, of->received, of->rules_version, online}, out,
            err);
    *out = js_pack("{s:n, s:s?, s:n, s:n, s:b, s:[]}", "procedure", "received_on",
                   *of->received ? of->received : NULL, "rule_set", "rules_version", "gap", 0,
                   "papers");
    return *out ? ERR_OK : no_memory(err);
}

static bool open_lists(const struct js *papers)
{
    static const char *const lists[] = {"documents", "earlier", "held", "reasons"};
    bool fits = true;
    for (size_t i = 0; fits && i < js_count(papers); i++) {
        AUTO(js) struct js *paper = js_ref(js_item(papers, i));
        for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
            fits = fits && js_set(paper, lists[k], js_array());
        fits = fits && js_set(paper, "reuse", js_null()) && js_set(paper, "demand", js_null());
    }
    return fits;
}

static enum err_code place(struct store *store, const struct wanted_case *of, struct js **out,
                           struct err *err)
{
    AUTO(js) struct js *wanted = NULL;
    AUTO(js) struct js *others = js_array();
    enum err_code code = wanted_by(store, of, &wanted, err);
    const struct js *papers = js_at(wanted, "papers");
    if (!code && !open_lists(papers))
        code = no_memory(err);
    if (!code)
        code = component_place(store, of->id, papers, others, err);
    if (!code && !js_set(wanted, "others", TAKE(others)))
        code = no_memory(err);
    if (code)
        return code;
    *out = TAKE(wanted);
    return ERR_OK;
}

enum err_code wanted_placed(struct store *store, const char *id, struct js **out, struct err *err)
{
    struct wanted_case of;
    enum err_code code = wanted_case_get(store, id, &of, err);
    return code ? code : place(store, &of, out, err);
}

/* ---- what an earlier dossier of the case has ---- */

static enum err_code add_earlier(struct store *store, const struct wanted_case *of,
                                 const struct js *papers, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    if (!*of->code)
        return ERR_OK;
    enum err_code code = db_query(
        store->db,
        "SELECT d.stage, d.paper_code, d.id, d.dossier_id, d.result_code FROM dossier s "
        "JOIN document d ON d.dossier_id = s.id WHERE s.code = ?1 AND s.id <> ?2 AND d.state "
        "<> 'open' AND d.paper_procedure IS ?3 AND " COUNTED_DOCUMENT " ORDER BY d.created_us",
        DB_BIND(DB_TEXT(of->code), DB_TEXT(of->id), DB_TEXT(of->procedure)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        const struct js *paper = component_find(papers, query_text(q, 0), query_text(q, 1));
        AUTO(js) struct js *list = js_ref(js_at(paper, "earlier"));
        if (paper && !js_push(list, js_pack("{s:s, s:s, s:s?}", "document_id", query_text(q, 2),
                                            "dossier_id", query_text(q, 3), "result_code",
                                            query_text(q, 4))))
            code = no_memory(err);
    }
    return code;
}

/* ---- states ---- */

/* A result is there when the case is settled: until then nobody owes it. */
static const char *state_of(const struct js *paper)
{
    const char *duty = js_text_or(paper, "duty", "");
    if (js_count(js_at(paper, "documents")) || js_count(js_at(paper, "earlier")) ||
        js_has(paper, "reuse"))
        return "have";
    if (strcmp(duty, "mandatory") != 0)
        return duty;
    return strcmp(js_text_or(paper, "stage", ""), STAGE_RESULT) == 0 ? "awaited" : "missing";
}

static bool settle_states(const struct js *papers)
{
    bool fits = true;
    for (size_t i = 0; fits && i < js_count(papers); i++) {
        AUTO(js) struct js *paper = js_ref(js_item(papers, i));
        fits = js_set(paper, "state", js_text(state_of(paper)));
    }
    return fits;
}

static enum err_code know_all(struct store *store, const struct wanted_case *of, struct js *wanted,
                              struct err *err)
{
    struct js *look_up = NULL;
    const struct js *papers = js_at(wanted, "papers");
    enum err_code code = add_earlier(store, of, papers, err);
    if (!code)
        code = reuse_add(store, of->id, papers, err);
    if (!code)
        code = demand_add(store, of->id, papers, err);
    if (!code)
        code = look_up_add(store, of, papers, &look_up, err);
    if (!code && !js_set(wanted, "look_up", look_up))
        code = no_memory(err);
    if (!code)
        code = scan_gate_add(store, of->id, papers, err);
    if (!code)
        code = look_up_hit_add(store, of->id, papers, err);
    if (!code && !settle_states(papers))
        code = no_memory(err);
    return code;
}

enum err_code wanted_of_dossier(struct store *store, const char *id, struct js **out,
                                struct err *err)
{
    struct wanted_case of;
    AUTO(js) struct js *wanted = NULL;
    enum err_code code = wanted_case_get(store, id, &of, err);
    if (!code)
        code = place(store, &of, &wanted, err);
    if (!code)
        code = know_all(store, &of, wanted, err);
    if (code)
        return code;
    *out = TAKE(wanted);
    return ERR_OK;
}

enum err_code component_get(struct store *store, const struct paper_key *key,
                            struct js **out_wanted, const struct js **out_paper, struct err *err)
{
    struct wanted_case of;
    AUTO(js) struct js *wanted = NULL;
    enum err_code code = wanted_case_get(store, key->dossier_id, &of, err);
    if (!code && of.closed)
        code = err_set(err, ERR_STATE_CHANGED, "the dossier is closed");
    if (!code)
        code = wanted_of_dossier(store, key->dossier_id, &wanted, err);
    if (code)
        return code;
    const struct js *paper = component_find(js_at(wanted, "papers"), key->stage, key->code);
    if (!paper)
        return err_set(err, ERR_PAPER_UNKNOWN, "no such paper is wanted");
    *out_paper = paper;
    *out_wanted = TAKE(wanted);
    return ERR_OK;
}
