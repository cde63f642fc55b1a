#include "queue/store/damage.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NAME_SIZE 80
#define FIRST "Nothing was changed. Stop Sohoa, copy the whole folder to a safe place, then "

/* "backup-v<n>-<µs>.db" as migrate.c makes them; the time has as many digits for centuries. */
static long long time_of_backup(const char *name)
{
    long long version, at_us;
    int end = 0;
    bool shaped = sscanf(name, "backup-v%lld-%lld.db%n", &version, &at_us, &end) == 2;
    return shaped && end && !name[end] ? at_us : -1;
}

static bool find_newest_backup(const char *folder, char out[NAME_SIZE])
{
    long long newest = -1;
    DIR *list = opendir(folder);
    for (struct dirent *entry; list && (entry = readdir(list));) {
        long long at_us = time_of_backup(entry->d_name);
        if (at_us <= newest || strlen(entry->d_name) >= NAME_SIZE)
            continue;
        newest = at_us;
        snprintf(out, NAME_SIZE, "%s", entry->d_name);
    }
    if (list)
        closedir(list);
    return newest >= 0;
}

enum err_code store_damaged(const char *folder, const char *what, struct err *err)
{
    char backup[NAME_SIZE];
    if (find_newest_backup(folder, backup))
        return err_set(
            err, ERR_STORE_CORRUPT,
            "store.db in '%s' %s. " FIRST
            "put back your newest sound copy of store.db; the newest one beside it is %s, "
            "made before an update: what came later is not in it",
            folder, what, backup);
    return err_set(err, ERR_STORE_CORRUPT,
                   "store.db in '%s' %s. " FIRST
                   "put back store.db from the machine's own backup; no backup-*.db lies beside it "
                   "(those are made by updates only). Without a copy, keep the folder and call "
                   "support",
                   folder, what);
}

enum err_code store_blobs_gone(const char *folder, struct err *err)
{
    return err_set(
        err, ERR_STORE_CORRUPT,
        "the folder '%s/blobs' is missing or was never this store's, but store.db names "
        "files in it. " FIRST
        "put the folder back (is its disk mounted?), or restore it with store.db from the "
        "same backup",
        folder);
}
