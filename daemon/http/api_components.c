#include "daemon/http/api.h"
#include "daemon/http/call.h"
#include "daemon/model/scan_reason.h"

#include <string.h>

/* What is done about each wanted paper of a dossier: queue/store/wanted.h. */

#define CODE_MAX 64
#define NAME_MAX_BYTES 300
#define NOTE_MAX_BYTES 500
#define DAY_MAX 10

#define STAGES "component output result"

static const struct arg_rule reuse_rules[] = {
    {"paper_code", ARG_TEXT, ARG_REQUIRED, .min = 1, .max = CODE_MAX},
    {"stage", ARG_WORD, 0, .words = STAGES},
    {"document_id", ARG_ID, ARG_NULLABLE},
    {"held_id", ARG_ID, 0},
    {0}};

static const struct arg_rule look_up_rules[] = {
    {"again", ARG_BOOL, 0}, {"cancel", ARG_BOOL, 0}, {0}};

static const struct arg_rule demand_rules[] = {
    {"paper_code", ARG_TEXT, ARG_REQUIRED, .min = 1, .max = CODE_MAX},
    {"stage", ARG_WORD, 0, .words = STAGES},
    {"asked_by", ARG_WORD, ARG_REQUIRED | ARG_NULLABLE, .words = "owner presenter other"},
    {"asked_name", ARG_TEXT, 0, .min = 1, .max = NAME_MAX_BYTES},
    {"asked_on", ARG_TEXT, 0, .min = 1, .max = DAY_MAX},
    {"fee", ARG_WORD, 0, .words = "yes no exempt"},
    {0}};

static const struct arg_rule paper_rules[] = {
    {"paper_code", ARG_TEXT, ARG_REQUIRED | ARG_NULLABLE, .min = 1, .max = CODE_MAX},
    {"stage", ARG_WORD, 0, .words = STAGES},
    {"reason", ARG_WORD, 0, .words = scan_reason_words},
    {"reason_note", ARG_TEXT, 0, .min = 1, .max = NOTE_MAX_BYTES},
    {"holder", ARG_TEXT, 0, .min = 1, .max = NAME_MAX_BYTES},
    {0}};

static void refuse(struct call *call, enum err_code code, const char *why)
{
    struct err err = ERR_INIT;
    err_set(&err, code, "%s", why);
    call_fail(call, &err);
}

void api_dossiers_held(struct call *call)
{
    const char *sent = call_query(call, "number");
    char number[ROUTE_PARAM_SIZE];
    if (!sent || !routes_decode(sent, strlen(sent), number)) {
        refuse(call, ERR_BAD_ARGUMENT, "query number: missing, too long or no UTF-8 text");
        return;
    }
    struct js *args = js_pack("{s:s, s:s}", "id", call->param, "number", number);
    call_store_args(call, "dossier_held", args, 200, NULL);
}

/* Hands the call to what asks others. */
static void ask_others(struct call *call, const char *verb, struct js *args)
{
    struct call *waiting = call_wait(call, 200, NULL);
    if (waiting)
        waiting->http->calls->look_up(waiting->http->app, verb, waiting->param, args, &waiting->who,
                                      call_done, waiting);
    else
        js_free(args);
}

void api_dossiers_reuse(struct call *call)
{
    if (!js_at(call->body, "document_id") == !js_has(call->body, "held_id")) {
        refuse(call, ERR_BAD_JSON, "document_id or held_id: one of them");
        return;
    }
    if (!js_has(call->body, "held_id")) {
        call_store(call, "dossier_reuse", reuse_rules, 200);
        return;
    }
    struct js *args = call_args(call, reuse_rules);
    if (args)
        ask_others(call, "reuse", args);
}

void api_dossiers_look_up(struct call *call)
{
    struct js *args = call_args(call, look_up_rules);
    if (args)
        ask_others(call, js_bool_or(args, "cancel", false) ? "cancel" : "ask", args);
}

void api_dossiers_looked_up(struct call *call)
{
    call_store(call, "dossier_look_up", NULL, 200);
}

void api_dossiers_demand(struct call *call)
{
    bool asked = js_has(call->body, "asked_by");
    if (asked && !js_has(call->body, "fee"))
        refuse(call, ERR_BAD_JSON, "fee: missing");
    else
        call_store(call, "dossier_demand", demand_rules, 200);
}

void api_documents_paper(struct call *call)
{
    if (js_has(call->body, "reason") && !js_has(call->body, "paper_code"))
        refuse(call, ERR_BAD_JSON, "reason: for no paper");
    else
        call_store(call, "document_paper", paper_rules, 200);
}
