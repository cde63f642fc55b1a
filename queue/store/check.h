#ifndef SOHOA_STORE_CHECK_H
#define SOHOA_STORE_CHECK_H

#include "daemon/base/err.h"
#include "queue/store/db.h"

/*
 * Is the file of a store sound? To know, all of it has to be read (quick_check): seconds for a
 * gigabyte, which nobody waits for at a start. So an opening checks at once what is small, what is
 * going to be migrated, and what an earlier check found damaged (the file "unsound" beside it).
 * Anything larger is checked by a process of its own, beside the open store; until it has answered,
 * SQLite still refuses each damaged page it meets.
 */

/* *out_checked: all of it was read. STORE_CORRUPT (damage.h), or the fault that kept it from being
 * read. */
enum err_code store_check_opening(struct db *db, const char *folder, bool *out_checked,
                                  struct err *err);
/* The whole file, however large. STORE_CORRUPT leaves "unsound", so that no opening passes it. */
enum err_code store_check_all(const char *folder, struct err *err);

#endif
