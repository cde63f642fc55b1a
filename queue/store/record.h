#ifndef SOHOA_STORE_RECORD_H
#define SOHOA_STORE_RECORD_H

#include "queue/store/store.h"

/* Writes the record JSON ("sohoa.record/1") that goes beside the signed PDF, by its hash chained to
 * it, and makes it the document's. Pretty, keys in a fixed order. A validity a person could not
 * find is sent as store_options.unknown_validity, "" as null. Joins the caller's
 * transaction.
 */
enum err_code record_store(struct store *store, const char *document_id, struct err *err);

/* The same as it is now, for one delivery alone: hidden from the citizen, or with a code that became
 * real after another target had the document's. Joins the caller's transaction. */
enum err_code record_store_own(struct store *store, const char *delivery_id, struct err *err);

#endif
