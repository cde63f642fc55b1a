#include "daemon/http/api.h"
#include "daemon/http/call.h"

#define CODE_MAX 64
#define PAPERS_MAX 9999
#define LIST_MAX 500
#define LIST_DEFAULT 50

static const struct arg_rule create_rules[] = {
    {"code", ARG_TEXT, ARG_NULLABLE, .min = 1, .max = CODE_MAX},
    {"papers", ARG_INT, ARG_NULLABLE, .min = 0, .max = PAPERS_MAX},
    {"kind", ARG_WORD, 0, .words = "counter backlog"},
    {0}};

static const struct arg_rule update_rules[] = {
    {"code", ARG_TEXT, 0, .min = 1, .max = CODE_MAX},
    {"papers", ARG_INT, ARG_NULLABLE, .min = 0, .max = PAPERS_MAX},
    {0}};

static const struct arg_rule scan_rules[] = {{"device", ARG_TEXT, 0, .min = 1, .max = 255},
                                             {"source", ARG_WORD, 0, .words = "flatbed adf duplex"},
                                             {"mode", ARG_WORD, 0, .words = "color gray lineart"},
                                             {"resolution_dpi", ARG_INT, 0, .min = 50, .max = 1200},
                                             {"document_id", ARG_ID, 0},
                                             {"finish", ARG_BOOL, 0},
                                             {0}};

void api_dossiers_list(struct call *call)
{
    struct err err = ERR_INIT;
    int64_t limit = LIST_DEFAULT;
    const char *wanted = call_query(call, "limit"), *before = call_query(call, "before");
    if (wanted && args_number("limit", wanted, 1, LIST_MAX, &limit, &err)) {
        call_fail(call, &err);
        return;
    }
    if (before && !id_is_valid(before)) {
        err_set(&err, ERR_BAD_ARGUMENT, "query before: not an id");
        call_fail(call, &err);
        return;
    }
    AUTO(js)
    struct js *args = js_pack("{s:I}", "limit", limit);
    if (before && !js_set(args, "before", js_text(before))) {
        call_fail_no_memory(call);
        return;
    }
    call_store_args(call, "dossier_list", TAKE(args), 200, NULL);
}

void api_dossiers_create(struct call *call)
{
    call_store(call, "dossier_create", create_rules, 201);
}

void api_dossiers_get(struct call *call)
{
    call_store(call, "dossier_get", NULL, 200);
}

void api_dossiers_update(struct call *call)
{
    if (!js_at(call->body, "code") && !js_at(call->body, "papers")) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_BAD_JSON, "code or papers: missing");
        call_fail(call, &err);
        return;
    }
    call_store(call, "dossier_update", update_rules, 200);
}

void api_dossiers_close(struct call *call)
{
    call_store(call, "dossier_close", NULL, 200);
}

void api_dossiers_scan(struct call *call)
{
    const struct http *http = call->http;
    AUTO(js)
    struct js *args = call_args(call, scan_rules);
    if (args && call_wait(call, 202, NULL))
        http->calls->scan(http->app, call->param, TAKE(args), &call->who, call_done, call);
}
