#include "daemon/workers/store_ops.h"

#include "daemon/base/id.h"
#include "daemon/model/scan_reason.h"
#include "queue/store/demand.h"
#include "queue/store/look_up.h"
#include "queue/store/rates.h"
#include "queue/store/reuse.h"
#include "queue/store/scan_gate.h"
#include "queue/store/view.h"
#include "queue/store/wanted.h"

#include <stdio.h>
#include <string.h>

/* What is done about each wanted paper of a dossier. */

static enum err_code arg_optional(const struct js *args, const char *key, const char **out,
                                  struct err *err)
{
    *out = NULL;
    return js_has(args, key) ? arg_text(args, key, TEXT_MAX, out, err) : ERR_OK;
}

static enum err_code arg_paper(const struct js *args, struct paper_key *out, struct err *err)
{
    enum err_code code = arg_id(args, "id", &out->dossier_id, err);
    if (!code)
        code = arg_optional(args, "stage", &out->stage, err);
    return code ? code : arg_text(args, "paper_code", TEXT_MAX, &out->code, err);
}

/* The reasons a person may choose from go with the list. */
static struct js *reasons_to_js(void)
{
    AUTO(js) struct js *list = js_array();
    bool ok = list;
    for (size_t i = 0; ok && i < scan_reason_count; i++)
        ok = js_push(list,
                     js_pack("{s:s, s:s, s:b}", "code", scan_reasons[i].code, "label",
                             scan_reasons[i].label_vi, "unusable", (int)scan_reasons[i].unusable));
    return ok ? TAKE(list) : NULL;
}

static enum err_code answer_papers(struct store_call *call, const char *dossier_id, struct js **out,
                                   struct err *err)
{
    AUTO(js) struct js *wanted = NULL;
    AUTO(js) struct js *lacks = NULL;
    enum err_code code = wanted_of_dossier(call->store, dossier_id, &wanted, err);
    if (!code)
        code = rates_lacks(call->store, dossier_id, &lacks, err);
    if (!code &&
        !(js_set(wanted, "reasons", reasons_to_js()) && js_set(wanted, "lacks", TAKE(lacks))))
        code = err_set(err, ERR_NO_MEMORY, "answer");
    if (code)
        return code;
    *out = TAKE(wanted);
    return ERR_OK;
}

/* Papers of the owner that lie elsewhere were looked for: who asked is noted with how many. */
static enum err_code dossier_papers_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = answer_papers(call, id, out, err);
    if (!code && js_has(*out, "look_up"))
        snprintf(call->seen, sizeof call->seen, "papers, look-up asked %zu: %lld answers",
                 js_count(js_at(*out, "look_up.asked")),
                 (long long)js_int_or(*out, "look_up.answers", 0));
    return code;
}

static enum err_code dossier_held_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id, *number;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_text(call->args, "number", TEXT_MAX, &number, err);
    if (!code)
        code = look_up_number(call->store, id, number, out, err);
    if (!code && js_has(*out, "look_up"))
        snprintf(call->seen, sizeof call->seen, "look-up by number asked local: %lld answers",
                 (long long)js_int_or(*out, "look_up.answers", 0));
    return code;
}

static enum err_code dossier_reuse_op(struct store_call *call, struct js **out, struct err *err)
{
    struct paper_key key;
    const char *document;
    struct reuse_held held = {.file_sha256 = js_text_or(call->args, "file.sha256", NULL),
                              .file_bytes = js_int_or(call->args, "file.size_bytes", 0)};
    enum err_code code = arg_paper(call->args, &key, err);
    if (code)
        return code;
    if (js_has(call->args, "held_id")) {
        code = arg_id(call->args, "held_id", &held.held_id, err);
        if (!code)
            code = reuse_take_held(call->store, &key, &held, call->by, err);
    } else if (!js_has(call->args, "document_id"))
        code = reuse_undo(call->store, &key, call->by, err);
    else if (!(code = arg_id(call->args, "document_id", &document, err)))
        code = reuse_take(call->store, &key, document, call->by, err);
    return code ? code : answer_papers(call, key.dossier_id, out, err);
}

static enum err_code note_demand(struct store_call *call, const struct paper_key *key,
                                 struct err *err)
{
    struct demand demand;
    const struct js *args = call->args;
    enum err_code code = arg_text(args, "asked_by", TEXT_MAX, &demand.asked_by, err);
    if (!code)
        code = arg_text(args, "fee", TEXT_MAX, &demand.fee, err);
    if (!code)
        code = arg_optional(args, "asked_name", &demand.asked_name, err);
    if (!code)
        code = arg_optional(args, "asked_on", &demand.asked_on, err);
    return code ? code : demand_note(call->store, key, &demand, call->by, err);
}

static enum err_code dossier_demand_op(struct store_call *call, struct js **out, struct err *err)
{
    struct paper_key key;
    enum err_code code = arg_paper(call->args, &key, err);
    if (!code)
        code = js_has(call->args, "asked_by") ? note_demand(call, &key, err)
                                              : demand_end(call->store, &key, call->by, err);
    return code ? code : answer_papers(call, key.dossier_id, out, err);
}

/* ---- a document for a paper ---- */

static enum err_code arg_scan_for(const struct js *args, struct scan_for *out, struct err *err)
{
    enum err_code code = arg_optional(args, "stage", &out->stage, err);
    if (!code)
        code = arg_optional(args, "paper_code", &out->code, err);
    if (!code)
        code = arg_optional(args, "reason", &out->reason, err);
    if (!code)
        code = arg_optional(args, "reason_note", &out->note, err);
    return code ? code : arg_optional(args, "holder", &out->holder, err);
}

static enum err_code answer_document(struct store_call *call, const char *id, struct js **out,
                                     struct err *err)
{
    struct js *document = NULL;
    enum err_code code = view_document(call->store, id, &document, err);
    return code ? code : answer_with("document", document, out, err);
}

static enum err_code document_create_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *dossier_id;
    char id[ID_SIZE];
    struct scan_for wish = {0};
    enum err_code code = arg_id(call->args, "dossier_id", &dossier_id, err);
    if (!code)
        code = arg_scan_for(call->args, &wish, err);
    if (!code)
        code = arg_optional(call->args, "separators", &wish.separators, err);
    if (!code)
        code = arg_optional(call->args, "split", &wish.split, err);
    if (!code)
        code = scan_gate_begin(call->store, dossier_id, &wish, call->by, id, err);
    return code ? code : answer_document(call, id, out, err);
}

static enum err_code document_paper_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    struct scan_for wish = {0};
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_scan_for(call->args, &wish, err);
    wish.code = wish.code ? wish.code : ""; /* null: none of them */
    if (!code)
        code = scan_gate_say(call->store, id, &wish, call->by, err);
    return code ? code : answer_document(call, id, out, err);
}

/* ---- reports ---- */

static enum err_code report_unusable_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *first, *last;
    AUTO(js) struct js *rows = NULL;
    enum err_code code = arg_text(call->args, "from", TEXT_MAX, &first, err);
    if (!code)
        code = arg_text(call->args, "to", TEXT_MAX, &last, err);
    if (!code)
        code = scan_gate_unusable(call->store, first, last, &rows, err);
    if (code)
        return code;
    *out = js_pack("{s:s, s:s, s:O}", "from", first, "to", last, "rows", rows);
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

const struct store_op store_ops_component[] = {
    {"dossier_papers", OP_READS, dossier_papers_op, "dossier", "papers"},
    {"dossier_held", OP_READS, dossier_held_op, "dossier", "look-up by number"},
    {"dossier_reuse", OP_CHANGES, dossier_reuse_op},
    {"dossier_demand", OP_CHANGES, dossier_demand_op},
    {"document_create", OP_CHANGES, document_create_op},
    {"document_paper", OP_CHANGES, document_paper_op},
    {"report_unusable", OP_READS, report_unusable_op, "station",
     "report of data that cannot be used"},
    {0},
};
