#include "queue/store/scan_gate.h"

#include "daemon/base/id.h"
#include "daemon/base/sys.h"
#include "daemon/model/scan_reason.h"
#include "queue/store/audit.h"
#include "queue/store/inside.h"
#include "queue/store/parting.h"
#include "queue/store/wanted.h"

#include <stdio.h>
#include <string.h>

/* ---- what a scan has to bring ---- */

#define ASKED_SIZE 120

struct gate {
    bool closed, wants_reason, wants_demand;
    const char *against; /* what a reason sets aside; NULL: nothing */
    const char *found_document;
    int found;
};

static int count_fit(const struct js *held, const char **out_first)
{
    int count = 0;
    for (size_t i = 0; i < js_count(held); i++) {
        const struct js *entry = js_item(held, i);
        if (!js_bool_or(entry, "fit", false))
            continue;
        count++;
        *out_first = *out_first ? *out_first : js_text_or(entry, "document_id", NULL);
    }
    return count;
}

static struct gate gate_of(const struct js *paper)
{
    struct gate gate = {0};
    const char *never = js_text_or(paper, "never", NULL);
    const struct js *earlier = js_at(paper, "earlier");
    gate.closed = never && (strcmp(never, "shown") == 0 || strcmp(never, "secret") == 0);
    if (js_has(paper, "reuse")) {
        gate.found = 1;
        gate.found_document = js_text_or(paper, "reuse.source.document_id", NULL);
    } else {
        gate.found = count_fit(js_at(paper, "held"), &gate.found_document);
    }
    if (!gate.found_document)
        gate.found_document = js_text_or(earlier, "[0].document_id", NULL);
    gate.found += (int)js_count(earlier);
    if (never || gate.found)
        gate.against = never ? never : "held";
    gate.wants_reason = gate.against != NULL;
    gate.wants_demand =
        strcmp(js_text_or(paper, "duty", ""), "on_demand") == 0 && !js_has(paper, "demand");
    return gate;
}

/* "local,kho": who has answered about the papers of the list. */
static void name_asked(const struct js *wanted, char out[ASKED_SIZE])
{
    const struct js *asked = js_at(wanted, "look_up.asked");
    size_t used = 0;
    snprintf(out, ASKED_SIZE, "%s", js_count(asked) ? "" : "nobody");
    for (size_t i = 0; i < js_count(asked) && used < ASKED_SIZE; i++)
        used += (size_t)snprintf(out + used, ASKED_SIZE - used, "%s%s", i ? "," : "",
                                 js_text_or(js_item(asked, i), "", ""));
}

static enum err_code refuse(const struct js *paper, const struct gate *gate, struct err *err)
{
    const char *stage = js_text_or(paper, "stage", ""), *code = js_text_or(paper, "code", "");
    if (strcmp(gate->against, "secret") == 0)
        return err_set(err, ERR_PAPER_SECRET, "%s %s: secret", stage, code);
    if (gate->closed)
        return err_set(err, ERR_PAPER_SHOWN_ONLY, "%s %s: only shown", stage, code);
    if (strcmp(gate->against, "held") == 0)
        return err_set(err, ERR_PAPER_HELD, "%s %s: held, %d found, and no reason", stage, code,
                       gate->found);
    return err_set(err, ERR_PAPER_NOT_DIGITIZED, "%s %s: %s, and no reason", stage, code,
                   gate->against);
}

static enum err_code check(const struct js *paper, const struct gate *gate,
                           const struct scan_for *wish, struct err *err)
{
    if (wish->reason && !scan_reason_find(wish->reason))
        return err_set(err, ERR_BAD_ARGUMENT, "reason: none of the list");
    if (wish->reason && strcmp(wish->reason, "other") == 0 && !wish->note)
        return err_set(err, ERR_BAD_ARGUMENT, "reason_note: missing for another reason");
    if (gate->closed || (gate->wants_reason && !wish->reason))
        return refuse(paper, gate, err);
    if (gate->wants_demand)
        return err_set(err, ERR_PAPER_ON_DEMAND, "%s %s: nobody asked for it",
                       js_text_or(paper, "stage", ""), js_text_or(paper, "code", ""));
    return ERR_OK;
}

/* ---- a reason is kept ---- */

static enum err_code audit_reason(struct store *store, const char *document_id,
                                  const struct js *paper, const struct gate *gate,
                                  const struct scan_for *wish, const char *asked,
                                  struct principal by, struct err *err)
{
    char detail[200 + ASKED_SIZE];
    snprintf(detail, sizeof detail, "%s %s: %s against %s, asked %s, found %d",
             js_text_or(paper, "stage", ""), js_text_or(paper, "code", ""), wish->reason,
             gate->against ? gate->against : "nothing", asked, gate->found);
    return audit_write(store,
                       &(struct audit){.kind = "document",
                                       .id = document_id,
                                       .event = "scan-reason",
                                       .detail = detail,
                                       .by = by},
                       err);
}

static enum err_code keep_reason(struct store *store, const char *document_id,
                                 const char *dossier_id, const struct js *paper,
                                 const struct gate *gate, const struct scan_for *wish,
                                 const char *asked, struct principal by, struct err *err)
{
    char id[ID_SIZE];
    id_new(id);
    enum err_code code = db_run(
        store->db,
        "INSERT INTO scan_reason (id, document_id, dossier_id, procedure_code, stage, paper_code, "
        "paper_name, reason, note, holder, against, found, found_document, asked, given_us, "
        "given_by) VALUES (?1, ?2, ?3, (SELECT procedure_code FROM dossier WHERE id = ?3), ?4, ?5, "
        "?6, ?7, ?8, ?9, CASE WHEN ?10 IN ('shown', 'secret') THEN NULL ELSE ?10 END, ?11, ?12, "
        "?15, ?13, ?14)",
        DB_BIND(DB_TEXT(id), DB_TEXT(document_id), DB_TEXT(dossier_id),
                DB_TEXT(js_text_or(paper, "stage", "")), DB_TEXT(js_text_or(paper, "code", "")),
                DB_TEXT(js_text_or(paper, "name", "")), DB_TEXT(wish->reason), DB_TEXT(wish->note),
                DB_TEXT(wish->holder), DB_TEXT(gate->against), DB_INT(gate->found),
                DB_TEXT(gate->found_document), DB_INT(sys_now_us()), DB_TEXT(by.id),
                DB_TEXT(asked)),
        err);
    return code ? code : audit_reason(store, document_id, paper, gate, wish, asked, by, err);
}

/* ---- through the gate ---- */

static enum err_code pass(struct store *store, const char *dossier_id, const char *document_id,
                          const struct scan_for *wish, struct principal by, char asked[ASKED_SIZE],
                          struct err *err)
{
    AUTO(js) struct js *wanted = NULL;
    const struct js *paper = NULL;
    if (!*wish->code)
        return component_write(store, document_id, wish->stage, NULL, by, err);
    enum err_code code = component_get(
        store, &(struct paper_key){dossier_id, wish->stage, wish->code}, &wanted, &paper, err);
    if (code)
        return code;
    struct gate gate = gate_of(paper);
    name_asked(wanted, asked);
    code = check(paper, &gate, wish, err);
    if (!code && wish->reason)
        code = keep_reason(store, document_id, dossier_id, paper, &gate, wish, asked, by, err);
    return code ? code
                : component_write(store, document_id, js_text_or(paper, "stage", ""),
                                  js_text_or(paper, "code", ""), by, err);
}

static bool is_of_the_gate(enum err_code code)
{
    return code == ERR_PAPER_HELD || code == ERR_PAPER_NOT_DIGITIZED ||
           code == ERR_PAPER_ON_DEMAND || code == ERR_PAPER_SHOWN_ONLY || code == ERR_PAPER_SECRET;
}

/* What was asked and found shows also where nothing was scanned (regulations 3.7); that this cannot
 * be noted is no reason to say anything else to the clerk. */
static void note_refusal(struct store *store, const char *dossier_id, const char *asked,
                         const struct err *why, struct principal by)
{
    char detail[160 + ASKED_SIZE];
    snprintf(detail, sizeof detail, "%s, asked %s: %.100s", err_name(why->code), asked,
             why->detail);
    audit_write(store,
                &(struct audit){.kind = "dossier",
                                .id = dossier_id,
                                .event = "scan-refused",
                                .detail = detail,
                                .by = by},
                NULL);
}

static enum err_code begin(struct store *store, const char *dossier_id, const struct scan_for *wish,
                           struct principal by, char id[ID_SIZE], char asked[ASKED_SIZE],
                           struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    enum err_code code = tx_begin(&tx, store->db, err);
    if (!code)
        code = document_create_pile(store, dossier_id, wish->separators, wish->split, by, id, err);
    if (!code && wish->code)
        code = pass(store, dossier_id, id, wish, by, asked, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code scan_gate_begin(struct store *store, const char *dossier_id,
                              const struct scan_for *wish, struct principal by, char *out_id,
                              struct err *err)
{
    char id[ID_SIZE], asked[ASKED_SIZE] = "nobody";
    struct err why = ERR_INIT;
    enum err_code code = begin(store, dossier_id, wish, by, id, asked, &why);
    if (is_of_the_gate(code)) {
        store_forget_changes(store);
        note_refusal(store, dossier_id, asked, &why, by);
    }
    if (code && err)
        *err = why;
    if (!code)
        memcpy(out_id, id, ID_SIZE);
    return code;
}

enum err_code scan_gate_say(struct store *store, const char *document_id,
                            const struct scan_for *wish, struct principal by, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct subject document;
    char asked[ASKED_SIZE];
    static const char *const early[] = {"open", "read", "copied", "signed", "extracted"};
    enum err_code code = subject_begin(store, &tx, MACHINE_document, document_id, &document, err);
    if (code)
        return code;
    size_t i = 0;
    while (i < sizeof early / sizeof *early && strcmp(early[i], subject_stage_state(&document)))
        i++;
    if (i == sizeof early / sizeof *early)
        return err_set(err, ERR_STATE_CHANGED, "document is %s", document.state);
    code = pass(store, document.dossier_id, document_id, wish, by, asked, err);
    return code ? code : tx_commit(&tx, err);
}

enum err_code scan_gate_reason_since(struct store *store, const char *document_id, const char *note,
                                     struct principal by, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    AUTO(js) struct js *wanted = NULL;
    bool row;
    char asked[ASKED_SIZE];
    enum err_code code =
        db_query(store->db, "SELECT dossier_id, stage, paper_code FROM document WHERE id = ?",
                 DB_BIND(DB_TEXT(document_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && (!row || query_is_null(q, 2)))
        code = err_set(err, ERR_NOT_FOUND, "no such document, or it is no wanted paper");
    if (!code)
        code = wanted_of_dossier(store, query_text(q, 0), &wanted, err);
    if (code)
        return code;
    const struct js *paper =
        component_find(js_at(wanted, "papers"), query_text(q, 1), query_text(q, 2));
    if (!paper)
        return err_set(err, ERR_PAPER_UNKNOWN, "no such paper is wanted");
    struct gate gate = gate_of(paper);
    name_asked(wanted, asked);
    return keep_reason(store, document_id, query_text(q, 0), paper, &gate,
                       &(struct scan_for){.reason = "other", .note = note}, asked, by, err);
}

/* ---- what was given, what is asked ---- */

/* A reason is about the new version, too, and about a paper of that procedure only. */
static enum err_code add_reasons(struct store *store, const char *dossier_id,
                                 const struct js *papers, struct err *err)
{
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code =
        db_query(store->db,
                 "SELECT r.stage, r.paper_code, coalesce((SELECT n.id FROM document n WHERE "
                 "n.replaces = d.id AND n.state NOT IN ('rejected', 'failed')), d.id), r.reason, "
                 "r.note, r.holder, "
                 "r.given_us, r.given_by FROM scan_reason r JOIN document d ON d.id = "
                 "r.document_id JOIN dossier s ON s.id = d.dossier_id WHERE r.dossier_id = ?1 AND "
                 "s.id = ?1 AND "
                 "r.procedure_code IS s.procedure_code AND d.state NOT IN ('rejected', 'failed') "
                 "ORDER BY r.given_us",
                 DB_BIND(DB_TEXT(dossier_id)), &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row) {
        const struct js *paper = component_find(papers, query_text(q, 0), query_text(q, 1));
        AUTO(js) struct js *list = js_ref(js_at(paper, "reasons"));
        if (paper &&
            !js_push(list, js_pack("{s:s, s:s, s:s?, s:s?, s:I, s:s}", "document_id",
                                   query_text(q, 2), "reason", query_text(q, 3), "note",
                                   query_text(q, 4), "holder", query_text(q, 5), "given_us",
                                   query_int(q, 6), "given_by", query_text(q, 7))))
            code = err_set(err, ERR_NO_MEMORY, "reasons");
    }
    return code;
}

static bool has_reason(const struct js *paper, const char *document)
{
    const struct js *reasons = js_at(paper, "reasons");
    for (size_t i = 0; i < js_count(reasons); i++)
        if (strcmp(js_text_or(js_item(reasons, i), "document_id", ""), document) == 0)
            return true;
    return false;
}

static bool all_have_reasons(const struct js *paper)
{
    const struct js *documents = js_at(paper, "documents");
    for (size_t i = 0; i < js_count(documents); i++)
        if (!has_reason(paper, js_text_or(js_item(documents, i), "", "")))
            return false;
    return true;
}

static const char *name_of(const struct gate *gate, bool reasons_given)
{
    if (gate->closed)
        return "closed";
    if (gate->wants_reason && !reasons_given)
        return "reason";
    return gate->wants_demand ? "demand" : NULL;
}

enum err_code scan_gate_add(struct store *store, const char *dossier_id, const struct js *papers,
                            struct err *err)
{
    enum err_code code = add_reasons(store, dossier_id, papers, err);
    for (size_t i = 0; !code && i < js_count(papers); i++) {
        AUTO(js) struct js *paper = js_ref(js_item(papers, i));
        struct gate gate = gate_of(paper);
        const char *asks =
            js_count(js_at(paper, "documents")) ? name_of(&gate, all_have_reasons(paper)) : NULL;
        if (!js_set(paper, "gate", js_text(name_of(&gate, false))) ||
            !js_set(paper, "asks", js_text(asks)))
            code = err_set(err, ERR_NO_MEMORY, "gates");
    }
    return code;
}
