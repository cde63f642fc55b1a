#include "daemon/base/id.h"
#include "daemon/http/api.h"
#include "daemon/http/call.h"
#include "daemon/model/task_kind.h"

#include <string.h>

#define LIST_MAX 1000
#define LIST_DEFAULT 200

static const struct arg_rule close_rules[] = {{"how", ARG_TEXT, ARG_REQUIRED, .min = 1, .max = 40},
                                              {"note", ARG_TEXT, 0, .min = 1, .max = 500},
                                              {0}};

static enum err_code read_query(struct call *call, struct js *args, struct err *err)
{
    int64_t limit = LIST_DEFAULT;
    const char *wanted = call_query(call, "limit"), *kind = call_query(call, "kind");
    const char *before = call_query(call, "before"), *closed = call_query(call, "closed");
    enum err_code code = wanted ? args_number("limit", wanted, 1, LIST_MAX, &limit, err) : ERR_OK;
    if (!code && kind && !task_kind_find(kind))
        code = err_set(err, ERR_BAD_ARGUMENT, "query kind: no such kind of task");
    if (!code && before && !id_is_valid(before))
        code = err_set(err, ERR_BAD_ARGUMENT, "query before: not an id");
    bool ok = js_set(args, "limit", js_int(limit)) &&
              js_set(args, "closed", js_bool(closed && strcmp(closed, "1") == 0)) &&
              (!kind || js_set(args, "kind", js_text(kind))) &&
              (!before || js_set(args, "before", js_text(before)));
    return code || ok ? code : err_set(err, ERR_NO_MEMORY, "query");
}

void api_tasks_list(struct call *call)
{
    struct err err = ERR_INIT;
    AUTO(js) struct js *args = js_object();
    if (read_query(call, args, &err))
        call_fail(call, &err);
    else
        call_store_args(call, "task_list", TAKE(args), 200, NULL);
}

void api_tasks_get(struct call *call)
{
    call_store(call, "task_show", NULL, 200);
}

void api_tasks_close(struct call *call)
{
    call_store(call, "task_close", close_rules, 200);
}
