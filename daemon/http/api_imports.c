#include "daemon/base/id.h"
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

static const struct arg_rule feed_rules[] = {{"dossier_id", ARG_ID, ARG_REQUIRED | ARG_NULLABLE},
                                             {"waiting", ARG_WORD, 0, .words = "take leave"},
                                             {0}};

void api_imports_feed(struct call *call)
{
    struct js *args = call_args(call, feed_rules);
    if (args)
        ask(call, "feed", call->param, args);
}

static void answer_text(struct call *call, const struct js *ok, int fd)
{
    (void)ok;
    call_reply_file(call, "text/plain; charset=utf-8", "txt", fd);
}

/* What a Word or register file says. */
void api_imports_text(struct call *call)
{
    struct js *args = js_pack("{s:s, s:s}", "folder", call->param, "id", call->second);
    call_store_args(call, "import_text", args, 200, answer_text);
}

void api_imports_retry(struct call *call)
{
    struct js *args = js_pack("{s:s}", "id", call->second);
    if (args)
        ask(call, "retry", call->param, args);
    else
        call_fail_no_memory(call);
}

static enum err_code take_id(const struct call *call, const char *name, bool required,
                             struct js *args, struct err *err)
{
    const char *id = call_query(call, name);
    if (!id && !required)
        return ERR_OK;
    if (!id || !id_is_valid(id))
        return err_set(err, ERR_BAD_ARGUMENT, "query %s: must be an id", name);
    return js_set(args, name, js_text(id)) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "query");
}

/* The name is shown to people and is no path: what stands before a slash is left out. */
static enum err_code take_name(const struct call *call, struct js *args, struct err *err)
{
    const char *sent = call_query(call, "name");
    char name[ROUTE_PARAM_SIZE];
    if (!sent || !routes_decode(sent, strlen(sent), name))
        return err_set(err, ERR_FILE_NAME_BAD, "query name: missing, too long or no UTF-8 text");
    const char *slash = strrchr(name, '/');
    const char *own = slash ? slash + 1 : name;
    if (!*own)
        return err_set(err, ERR_FILE_NAME_BAD, "query name: a folder");
    return js_set(args, "name", js_text(own)) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "query");
}

void api_imports_upload(struct call *call)
{
    struct err err = ERR_INIT;
    const struct http *http = call->http;
    AUTO(js) struct js *args = js_object();
    enum err_code code = take_name(call, args, &err);
    if (!code)
        code = take_id(call, "dossier_id", true, args, &err);
    if (!code)
        code = take_id(call, "document_id", false, args, &err);
    if (!code && call->file < 0)
        code = err_set(&err, ERR_IMAGE_EMPTY, "the body has no bytes");
    if (code)
        call_fail(call, &err);
    else if (call_wait(call, 201, NULL))
        http->calls->upload(http->app, TAKE(args), TAKE_FD(call->file), &call->who, call_done,
                            call);
}

void api_imports_look(struct call *call)
{
    ask(call, "look", call->param, NULL);
}
