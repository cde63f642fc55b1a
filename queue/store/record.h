#ifndef SOHOA_STORE_RECORD_H
#define SOHOA_STORE_RECORD_H

#include "queue/store/store.h"

/* The record JSON ("sohoa.record/1") that goes beside the signed PDF, by its hash chained to it.
 * Pretty, keys in a fixed order; the caller's text (mem_free). */
enum err_code record_text(struct store *store, const char *document_id, char **out,
                          struct err *err);

#endif
