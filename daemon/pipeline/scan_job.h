#ifndef SOHOA_PIPELINE_SCAN_JOB_H
#define SOHOA_PIPELINE_SCAN_JOB_H

#include "daemon/base/err.h"
#include "daemon/base/id.h"
#include "daemon/base/js.h"

#include <stddef.h>

/* What is known of the last scan jobs, for whoever asks how one went. Memory only: the pages are in
 * the store. */

#define SCAN_JOBS_KEPT 64

struct scan_job {
    char id[ID_SIZE];
    char dossier_id[ID_SIZE], document_id[ID_SIZE];
    const char *state; /* running done failed cancelled */
    int pages;         /* safe ones */
    struct err err;
    char ref[REF_SIZE];
};

struct scan_jobs {
    struct scan_job row[SCAN_JOBS_KEPT];
    size_t made;
};

/* A running job; the oldest is forgotten for it. */
struct scan_job *scan_jobs_add(struct scan_jobs *jobs, const char *dossier_id);
struct scan_job *scan_jobs_find(struct scan_jobs *jobs, const char *id); /* NULL: not known */
/* {"id", "dossier_id", "document_id", "state", "pages", "error"}; NULL when out of memory */
struct js *scan_job_to_js(const struct scan_job *job);

#endif
