#ifndef SOHOA_STORE_CONFLICT_H
#define SOHOA_STORE_CONFLICT_H

#include "queue/store/store.h"

/*
 * A target has other bytes under the record's name: nothing was overwritten, the delivery is held,
 * TARGET_CONFLICT, until a person has compared. Scanning it again makes a new version with a name
 * of its own (document_replace), document_withdraw takes it back everywhere; this leaves theirs
 * alone: the delivery ends without ours, and so does a withdrawal whose mark is there with other
 * words. STATE_CHANGED when no conflict holds it; NOT_FOUND.
 */
enum err_code delivery_keep_theirs(struct store *store, const char *delivery_id,
                                   struct principal by, struct err *err);

#endif
