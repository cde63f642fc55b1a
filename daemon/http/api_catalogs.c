#include "daemon/http/api.h"
#include "daemon/http/call.h"
#include "daemon/model/catalog_kind.h"

#include <string.h>

#define FOUND_MAX 50

static enum err_code refuse(struct err *err, const char *name, const char *why)
{
    return err_set(err, ERR_BAD_ARGUMENT, "query %s: %s", name, why);
}

/* A text of the query into args under its name, when it was sent. */
static enum err_code take_text(const struct call *call, const char *name, struct js *args,
                               struct err *err)
{
    const char *sent = call_query(call, name);
    char text[ROUTE_PARAM_SIZE];
    if (!sent)
        return ERR_OK;
    if (!routes_decode(sent, strlen(sent), text))
        return refuse(err, name, "empty, too long or no UTF-8 text");
    return js_set(args, name, js_text(text)) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "query");
}

static enum err_code take_day(const struct call *call, const char *name, struct js *args,
                              struct err *err)
{
    const char *text = call_query(call, name);
    char day[11];
    if (!text)
        return ERR_OK;
    if (!catalog_date(text, false, day))
        return refuse(err, name, "must be a day, 2025-07-01");
    return js_set(args, name, js_text(day)) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "query");
}

static enum err_code take_limit(const struct call *call, struct js *args, struct err *err)
{
    const char *text = call_query(call, "limit");
    int64_t limit;
    if (!text)
        return ERR_OK;
    enum err_code code = args_number("limit", text, 1, FOUND_MAX, &limit, err);
    if (!code && !js_set(args, "limit", js_int(limit)))
        code = err_set(err, ERR_NO_MEMORY, "query");
    return code;
}

static bool is_on(const struct call *call, const char *name)
{
    const char *text = call_query(call, name);
    return text && strcmp(text, "1") == 0;
}

static void ask(struct call *call, const char *op, struct js *args, enum err_code code,
                const struct err *err)
{
    AUTO(js) struct js *owned = args;
    if (code)
        call_fail(call, err);
    else
        call_store_args(call, op, TAKE(owned), 200, NULL);
}

void api_catalogs_list(struct call *call)
{
    call_store(call, "catalog_list", NULL, 200);
}

void api_catalogs_get(struct call *call)
{
    call_store_args(call, "catalog_list", js_pack("{s:s}", "kind", call->param), 200, NULL);
}

void api_catalogs_rows(struct call *call)
{
    struct err err = ERR_INIT;
    struct js *args = js_pack("{s:s}", "kind", call->param);
    enum err_code code = take_text(call, "q", args, &err);
    if (!code)
        code = take_text(call, "code", args, &err);
    if (!code)
        code = take_day(call, "on", args, &err);
    if (!code)
        code = take_limit(call, args, &err);
    if (!code && !js_has(args, "q") && !js_has(args, "code"))
        code = refuse(&err, "q", "missing, and no code");
    ask(call, "catalog_rows", args, code, &err);
}

void api_catalogs_verify(struct call *call)
{
    call_store(call, "catalog_verify", NULL, 200);
}

void api_catalogs_gaps(struct call *call)
{
    call_store(call, "catalog_gaps", NULL, 200);
}

void api_procedures_find(struct call *call)
{
    struct err err = ERR_INIT;
    struct js *args = js_object();
    enum err_code code = take_text(call, "q", args, &err);
    if (!code)
        code = take_limit(call, args, &err);
    if (!code && !js_has(args, "q"))
        code = refuse(&err, "q", "missing");
    ask(call, "procedure_find", args, code, &err);
}

void api_procedures_papers(struct call *call)
{
    struct err err = ERR_INIT;
    struct js *args = js_pack("{s:s}", "code", call->param);
    enum err_code code = take_day(call, "received", args, &err);
    ask(call, "procedure_papers", args, code, &err);
}

void api_catalogs_import(struct call *call)
{
    struct err err = ERR_INIT;
    const struct http *http = call->http;
    AUTO(js)
    struct js *args = js_pack("{s:s, s:b, s:b}", "kind", call->param, "dry_run",
                              (int)is_on(call, "dry_run"), "insist", (int)is_on(call, "insist"));
    enum err_code code = ERR_OK;
    if (!catalog_kind_find(call->param))
        code = err_set(&err, ERR_NOT_FOUND, "no such catalogue; there are %s", catalog_kind_names);
    if (!code)
        code = call_take_file_name(call, args, &err);
    if (!code)
        code = take_day(call, "valid_from", args, &err);
    if (!code)
        code = take_text(call, "source", args, &err);
    if (!code)
        code = take_text(call, "sheet", args, &err);
    if (!code && call->file < 0)
        code = err_set(&err, ERR_CATALOG_BAD, "the file has no bytes");
    if (code)
        call_fail(call, &err);
    else if (call_wait(call, js_bool_or(args, "dry_run", false) ? 200 : 201, NULL))
        http->calls->catalog(http->app, TAKE(args), TAKE_FD(call->file), &call->who, call_done,
                             call);
}
