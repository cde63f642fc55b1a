#include "daemon/http/api.h"
#include "daemon/http/call.h"
#include "daemon/model/scan_reason.h"

#include <string.h>

#define CODE_MAX 64
#define DAY_MAX 10
#define NAME_MAX_BYTES 1500 /* 500 characters */
#define PAPERS_MAX 9999
#define SIDES_MAX 99999
#define LIST_MAX 500
#define LIST_DEFAULT 50

/* Whose case, brought by whom, on which channel: queue/store/dossier_people.h */
#define PEOPLE_RULES                                                                               \
    {"owner_id", ARG_TEXT, ARG_NULLABLE, .min = 1, .max = CODE_MAX},                               \
        {"owner_old_id", ARG_TEXT, ARG_NULLABLE, .min = 1, .max = CODE_MAX},                       \
        {"owner_name", ARG_TEXT, ARG_NULLABLE, .min = 1, .max = NAME_MAX_BYTES},                   \
        {"owner_kind", ARG_WORD, ARG_NULLABLE, .words = "person business agency other"},           \
        {"presenter_name", ARG_TEXT, ARG_NULLABLE, .min = 1, .max = NAME_MAX_BYTES},               \
        {"presenter_id", ARG_TEXT, ARG_NULLABLE, .min = 1, .max = CODE_MAX},                       \
        {"presenter_basis", ARG_WORD, ARG_NULLABLE,                                                \
         .words = "self authorised guardian post other"},                                          \
    {                                                                                              \
        "channel", ARG_WORD, ARG_NULLABLE, .words = "direct online post vneid"                     \
    }

static const struct arg_rule create_rules[] = {
    {"code", ARG_TEXT, ARG_NULLABLE, .min = 1, .max = CODE_MAX},
    {"papers", ARG_INT, ARG_NULLABLE, .min = 0, .max = PAPERS_MAX},
    {"sides", ARG_INT, ARG_NULLABLE, .min = 0, .max = SIDES_MAX},
    {"kind", ARG_WORD, 0, .words = "counter backlog"},
    {"procedure_code", ARG_TEXT, ARG_NULLABLE, .min = 1, .max = CODE_MAX},
    {"received_on", ARG_TEXT, ARG_NULLABLE, .min = 1, .max = DAY_MAX},
    {"existing", ARG_BOOL, 0},
    PEOPLE_RULES,
    {0}};

static const struct arg_rule update_rules[] = {
    {"code", ARG_TEXT, 0, .min = 1, .max = CODE_MAX},
    {"papers", ARG_INT, ARG_NULLABLE, .min = 0, .max = PAPERS_MAX},
    {"sides", ARG_INT, ARG_NULLABLE, .min = 0, .max = SIDES_MAX},
    {"procedure_code", ARG_TEXT, ARG_NULLABLE, .min = 1, .max = CODE_MAX},
    {"received_on", ARG_TEXT, ARG_NULLABLE, .min = 1, .max = DAY_MAX},
    PEOPLE_RULES,
    {0}};

static const struct arg_rule scan_rules[] = {
    {"device", ARG_TEXT, 0, .min = 1, .max = 255},
    {"source", ARG_WORD, 0, .words = "flatbed adf duplex"},
    {"mode", ARG_WORD, 0, .words = "color gray lineart"},
    {"resolution_dpi", ARG_INT, 0, .min = 50, .max = 1200},
    {"paper", ARG_WORD, 0, .words = "a3 a4 a5 id1 auto"},
    {"area_mm", ARG_AREA, 0},
    {"profile", ARG_TEXT, 0, .min = 1, .max = 64},
    {"document_id", ARG_ID, 0},
    {"finish", ARG_BOOL, 0},
    {"sheets", ARG_INT, 0, .min = 1, .max = 9999},
    {"position", ARG_INT, 0, .min = 1, .max = 9999},
    {"replaces", ARG_ID, 0},
    {"part_of", ARG_ID, 0},
    {"part_kind", ARG_WORD, 0, .words = "note overlap detail"},
    {"backs", ARG_WORD, 0, .words = "reversed same"},
    {"hands_free", ARG_BOOL, 0},
    {"interval_s", ARG_INT, 0, .min = 1, .max = 600},
    {"turn_second", ARG_BOOL, 0},
    {"confirm_first", ARG_BOOL, 0},
    {"paper_code", ARG_TEXT, 0, .min = 1, .max = CODE_MAX},
    {"stage", ARG_WORD, 0, .words = "component output result"},
    {"reason", ARG_WORD, 0, .words = scan_reason_words},
    {"reason_note", ARG_TEXT, 0, .min = 1, .max = 500},
    {"holder", ARG_TEXT, 0, .min = 1, .max = 300},
    {0}};

void api_dossiers_list(struct call *call)
{
    struct err err = ERR_INIT;
    int64_t limit = LIST_DEFAULT;
    const char *wanted = call_query(call, "limit"), *before = call_query(call, "before");
    const char *sent = call_query(call, "code");
    char code[ROUTE_PARAM_SIZE] = "";
    if (wanted && args_number("limit", wanted, 1, LIST_MAX, &limit, &err)) {
        call_fail(call, &err);
        return;
    }
    if (before && !id_is_valid(before)) {
        err_set(&err, ERR_BAD_ARGUMENT, "query before: not an id");
        call_fail(call, &err);
        return;
    }
    if (sent && (!routes_decode(sent, strlen(sent), code) || strlen(code) > CODE_MAX)) {
        err_set(&err, ERR_BAD_ARGUMENT, "query code: must have 1..%d bytes", CODE_MAX);
        call_fail(call, &err);
        return;
    }
    AUTO(js)
    struct js *args = js_pack("{s:I}", "limit", limit);
    if ((before && !js_set(args, "before", js_text(before))) ||
        (sent && !js_set(args, "code", js_text(code)))) {
        call_fail_no_memory(call);
        return;
    }
    call_store_args(call, "dossier_list", TAKE(args), 200, NULL);
}

static void answer_created(struct call *call, const struct js *ok, int fd)
{
    AUTO(fd) int owned = fd;
    call_reply_json(call, js_bool_or(ok, "created", true) ? 201 : 200, ok);
}

void api_dossiers_create(struct call *call)
{
    struct js *args = call_args(call, create_rules);
    if (args)
        call_store_args(call, "dossier_create", args, 201, answer_created);
}

void api_dossiers_get(struct call *call)
{
    call_store(call, "dossier_get", NULL, 200);
}

void api_dossiers_update(struct call *call)
{
    for (const struct arg_rule *rule = update_rules; rule->name; rule++)
        if (js_at(call->body, rule->name)) {
            call_store(call, "dossier_update", update_rules, 200);
            return;
        }
    struct err err = ERR_INIT;
    err_set(&err, ERR_BAD_JSON,
            "code, papers, sides, procedure_code, received_on, owner, presenter "
            "and channel: missing");
    call_fail(call, &err);
}

void api_dossiers_papers(struct call *call)
{
    call_store(call, "dossier_papers", NULL, 200);
}

void api_dossiers_close(struct call *call)
{
    static const struct arg_rule rules[] = {{"counted", ARG_BOOL, 0}, {0}};
    call_store(call, "dossier_close", rules, 200);
}

/* NULL: none. */
static const char *scan_contradiction(const struct js *args)
{
    if (js_has(args, "part_of") != js_has(args, "part_kind"))
        return "part_of and part_kind: one without the other";
    if (js_has(args, "paper_code") && js_has(args, "document_id"))
        return "paper_code: the document is there, /v1/documents/{id}/paper says which it is";
    if (js_has(args, "reason") && !js_has(args, "paper_code"))
        return "reason: for no paper";
    return NULL;
}

void api_dossiers_scan(struct call *call)
{
    const struct http *http = call->http;
    AUTO(js)
    struct js *args = call_args(call, scan_rules);
    const char *why = args ? scan_contradiction(args) : NULL;
    if (why) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_BAD_JSON, "%s", why);
        call_fail(call, &err);
        return;
    }
    if (args && call_wait(call, 202, NULL))
        http->calls->scan(http->app, call->param, TAKE(args), &call->who, call_done, call);
}
