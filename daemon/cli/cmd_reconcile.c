#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/meter.h"
#include "daemon/cli/show.h"
#include "daemon/cli/waiting.h"

#include <stdio.h>
#include <string.h>

#define POLL_MS 300
#define SHOWN_MAX 50

const struct cli_option cmd_sync_reconcile_options[] = {
    {"list", 'l', NULL, "the runs so far, newest first, and begin none"},
    {"target", 't', "TARGET", "only this one"},
    {0},
};

/* ---- runs ---- */

static void show_runs(const struct js *reply)
{
    const struct js *runs = js_at(reply, "reconciles");
    struct table *table = show_table("BEGUN", "TARGET", "STATE", "AS SENT", "ASKED FOR",
                                     "NOT LISTED", "NOT SENT", "OTHERS", "WHY", NULL);
    for (size_t i = 0; i < js_count(runs); i++) {
        const struct js *run = js_item(runs, i);
        table_cell(table, cli_when(run, "begun_us").text);
        table_cell(table, js_text_or(run, "target", ""));
        table_cell(table, js_text_or(run, "state", ""));
        table_cell(table, show_scalar(js_at(run, "same")).text);
        table_cell(table, show_scalar(js_at(run, "asked")).text);
        table_cell(table, show_scalar(js_at(run, "missing")).text);
        table_cell(table, show_scalar(js_at(run, "extra")).text);
        table_cell(table, show_scalar(js_at(run, "others")).text);
        table_cell(table, js_text_or(run, "code", ""));
    }
    show_table_end(table);
}

/* ---- one that was just begun, followed to its end ---- */

static bool names(const struct js *list, const char *name)
{
    for (size_t i = 0; i < js_count(list); i++)
        if (strcmp(js_text_or(js_item(list, i), "", ""), name) == 0)
            return true;
    return false;
}

static const struct js *newest_of(const struct js *runs, const char *target)
{
    for (size_t i = 0; i < js_count(runs); i++)
        if (strcmp(js_text_or(js_item(runs, i), "target", ""), target) == 0)
            return js_item(runs, i);
    return NULL;
}

static void show_progress(struct meter *meter, const struct js *run)
{
    char line[300], ends[60];
    int64_t now_us = sys_monotonic_us(), expected = js_int_or(run, "expected", 0);
    int64_t done = js_int_or(run, "same", 0) + js_int_or(run, "asked", 0);
    if (!run)
        return;
    meter_note(meter, done, now_us);
    meter_ends(meter, expected - done, sys_now_us(), ends, sizeof ends);
    snprintf(line, sizeof line,
             "%s: đã đối soát %lld/%lld bản ghi, %lld tệp, %.0f bản ghi/phút%s%s",
             show_scalar(js_at(run, "target")).text, (long long)done, (long long)expected,
             (long long)js_int_or(run, "objects", 0), meter_rate(meter), *ends ? ", " : "", ends);
    meter_show(meter, line, now_us);
}

/* Those that were asked for, of a list that has ended runs only. */
static struct js *only_asked(const struct js *runs, const struct js *asked)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < js_count(asked); i++) {
        const struct js *run = newest_of(runs, js_text_or(js_item(asked, i), "", ""));
        if (run && !js_push(list, js_ref(run)))
            return NULL;
    }
    return js_pack("{s:O}", "reconciles", list);
}

static bool is_under_way(const struct js *reply, const struct js *asked)
{
    if (names(asked, js_text_or(reply, "running", "")))
        return true;
    const struct js *wanted = js_at(reply, "wanted");
    for (size_t i = 0; i < js_count(wanted); i++)
        if (names(asked, js_text_or(js_item(wanted, i), "", "")))
            return true;
    return false;
}

static int show_end(const struct cli *cli, const struct js *reply, const struct js *asked)
{
    AUTO(js) struct js *ended = only_asked(js_at(reply, "reconciles"), asked);
    const struct js *runs = js_at(ended, "reconciles");
    bool all_well = true;
    cli_answer(cli, ended, show_runs);
    for (size_t i = 0; i < js_count(runs); i++)
        all_well = all_well && strcmp(js_text_or(js_item(runs, i), "state", ""), "done") == 0 &&
                   !js_has(js_item(runs, i), "code");
    return all_well ? CLI_DONE : CLI_FAILED;
}

static int stopped_waiting(void)
{
    fputs("sohoa: stopped waiting; sohoad goes on comparing, sohoa sync reconcile --list tells how "
          "far "
          "it is\n",
          stderr);
    return CLI_FAILED;
}

static int follow(const struct cli *cli, const struct js *asked)
{
    struct meter meter;
    meter_init(&meter, stderr);
    cli_catch_interrupts();
    for (;;) {
        AUTO(js) struct js *reply = NULL;
        int exit_status = cli_ask(cli, "GET", "/v1/reconciles", NULL, &reply);
        bool goes_on = !exit_status && is_under_way(reply, asked);
        if (goes_on && !cli_was_interrupted()) {
            show_progress(&meter,
                          newest_of(js_at(reply, "reconciles"), js_text_or(reply, "running", "")));
            cli_pause(POLL_MS);
            continue;
        }
        meter_end(&meter);
        if (exit_status)
            return exit_status;
        return goes_on ? stopped_waiting() : show_end(cli, reply, asked);
    }
}

int cmd_sync_reconcile(const struct cli *cli, const struct cli_args *args)
{
    const char *target = args_text(args, "target");
    AUTO(js) struct js *begun = NULL;
    if (args_has(args, "list"))
        return cli_call(cli, "GET", "/v1/reconciles", NULL, show_runs);
    int exit_status = cli_ask(cli, "POST", "/v1/sync",
                              js_pack("{s:b, s:s*}", "reconcile", 1, "target", target), &begun);
    return exit_status ? exit_status : follow(cli, js_at(begun, "targets"));
}

static void show_restored(const struct js *reply)
{
    printf("%lld deliveries ask at their target first; no result codes until it was compared\n",
           (long long)js_int_or(reply, "deliveries", 0));
}

int cmd_sync_restored(const struct cli *cli, const struct cli_args *args)
{
    (void)args;
    return cli_call(cli, "POST", "/v1/sync/restored", js_object(), show_restored);
}
