#include "daemon/base/mem.h"
#include "daemon/http/api.h"
#include "daemon/http/call.h"
#include "daemon/model/register_column.h"

#include <string.h>

#define LIST_MAX 1000
#define LIST_DEFAULT 200
#define OFFSET_MAX 1000000
#define MAP_MAX_BYTES 6000

static const char lists[] = "rows-alone documents-alone questions double-rows differing rows-purged";

static void ask(struct call *call, const char *verb, struct js *args, int file, int ok_status)
{
    const struct http *http = call->http;
    AUTO(js) struct js *owned = args;
    AUTO(fd) int fd = file;
    if (call_wait(call, ok_status, NULL))
        http->calls->registers(http->app, verb, call->param, TAKE(owned), TAKE_FD(fd), &call->who,
                               call_done, call);
}

void api_registers_get(struct call *call)
{
    ask(call, "status", NULL, -1, 200);
}

void api_registers_join(struct call *call)
{
    ask(call, "join", NULL, -1, 200);
}

static enum err_code take_number(const struct call *call, const char *name, int64_t max,
                                 int64_t fallback, struct js *args, struct err *err)
{
    const char *text = call_query(call, name);
    int64_t number = fallback;
    enum err_code code = text ? args_number(name, text, 0, max, &number, err) : ERR_OK;
    if (!code && !js_set(args, name, js_int(number)))
        code = err_set(err, ERR_NO_MEMORY, "query");
    return code;
}

void api_registers_list(struct call *call)
{
    struct err err = ERR_INIT;
    const char *list = call_query(call, "list");
    AUTO(js) struct js *args = js_pack("{s:s?}", "list", list);
    enum err_code code = ERR_OK;
    if (!list || !args_is_word(lists, list))
        code = err_set(&err, ERR_BAD_ARGUMENT, "query list: one of %s", lists);
    if (!code)
        code = take_number(call, "limit", LIST_MAX, LIST_DEFAULT, args, &err);
    if (!code)
        code = take_number(call, "offset", OFFSET_MAX, 0, args, &err);
    if (code)
        call_fail(call, &err);
    else
        ask(call, "list", TAKE(args), -1, 200);
}

/* ---- import ---- */

static enum err_code take_sheet(const struct call *call, struct js *args, struct err *err)
{
    const char *sent = call_query(call, "sheet");
    char sheet[ROUTE_PARAM_SIZE];
    if (!sent)
        return ERR_OK;
    if (!routes_decode(sent, strlen(sent), sheet))
        return err_set(err, ERR_BAD_ARGUMENT, "query sheet: empty, too long or no UTF-8 text");
    return js_set(args, "sheet", js_text(sheet)) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "query");
}

/* Which register of the folder it is: without another name, that of the file, and of its sheet, so
 * that the sheet of one year does not take the place of another's. */
static enum err_code take_name(const struct call *call, struct js *args, struct err *err)
{
    const char *sent = call_query(call, "name");
    char name[ROUTE_PARAM_SIZE];
    AUTO(mem) char *own = NULL;
    if (sent && !routes_decode(sent, strlen(sent), name))
        return err_set(err, ERR_BAD_ARGUMENT, "query name: empty, too long or no UTF-8 text");
    const char *file = js_text_or(args, "file", "");
    const char *sheet = js_text_or(args, "sheet", "");
    own = sent ? mem_strdup(name)
               : mem_printf("%.*s%s%s", (int)register_stem(file), file, *sheet ? " " : "", sheet);
    return js_set(args, "name", js_text(own)) && own ? ERR_OK
                                                     : err_set(err, ERR_NO_MEMORY, "query");
}

/* One "heading:column"; the heading in the form of catalog_heading: no sign in it needs an escape.
 */
static enum err_code take_pair(char *pair, struct js *map, struct err *err)
{
    char *sign = strchr(pair, ':');
    if (!sign || sign == pair || register_column_from_key(sign + 1) == REGISTER_UNKNOWN)
        return err_set(err, ERR_BAD_ARGUMENT,
                       "query map: heading:column, where a column is one of %s",
                       register_column_keys);
    *sign = 0;
    return js_set(map, pair, js_text(sign + 1)) ? ERR_OK : err_set(err, ERR_NO_MEMORY, "query");
}

static enum err_code take_map(const struct call *call, struct js *args, struct err *err)
{
    const char *sent = call_query(call, "map");
    AUTO(js) struct js *map = js_object();
    AUTO(mem) char *text = mem_strdup(sent ? sent : "");
    char *rest = text, *pair;
    enum err_code code = map && text ? ERR_OK : err_set(err, ERR_NO_MEMORY, "query");
    if (!code && strlen(text) > MAP_MAX_BYTES)
        code = err_set(err, ERR_BAD_ARGUMENT, "query map: longer than %d bytes", MAP_MAX_BYTES);
    while (!code && *text && (pair = strsep(&rest, ",")))
        code = take_pair(pair, map, err);
    if (!code && !js_set(args, "said", TAKE(map)))
        code = err_set(err, ERR_NO_MEMORY, "query");
    return code;
}

void api_registers_import(struct call *call)
{
    struct err err = ERR_INIT;
    const char *dry_run = call_query(call, "dry_run");
    bool dry = dry_run && strcmp(dry_run, "1") == 0;
    AUTO(js) struct js *args = js_pack("{s:b}", "dry_run", (int)dry);
    enum err_code code = call_take_file_name(call, args, &err);
    if (!code)
        code = take_sheet(call, args, &err);
    if (!code)
        code = take_name(call, args, &err);
    if (!code)
        code = take_map(call, args, &err);
    if (!code && call->file < 0)
        code = err_set(&err, ERR_REGISTER_BAD, "the file has no bytes");
    if (code)
        call_fail(call, &err);
    else
        ask(call, "import", TAKE(args), TAKE_FD(call->file), dry ? 200 : 201);
}

/* ---- a paper ---- */

static const struct arg_rule join_rules[] = {
    {"register_id", ARG_TEXT, ARG_REQUIRED | ARG_NULLABLE, .min = 1, .max = 36},
    {"line", ARG_INT, 0, .min = 1, .max = 10000000},
    {0}};

void api_documents_register(struct call *call)
{
    call_store(call, "document_register", join_rules, 200);
}
