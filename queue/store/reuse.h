#ifndef SOHOA_STORE_REUSE_H
#define SOHOA_STORE_REUSE_H

#include "queue/store/component.h"
#include "queue/store/wanted.h"

/*
 * A paper that is held is taken over for a wanted one instead of a scan (regulations 1): class 2
 * from a component, 3 from a result, with the source and its result code as they were. One at a
 * time for each wanted paper; taking another ends the former. Undone while the dossier is open.
 */

/* One that another holds (remote_held.h), with what was fetched of its file. */
struct reuse_held {
    const char *held_id;
    const char *file_sha256; /* NULL: recorded by reference */
    int64_t file_bytes;
};

/* PAPER_UNKNOWN: the procedure wants no such paper; PAPER_SHOWN_ONLY, PAPER_SECRET; STATE_CHANGED:
 * the dossier is closed, or the source not signed yet; REUSE_OTHER_OWNER (also where the owner of
 * this dossier or of the source is not known), REUSE_EXPIRED, REUSE_REPLACED. NOT_FOUND */
enum err_code reuse_take(struct store *store, const struct paper_key *key, const char *document_id,
                         struct principal by, struct err *err);
/* The same of a paper that another holds. */
enum err_code reuse_take_held(struct store *store, const struct paper_key *key,
                              const struct reuse_held *held, struct principal by, struct err *err);
/* Inside the caller's transaction: for one of the papers of wanted.h, also when the dossier is
 * closed. */
enum err_code reuse_put(struct store *store, const char *dossier_id, const struct js *paper,
                        const struct reuse_held *held, struct principal by, struct err *err);

/* Inside the caller's transaction: `source` has just answered about that case. What is reused of it
 * there and in other dossiers about the same gets "checked_us", or the "problem" it has now. */
enum err_code reuse_recheck(struct store *store, const struct wanted_case *of, const char *source,
                            struct principal by, struct err *err);
/* REUSE_REPLACED, REUSE_EXPIRED, REUSE_GONE: its holder said so since, of one that is reused. */
enum err_code reuse_check_standing(struct store *store, const char *dossier_id, struct err *err);

/* Nothing there to undo is fine. STATE_CHANGED, PAPER_UNKNOWN, NOT_FOUND */
enum err_code reuse_undo(struct store *store, const struct paper_key *key, struct principal by,
                         struct err *err);

/* Inside the caller's transaction: the dossier is about something else or somebody else's, nothing
 * taken over for it stands any more. *out_count: how many were. */
enum err_code reuse_end_all(struct store *store, const char *dossier_id, struct principal by,
                            int64_t *out_count, struct err *err);

/* Adds "reuse" to each paper: {"id", "class", "taken_us", "taken_by", "source": an entry of
 * look_up.h, its "result_code" as it was taken over, "file_sha256", "checked_us", "problem": null
 * or "gone" "expired" "replaced"} or null. */
enum err_code reuse_add(struct store *store, const char *dossier_id, const struct js *papers,
                        struct err *err);

#endif
