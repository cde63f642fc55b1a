#include "daemon/cli/sync_follow.h"

#include "daemon/base/sys.h"
#include "daemon/cli/meter.h"
#include "daemon/cli/show.h"
#include "daemon/cli/waiting.h"

#include <stdio.h>
#include <string.h>

#define POLL_MS 500

static int stopped_waiting(void)
{
    fputs("sohoa: stopped waiting; sohoad goes on sending, sohoa sync status tells how far it is\n",
          stderr);
    return CLI_FAILED;
}

struct sending {
    struct meter meter;
    int64_t first, left; /* waited at most, wait now */
};

static void line_of_sending(struct sending *sending, const struct js *sync, char *out, size_t size)
{
    const struct js *transfers = js_at(sync, "transfers");
    char speed[40], ends[60];
    int64_t bits = 0;
    for (size_t i = 0; i < js_count(transfers); i++)
        bits += js_int_or(js_item(transfers, i), "rate_bps", 0);
    double rate = meter_rate(&sending->meter);
    meter_ends(&sending->meter, sending->left, sys_now_us(), ends, sizeof ends);
    snprintf(out, size, "còn %lld bản ghi, đã gửi %lld, đang đi %zu, %s, %.0f bản ghi/phút%s%s",
             (long long)sending->left, (long long)(sending->first - sending->left),
             js_count(transfers), meter_speed(bits, speed, sizeof speed), rate, *ends ? ", " : "",
             ends);
}

static void tell_lines_down(const struct js *sync)
{
    const struct js *targets = js_at(sync, "schedule.targets");
    for (size_t i = 0; i < js_count(targets); i++) {
        const struct js *target = js_item(targets, i);
        if (strcmp(js_text_or(target, "state", ""), "down") == 0)
            fprintf(stderr, "  %s cannot be reached since %s\n",
                    show_scalar(js_at(target, "name")).text,
                    cli_when(target, "unreachable_since_us").text);
    }
}

static int tell_rest(const struct sending *sending, const struct js *sync)
{
    fprintf(stderr, "sohoa: %lld deliveries still wait; sohoa sync report tells why\n",
            (long long)sending->left);
    tell_lines_down(sync);
    return CLI_FAILED;
}

/* All went, its time is up, nothing has moved for long, or the station is being switched off. */
static bool is_over(const struct js *sync)
{
    return strcmp(js_text_or(sync, "run.state", "none"), "sending") != 0;
}

static void take_sync(struct sending *sending, const struct js *sync)
{
    int64_t now_us = sys_monotonic_us(), left = js_int_or(sync, "waiting", -1);
    char line[300];
    if (left < 0)
        return; /* not counted yet */
    sending->left = left;
    sending->first = left > sending->first ? left : sending->first;
    meter_note(&sending->meter, sending->first - left, now_us);
    line_of_sending(sending, sync, line, sizeof line);
    meter_show(&sending->meter, line, now_us);
}

int sync_follow(const struct cli *cli)
{
    struct sending sending = {0};
    meter_init(&sending.meter, stderr);
    cli_catch_interrupts();
    for (;;) {
        AUTO(js) struct js *sync = NULL;
        int exit_status = cli_ask(cli, "GET", "/v1/sync", NULL, &sync);
        if (!exit_status)
            take_sync(&sending, sync);
        if (!exit_status && !is_over(sync) && !cli_was_interrupted()) {
            cli_pause(POLL_MS);
            continue;
        }
        meter_end(&sending.meter);
        if (exit_status)
            return exit_status;
        if (!is_over(sync))
            return stopped_waiting();
        if (cli->json)
            cli_answer(cli, sync, NULL);
        return sending.left ? tell_rest(&sending, sync) : CLI_DONE;
    }
}
