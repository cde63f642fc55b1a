#ifndef SOHOA_STORE_RATES_H
#define SOHOA_STORE_RATES_H

#include "queue/store/store.h"

/*
 * What the portal will count of this station's cases (R-30, regulations 12.6), from facts: signed
 * copies, files that came signed, and recorded reuse. A case is all dossiers of one code, a dossier
 * without code is one by itself; backlog and dossiers with neither code nor paper are none. What
 * only the province's system knows (its states of a case, verified accounts) is not guessed.
 */

/* Of one case: {"has_digitized_components": HoSoCoThanhPhanSoHoa, "has_digitized_result",
 * "reuses", "is_linked": DuocLayTuKhoDMQG, "wants_result": by the catalogue, null where it does not
 * know, "is_counted", "lacks": [names of daemon/model/rates.def], "papers": component_facts}.
 * NOT_FOUND */
enum err_code rates_of_dossier(struct store *store, const char *dossier_id, struct js **out,
                               struct err *err);

/* Only what it lacks: [names]. NOT_FOUND */
enum err_code rates_lacks(struct store *store, const char *dossier_id, struct js **out,
                          struct err *err);

/* Over the cases received on days from..to, both inclusive; those without a day of reception by
 * the day they were begun here:
 * {"from", "to", "cases", "counted", "rates": [{"name", "label", "count", "of", "share" or null,
 * "full_at" or null, "points": 0..1 of those the rate can have, or null}…],
 * "lacking": [{"dossier_id", "code", "is_counted", "lacks"}…], the first RATES_LACKING_MAX of them,
 * "lacking_total"}. A result is lacked by no case in this list: it may not be there yet. */
#define RATES_LACKING_MAX 500
enum err_code rates_over(struct store *store, const char *from, const char *to, struct js **out,
                         struct err *err);

#endif
