#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/model/doc_state.h"

#include <stdio.h>
#include <string.h>

int cmd_sync_now(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    return cli_call(cli, "POST", "/v1/sync", js_pack("{s:b}", "reconcile", 0), show_values);
}

int cmd_sync_reconcile(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    return cli_call(cli, "POST", "/v1/sync", js_pack("{s:b}", "reconcile", 1), show_values);
}

static void show_waiting(const struct js *reply)
{
    const struct js *deliveries = js_at(reply, "store.deliveries");
    struct table *table = show_table("DELIVERIES", "STATE", "LABEL", NULL);
    for (size_t i = 0; i < state_row_count; i++) {
        if (state_rows[i].machine != MACHINE_delivery)
            continue;
        long long count = (long long)js_int_or(deliveries, state_rows[i].name, 0);
        if (count == 0)
            continue;
        table_cellf(table, "%lld", count);
        table_cell(table, state_rows[i].name);
        table_cell(table, state_rows[i].label);
    }
    show_table_end(table);

    const struct js *oldest = js_at(reply, "store.oldest");
    for (void *it = js_iter(oldest); it; it = js_iter_next(oldest, it)) {
        bool is_ours =
            strcmp(js_iter_key(it), "send") == 0 || strcmp(js_iter_key(it), "accept") == 0;
        if (is_ours && !js_is_null(js_iter_value(it)))
            printf("oldest waiting for %s: %s\n", js_iter_key(it),
                   cli_when(oldest, js_iter_key(it)).text);
    }
}

int cmd_sync_status(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    return cli_call(cli, "GET", "/v1/status", NULL, show_waiting);
}
