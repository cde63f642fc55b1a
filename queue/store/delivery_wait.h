#ifndef SOHOA_STORE_DELIVERY_WAIT_H
#define SOHOA_STORE_DELIVERY_WAIT_H

#include "queue/store/store.h"

/*
 * What has to be first before a record is sent (delivery.waits_for), one after the other:
 *
 *   look-up   every source was asked about a component within a day; a paper that another holds
 *             waits on, for a person (task look-up-hit)
 *   code      whoever numbers gave the real result code
 *
 * Both end by themselves when nobody answers for answers_wait_us (store_options): the record goes,
 * and the audit of the document says what it goes without. "handover" is handover.h's.
 */

/* Inside the transaction that made the deliveries of a document. */
enum err_code delivery_wait_begin(struct store *store, const char *document_id, struct err *err);

/* Inside the caller's transaction, after a source has answered or not: looks at all documents of
 * the dossier that wait for it. */
enum err_code delivery_wait_look_up_over(struct store *store, const char *dossier_id,
                                         struct principal by, struct err *err);
/* A person answered the task of that document: nothing found elsewhere holds it any more. */
enum err_code delivery_wait_release(struct store *store, const char *document_id, const char *what,
                                    struct principal by, struct err *err);

/* Is there something to ask or to let go? */
enum err_code delivery_wait_is_due(struct store *store, bool *out, struct err *err);
/* Lets go what waited long enough, and answers which dossier is to be asked about now:
 * {"dossier_id": id or null, "released": count}. */
enum err_code delivery_wait_due(struct store *store, struct principal by, struct js **out,
                                struct err *err);

#endif
