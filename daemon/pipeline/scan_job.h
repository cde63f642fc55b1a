#ifndef SOHOA_PIPELINE_SCAN_JOB_H
#define SOHOA_PIPELINE_SCAN_JOB_H

#include "daemon/base/err.h"
#include "daemon/base/id.h"
#include "daemon/base/js.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is known of the last scan jobs, for whoever asks how one went, and to go on with one that
 * failed. Memory only: the pages are in the store. */

#define SCAN_JOBS_KEPT 64

struct scan_job {
    char id[ID_SIZE];
    char dossier_id[ID_SIZE], document_id[ID_SIZE];
    bool rejected;     /* no page came: its document is nobody's paper, going on makes another */
    char *device;      /* key of its scanner */
    char source[8];    /* flatbed adf duplex: asked for, or where the machine found the paper; "" */
    const char *state; /* running done failed cancelled */
    int pages;         /* safe ones */
    int sheets;        /* safe ones, of a feeder */
    int lost_sheet;    /* the first that went through and is not safe: to be fed again, until it was
                        * and is safe; 0 = none */
    int lost_sheets;   /* how many, with it */
    char half_page[ID_SIZE]; /* last safe page when it is a front whose back has not come */
    bool confirmed;          /* a run that began with confirm_first: its first page belongs there */
    const char *waits; /* running, but for now: NULL, "device" (busy), "next" (the clerk's key, the
                        * button, the time), "confirm" (the clerk's answer) */
    int64_t waits_until_us;
    struct err err;
    char ref[REF_SIZE];
    /* to go on with it */
    struct js *request, *principal;
};

struct scan_jobs {
    struct scan_job row[SCAN_JOBS_KEPT];
    size_t made;
};

/* A running job on `device` over `request` (taken over) for `principal` (borrowed); the oldest that
 * does not run is forgotten for it. NULL: out of memory, request is freed. */
struct scan_job *scan_jobs_add(struct scan_jobs *jobs, const char *device, const char *dossier_id,
                               struct js *request, const struct js *principal);
struct scan_job *scan_jobs_find(struct scan_jobs *jobs, const char *id); /* NULL: not known */
void scan_jobs_done(struct scan_jobs *jobs);
bool scan_job_is_running(const struct scan_job *job);
/* It ended before its paper did, and the same request may bring the rest: it failed, or a pile was
 * cancelled. Backs that do not fit their fronts are scanned anew as a whole. */
bool scan_job_can_go_on(const struct scan_job *job);
/* {"id", "device", "source"|null, "dossier_id", "document_id", "state", "pages", "sheets",
 * "lost_sheet", "lost_sheets", "can_continue", "waits": {"for", "until_us"}|null, "error"}; NULL
 * when out of memory */
struct js *scan_job_to_js(const struct scan_job *job);

#endif
