#include "daemon/cli/progress.h"

#include "daemon/base/sys.h"

#include <string.h>
#include <unistd.h>

void progress_init(struct progress *progress, FILE *out)
{
    *progress = (struct progress){.out = out, .shown = isatty(fileno(out)), .percent = -1};
}

void progress_job(struct progress *progress, const char *job_id)
{
    snprintf(progress->job, sizeof progress->job, "%s", job_id);
}

static void draw(struct progress *progress)
{
    if (!progress->shown)
        return;
    fprintf(progress->out, "\r\033[Ktrang %lld", (long long)progress->pages + 1);
    if (*progress->waits)
        fprintf(progress->out, ": %s", progress->waits);
    else if (progress->percent >= 0)
        fprintf(progress->out, ": %d%%", progress->percent);
    fflush(progress->out);
    progress->line_open = true;
}

static void note_waiting(struct progress *progress, const struct js *job)
{
    const char *what = js_text_or(job, "waits.for", "");
    int64_t left_us = js_int_or(job, "waits.until_us", 0) - sys_now_us();
    int left_s = left_us > 0 ? (int)((left_us + 999999) / 1000000) : 0;
    char when[48] = "";
    if (strcmp(what, "device") == 0) {
        snprintf(when, sizeof when, ", thử lại sau %d s", left_s);
        snprintf(progress->waits, sizeof progress->waits, "máy quét bận%s", left_s ? when : "");
    } else if (strcmp(what, "next") == 0) {
        snprintf(when, sizeof when, " (tự quét sau %d s)", left_s);
        snprintf(progress->waits, sizeof progress->waits, "Enter = trang tiếp, q = xong%s",
                 left_s ? when : "");
    } else {
        progress->waits[0] = 0;
    }
}

void progress_show_job(struct progress *progress, const struct js *job)
{
    int64_t pages = js_int_or(job, "pages", 0);
    note_waiting(progress, job);
    if (pages != progress->pages)
        progress->percent = -1;
    progress->pages = pages;
    draw(progress);
}

void progress_event(void *context, const char *name, const char *data)
{
    struct progress *progress = context;
    if (strcmp(name, "progress") != 0)
        return;
    AUTO(js)
    struct js *event = NULL;
    if (js_parse(data, strlen(data), &event, NULL))
        return;
    if (strcmp(js_text_or(event, "job", ""), progress->job) != 0)
        return;
    int64_t lines = js_int_or(event, "lines", 0), expected = js_int_or(event, "lines_expected", -1);
    bool is_known = expected > 0 && lines >= 0 && lines <= expected;
    progress->percent = is_known ? (int)(lines * 100 / expected) : -1;
    draw(progress);
}

void progress_end(struct progress *progress)
{
    if (progress->line_open)
        fputs("\r\033[K", progress->out);
    progress->line_open = false;
    fflush(progress->out);
}
