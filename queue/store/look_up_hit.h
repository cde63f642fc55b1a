#ifndef SOHOA_STORE_LOOK_UP_HIT_H
#define SOHOA_STORE_LOOK_UP_HIT_H

#include "daemon/base/js.h"
#include "queue/store/task_action.h"

#include <stdbool.h>

/* A paper was scanned while a source could not be asked, and now that it answered it turns out to
 * hold the paper: nobody is to be asked for it twice (regulations 3.7), so it is not sent before a
 * person has said what is to be done. */

/* Inside the caller's transaction. *out_held: another one has it, and the task about it is open. */
enum err_code look_up_hit_open(struct store *store, const char *document_id, struct principal by,
                               bool *out_held, struct err *err);

/* Adds "hit" to each paper of wanted.h: {"task_id", "document_id", "held_by"} or null. */
enum err_code look_up_hit_add(struct store *store, const char *dossier_id, const struct js *papers,
                              struct err *err);

/* What the ways of closing it do (task_action.h): it is sent for the reason in the task's note
 * (BAD_ARGUMENT: none), the other's is reused and ours withdrawn (errors of reuse.h), it is
 * withdrawn. */
task_action_fn look_up_hit_send, look_up_hit_reuse, look_up_hit_withdraw;

#endif
