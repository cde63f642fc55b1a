#include "daemon/http/api.h"
#include "daemon/http/call.h"
#include "daemon/model/catalog_kind.h"

static bool take_day(const struct call *call, const char *name, struct js *args)
{
    const char *text = call_query(call, name);
    char day[11];
    return text && catalog_date(text, false, day) && js_set(args, name, js_text(day));
}

void api_reports_rates(struct call *call)
{
    AUTO(js) struct js *args = js_object();
    if (!take_day(call, "from", args) || !take_day(call, "to", args)) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_BAD_ARGUMENT, "query from, to: must be days, 2026-01-31");
        call_fail(call, &err);
        return;
    }
    call_store_args(call, "report_rates", TAKE(args), 200, NULL);
}

void api_dossiers_flags(struct call *call)
{
    call_store(call, "dossier_flags", NULL, 200);
}
