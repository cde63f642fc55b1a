#include "daemon/cli/alarms_tell.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/show.h"
#include "daemon/model/doc_state.h"

#include <stdio.h>
#include <string.h>

static void show_counts(const struct js *deliveries)
{
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
}

static void show_oldest(const struct js *oldest)
{
    for (void *it = js_iter(oldest); it; it = js_iter_next(oldest, it)) {
        bool is_ours =
            strcmp(js_iter_key(it), "send") == 0 || strcmp(js_iter_key(it), "accept") == 0;
        if (is_ours && !js_is_null(js_iter_value(it)))
            printf("oldest waiting for %s: %s\n", js_iter_key(it),
                   cli_when(oldest, js_iter_key(it)).text);
    }
}

static void show_target(const struct js *target, struct table *table)
{
    bool is_down = strcmp(js_text_or(target, "state", ""), "down") == 0;
    table_cell(table, js_text_or(target, "name", ""));
    table_cell(table, js_text_or(target, "state", ""));
    table_cell(table, js_text_or(target, "mode", ""));
    table_cell(table, show_scalar(js_at(target, "waiting")).text);
    table_cell(table, cli_when(target, "oldest_us").text);
    table_cell(table, is_down ? cli_when(target, "unreachable_since_us").text : "");
    table_cell(table, is_down ? cli_when(target, "next_try_us").text : "");
    table_cell(table, show_scalar(js_at(target, "nights_missed")).text);
}

static void show_schedule(const struct js *schedule)
{
    const struct js *targets = js_at(schedule, "targets");
    if (!js_count(targets))
        return;
    printf("window: %s, now: %s\n", show_scalar(js_at(schedule, "window")).text,
           show_scalar(js_at(schedule, "mode")).text);
    struct table *table = show_table("TARGET", "LINE", "SENDS", "WAITING", "OLDEST", "DOWN SINCE",
                                     "NEXT TRY", "NIGHTS MISSED", NULL);
    for (size_t i = 0; i < js_count(targets); i++)
        show_target(js_item(targets, i), table);
    show_table_end(table);
}

static void show_sync_status(const struct js *reply)
{
    show_counts(js_at(reply, "store.deliveries"));
    show_oldest(js_at(reply, "store.oldest"));
    show_schedule(js_at(reply, "sync.schedule"));
}

int cmd_sync_status(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    AUTO(js) struct js *status = NULL;
    AUTO(js) struct js *sync = NULL;
    int exit_status = cli_ask(cli, "GET", "/v1/status", NULL, &status);
    if (!exit_status)
        exit_status = cli_ask(cli, "GET", "/v1/sync", NULL, &sync);
    if (exit_status)
        return exit_status;
    js_set(status, "sync", js_ref(sync));
    cli_answer(cli, status, show_sync_status);
    return alarms_tell(status);
}
