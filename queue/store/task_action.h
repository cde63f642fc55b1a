#ifndef SOHOA_STORE_TASK_ACTION_H
#define SOHOA_STORE_TASK_ACTION_H

#include "daemon/base/id.h"
#include "queue/store/store.h"

/* What closing a task does besides closing it; the table is in task.c, each action beside what it
 * acts on. Texts are "" where the task has none. */

struct task_row {
    char id[ID_SIZE], kind[24], delivery_id[ID_SIZE], document_id[ID_SIZE], dossier_id[ID_SIZE];
    char target[128];
};

typedef enum err_code task_action_fn(struct store *store, const struct task_row *task,
                                     struct principal by, struct err *err);

#endif
