#include "daemon/pipeline/scan_job.h"

#include "daemon/base/mem.h"
#include "daemon/base/messages.h"

#include <stdio.h>
#include <string.h>

bool scan_job_is_running(const struct scan_job *job)
{
    return job->state && strcmp(job->state, "running") == 0;
}

bool scan_job_can_go_on(const struct scan_job *job)
{
    bool is_pile = strcmp(job->source, "adf") == 0 || strcmp(job->source, "duplex") == 0;
    if (strcmp(job->state, "cancelled") == 0)
        return is_pile && (job->pages || job->lost_sheet);
    return strcmp(job->state, "failed") == 0 && err_help_of(job->err.code) != HELP_NOTHING &&
           job->err.code != ERR_COUNT_MISMATCH;
}

static void forget(struct scan_job *job)
{
    mem_free(job->device);
    js_free(job->request);
    js_free(job->principal);
    *job = (struct scan_job){0};
}

struct scan_job *scan_jobs_add(struct scan_jobs *jobs, const char *device, const char *dossier_id,
                               struct js *request, const struct js *principal)
{
    char *copy = mem_strdup(device);
    if (!copy) {
        js_free(request);
        return NULL;
    }
    struct scan_job *job = &jobs->row[jobs->made++ % SCAN_JOBS_KEPT];
    for (size_t tries = 1; scan_job_is_running(job) && tries < SCAN_JOBS_KEPT; tries++)
        job = &jobs->row[jobs->made++ % SCAN_JOBS_KEPT];
    forget(job);
    job->device = copy;
    job->state = "running";
    id_new(job->id);
    snprintf(job->dossier_id, sizeof job->dossier_id, "%s", dossier_id);
    job->request = request;
    job->principal = js_ref(principal);
    return job;
}

struct scan_job *scan_jobs_find(struct scan_jobs *jobs, const char *id)
{
    for (size_t i = 0; i < SCAN_JOBS_KEPT; i++)
        if (*id && strcmp(jobs->row[i].id, id) == 0)
            return &jobs->row[i];
    return NULL;
}

void scan_jobs_done(struct scan_jobs *jobs)
{
    for (size_t i = 0; i < SCAN_JOBS_KEPT; i++)
        forget(&jobs->row[i]);
}

static struct js *waits_to_js(const struct scan_job *job)
{
    if (!job->waits)
        return js_null();
    return js_pack("{s:s, s:I}", "for", job->waits, "until_us", job->waits_until_us);
}

static struct js *error_to_js(const struct scan_job *job)
{
    if (!job->err.code)
        return js_null();
    return js_pack("{s:s, s:s, s:s, s:s}", "code", err_name(job->err.code), "ref", job->ref,
                   "message", message_text(job->err.code, MESSAGE_VI), "detail", job->err.detail);
}

struct js *scan_job_to_js(const struct scan_job *job)
{
    return js_pack("{s:s, s:s, s:s?, s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:b, s:o, s:o}", "id",
                   job->id, "device", job->device, "source", *job->source ? job->source : NULL,
                   "dossier_id", job->dossier_id, "document_id", job->document_id, "state",
                   job->state, "pages", job->pages, "sheets", job->sheets, "lost_sheet",
                   job->lost_sheet, "lost_sheets", job->lost_sheets, "can_continue",
                   (int)scan_job_can_go_on(job), "waits", waits_to_js(job), "error",
                   error_to_js(job));
}
