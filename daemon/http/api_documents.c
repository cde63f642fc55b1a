#include "daemon/http/api.h"
#include "daemon/http/call.h"

#include <string.h>

#define REASON_MAX 1000
#define FIELDS_MAX 64
#define CODE_MAX 399

static const struct arg_rule confirm_rules[] = {
    {"revision", ARG_TEXT, ARG_REQUIRED, .min = 1, .max = 64},
    {"compared", ARG_BOOL, ARG_REQUIRED},
    {"fields", ARG_FIELDS, ARG_REQUIRED, .max = FIELDS_MAX},
    {"type", ARG_TEXT, 0, .min = 1, .max = 64},
    {0}};

static const struct arg_rule reason_rules[] = {
    {"reason", ARG_TEXT, ARG_REQUIRED, .min = 1, .max = REASON_MAX}, {0}};

static const struct arg_rule split_rules[] = {{"page_id", ARG_ID, ARG_REQUIRED}, {0}};

static const struct arg_rule code_rules[] = {
    {"code", ARG_TEXT, ARG_REQUIRED, .min = 1, .max = CODE_MAX}, {0}};

static const struct arg_rule join_rules[] = {{"with", ARG_ID, ARG_REQUIRED}, {0}};

void api_documents_get(struct call *call)
{
    const char *reads = call_query(call, "reads"); /* who saw it, too */
    AUTO(js)
    struct js *args = call_args(call, NULL);
    if (!args)
        return;
    if (reads && !js_set(args, "reads", js_bool(args_is_word("true", reads)))) {
        call_fail_no_memory(call);
        return;
    }
    call_store_args(call, "document_get", TAKE(args), 200, NULL);
}

void api_documents_finish(struct call *call)
{
    call_store(call, "document_finish_scan", NULL, 200);
}

void api_documents_reopen(struct call *call)
{
    call_store(call, "document_reopen", NULL, 200);
}

void api_documents_confirm(struct call *call)
{
    call_store(call, "document_confirm", confirm_rules, 200);
}

void api_documents_form(struct call *call)
{
    static const struct arg_rule rules[] = {
        {"submitted_form", ARG_WORD, ARG_NULLABLE,
         .words = "original register_copy certified_ecopy ecopy_with_original photocopy "
                  "certified_copy"},
        {"allowed", ARG_BOOL, 0},
        {"decider", ARG_TEXT, 0, .min = 1, .max = 300},
        {"reason", ARG_TEXT, 0, .min = 1, .max = 500},
        {0}};
    call_store(call, "document_form", rules, 200);
}

void api_documents_reject(struct call *call)
{
    call_store(call, "document_reject", reason_rules, 200);
}

void api_documents_split(struct call *call)
{
    call_store(call, "document_split", split_rules, 200);
}

void api_documents_join(struct call *call)
{
    call_store(call, "document_join", join_rules, 200);
}

/* The place a paper comes back to by an undo is the only one that is said. */
void api_documents_move(struct call *call)
{
    static const struct arg_rule rules[] = {{"dossier_id", ARG_ID, 0},
                                            {"code", ARG_TEXT, 0, .min = 1, .max = CODE_MAX},
                                            {"alike", ARG_BOOL, 0},
                                            {"ordinal", ARG_INT, 0, .min = 1, .max = 100000},
                                            {0}};
    call_store(call, "document_move", rules, 200);
}

void api_documents_set_code(struct call *call)
{
    call_store(call, "document_set_code", code_rules, 200);
}

void api_documents_replace(struct call *call)
{
    call_store(call, "document_replace", reason_rules, 201);
}

static void answer_file(struct call *call, const struct js *ok, int fd)
{
    (void)ok;
    if (call->answer_is_record)
        call_reply_file(call, "application/json", "json", fd);
    else
        call_reply_file(call, "application/pdf", "pdf", fd);
}

void api_documents_file(struct call *call)
{
    const char *what = call_query(call, "what");
    if (!what)
        what = "signed";
    if (!args_is_word("signed composed record", what)) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_BAD_ARGUMENT, "query what: must be one of: signed composed record");
        call_fail(call, &err);
        return;
    }
    call->answer_is_record = strcmp(what, "record") == 0;
    struct js *args = js_pack("{s:s, s:s}", "id", call->param, "what", what);
    call_store_args(call, "document_file", args, 200, answer_file);
}
