#ifndef SOHOA_STORE_DEMAND_H
#define SOHOA_STORE_DEMAND_H

#include "queue/store/component.h"

/* What the citizen asked to have digitized although the rules leave it to them, at their cost
 * (regulations 1.3): who asked, on which day, and the fee. */

struct demand {
    const char *asked_by;   /* "owner" "presenter" "other" */
    const char *asked_name; /* wanted for "other"; NULL */
    const char *asked_on;   /* day; NULL: today */
    const char *fee;        /* "yes": it is to be paid, "no", "exempt" */
};

/* The last word holds. PAPER_UNKNOWN; PAPER_NOT_ON_DEMAND for a paper of another duty;
 * BAD_ARGUMENT; STATE_CHANGED when the dossier is closed; NOT_FOUND. */
enum err_code demand_note(struct store *store, const struct paper_key *key,
                          const struct demand *demand, struct principal by, struct err *err);
/* The citizen asks no more; without a demand nothing happens. */
enum err_code demand_end(struct store *store, const struct paper_key *key, struct principal by,
                         struct err *err);

/* Inside the caller's transaction: the dossier is about something else. *out_count: how many ended.
 */
enum err_code demand_end_all(struct store *store, const char *dossier_id, struct principal by,
                             int64_t *out_count, struct err *err);

/* Adds "demand" to each paper: {"asked_by", "asked_name", "asked_on", "fee", "noted_us",
 * "noted_by"} or null. */
enum err_code demand_add(struct store *store, const char *dossier_id, const struct js *papers,
                         struct err *err);

#endif
