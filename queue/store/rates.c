#include "queue/store/rates.h"

#include "queue/store/component.h"
#include "queue/store/counts.h"
#include "queue/store/inside.h"
#include "queue/store/wanted.h"

#include <stdio.h>
#include <string.h>

enum rate {
#define RATE(name, label, full_at) RATE_##name,
#include "daemon/model/rates.def"
    RATE_COUNT
};

static const struct {
    const char *name, *label;
    double full_at;
} rates[] = {
#define RATE(name, label, full_at) {#name, label, full_at},
#include "daemon/model/rates.def"
};

enum lack {
#define LACK(name, counts_nowhere, label) LACK_##name,
#include "daemon/model/rates.def"
    LACK_COUNT
};

static const struct {
    const char *name;
    bool counts_nowhere;
} lacks[] = {
#define LACK(name, counts_nowhere, label) {#name, counts_nowhere},
#include "daemon/model/rates.def"
};

enum known { KNOWN_NO, KNOWN_YES, KNOWN_NOT };

struct case_facts {
    char dossier[ID_SIZE], code[64];
    bool has_component, has_result; /* its file is there */
    bool has_digitized_component, has_digitized_result, reuses, is_linked;
    enum known wants_result;
    unsigned lacks; /* bits of enum lack */
};

static bool lacks_it(const struct case_facts *facts, enum lack lack)
{
    return facts->lacks & 1u << lack;
}

static bool is_counted(const struct case_facts *facts)
{
    for (int lack = 0; lack < LACK_COUNT; lack++)
        if (lacks[lack].counts_nowhere && lacks_it(facts, (enum lack)lack))
            return false;
    return true;
}

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "rates");
}

/* ---- the facts of a case ---- */

static void take_paper(const struct js *paper, struct case_facts *facts)
{
    const char *stage = js_text_or(paper, "stage", "");
    bool is_result = strcmp(stage, STAGE_RESULT) == 0;
    bool is_component = strcmp(stage, STAGE_COMPONENT) == 0;
    int64_t class = js_int_or(paper, "class", CLASS_NONE);
    bool is_there = class != CLASS_NONE, is_digitized = js_bool_or(paper, "digitized", false);
    facts->has_result |= is_there && is_result;
    facts->has_component |= is_there && is_component;
    facts->has_digitized_result |= is_digitized && is_result;
    facts->has_digitized_component |= is_digitized && is_component;
    facts->reuses |= class == CLASS_REUSED_COMPONENT || class == CLASS_REUSED_RESULT;
    facts->is_linked |= js_bool_or(paper, "source.national", false);
}

static enum err_code know_result(struct store *store, const char *procedure, const char *received,
                                 enum known *out, struct err *err)
{
    AUTO(js) struct js *rows = NULL;
    enum err_code code = wanted_procedure(store, procedure, received, &rows, err);
    if (code)
        return code;
    const char *results = js_text_or(js_item(rows, 0), "results", "");
    *out = !js_count(rows) ? KNOWN_NOT : *results ? KNOWN_YES : KNOWN_NO;
    return ERR_OK;
}

#define OF_CASE(column)                                                                            \
    "coalesce(d." column ", (SELECT max(e." column ") FROM dossier e WHERE e.code = d.code))"

#define CASE_COLUMNS                                                                               \
    "SELECT d.id, d.code, " OF_CASE("received_on") ", " OF_CASE("procedure_code") ", " OF_CASE(    \
        "owner_id") ", " OF_CASE("channel") " FROM dossier d "

static enum err_code read_case(struct store *store, struct query *q, struct case_facts *out,
                               struct err *err)
{
    static const enum lack said[] = {LACK_received_on, LACK_procedure, LACK_owner_id, LACK_channel};
    AUTO(js) struct js *papers = NULL;
    const char *code_text = query_text(q, 1), *procedure = query_text(q, 3);
    *out = (struct case_facts){.wants_result = KNOWN_NOT};
    snprintf(out->dossier, sizeof out->dossier, "%s", query_text(q, 0));
    snprintf(out->code, sizeof out->code, "%s", code_text ? code_text : "");
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        out->lacks |= query_is_null(q, 2 + (int)i) ? 1u << said[i] : 0;
    enum err_code code = component_facts(store, out->dossier, false, &papers, err);
    for (size_t i = 0; !code && i < js_count(papers); i++)
        take_paper(js_item(papers, i), out);
    if (!code && procedure)
        code = know_result(store, procedure, query_text(q, 2), &out->wants_result, err);
    out->lacks |= !out->has_component ? 1u << LACK_component : 0;
    out->lacks |= !out->has_result && out->wants_result != KNOWN_NO ? 1u << LACK_result : 0;
    return code;
}

static struct js *names_of(const struct case_facts *facts)
{
    AUTO(js) struct js *list = js_array();
    for (int lack = 0; lack < LACK_COUNT; lack++)
        if (lacks_it(facts, (enum lack)lack) && !js_push(list, js_text(lacks[lack].name)))
            return NULL;
    return TAKE(list);
}

/* ---- one case ---- */

static enum err_code find_case(struct store *store, const char *dossier_id, struct case_facts *out,
                               struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = false;
    enum err_code code =
        db_query(store->db, CASE_COLUMNS "WHERE d.id = ?", DB_BIND(DB_TEXT(dossier_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        code = err_set(err, ERR_NOT_FOUND, "no such dossier");
    return code ? code : read_case(store, q, out, err);
}

enum err_code rates_lacks(struct store *store, const char *dossier_id, struct js **out,
                          struct err *err)
{
    struct case_facts facts;
    enum err_code code = find_case(store, dossier_id, &facts, err);
    if (code)
        return code;
    *out = names_of(&facts);
    return *out ? ERR_OK : no_memory(err);
}

enum err_code rates_of_dossier(struct store *store, const char *dossier_id, struct js **out,
                               struct err *err)
{
    AUTO(js) struct js *papers = NULL;
    struct case_facts facts;
    enum err_code code = find_case(store, dossier_id, &facts, err);
    if (!code)
        code = component_facts(store, dossier_id, true, &papers, err);
    if (code)
        return code;
    *out = js_pack(
        "{s:b, s:b, s:b, s:b, s:o, s:b, s:o, s:O}", "has_digitized_components",
        facts.has_digitized_component, "has_digitized_result", facts.has_digitized_result, "reuses",
        facts.reuses, "is_linked", facts.is_linked, "wants_result",
        facts.wants_result == KNOWN_NOT ? js_null() : js_bool(facts.wants_result == KNOWN_YES),
        "is_counted", is_counted(&facts), "lacks", names_of(&facts), "papers", papers);
    return *out ? ERR_OK : no_memory(err);
}

/* ---- over a span of days ---- */

struct sums {
    int64_t cases, counted, lacking;
    int64_t count[RATE_COUNT], of[RATE_COUNT];
    struct js *list;
};

static void add_case(const struct case_facts *facts, struct sums *sums)
{
    bool wants = facts->wants_result == KNOWN_YES;
    sums->counted++;
    sums->of[RATE_e_result] += wants;
    sums->count[RATE_e_result] += wants && facts->has_result;
    sums->count[RATE_digitized] += facts->has_component && facts->has_result;
    sums->count[RATE_reused] += facts->reuses;
    sums->count[RATE_reused_by_portal] += facts->reuses || facts->has_digitized_component;
    sums->count[RATE_linked] += facts->is_linked;
    sums->of[RATE_digitized]++;
    sums->of[RATE_reused]++;
    sums->of[RATE_reused_by_portal]++;
    sums->of[RATE_linked]++;
}

static enum err_code add_lacking(struct case_facts *facts, struct sums *sums, struct err *err)
{
    facts->lacks &= ~(1u << LACK_result);
    if (!facts->lacks || sums->lacking++ >= RATES_LACKING_MAX)
        return ERR_OK;
    struct js *item = js_pack("{s:s, s:s?, s:b, s:o}", "dossier_id", facts->dossier, "code",
                              *facts->code ? facts->code : NULL, "is_counted", is_counted(facts),
                              "lacks", names_of(facts));
    return js_push(sums->list, item) ? ERR_OK : no_memory(err);
}

static enum err_code sum_cases(struct store *store, const char *from, const char *to,
                               struct sums *sums, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(store->db,
                 CASE_COLUMNS "WHERE d.kind = 'counter' AND coalesce(" OF_CASE(
                     "received_on") ", "
                                    "strftime('%Y-%m-%d', d.created_us / 1000000, 'unixepoch', '+7 "
                                    "hours')) BETWEEN ? AND ? "
                                    "AND NOT EXISTS (SELECT 1 FROM dossier e WHERE e.code = d.code "
                                    "AND e.kind = 'counter' AND e.id < d.id) "
                                    "AND (d.code IS NOT NULL OR EXISTS (SELECT 1 FROM document d2 "
                                    "WHERE d2.dossier_id = d.id "
                                    "AND d2.state NOT IN ('rejected', 'failed'))) ORDER BY d.id",
                 DB_BIND(DB_TEXT(from), DB_TEXT(to)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        struct case_facts facts;
        sums->cases++;
        code = read_case(store, q, &facts, err);
        if (!code && is_counted(&facts))
            add_case(&facts, sums);
        if (!code)
            code = add_lacking(&facts, sums, err);
    }
    return code;
}

static struct js *rate_row(const struct sums *sums, int rate)
{
    double full_at = rates[rate].full_at;
    double share = sums->of[rate] ? (double)sums->count[rate] / (double)sums->of[rate] : 0;
    bool has_share = sums->of[rate] > 0, has_points = has_share && full_at > 0;
    return js_pack("{s:s, s:s, s:I, s:I, s:o, s:o, s:o}", "name", rates[rate].name, "label",
                   rates[rate].label, "count", sums->count[rate], "of", sums->of[rate], "share",
                   has_share ? js_real(share) : js_null(), "full_at",
                   full_at > 0 ? js_real(full_at) : js_null(), "points",
                   has_points ? js_real(share >= full_at ? 1 : share / full_at) : js_null());
}

enum err_code rates_over(struct store *store, const char *from, const char *to, struct js **out,
                         struct err *err)
{
    AUTO(js) struct js *list = js_array();
    AUTO(js) struct js *rows = js_array();
    struct sums sums = {.list = list};
    enum err_code code = list && rows ? sum_cases(store, from, to, &sums, err) : no_memory(err);
    for (int rate = 0; !code && rate < RATE_COUNT; rate++)
        if (!js_push(rows, rate_row(&sums, rate)))
            code = no_memory(err);
    if (code)
        return code;
    *out = js_pack("{s:s, s:s, s:I, s:I, s:O, s:O, s:I}", "from", from, "to", to, "cases",
                   sums.cases, "counted", sums.counted, "rates", rows, "lacking", list,
                   "lacking_total", sums.lacking);
    return *out ? ERR_OK : no_memory(err);
}
