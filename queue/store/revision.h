#ifndef SOHOA_STORE_REVISION_H
#define SOHOA_STORE_REVISION_H

#include "queue/store/store.h"

/* A short text that differs whenever what a person sees of a document differs: its version, the set
 * or order of its pages, the proposal. A confirmation names the one it was made on. */

#define REVISION_SIZE 17 /* with the NUL */

enum err_code document_revision(struct store *store, const char *id, char out[REVISION_SIZE],
                                struct err *err);

#endif
