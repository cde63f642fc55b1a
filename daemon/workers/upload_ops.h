#ifndef SOHOA_WORKERS_UPLOAD_OPS_H
#define SOHOA_WORKERS_UPLOAD_OPS_H

#include "daemon/workers/worker_main.h"
#include "queue/upload/target.h"

/* What sohoa-upload-worker does at a target, by the name of the operation (upload_worker.c lists
 * them with their arguments). */

#define UPLOAD_TARGETS_MAX 8

struct upload_slot {
    char *name;
    struct target *target;
    bool is_dir;
};

struct upload {
    struct upload_slot targets[UPLOAD_TARGETS_MAX];
    size_t count;
    char *configured; /* what they were made of */
    bool confined;
};

/* The one that args name; a folder asks for a fresh process when the answer is out.
 * TARGET_UNKNOWN */
enum err_code upload_find_target(const struct upload *upload, const struct js *args,
                                 struct worker_answer *answer, struct target **out,
                                 struct err *err);

enum err_code upload_send(void *self, struct worker_call *call, struct worker_answer *answer,
                          struct err *err);
enum err_code upload_verify(void *self, struct worker_call *call, struct worker_answer *answer,
                            struct err *err);
enum err_code upload_list(void *self, struct worker_call *call, struct worker_answer *answer,
                          struct err *err);

#endif
