#ifndef SOHOA_STORE_RECONCILE_LOOK_H
#define SOHOA_STORE_RECONCILE_LOOK_H

#include "queue/store/claim.h"
#include "queue/store/completion.h"
#include "queue/store/task_action.h"

/* What becomes of a delivery that was looked at: by its name in a listing, or by reading it back.
 */

/* It is there as it was sent: accepted → reconciled, the document closes with its last delivery,
 * tasks about it are settled. `state` is the one it is in. */
enum err_code delivery_is_there(struct store *store, const char *delivery_id, const char *state,
                                struct principal by, struct err *err);

/* The end of the stage "reconcile". */
enum err_code reconcile_complete(const struct completion *c, struct err *err);

/* *out_done: the target's answer is known (it is not there, or is other bytes), and what follows
 * was done; else a failure like others. */
enum err_code reconcile_answer(struct store *store, const struct claim *claim,
                               const struct subject *subject, const struct failure *failure,
                               struct principal by, bool *out_done, struct err *err);

/* Of tasks. CONTENT_PURGED when there is nothing left to send. */
task_action_fn reconcile_resend, reconcile_resend_all, reconcile_look_again;

#endif
