#include "daemon/http/api.h"
#include "daemon/http/call.h"

#include <string.h>

static void ask(struct call *call, const char *verb, int status, struct js *args, int fd)
{
    const struct http *http = call->http;
    AUTO(js) struct js *owned = args;
    AUTO(fd) int file = fd;
    if (call_wait(call, status, NULL))
        http->calls->models(http->app, verb, TAKE(owned), TAKE_FD(file), &call->who, call_done,
                            call);
}

void api_models_status(struct call *call)
{
    ask(call, "status", 200, NULL, -1);
}

void api_models_train(struct call *call)
{
    ask(call, "train", 202, NULL, -1);
}

void api_models_cancel(struct call *call)
{
    ask(call, "cancel", 200, NULL, -1);
}

void api_models_rollback(struct call *call)
{
    ask(call, "rollback", 200, NULL, -1);
}

void api_models_import(struct call *call)
{
    struct err err = ERR_INIT;
    const char *force = call_query(call, "force");
    if (call->file < 0) {
        err_set(&err, ERR_MODEL_BAD, "the file has no bytes");
        call_fail(call, &err);
        return;
    }
    struct js *args = js_pack("{s:b}", "force", (int)(force && strcmp(force, "1") == 0));
    ask(call, "import", 202, args, TAKE_FD(call->file));
}

static void answer_file(struct call *call, const struct js *ok, int fd)
{
    struct err err = ERR_INIT;
    (void)ok;
    if (fd >= 0) {
        call_reply_file(call, "application/octet-stream", "model", fd);
        return;
    }
    err_set(&err, ERR_NOT_FOUND, "the model that is built in is in use; every station has it");
    call_fail(call, &err);
}

void api_models_file(struct call *call)
{
    call_store_args(call, "model_in_use", js_object(), 200, answer_file);
}
