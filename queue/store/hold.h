#ifndef SOHOA_STORE_HOLD_H
#define SOHOA_STORE_HOLD_H

#include "daemon/model/doc_state.h"
#include "queue/store/store.h"

/* Waiting for a person. A held row keeps the state it was held in, and goes back there. */

enum err_code subject_hold(struct store *store, enum machine machine, const char *id,
                           const char *reason, struct principal by, struct err *err);
/* Back to where it was held, attempts forgotten. Work that only waits for its next attempt becomes
 * due now. STATE_CHANGED when it neither is held nor waits. */
enum err_code subject_release(struct store *store, enum machine machine, const char *id,
                              struct principal by, struct err *err);

/* Releases all that are held for that reason (the signer was unlocked, the disk has room again). */
enum err_code subjects_release(struct store *store, enum machine machine, const char *reason,
                               struct principal by, int64_t *out_count, struct err *err);
/* Every delivery that only waits for its next attempt becomes due now. */
enum err_code deliveries_retry_now(struct store *store, struct principal by, int64_t *out_count,
                                   struct err *err);

#endif
