#include "daemon/http/api.h"
#include "daemon/http/call.h"
#include "daemon/model/import_item.h"

#include <string.h>

#define LIST_MAX 1000
#define LIST_DEFAULT 200

static void ask(struct call *call, const char *verb, const char *name, struct js *args)
{
    const struct http *http = call->http;
    if (call_wait(call, 200, NULL))
        http->calls->imports(http->app, verb, name, args, &call->who, call_done, call);
    else
        js_free(args);
}

void api_imports_list(struct call *call)
{
    ask(call, "list", NULL, NULL);
}

static enum err_code take_query(const struct call *call, struct js *args, struct err *err)
{
    const char *limit = call_query(call, "limit"), *state = call_query(call, "state");
    const char *before = call_query(call, "before"), *rescan = call_query(call, "rescan");
    int64_t number = LIST_DEFAULT;
    enum import_state known;
    enum err_code code = limit ? args_number("limit", limit, 1, LIST_MAX, &number, err) : ERR_OK;
    if (!code && state && !import_state_from_name(state, &known))
        code = err_set(err, ERR_BAD_ARGUMENT, "query state: no such state of a file");
    if (code)
        return code;
    bool fits = js_set(args, "limit", js_int(number)) &&
                (!state || js_set(args, "state", js_text(state))) &&
                (!before || js_set(args, "before", js_text(before))) &&
                (!rescan || js_set(args, "exceptions", js_bool(strcmp(rescan, "1") == 0)));
    return fits ? ERR_OK : err_set(err, ERR_NO_MEMORY, "query");
}

void api_imports_items(struct call *call)
{
    struct err err = ERR_INIT;
    AUTO(js) struct js *args = js_object();
    if (take_query(call, args, &err))
        call_fail(call, &err);
    else
        ask(call, "items", call->param, TAKE(args));
}

void api_imports_look(struct call *call)
{
    ask(call, "look", call->param, NULL);
}
