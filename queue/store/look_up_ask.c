#include "queue/store/look_up_ask.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/component.h"
#include "queue/store/delivery_wait.h"
#include "queue/store/inside.h"
#include "queue/store/reuse.h"

#include <stdio.h>
#include <string.h>

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "look-up");
}

/* ---- who is next ---- */

static bool had_turn(const struct js *asked, const char *name)
{
    for (size_t i = 0; i < js_count(asked); i++)
        if (strcmp(js_text_or(js_item(asked, i), "", ""), name) == 0)
            return true;
    return false;
}

static bool is_due(const struct js *source, const struct look_up_round *round)
{
    int64_t now_us = sys_now_us(), asked_us = js_int_or(source, "asked_us", 0);
    const char *outcome = js_text_or(source, "outcome", "");
    bool failed = strcmp(outcome, "offline") == 0 || strcmp(outcome, "refused") == 0;
    bool resting = failed && asked_us <= now_us && now_us - asked_us < round->pause_us;
    bool fresh = now_us - js_int_or(source, "answered_us", 0) < round->fresh_us;
    return !resting && !fresh && !had_turn(round->asked, js_text_or(source, "name", ""));
}

static bool is_missing(const struct js *paper)
{
    return strcmp(js_text_or(paper, "stage", ""), STAGE_COMPONENT) == 0 &&
           strcmp(js_text_or(paper, "state", ""), "missing") == 0;
}

static bool is_found(const struct js *paper)
{
    return js_bool_or(paper, "held[0].fit", false); /* those that may be used come first */
}

static bool all_found(const struct js *papers)
{
    size_t missing = 0;
    for (size_t i = 0; i < js_count(papers); i++) {
        const struct js *paper = js_item(papers, i);
        if (!is_missing(paper))
            continue;
        if (!is_found(paper))
            return false;
        missing++;
    }
    return missing > 0;
}

static bool is_reused_from(const struct js *papers, const char *name)
{
    for (size_t i = 0; i < js_count(papers); i++)
        if (strcmp(js_text_or(js_item(papers, i), "reuse.source.held_by", ""), name) == 0)
            return true;
    return false;
}

static const char *choose(const struct js *wanted, const struct look_up_round *round)
{
    const struct js *sources = js_at(wanted, "look_up.sources"), *papers = js_at(wanted, "papers");
    if (round->until_found && all_found(papers))
        return NULL;
    for (size_t i = 0; i < js_count(sources); i++) {
        const struct js *source = js_item(sources, i);
        const char *name = js_text_or(source, "name", "");
        if (is_due(source, round) && (!round->reused_only || is_reused_from(papers, name)))
            return name;
    }
    return NULL;
}

/* ---- the question ---- */

static enum err_code add_papers(const struct js *papers, const struct js *question, struct err *err)
{
    AUTO(js) struct js *results = js_ref(js_at(question, "results"));
    for (size_t i = 0; i < js_count(papers); i++) {
        const struct js *paper = js_item(papers, i);
        bool asks = strcmp(js_text_or(paper, "stage", ""), STAGE_COMPONENT) == 0 &&
                    strcmp(js_text_or(paper, "never", ""), "secret") != 0;
        if (asks && !js_push(results, js_pack("{s:s, s:n}", "code", js_text_or(paper, "code", ""),
                                              "number_symbol")))
            return no_memory(err);
    }
    return ERR_OK;
}

static enum err_code make_question(struct store *store, const char *dossier_id,
                                   const struct js *papers, struct js **out, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row;
    enum err_code code = db_query(
        store->db,
        "SELECT owner_id, owner_name, owner_kind, procedure_code FROM dossier WHERE id = ?",
        DB_BIND(DB_TEXT(dossier_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    AUTO(js)
    struct js *question = js_pack("{s:s?, s:s?, s:s?, s:s?, s:[]}", "owner_id", query_text(q, 0),
                                  "owner_name", query_text(q, 1), "owner_kind", query_text(q, 2),
                                  "procedure_code", query_text(q, 3), "results");
    code = question ? add_papers(papers, question, err) : no_memory(err);
    if (!code)
        *out = TAKE(question);
    return code;
}

enum err_code look_up_next(struct store *store, const char *dossier_id,
                           const struct look_up_round *round, struct js **out, struct err *err)
{
    AUTO(js) struct js *wanted = NULL;
    AUTO(js) struct js *question = NULL;
    enum err_code code = wanted_of_dossier(store, dossier_id, &wanted, err);
    const char *name = code ? NULL : choose(wanted, round);
    if (!code && name)
        code = make_question(store, dossier_id, js_at(wanted, "papers"), &question, err);
    if (code)
        return code;
    *out =
        js_pack("{s:s?, s:o}", "target", name, "question", question ? js_ref(question) : js_null());
    return *out ? ERR_OK : no_memory(err);
}

/* ---- the answer ---- */

static bool is_still_about(const struct wanted_case *of, const struct js *question)
{
    return *of->owner_id && strcmp(of->owner_id, js_text_or(question, "owner_id", "")) == 0 &&
           strcmp(of->procedure, js_text_or(question, "procedure_code", "")) == 0;
}

static enum err_code note(struct store *store, const char *dossier_id,
                          const struct remote_answer *answer, int64_t dropped, struct principal by,
                          struct err *err)
{
    char detail[160];
    long long found = (long long)js_count(answer->held) - (long long)dropped;
    int used = snprintf(detail, sizeof detail, "%s: ", answer->source);
    if (answer->error)
        used += snprintf(detail + used, sizeof detail - (size_t)used, "%s, %s",
                         answer->refused ? "refused" : "offline", answer->error);
    else
        used += snprintf(detail + used, sizeof detail - (size_t)used, "%s %lld",
                         found ? "hit" : "none", found);
    if (dropped)
        snprintf(detail + used, sizeof detail - (size_t)used, ", of another person %lld dropped",
                 (long long)dropped);
    return audit_change(store, "dossier", dossier_id, "look-up", detail, by, err);
}

static enum err_code keep(struct store *store, const struct wanted_case *of,
                          const struct remote_answer *answer, struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    int64_t dropped = 0;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = remote_held_keep(store, of, answer, &dropped, err);
    if (!code)
        code = note(store, of->id, answer, dropped, by, err);
    if (!code && !answer->error)
        code = reuse_recheck(store, of, answer->source, by, err);
    if (!code)
        code = delivery_wait_look_up_over(store, of->id, by, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code look_up_keep(struct store *store, const char *dossier_id, const struct js *asked_for,
                           const struct remote_answer *answer, struct principal by, struct err *err)
{
    struct wanted_case of;
    struct err why = ERR_INIT;
    enum err_code code = wanted_case_get(store, dossier_id, &of, err);
    if (!code && !is_still_about(&of, asked_for))
        code = err_set(err, ERR_STATE_CHANGED, "the dossier is about something else by now");
    if (code)
        return code;
    code = keep(store, &of, answer, by, &why);
    if (code != ERR_TARGET_BAD_REPLY) {
        if (code && err)
            *err = why;
        return code;
    }
    store_forget_changes(store); /* no answer: what came was nonsense */
    struct remote_answer nonsense = {.source = answer->source,
                                     .error = err_name(code),
                                     .refused = true,
                                     .asked_us = answer->asked_us};
    return keep(store, &of, &nonsense, by, err);
}
