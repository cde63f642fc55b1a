#ifndef SOHOA_CLI_PROGRESS_H
#define SOHOA_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* "trang 3: 45%" on one line of a terminal; nothing at all when the stream is no terminal. */

struct progress {
    FILE *out;
    bool shown;     /* the stream is a terminal */
    bool line_open; /* something stands on the present line */
    char job[64];
    int64_t pages; /* whole ones */
    int percent;   /* of the page in motion, -1 unknown */
};

void progress_init(struct progress *progress, FILE *out);
void progress_job(struct progress *progress, const char *job_id);
void progress_pages(struct progress *progress, int64_t pages);
/* A server-sent event; those of other jobs and other kinds are passed over. */
void progress_event(void *context, const char *name, const char *data);
/* Clears the line. */
void progress_end(struct progress *progress);

#endif
