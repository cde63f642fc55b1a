#include "daemon/cli/scan_follow.h"

#include "daemon/base/mem.h"
#include "daemon/base/sys.h"
#include "daemon/cli/client.h"
#include "daemon/cli/keys.h"
#include "daemon/cli/progress.h"
#include "daemon/cli/show.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SCAN_POLL_MS 250
#define SCAN_CANCEL_TIMEOUT_S 20 /* the device is free within 15 s */

struct follow {
    const struct cli *cli;
    char *path; /* of the job */
    struct progress progress;
    struct client_stream *stream;
    int64_t give_up_us; /* 0: not cancelled */
    bool told_how;      /* the commands of a hands-free run, where nobody sits at a terminal */
    bool told_failure;
};

static volatile sig_atomic_t interrupted;

static void note_interrupt(int signal_number)
{
    interrupted = signal_number;
}

const struct js *scan_job_of(const struct js *reply)
{
    const struct js *job = js_at(reply, "job");
    return js_is_object(job) ? job : reply;
}

struct sheets {
    char text[32]; /* "7", or "7 to 8" */
};

static struct sheets lost_sheets(const struct js *job)
{
    struct sheets sheets;
    int first = (int)js_int_or(job, "lost_sheet", 0), count = (int)js_int_or(job, "lost_sheets", 1);
    if (count > 1)
        snprintf(sheets.text, sizeof sheets.text, "%d to %d", first, first + count - 1);
    else
        snprintf(sheets.text, sizeof sheets.text, "%d", first);
    return sheets;
}

void scan_show_job(const struct js *reply)
{
    const struct js *job = scan_job_of(reply);
    printf("document: %s\n", show_scalar(js_at(job, "document_id")).text);
    if (js_has(job, "source"))
        printf("source: %s\n", show_scalar(js_at(job, "source")).text);
    printf("pages: %s\n", show_scalar(js_at(job, "pages")).text);
    printf("state: %s\n", show_scalar(js_at(job, "state")).text);
    if (js_int_or(job, "lost_sheet", 0) > 0)
        printf("lost sheet: %s\n", lost_sheets(job).text);
}

static bool is_state(const struct js *job, const char *state)
{
    return strcmp(js_text_or(job, "state", ""), state) == 0;
}

/* ---- keys ---- */

/* Somebody or something else may have been faster: a CONFLICT is no problem then. */
static void press(const struct follow *follow, const char *verb)
{
    struct err err = ERR_INIT;
    AUTO(mem)
    char *path = mem_printf("%s/%s", follow->path, verb);
    struct client_request request = {
        .socket_path = follow->cli->socket_path, .method = "POST", .path = path};
    AUTO(client_answer)
    struct client_answer answer = {0};
    if (!path || client_ask(&request, &answer, &err))
        return; /* the next look at the job tells */
    bool lost_race = strcmp(js_text_or(answer.json, "code", ""), "CONFLICT") == 0;
    if (answer.status >= 300 && !lost_race)
        cli_print_refusal(answer.json);
}

static void name_commands(struct follow *follow, const struct js *job)
{
    if (follow->told_how || js_int_or(job, "waits.until_us", 0) > 0)
        return;
    const char *id = show_scalar(js_at(job, "id")).text;
    fprintf(stderr, "sohoa: waiting for the next page: sohoa scan next %s, sohoa scan finish %s\n",
            id, id);
    follow->told_how = true;
}

/* A hands-free run waits for the person who turns the leaves. */
static void listen_for_next(struct follow *follow, const struct js *job)
{
    bool waits = strcmp(js_text_or(job, "waits.for", ""), "next") == 0;
    if (!waits)
        keys_close();
    else if (!keys_open())
        name_commands(follow, job);
}

static void answer_key(struct follow *follow)
{
    enum key key = keys_take();
    if (key == KEY_NONE)
        return;
    keys_close(); /* opens anew, and empty, when it waits again */
    press(follow, key == KEY_ENTER ? "next" : "finish");
}

/* ---- until it ends ---- */

static void wait_a_moment(struct follow *follow)
{
    struct err err = ERR_INIT;
    if (follow->stream && client_stream_wait(follow->stream, SCAN_POLL_MS, &err) == ERR_OK)
        return;
    client_stream_close(follow->stream); /* without events the job itself says how far it is */
    follow->stream = NULL;
    struct timespec moment = {.tv_nsec = SCAN_POLL_MS * 1000000L};
    nanosleep(&moment, NULL);
}

static void cancel_job(const struct follow *follow)
{
    AUTO(js)
    struct js *reply = NULL;
    fputs("sohoa: cancelling; pages already scanned are kept\n", stderr);
    cli_ask(follow->cli, "DELETE", follow->path, NULL, &reply);
}

/* The first Ctrl-C cancels the job, the second stops waiting. false: no more waiting. */
static bool heed_interrupt(struct follow *follow)
{
    if (!interrupted)
        return true;
    interrupted = 0;
    progress_end(&follow->progress);
    if (follow->give_up_us)
        return false;
    cancel_job(follow);
    follow->give_up_us = sys_monotonic_us() + SCAN_CANCEL_TIMEOUT_S * INT64_C(1000000);
    return true;
}

/* *out_job is the caller's. */
static int wait_for_end(struct follow *follow, struct js **out_job)
{
    for (;;) {
        AUTO(js)
        struct js *reply = NULL;
        int exit_status = cli_ask(follow->cli, "GET", follow->path, NULL, &reply);
        if (exit_status)
            return exit_status;
        const struct js *job = scan_job_of(reply);
        progress_show_job(&follow->progress, job);
        if (!is_state(job, "running")) {
            *out_job = js_ref(job);
            return CLI_DONE;
        }
        if (follow->give_up_us && sys_monotonic_us() > follow->give_up_us) {
            progress_end(&follow->progress);
            fputs("sohoa: TIMEOUT: the scanner does not stop\n", stderr);
            return CLI_FAILED;
        }
        listen_for_next(follow, job);
        wait_a_moment(follow);
        answer_key(follow);
        if (!heed_interrupt(follow))
            return CLI_FAILED;
    }
}

/* ---- how it ended ---- */

static void tell_failure(struct follow *follow, const struct js *job)
{
    if (follow->told_failure)
        return;
    follow->told_failure = true;
    if (js_has(job, "error"))
        cli_print_refusal(js_at(job, "error"));
    else
        fprintf(stderr, "sohoa: CANCELLED: %s pages are kept\n",
                show_scalar(js_at(job, "pages")).text);
    if (js_int_or(job, "lost_sheet", 0) > 0)
        fprintf(stderr, "  sheet %s was on its way and is not kept: feed it again, first\n",
                lost_sheets(job).text);
}

/* true: the person at the terminal wants the rest of the paper now. */
static bool person_goes_on(struct follow *follow, const struct js *job)
{
    enum key key = KEY_NONE;
    bool can = is_state(job, "failed") && js_bool_or(job, "can_continue", false);
    if (!can || follow->give_up_us || !keys_open())
        return false;
    tell_failure(follow, job);
    fputs("Enter = quét tiếp, q = dừng ", stderr);
    while (key == KEY_NONE && !interrupted) {
        wait_a_moment(follow);
        key = keys_take();
    }
    fputc('\n', stderr);
    keys_close();
    interrupted = 0;
    return key == KEY_ENTER;
}

static int go_on(struct follow *follow)
{
    AUTO(js)
    struct js *reply = NULL;
    AUTO(mem)
    char *path = mem_printf("%s/continue", follow->path);
    follow->told_failure = false;
    return path ? cli_ask(follow->cli, "POST", path, NULL, &reply) : CLI_FAILED;
}

static int show_end(struct follow *follow, const struct js *job)
{
    cli_answer(follow->cli, job, scan_show_job);
    if (is_state(job, "done"))
        return CLI_DONE;
    tell_failure(follow, job);
    if (js_bool_or(job, "can_continue", false))
        fprintf(stderr, "  the rest of this paper: sohoa scan continue %s\n",
                show_scalar(js_at(job, "id")).text);
    return CLI_FAILED;
}

static int follow_job(struct follow *follow)
{
    for (;;) {
        AUTO(js)
        struct js *job = NULL;
        int exit_status = wait_for_end(follow, &job);
        keys_close();
        progress_end(&follow->progress);
        if (exit_status)
            return exit_status;
        if (!person_goes_on(follow, job))
            return show_end(follow, job);
        exit_status = go_on(follow);
        if (exit_status)
            return exit_status;
    }
}

static int start(struct follow *follow, const char *method, const char *path, struct js *body)
{
    AUTO(js)
    struct js *reply = NULL;
    int exit_status = cli_ask(follow->cli, method, path, body, &reply);
    if (exit_status)
        return exit_status;
    const struct js *job = scan_job_of(reply);
    const char *id = js_text_or(job, "id", js_text_or(job, "job", NULL));
    follow->path = id ? cli_path("/v1/jobs/%s", id) : NULL;
    if (!follow->path) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_BAD_MESSAGE, "the answer names no job");
        return cli_problem(&err);
    }
    progress_job(&follow->progress, id);
    return CLI_DONE;
}

/* From here on Ctrl-C means: cancel the scan. */
static void catch_interrupts(void)
{
    struct sigaction note = {.sa_handler = note_interrupt};
    interrupted = 0;
    sigaction(SIGINT, &note, NULL);
    sigaction(SIGTERM, &note, NULL);
}

int scan_follow(const struct cli *cli, const char *method, const char *path, struct js *body)
{
    struct follow follow = {.cli = cli};
    catch_interrupts();
    progress_init(&follow.progress, stderr);
    if (follow.progress.shown) { /* events first: the job may be quick */
        struct client_request events = {
            .socket_path = cli->socket_path, .method = "GET", .path = "/v1/events"};
        client_stream_open(&events, progress_event, &follow.progress, &follow.stream, NULL);
    }
    int exit_status = start(&follow, method, path, body);
    if (exit_status == CLI_DONE)
        exit_status = follow_job(&follow);
    client_stream_close(follow.stream);
    mem_free(follow.path);
    return exit_status;
}
