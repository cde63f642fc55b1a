#ifndef SOHOA_STORE_REGISTER_PURGE_H
#define SOHOA_STORE_REGISTER_PURGE_H

#include "queue/store/inside.h"

/*
 * What registers say of a secret paper goes with it (secret.h, purge.h): the row that it is, and
 * in all versions of its folder's registers the rows that say the same. Only their place stays, as
 * "purged", without a key: nothing is joined to it again and nobody looks for its scan. A row that
 * may be another paper's stays.
 */

/* Inside the caller's transaction, once its marks are answered and before it is rejected; again is
 * fine. Where rows went its purge is begun (anew). */
enum err_code register_forget(struct store *store, const char *document_id, struct err *err);
/* The same of all papers of the folder that are purged: a register came in, and by what the others
 * are joined is noted. */
enum err_code register_forget_purged(struct store *store, const char *folder, struct err *err);

#endif
