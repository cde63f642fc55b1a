#ifndef SOHOA_STORE_LOOK_UP_ASK_H
#define SOHOA_STORE_LOOK_UP_ASK_H

#include "queue/store/remote_held.h"

/*
 * Asking the sources about a dossier, one after another in their order: cache, warehouse, portal.
 *
 *   look_up_next ──▶ source, question ──(an upload worker asks)──▶ look_up_keep ──▶ look_up_next …
 *
 * What could not be asked is remembered and asked again before papers are sent (delivery_wait.h).
 */

struct look_up_round {
    const struct js *asked; /* names of sources that had their turn; may be NULL */
    int64_t fresh_us;       /* an answer not older than that need not be asked for again */
    int64_t pause_us;       /* a source that did not answer is left alone for so long */
    bool until_found;       /* not further than where every missing paper was found */
    bool reused_only;       /* only those of whom a paper is reused here */
};

/* {"target": name of the source, "question": as the target takes it (queue/upload/target.h)},
 * target null: nobody (more). NOT_FOUND */
enum err_code look_up_next(struct store *store, const char *dossier_id,
                           const struct look_up_round *round, struct js **out, struct err *err);

/* How that ended: kept, noted in the audit of the dossier, papers reused looked at again, waiting
 * deliveries sent on or a task opened. `asked_for` is the question: STATE_CHANGED when the dossier
 * is about somebody or something else by now, and nothing is kept. */
enum err_code look_up_keep(struct store *store, const char *dossier_id, const struct js *asked_for,
                           const struct remote_answer *answer, struct principal by,
                           struct err *err);

#endif
