#include "daemon/cli/alarms_tell.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/model/doc_state.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *key;
    enum machine machine;
} counted[] = {
    {"pages", MACHINE_page}, {"documents", MACHINE_document}, {"deliveries", MACHINE_delivery}};
#define COUNTED (sizeof counted / sizeof *counted)

static void show_counts(const struct js *store)
{
    struct table *table = show_table("WHAT", "STATE", "LABEL", "COUNT", NULL);
    for (size_t kind = 0; kind < COUNTED; kind++) {
        const struct js *counts = js_at(store, counted[kind].key);
        for (void *it = js_iter(counts); it; it = js_iter_next(counts, it)) {
            table_cell(table, counted[kind].key);
            table_cell(table, js_iter_key(it));
            table_cell(table, state_label(counted[kind].machine, js_iter_key(it)));
            table_cell(table, show_scalar(js_iter_value(it)).text);
        }
    }
    show_table_end(table);
}

/* The counts of each machine as a table, everything else as lines. */
static void show_status(const struct js *reply)
{
    AUTO(js) struct js *lines = js_copy(reply);
    if (!js_is_object(js_at(reply, "store"))) {
        show_values(lines);
        return;
    }
    struct js *store = js_copy(js_at(reply, "store"));
    for (size_t kind = 0; kind < COUNTED; kind++)
        js_remove(store, counted[kind].key);
    js_set(lines, "store", store);
    show_values(lines);
    putchar('\n');
    show_counts(js_at(reply, "store"));
}

int cmd_status(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    AUTO(js) struct js *status = NULL;
    int exit_status = cli_ask(cli, "GET", "/v1/status", NULL, &status);
    if (exit_status)
        return exit_status;
    cli_answer(cli, status, show_status);
    return alarms_tell(status);
}
