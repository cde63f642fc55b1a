#include "daemon/workers/store_ops.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/delivery_wait.h"
#include "queue/store/look_up_ask.h"

#include <stdio.h>
#include <string.h>

/* Papers are looked for at others: who is asked next, what came, what waits for it. */

#define HISTORY_MAX 1000
#define YEAR_US (INT64_C(366) * 24 * 3600 * 1000000)

static enum err_code look_up_next_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    struct look_up_round round = {
        .asked = js_at(call->args, "asked"),
        .until_found = js_bool_or(call->args, "until_found", false),
        .reused_only = js_bool_or(call->args, "reused_only", false),
    };
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_int_or(call->args, "fresh_us", 0, YEAR_US, 0, &round.fresh_us, err);
    if (!code)
        code = arg_int_or(call->args, "pause_us", 0, YEAR_US, 0, &round.pause_us, err);
    return code ? code : look_up_next(call->store, id, &round, out, err);
}

static enum err_code look_up_keep_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    const struct js *question;
    struct remote_answer answer = {
        .held = js_at(call->args, "held"),
        .error = js_text_or(call->args, "error", NULL),
        .refused = js_bool_or(call->args, "refused", false),
        .asked_us = sys_now_us(),
    };
    (void)out;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = arg_text(call->args, "target", TEXT_MAX, &answer.source, err);
    if (!code)
        code = js_get_object(call->args, "question", &question, err);
    return code ? code : look_up_keep(call->store, id, question, &answer, call->by, err);
}

static enum err_code look_up_due_op(struct store_call *call, struct js **out, struct err *err)
{
    return delivery_wait_due(call->store, call->by, out, err);
}

/* Where the file of a paper in an answer lies. */
static enum err_code look_up_file_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *held_id;
    AUTO(remote_paper) struct remote_paper paper = {0};
    enum err_code code = arg_id(call->args, "held_id", &held_id, err);
    if (!code)
        code = remote_held_get(call->store, held_id, &paper, err);
    if (code)
        return code;
    *out = js_pack("{s:s?, s:s?, s:s?}", "target", js_text_or(paper.entry, "held_by", NULL),
                   "issuer", js_text_or(paper.kept, "issuer", NULL), "fetch",
                   js_text_or(paper.kept, "files[0].fetch", NULL));
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

/* Each question that was put about the dossier: the audit shows time and answer (regulations 3.7).
 */
static enum err_code questions_of(struct store *store, const char *id, struct js **out,
                                  struct err *err)
{
    AUTO(js) struct js *rows = NULL;
    AUTO(js) struct js *list = js_array();
    enum err_code code = audit_list(store, id, false, HISTORY_MAX, &rows, err);
    for (size_t i = 0; !code && i < js_count(rows); i++) {
        const struct js *row = js_item(rows, i);
        if (strcmp(js_text_or(row, "event", ""), "look-up") == 0 && !js_push(list, js_ref(row)))
            code = err_set(err, ERR_NO_MEMORY, "answer");
    }
    if (!code)
        *out = TAKE(list);
    return code;
}

/* How the questions stand, and what each was found by. */
static enum err_code dossier_look_up_op(struct store_call *call, struct js **out, struct err *err)
{
    const char *id;
    AUTO(js) struct js *wanted = NULL;
    AUTO(js) struct js *questions = NULL;
    enum err_code code = arg_id(call->args, "id", &id, err);
    if (!code)
        code = wanted_of_dossier(call->store, id, &wanted, err);
    if (!code)
        code = questions_of(call->store, id, &questions, err);
    if (code)
        return code;
    AUTO(js) struct js *look_up = js_ref(js_at(wanted, "look_up"));
    *out = js_pack("{s:O, s:O, s:O}", "look_up", look_up, "papers", js_at(wanted, "papers"),
                   "questions", questions);
    if (js_has(look_up, "answers"))
        snprintf(call->seen, sizeof call->seen, "look-up: %lld answers",
                 (long long)js_int_or(look_up, "answers", 0));
    return *out ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

const struct store_op store_ops_look_up[] = {
    {"look_up_next", OP_READS, look_up_next_op, "dossier", "question to others"},
    {"look_up_keep", OP_CHANGES, look_up_keep_op},
    {"look_up_due", OP_CHANGES, look_up_due_op},
    {"look_up_file", OP_READS, look_up_file_op, "station", "where a paper lies"},
    {"dossier_look_up", OP_READS, dossier_look_up_op, "dossier", "look-up"},
    {0},
};
