#ifndef SOHOA_STORE_COMPLETE_H
#define SOHOA_STORE_COMPLETE_H

#include "queue/store/store.h"

/*
 * What a worker answered for a claim, taken over: results stored, blobs linked, state moved, claim
 * ended, all in one transaction. `result` is the worker's last reply; `fds` are borrowed
 * (recognize: words, thumbnail). The same claim again, its answer lost, is fine.
 * STATE_CHANGED the claim is no longer held (then nothing happens),
 * BAD_JSON naming what the reply lacks, BLOB_DAMAGED, TARGET_MISMATCH a receipt for other content.
 */
enum err_code store_complete(struct store *store, const char *claim_id, const struct js *result,
                             const int *fds, size_t fd_count, struct principal by, struct err *err);

#endif
