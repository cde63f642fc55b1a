#include "daemon/http/api.h"
#include "daemon/http/call.h"

#define REASON_MAX 500

void api_documents_withdraw(struct call *call)
{
    static const struct arg_rule rules[] = {
        {"reason", ARG_TEXT, ARG_REQUIRED, .min = 1, .max = REASON_MAX},
        {"wrong_person", ARG_BOOL, 0},
        {0}};
    call_store(call, "document_withdraw", rules, 200);
}

void api_documents_withdraw_undo(struct call *call)
{
    call_store(call, "document_withdraw_undo", NULL, 200);
}

void api_dossiers_handed_over(struct call *call)
{
    call_store(call, "dossier_handed_over", NULL, 200);
}

void api_queue_keep_theirs(struct call *call)
{
    call_store(call, "delivery_keep_theirs", NULL, 200);
}
