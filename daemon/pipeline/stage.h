#ifndef SOHOA_PIPELINE_STAGE_H
#define SOHOA_PIPELINE_STAGE_H

#include "daemon/pipeline/job.h"

#include <stdbool.h>

enum pool_kind { POOL_NONE, POOL_OCR, POOL_PDF, POOL_SEAL, POOL_UPLOAD, POOL_COUNT };

struct pipeline_config;

/* One worker operation of a stage. */
struct step {
    const char *op;
    int deadline_ms;
    /* Args and descriptors of the request. NULL: the job's own. *out_args is owned, *out_fds
     * borrowed from the job. */
    enum err_code (*request)(const struct pipeline_config *config, struct job *job,
                             struct js **out_args, const int **out_fds, size_t *out_fd_count,
                             struct err *err);
    /* Takes the answer into the job's result. NULL: the whole answer is the result. */
    enum err_code (*answer)(struct job *job, struct ipc_message *message, const struct js *ok,
                            struct err *err);
    /* The job's result when the deadline passed: the stage goes on without this step. NULL: it
     * failed. */
    enum err_code (*late)(struct job *job, struct err *err);
    /* Is there anything to do in it now? NULL: always. */
    bool (*wanted)(const struct pipeline_config *config);
    int64_t holds_us; /* what it tells a worker need not be told that process again for so long */
};

#define STAGE_STEPS_MAX 3
#define STAGES_MAX 32

struct stage {
    const char *name;
    enum pool_kind pool;
    bool remote; /* goes to a place we do not own: retried for ever */
    struct step steps[STAGE_STEPS_MAX];
    const char *of_state; /* of deliveries: one that comes into it is due here; NULL: other work */
};

extern const struct stage stages[];
extern const size_t stage_count;

#endif
