#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/cli/client.h"
#include "daemon/cli/cmd_dossier.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/progress.h"
#include "daemon/cli/show.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SCAN_POLL_MS 250
#define SCAN_CANCEL_TIMEOUT_S 20 /* the device is free within 15 s */

const struct cli_option cmd_scan_options[] = {
    {"device", 'd', "DEVICE", "scanner (default: the configured one)"},
    {"source", 's', "SOURCE", "flatbed, adf or duplex"},
    {"mode", 0, "MODE", "color, gray or lineart"},
    {"resolution", 'r', "DPI", "dots per inch"},
    {"document", 0, "DOCUMENT", "add pages to this document (default: a new one)"},
    {"keep-open", 0, NULL, "more pages of the same paper will follow"},
    {0},
};

static volatile sig_atomic_t interrupted;

static void note_interrupt(int signal_number)
{
    interrupted = signal_number;
}

static int make_body(const struct cli_args *args, struct js **out_body)
{
    static const struct {
        const char *option, *key;
    } texts[] = {
        {"device", "device"}, {"source", "source"}, {"mode", "mode"}, {"document", "document_id"}};
    struct err err = ERR_INIT;
    AUTO(js)
    struct js *body = js_object();
    bool ok = js_set(body, "finish", js_bool(!args_has(args, "keep-open")));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *text = args_text(args, texts[i].option);
        ok = ok && (!text || js_set(body, texts[i].key, js_text(text)));
    }
    long dpi;
    if (args_number(args, "resolution", 50, 2400, 0, &dpi, &err))
        return cli_problem(&err);
    ok = ok && (dpi == 0 || js_set(body, "resolution_dpi", js_int(dpi)));
    if (!ok) {
        err_set(&err, ERR_BAD_ARGUMENT, "an option is no UTF-8 text");
        return cli_problem(&err);
    }
    *out_body = TAKE(body);
    return CLI_DONE;
}

/* Answers of the scan route and of the job route both carry the job. */
static const struct js *job_of(const struct js *reply)
{
    const struct js *job = js_at(reply, "job");
    return js_is_object(job) ? job : reply;
}

static void show_job(const struct js *job)
{
    printf("document: %s\n", show_scalar(js_at(job, "document_id")).text);
    printf("pages: %s\n", show_scalar(js_at(job, "pages")).text);
    printf("state: %s\n", show_scalar(js_at(job, "state")).text);
}

static int finish(const struct cli *cli, const struct js *job)
{
    const char *state = js_text_or(job, "state", "");
    cli_answer(cli, job, show_job);
    if (strcmp(state, "done") == 0)
        return CLI_DONE;
    if (js_has(job, "error"))
        cli_print_refusal(js_at(job, "error"));
    else
        fprintf(stderr, "sohoa: CANCELLED: %s pages are kept\n",
                show_scalar(js_at(job, "pages")).text);
    return CLI_FAILED;
}

static void wait_a_moment(struct client_stream **stream)
{
    struct err err = ERR_INIT;
    if (*stream && client_stream_wait(*stream, SCAN_POLL_MS, &err) == ERR_OK)
        return;
    client_stream_close(*stream); /* without events the job itself still says how far it is */
    *stream = NULL;
    struct timespec moment = {.tv_nsec = SCAN_POLL_MS * 1000000L};
    nanosleep(&moment, NULL);
}

static void cancel_job(const struct cli *cli, const char *job_path)
{
    AUTO(js)
    struct js *reply = NULL;
    fputs("sohoa: cancelling; pages already scanned are kept\n", stderr);
    cli_ask(cli, "DELETE", job_path, NULL, &reply);
}

/* Until the job has ended. The first Ctrl-C cancels it, the second stops waiting. */
static int wait_for_job(const struct cli *cli, const char *job_path, struct progress *progress,
                        struct client_stream **stream)
{
    int64_t give_up_us = INT64_MAX;
    for (;;) {
        AUTO(js)
        struct js *reply = NULL;
        int exit_status = cli_ask(cli, "GET", job_path, NULL, &reply);
        if (exit_status)
            return exit_status;
        const struct js *job = job_of(reply);
        progress_pages(progress, js_int_or(job, "pages", 0));
        if (strcmp(js_text_or(job, "state", ""), "running") != 0) {
            progress_end(progress);
            return finish(cli, job);
        }
        if (sys_monotonic_us() > give_up_us) {
            progress_end(progress);
            fputs("sohoa: TIMEOUT: the scanner does not stop\n", stderr);
            return CLI_FAILED;
        }
        wait_a_moment(stream);
        if (!interrupted)
            continue;
        interrupted = 0;
        progress_end(progress);
        if (give_up_us != INT64_MAX)
            return CLI_FAILED;
        cancel_job(cli, job_path);
        give_up_us = sys_monotonic_us() + SCAN_CANCEL_TIMEOUT_S * INT64_C(1000000);
    }
}

static int follow_job(const struct cli *cli, const struct js *job, struct progress *progress,
                      struct client_stream **stream)
{
    const char *id = js_text_or(job, "id", js_text_or(job, "job", NULL));
    AUTO(mem)
    char *job_path = id ? cli_path("/v1/jobs/%s", id) : NULL;
    if (!job_path) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_BAD_MESSAGE, "the answer names no job");
        return cli_problem(&err);
    }
    progress_job(progress, id);
    return wait_for_job(cli, job_path, progress, stream);
}

int cmd_scan(const struct cli *cli, const struct cli_args *args)
{
    AUTO(js)
    struct js *body = NULL;
    AUTO(mem)
    char *dossier = NULL, *path = NULL;
    int exit_status = make_body(args, &body);
    if (exit_status == CLI_DONE)
        exit_status = cmd_dossier_find(cli, args->operand[0], &dossier);
    if (exit_status)
        return exit_status;
    path = cli_path("/v1/dossiers/%s/scan", dossier);
    if (!path)
        return CLI_FAILED;

    /* From here on Ctrl-C means: cancel the scan. */
    struct sigaction note = {.sa_handler = note_interrupt};
    interrupted = 0;
    sigaction(SIGINT, &note, NULL);
    sigaction(SIGTERM, &note, NULL);

    struct progress progress;
    struct client_stream *stream = NULL;
    progress_init(&progress, stderr);
    if (progress.shown) { /* events first: the job may be quick */
        struct client_request events = {
            .socket_path = cli->socket_path, .method = "GET", .path = "/v1/events"};
        client_stream_open(&events, progress_event, &progress, &stream, NULL);
    }
    AUTO(js)
    struct js *reply = NULL;
    exit_status = cli_ask(cli, "POST", path, TAKE(body), &reply);
    if (exit_status == CLI_DONE)
        exit_status = follow_job(cli, job_of(reply), &progress, &stream);
    client_stream_close(stream);
    return exit_status;
}
