#ifndef SOHOA_STORE_WITHDRAW_H
#define SOHOA_STORE_WITHDRAW_H

#include "queue/store/task_action.h"

/*
 * A paper that is signed is never changed, but it can be taken back: at the station at once, at
 * every target that has it, or may have it, by being told. The older versions it replaced go with
 * it. What is under way when that is decided ends first:
 *
 *   delivery                            what becomes of it
 *   queued, never tried                 withdrawn at once: no byte ever left
 *   a try to send or read back runs     as below, when that try has ended
 *   queued after a try, sending, sent   withdrawing: it may be there, so the target is told
 *   accepted, reconciled                withdrawing
 *   held                                by the state it was held in
 *   rejected, failed                    as it is: nothing lies there
 *
 * A version that was replaced goes the same way by itself, target by target, as soon as that target
 * has the newer one, or is never to have it; one that waits is never sent. Its successor is named.
 */

/* How long a person may take it back before the first target is told. */
#define WITHDRAW_GRACE_US INT64_C(20000000)

/* `reason` are a person's words, which stay here; the targets get a code. wrong_person: somebody
 * saw it whom it is not about; the case is a data incident from now on (incident.h). The result
 * code is retired; who took the paper over instead of a scan gets a task. STATE_CHANGED: not
 * signed, or over. NOT_FOUND */
enum err_code document_withdraw(struct store *store, const char *document_id, const char *reason,
                                bool wrong_person, struct principal by, struct err *err);

/* Everything as it was. WITHDRAW_BEGUN once a target was told; STATE_CHANGED: not withdrawn, or a
 * newer version is signed. NOT_FOUND */
enum err_code document_withdraw_undo(struct store *store, const char *document_id,
                                     struct principal by, struct err *err);

/* ---- inside the caller's transaction ---- */

/* All deliveries of a document that was just superseded or withdrawn. */
enum err_code withdraw_settle_document(struct store *store, const char *document_id,
                                       struct principal by, struct err *err);
/* A try of that delivery has ended: what it waited with is done now. */
enum err_code withdraw_settle(struct store *store, const char *delivery_id, struct principal by,
                              struct err *err);
/* The receiver was asked by a person, and answered that it has, or has not, taken the record away:
 * withdrawing → withdrawn either way, the receipt tells. STATE_CHANGED */
enum err_code withdraw_answered(struct store *store, const char *delivery_id, bool removed,
                                struct principal by, struct err *err);
task_action_fn withdraw_receiver_removed, withdraw_receiver_refused;
/* The target has no way to take anything back: a task for a person, until answered. */
enum err_code withdraw_ask_receiver(struct store *store, const char *delivery_id,
                                    struct principal by, struct err *err);

/* Sets "withdrawal" of a document: {"reason", "wrong_person", "asked_us", "asked_by", "may_undo"}
 * or null. */
enum err_code withdraw_show(struct store *store, const char *document_id, struct js *document,
                            struct err *err);

/* Of stage "withdraw": args of the job (from here on there is no way back), and its end. */
enum err_code withdraw_job(struct store *store, const char *delivery_id, struct js **out,
                           struct err *err);
struct completion;
enum err_code withdraw_complete(const struct completion *c, struct err *err);

#endif
