#ifndef SOHOA_STORE_RECONCILE_INSIDE_H
#define SOHOA_STORE_RECONCILE_INSIDE_H

#include "daemon/base/id.h"
#include "queue/store/store.h"

/* Shared by reconcile.c and reconcile_page.c. */

#define RECONCILE_KEY_SIZE 1100 /* of a listed name, also of others' objects */

struct reconcile_run {
    char id[ID_SIZE], target[128], behind[RECONCILE_KEY_SIZE];
    int64_t begun_us, expected;
    int64_t restored_us; /* 0: not after a restore */
    bool has_tasks;      /* about deliveries of this target */
};

/* One that is under way; STATE_CHANGED. */
enum err_code reconcile_find(struct store *store, const char *run_id, struct reconcile_run *out,
                             struct err *err);

#endif
