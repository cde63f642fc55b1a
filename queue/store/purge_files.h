#ifndef SOHOA_STORE_PURGE_FILES_H
#define SOHOA_STORE_PURGE_FILES_H

#include "queue/store/store.h"

/* Files beside the blobs that may hold what a purge takes out (purge.h). */

/* Temps of purged documents, and those of work that has ended. */
enum err_code purge_temps(struct store *store, struct err *err);
/* Backups that hold the content of a page or document whose purge was begun; one that cannot be
 * read may. */
enum err_code purge_backups(struct store *store, struct err *err);

#endif
