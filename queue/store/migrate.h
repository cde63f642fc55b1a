#ifndef SOHOA_STORE_MIGRATE_H
#define SOHOA_STORE_MIGRATE_H

#include "queue/store/db.h"

/* Forward only: number n of the list takes user_version from n-1 to n, in one transaction. */

struct migration {
    const char *name, *sql;
};

extern const struct migration store_migrations[];
extern const size_t store_migration_count;

enum err_code migrate_version(struct db *db, int64_t *out_version, struct err *err);

/* Brings the database up to `count`. One that has contents is copied (VACUUM INTO, flushed) to
 * folder/backup-v<version>-<time>.db first. STORE_NEWER above `count`, STORE_CORRUPT when it holds
 * tables that are not ours. */
enum err_code migrate_run(struct db *db, const char *folder, const struct migration *list,
                          size_t count, struct err *err);

#endif
