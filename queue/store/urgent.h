#ifndef SOHOA_STORE_URGENT_H
#define SOHOA_STORE_URGENT_H

#include "queue/store/store.h"

/* What goes before everything else, and by day, too. A person says so, or that it is not any more;
 * it is in the audit. */

/* One delivery on its way to its target; what only waits for its next try is due now. NOT_FOUND;
 * STATE_CHANGED when it is there already, held or over. */
enum err_code delivery_set_urgent(struct store *store, const char *id, bool urgent,
                                  struct principal by, struct err *err);
/* All records of a dossier, those that are still to come, too. NOT_FOUND */
enum err_code dossier_set_urgent(struct store *store, const char *id, bool urgent,
                                 struct principal by, int64_t *out_deliveries, struct err *err);

#endif
