#ifndef SOHOA_WORKERS_UPLOAD_OPS_H
#define SOHOA_WORKERS_UPLOAD_OPS_H

#include "daemon/workers/worker_main.h"
#include "queue/upload/flow.h"
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
    char *configured;    /* what they were made of */
    struct flow *flow;   /* of the operation at hand; outlives the targets */
    struct stick *stick; /* upload_ops_stick.c: a process for it alone */
    bool confined;
};

/* What a request says of a record, with its two descriptors, which are the caller's. */
enum err_code upload_take_record(struct worker_call *call, struct target_record *out,
                                 struct err *err);

/* The one that the call's arguments name; a folder asks for a fresh process when the answer is out.
 * From here on the daemon hears of bytes that move ("progress" {"moved", "total"}), and no more
 * than args.rate_bps bits a second are sent. TARGET_UNKNOWN */
enum err_code upload_find_target(struct upload *upload, struct worker_call *call,
                                 struct worker_answer *answer, struct target **out,
                                 struct err *err);

enum err_code upload_send(void *self, struct worker_call *call, struct worker_answer *answer,
                          struct err *err);
enum err_code upload_verify(void *self, struct worker_call *call, struct worker_answer *answer,
                            struct err *err);
enum err_code upload_list(void *self, struct worker_call *call, struct worker_answer *answer,
                          struct err *err);
enum err_code upload_stick_create(void *self, struct worker_call *call,
                                  struct worker_answer *answer, struct err *err);
enum err_code upload_stick_put(void *self, struct worker_call *call, struct worker_answer *answer,
                               struct err *err);
enum err_code upload_stick_manifest(void *self, struct worker_call *call,
                                    struct worker_answer *answer, struct err *err);
enum err_code upload_stick_open(void *self, struct worker_call *call, struct worker_answer *answer,
                                struct err *err);
enum err_code upload_stick_record(void *self, struct worker_call *call,
                                  struct worker_answer *answer, struct err *err);
enum err_code upload_stick_receipts(void *self, struct worker_call *call,
                                    struct worker_answer *answer, struct err *err);
enum err_code upload_owners(void *self, struct worker_call *call, struct worker_answer *answer,
                            struct err *err);
enum err_code upload_look_up(void *self, struct worker_call *call, struct worker_answer *answer,
                             struct err *err);
enum err_code upload_fetch_held(void *self, struct worker_call *call, struct worker_answer *answer,
                                struct err *err);
enum err_code upload_reserve_code(void *self, struct worker_call *call,
                                  struct worker_answer *answer, struct err *err);
enum err_code upload_withdraw(void *self, struct worker_call *call, struct worker_answer *answer,
                              struct err *err);
enum err_code upload_show(void *self, struct worker_call *call, struct worker_answer *answer,
                          struct err *err);

#endif
