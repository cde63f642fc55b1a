#ifndef SOHOA_STORE_RECEIPT_H
#define SOHOA_STORE_RECEIPT_H

#include "queue/store/completion.h"

/* A target's receipt is kept with its delivery when it is for what this store holds.
 * TARGET_MISMATCH when it is for other content, BAD_JSON. */
enum err_code receipt_keep(struct store *store, const char *delivery_id, const struct js *receipt,
                           struct err *err);
/* The one in the worker's answer, "receipt". */
enum err_code receipt_store(const struct completion *c, struct err *err);

#endif
