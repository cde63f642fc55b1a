#include "daemon/http/api.h"
#include "daemon/http/call.h"

static void send_file(struct call *call, const char *name)
{
    struct err err = ERR_INIT;
    if (web_reply(call->http->web, name, call->head.if_none_match, &call->reply, &err))
        call_fail(call, &err);
    else
        call_replied(call);
}

void api_web_index(struct call *call)
{
    if (call->who.role != ROLE_ANY) {
        send_file(call, "index.html");
        return;
    }
    reply_fixed(&call->reply, 401, "text/html; charset=utf-8", web_page_unopened);
    call_replied(call);
}

void api_web_file(struct call *call)
{
    send_file(call, call->param);
}
