#include "daemon/base/mem.h"
#include "daemon/http/api.h"
#include "daemon/http/call.h"

#define PREVIEW_ROWS_MAX 100000

static void ask(struct call *call, const char *verb)
{
    const struct http *http = call->http;
    if (call_wait(call, 200, NULL))
        http->calls->job(http->app, verb, call->param, &call->who, call_done, call);
}

void api_jobs_get(struct call *call)
{
    ask(call, "show");
}

void api_jobs_cancel(struct call *call)
{
    ask(call, "cancel");
}

void api_jobs_continue(struct call *call)
{
    ask(call, "continue");
}

void api_jobs_next(struct call *call)
{
    ask(call, "next");
}

void api_jobs_confirm(struct call *call)
{
    ask(call, "confirm");
}

void api_jobs_finish(struct call *call)
{
    ask(call, "finish");
}

/* Raw rows; what they are is told in one header, so that a script needs no second request. */
static void answer_preview(struct call *call, const struct js *ok, int fd)
{
    char *facts = js_dump(ok);
    if (!reply_header(&call->reply, "Sohoa-Preview", facts)) {
        fd_close(fd);
        call_fail_no_memory(call);
        return;
    }
    call_reply_file(call, "application/octet-stream", "rows", fd);
}

void api_jobs_preview(struct call *call)
{
    const struct http *http = call->http;
    struct err err = ERR_INIT;
    int64_t from = 0;
    const char *text = call_query(call, "from");
    if (text && args_number("from", text, 0, PREVIEW_ROWS_MAX, &from, &err)) {
        call_fail(call, &err);
        return;
    }
    if (call_wait(call, 200, answer_preview))
        http->calls->preview(http->app, call->param, from, call_done, call);
}
