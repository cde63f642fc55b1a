#include "daemon/http/api.h"
#include "daemon/http/call.h"
#include "daemon/model/catalog_kind.h"

#include <string.h>

static bool take_day(const struct call *call, const char *name, struct js *args)
{
    const char *text = call_query(call, name);
    char day[11];
    return text && catalog_date(text, false, day) && js_set(args, name, js_text(day));
}

/* Over the days from..to of the query. */
static void report(struct call *call, const char *op)
{
    AUTO(js) struct js *args = js_object();
    struct err err = ERR_INIT;
    if (!take_day(call, "from", args) || !take_day(call, "to", args))
        err_set(&err, ERR_BAD_ARGUMENT, "query from, to: must be days, 2026-01-31");
    else if (strcmp(js_text_or(args, "from", ""), js_text_or(args, "to", "")) > 0)
        err_set(&err, ERR_BAD_ARGUMENT, "query from, to: the last day lies before the first");
    if (err.code)
        call_fail(call, &err);
    else
        call_store_args(call, op, TAKE(args), 200, NULL);
}

void api_reports_unusable(struct call *call)
{
    report(call, "report_unusable");
}

void api_reports_rates(struct call *call)
{
    report(call, "report_rates");
}

void api_reports_incidents(struct call *call)
{
    report(call, "report_incidents");
}

void api_dossiers_flags(struct call *call)
{
    call_store(call, "dossier_flags", NULL, 200);
}
