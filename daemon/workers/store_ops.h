#ifndef SOHOA_WORKERS_STORE_OPS_H
#define SOHOA_WORKERS_STORE_OPS_H

#include "daemon/workers/worker_main.h"
#include "queue/store/store.h"

/* Operations of the store worker, one table per noun, joined by store_ops.c. */

struct store_call {
    struct store *store;
    const struct js *args; /* borrowed */
    struct principal by;   /* of an operation for somebody; else empty texts */
    struct ipc_message *message;
    struct worker_answer *answer; /* for descriptors; `ok` is set from *out */
    char seen[80];                /* of a read that saw more than its table says; else "" */
};

#define ANSWER_FDS_MAX (sizeof((struct worker_answer *)0)->fds / sizeof(int))

/* CHANGES and READS want a principal. CHANGES answers with "changed"; READS shows what citizens
 * trust us with, so it is noted who saw it before the answer goes out; ASKS shows nobody's data. */
enum store_op_kind { OP_ASKS, OP_READS, OP_CHANGES };

struct store_op {
    const char *name;
    enum store_op_kind kind;
    enum err_code (*run)(struct store_call *call, struct js **out, struct err *err);
    /* How a read is noted: kind of its subject (args.id, else the operation itself) and what of it
     * was seen (NULL: args.what). */
    const char *subject_kind, *seen;
};

extern const struct store_op store_ops_case[]; /* dossiers, documents: store_ops_case.c */
extern const struct store_op store_ops_rates[];
extern const struct store_op store_ops_report[]; /* what stands still, the morning report */
extern const struct store_op store_ops_component[]; /* wanted papers, scans for them */
extern const struct store_op store_ops_look_up[];   /* the same, at others */
extern const struct store_op store_ops_page[];
extern const struct store_op store_ops_edit[];   /* what people do to pages after the scan */
extern const struct store_op store_ops_device[]; /* labels and profiles of scanners */
extern const struct store_op store_ops_import[]; /* paper that comes as files */
extern const struct store_op store_ops_catalog[];
extern const struct store_op store_ops_register[]; /* registers kept beside old scans */
extern const struct store_op store_ops_model[];    /* models of paper types */
extern const struct store_op store_ops_line[];     /* ways to the targets, what is urgent */
extern const struct store_op store_ops_reconcile[]; /* what the targets hold */
extern const struct store_op store_ops_stick[];     /* records on their way by stick */
extern const struct store_op store_ops_task[];     /* what people have to do */
extern const struct store_op store_ops_withdraw[]; /* taken back, handed over */
extern const struct store_op store_ops_secret[];   /* papers with a mark of secrecy */
extern const struct store_op store_ops_work[];     /* claims, queue, status: store_ops_work.c */

/* Runs the operation of that name; BAD_MESSAGE when there is none. */
enum err_code store_ops_run(struct store *store, const char *name, const struct js *args,
                            struct ipc_message *message, struct worker_answer *answer,
                            struct err *err);
bool store_ops_changes(const char *name); /* what it did has to be durable; false when unknown */

/* Arguments, errors name the path. */
enum err_code arg_text(const struct js *args, const char *path, size_t max_bytes, const char **out,
                       struct err *err);
enum err_code arg_id(const struct js *args, const char *path, const char **out, struct err *err);
/* Missing or null: the fallback; out of range: BAD_ARGUMENT. */
enum err_code arg_int_or(const struct js *args, const char *path, int64_t low, int64_t high,
                         int64_t fallback, int64_t *out, struct err *err);
enum err_code arg_int(const struct js *args, const char *path, int64_t low, int64_t high,
                      int64_t *out, struct err *err);
/* One object under a key; `value` is taken over. */
enum err_code answer_with(const char *key, struct js *value, struct js **out, struct err *err);
/* {"page": …} as it is now */
enum err_code answer_page(struct store_call *call, const char *id, struct js **out,
                          struct err *err);
enum err_code answer_fd(struct store_call *call, int fd, struct err *err); /* takes fd over */

#define TEXT_MAX 500 /* reasons, names of devices and targets */

#endif
