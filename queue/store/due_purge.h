#ifndef SOHOA_STORE_DUE_PURGE_H
#define SOHOA_STORE_DUE_PURGE_H

#include "queue/store/store.h"

#include <stdbool.h>

/*
 * Retention: what has long been safe at every target need not lie here, too.
 *
 *   closed for purge_after_days ──look──▶ every target asked to read it back (stage "reconcile")
 *                                          ├─ all answered with these bytes ──▶ purged (purge.h)
 *                                          └─ one did not ──▶ task "purge-refused", it stays
 *
 * Nothing goes on the word of an old receipt, and nothing while a person may still need it: a
 * dossier that is open, one that uses the paper instead of a scan, an open task, a newer version
 * under way, a withdrawal. Rows of document and deliveries, receipts, result code and history stay.
 */

/* One step, cheap when nothing is due: at most `most` documents are asked about, and as many
 * purged. Begin and end are two commits, so whatever dies in between is gone on with. Outside of
 * transactions and groups. {"asked", "purged", "waiting"} */
enum err_code due_purge_step(struct store *store, int64_t after_days, int64_t most,
                             struct principal by, struct js **out, struct err *err);

/* A look did not show the document's bytes: no purge for now. *out_was: one was under way. */
enum err_code due_purge_end(struct store *store, const char *document_id, const char *why,
                            struct principal by, bool *out_was, struct err *err);

#endif
