#include "queue/store/check.h"

#include "daemon/base/file.h"
#include "queue/store/damage.h"
#include "queue/store/migrate.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK_AT_ONCE_BYTES (64 << 20) /* a fifth of a second */

static enum err_code check_file(struct db *db, const char *folder, struct err *err)
{
    AUTO(mem) char *verdict = NULL;
    struct err found = ERR_INIT;
    enum err_code code = db_text(db, "PRAGMA quick_check(1)", DB_BIND_NONE, &verdict, &found);
    if (code == ERR_STORE_CORRUPT || (!code && strcmp(verdict ? verdict : "", "ok") != 0))
        return store_damaged(folder, "is damaged", err);
    if (code && err)
        *err = found;
    return code;
}

static bool is_large(const char *folder)
{
    struct stat info;
    AUTO(mem) char *path = mem_printf("%s/store.db", folder);
    return path && stat(path, &info) == 0 && info.st_size > CHECK_AT_ONCE_BYTES;
}

enum err_code store_check_opening(struct db *db, const char *folder, bool *out_checked,
                                  struct err *err)
{
    int64_t version;
    struct err found = ERR_INIT;
    AUTO(mem) char *mark = mem_printf("%s/unsound", folder);
    if (!mark)
        return err_set(err, ERR_NO_MEMORY, "open store");
    enum err_code code = migrate_version(db, &version, &found);
    if (code == ERR_STORE_CORRUPT)
        return store_damaged(folder, "is damaged", err);
    if (code) {
        *err = found;
        return code;
    }
    bool marked = access(mark, F_OK) == 0;
    if (version > (int64_t)store_migration_count) /* migrate_run says so */
        return ERR_OK;
    if (is_large(folder) && !marked && version == (int64_t)store_migration_count)
        return ERR_OK;
    code = check_file(db, folder, err);
    if (!code && marked)
        unlink(mark);
    *out_checked = !code;
    return code;
}

static void leave_mark(const char *folder)
{
    AUTO(mem) char *mark = mem_printf("%s/unsound", folder);
    AUTO(fd) int fd = mark ? open(mark, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600) : -1;
    if (fd >= 0)
        file_flush_folder(AT_FDCWD, mark, NULL);
}

enum err_code store_check_all(const char *folder, struct err *err)
{
    AUTO(mem) char *path = mem_printf("%s/store.db", folder);
    struct db *db = NULL;
    if (!path)
        return err_set(err, ERR_NO_MEMORY, "check store");
    enum err_code code = db_open(path, false, &db, err);
    if (!code)
        code = check_file(db, folder, err);
    db_close(db, true);
    if (code == ERR_STORE_CORRUPT)
        leave_mark(folder);
    return code;
}
