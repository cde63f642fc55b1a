#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/http/api.h"
#include "daemon/http/call.h"

#include <string.h>

#define HTML_TYPE "text/html; charset=utf-8"

void api_open_link(struct call *call)
{
    const struct http *http = call->http;
    if (!http->port) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_CONFLICT, "the web page is switched off");
        call_fail(call, &err);
        return;
    }
    char token[TOKEN_SIZE];
    sessions_make_link(http->sessions, &call->who, sys_now_us(), token);
    AUTO(mem)
    char *url = mem_printf("http://127.0.0.1:%d/open/%s", http->port, token);
    AUTO(js)
    struct js *body = js_pack("{s:s}", "url", url ? url : "");
    explicit_bzero(token, sizeof token);
    call_reply_json(call, 200, url ? body : NULL);
}

void api_open_session(struct call *call)
{
    char session[TOKEN_SIZE];
    if (!sessions_use_link(call->http->sessions, call->param, sys_now_us(), session)) {
        reply_fixed(&call->reply, 401, HTML_TYPE, web_page_link_spent);
        call_replied(call);
        return;
    }
    bool ok =
        reply_header(&call->reply, "Location", mem_strdup("/")) &&
        reply_header(&call->reply, "Set-Cookie",
                     mem_printf(SESSION_COOKIE "=%s; HttpOnly; SameSite=Strict; Path=/", session));
    explicit_bzero(session, sizeof session);
    if (!ok) {
        call_fail_no_memory(call);
        return;
    }
    reply_fixed(&call->reply, 303, HTML_TYPE, "");
    call_replied(call);
}
