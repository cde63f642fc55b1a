#include "daemon/pipeline/scan_job.h"

#include "daemon/base/messages.h"

#include <stdio.h>
#include <string.h>

struct scan_job *scan_jobs_add(struct scan_jobs *jobs, const char *dossier_id)
{
    struct scan_job *job = &jobs->row[jobs->made++ % SCAN_JOBS_KEPT];
    *job = (struct scan_job){.state = "running"};
    id_new(job->id);
    snprintf(job->dossier_id, sizeof job->dossier_id, "%s", dossier_id);
    return job;
}

struct scan_job *scan_jobs_find(struct scan_jobs *jobs, const char *id)
{
    for (size_t i = 0; i < SCAN_JOBS_KEPT; i++)
        if (strcmp(jobs->row[i].id, id) == 0)
            return &jobs->row[i];
    return NULL;
}

struct js *scan_job_to_js(const struct scan_job *job)
{
    struct js *error = job->err.code
                           ? js_pack("{s:s, s:s, s:s}", "code", err_name(job->err.code), "ref",
                                     job->ref, "message", message_text(job->err.code, MESSAGE_VI))
                           : js_null();
    return js_pack("{s:s, s:s, s:s, s:s, s:i, s:o}", "id", job->id, "dossier_id", job->dossier_id,
                   "document_id", job->document_id, "state", job->state, "pages", job->pages,
                   "error", error);
}
