#include "daemon/pipeline/job.h"

#include "daemon/base/mem.h"

static void close_results(struct job *job)
{
    for (size_t i = 0; i < job->result_fd_count; i++)
        fd_close(job->result_fds[i]);
    mem_free(job->result_fds);
    job->result_fds = NULL;
    job->result_fd_count = 0;
}

void job_free(struct job *job)
{
    if (!job)
        return;
    for (size_t i = 0; i < job->fd_count; i++)
        fd_close(job->fds[i]);
    close_results(job);
    mem_free(job->fds);
    mem_free(job->claim);
    mem_free(job->id);
    js_free(job->args);
    js_free(job->result);
    mem_free(job);
}

void job_keep_fds(struct job *job, struct ipc_message *message)
{
    close_results(job);
    job->result_fds = TAKE(message->fds);
    job->result_fd_count = message->fd_count;
    message->fd_count = 0;
}
