#ifndef SOHOA_PIPELINE_JOB_H
#define SOHOA_PIPELINE_JOB_H

#include "daemon/ipc/ipc.h"

#include <stdbool.h>

/*
 * A job is one stage's work on one page, document or delivery. Where jobs come from and where their
 * results go is a job source: the store (store_source.c) or a folder (folder.c). The pipeline
 * between is the same.
 */

struct stage;

struct job {
    const struct stage *stage;
    char *claim;       /* what the source knows it by */
    char *id;          /* page, document or delivery: for the log */
    unsigned attempts; /* earlier tries that failed */
    bool scheduled;    /* the schedule counts it as on its way */
    struct js *args;   /* of the worker operation */
    int *fds;          /* in the operation's order; of recognize [image, text layer?] */
    size_t fd_count;
    int cores;            /* that the step at hand may keep busy */
    int recognise_fds[2]; /* borrowed: recognition image, text layer */
    struct js *result;    /* what the stage hands back; grows from step to step */
    int *result_fds;
    size_t result_fd_count;
};

void job_free(struct job *job);
/* The descriptors of a message become the job's results; earlier ones are closed. */
void job_keep_fds(struct job *job, struct ipc_message *message);

enum retry_action { RETRY_AGAIN, RETRY_HOLD };

struct retry_decision {
    enum retry_action action;
    int64_t after_us; /* with RETRY_AGAIN */
};

/* job NULL: nothing to do now (err NULL), or the source failed. */
typedef void job_claimed_fn(void *payload, struct job *job, const struct err *err);
typedef void job_stored_fn(void *payload, const struct err *err);

struct job_source {
    void *self;
    bool (*offers)(void *self, const struct stage *stage); /* has this stage at all */
    void (*claim)(void *self, const struct stage *stage, job_claimed_fn *done, void *payload);
    /* result and result_fds are the job's. `next`, NULL-ended: in the commit that stores them the
     * first due job of these stages is taken, too. */
    void (*complete)(void *self, struct job *job, const struct stage *const *next,
                     job_claimed_fn *done, void *payload);
    void (*fail)(void *self, struct job *job, const struct err *err, const char *ref,
                 struct retry_decision decision, job_stored_fn *done, void *payload);
};

#endif
