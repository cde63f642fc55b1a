#include "daemon/cli/progress.h"

#include "daemon/base/js.h"

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
    if (progress->percent >= 0)
        fprintf(progress->out, ": %d%%", progress->percent);
    fflush(progress->out);
    progress->line_open = true;
}

void progress_pages(struct progress *progress, int64_t pages)
{
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
