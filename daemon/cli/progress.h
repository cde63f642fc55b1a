#ifndef SOHOA_CLI_PROGRESS_H
#define SOHOA_CLI_PROGRESS_H

#include "daemon/base/js.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* "trang 3: 45%" on one line of a terminal, or what the scan waits for ("trang 3: máy quét bận, thử
 * lại sau 4 s"); nothing at all when the stream is no terminal. */

struct progress {
    FILE *out;
    bool shown;     /* the stream is a terminal */
    bool line_open; /* something stands on the present line */
    char job[64];
    int64_t pages;  /* whole ones */
    int percent;    /* of the page in motion, -1 unknown */
    char waits[96]; /* "" when it does not wait */
};

void progress_init(struct progress *progress, FILE *out);
void progress_job(struct progress *progress, const char *job_id);
/* Its pages and what it waits for. */
void progress_show_job(struct progress *progress, const struct js *job);
/* A server-sent event; those of other jobs and other kinds are passed over. */
void progress_event(void *context, const char *name, const char *data);
/* Clears the line. */
void progress_end(struct progress *progress);

#endif
