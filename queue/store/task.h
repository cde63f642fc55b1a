#ifndef SOHOA_STORE_TASK_H
#define SOHOA_STORE_TASK_H

#include "daemon/base/id.h"
#include "queue/store/store.h"

#include <stdbool.h>

/*
 * What a person has to do about a delivery, with what happened, what to do now and the command that
 * closes it (daemon/model/task_kind.def). A held delivery is a task by itself and has none here.
 * Found again, an open task stays the one it is.
 */
struct task {
    const char *kind;
    const char *target, *delivery_id, *document_id, *dossier_id, *remote_name; /* any may be NULL */
    const char *detail; /* codes and counts for IT, no values of a paper; may be NULL */
};

/* Inside the caller's transaction or in its own. Document and dossier of a delivery, and the
 * dossier of a document, are filled in. INTERNAL: no such kind. */
enum err_code task_open(struct store *store, const struct task *task, struct principal by,
                        struct err *err);

/* A person closes it: what `how` stands for is done in the same transaction (task_action.h). `note`
 * may be NULL. NOT_FOUND, STATE_CHANGED it is closed, BAD_ARGUMENT no such way for its kind. */
enum err_code task_close(struct store *store, const char *id, const char *how, const char *note,
                         struct principal by, struct err *err);

/* What it was about has been settled by itself: open tasks of that kind about the delivery are
 * closed with `how`, and nothing else is done. None is fine. */
enum err_code task_settle(struct store *store, const char *kind, const char *delivery_id,
                          const char *how, struct principal by, struct err *err);

/* Newest first, at most `limit` (1..1000) behind the task `before` (NULL: from the newest); of a
 * kind, unless NULL. */
enum err_code task_list(struct store *store, bool open_only, const char *kind, const char *before,
                        int64_t limit, struct js **out, struct err *err);
enum err_code task_show(struct store *store, const char *id, struct js **out, struct err *err);
/* {kind: how many are open} */
enum err_code task_count(struct store *store, struct js **out, struct err *err);

#endif
