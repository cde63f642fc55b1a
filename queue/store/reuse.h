#ifndef SOHOA_STORE_REUSE_H
#define SOHOA_STORE_REUSE_H

#include "queue/store/component.h"

/*
 * A paper that is held is taken over for a wanted one instead of a scan (regulations 1): class 2
 * from a component, 3 from a result, with the source and its result code as they were. One at a
 * time for each wanted paper; taking another ends the former. Undone while the dossier is open.
 */

/* PAPER_UNKNOWN: the procedure wants no such paper; PAPER_SHOWN_ONLY, PAPER_SECRET; STATE_CHANGED:
 * the dossier is closed, or the source not signed yet; REUSE_OTHER_OWNER (also where the owner of
 * this dossier or of the source is not known), REUSE_EXPIRED, REUSE_REPLACED. NOT_FOUND */
enum err_code reuse_take(struct store *store, const struct paper_key *key, const char *document_id,
                         struct principal by, struct err *err);
/* Nothing there to undo is fine. STATE_CHANGED, PAPER_UNKNOWN, NOT_FOUND */
enum err_code reuse_undo(struct store *store, const struct paper_key *key, struct principal by,
                         struct err *err);

/* Inside the caller's transaction: the dossier is about something else or somebody else's, nothing
 * taken over for it stands any more. *out_count: how many were. */
enum err_code reuse_end_all(struct store *store, const char *dossier_id, struct principal by,
                            int64_t *out_count, struct err *err);

/* Adds "reuse" to each paper: {"id", "class", "taken_us", "taken_by", "source": an entry of
 * look_up.h, its "result_code" as it was taken over} or null. */
enum err_code reuse_add(struct store *store, const char *dossier_id, const struct js *papers,
                        struct err *err);

#endif
