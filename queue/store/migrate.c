#include "queue/store/migrate.h"

#include "daemon/base/file.h"
#include "daemon/base/sys.h"

#include <errno.h>
#include <fcntl.h>

#define APPLICATION_ID "0x536f686f" /* "Soho", in the file's header */

const struct migration store_migrations[] = {
#include "queue/store/migrations.inc"
};
const size_t store_migration_count = sizeof store_migrations / sizeof *store_migrations;

enum err_code migrate_version(struct db *db, int64_t *out_version, struct err *err)
{
    return db_number(db, "PRAGMA user_version", DB_BIND_NONE, 0, out_version, err);
}

static enum err_code back_up(struct db *db, const char *folder, int64_t version, struct err *err)
{
    AUTO(mem)
    char *path =
        mem_printf("%s/backup-v%lld-%lld.db", folder, (long long)version, (long long)sys_now_us());
    if (!path)
        return err_set(err, ERR_NO_MEMORY, "backup");
    enum err_code code = db_run(db, "VACUUM INTO ?", DB_BIND(DB_TEXT(path)), err);
    if (code)
        return err_context(err, code, "backup to '%s'", path);
    AUTO(fd)
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || sys_fsync(fd) != 0)
        return err_set_errno(err, ERR_IO, errno, "flush '%s'", path);
    return file_flush_folder(AT_FDCWD, path, err);
}

static enum err_code check_links(struct db *db, struct err *err)
{
    int64_t broken;
    enum err_code code = db_number(db, "SELECT count(*) FROM pragma_foreign_key_check",
                                   DB_BIND_NONE, 0, &broken, err);
    if (!code && broken)
        return err_set(err, ERR_STORE_CORRUPT, "%lld rows point nowhere", (long long)broken);
    return code;
}

static enum err_code apply(struct db *db, const struct migration *migration, size_t number,
                           struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    AUTO(mem)
    char *pragma = mem_printf("PRAGMA user_version = %zu", number);
    if (!pragma)
        return err_set(err, ERR_NO_MEMORY, "migration");
    enum err_code code = tx_begin(&tx, db, err);
    if (!code)
        code = db_script(db, migration->sql, err);
    if (!code)
        code = db_script(db, pragma, err);
    if (!code)
        code = check_links(db, err);
    if (!code)
        code = tx_commit(&tx, err);
    return code ? err_context(err, code, "migration %s", migration->name) : ERR_OK;
}

static enum err_code prepare_empty(struct db *db, struct err *err)
{
    int64_t tables;
    enum err_code code =
        db_number(db, "SELECT count(*) FROM sqlite_schema", DB_BIND_NONE, 0, &tables, err);
    if (code)
        return code;
    if (tables)
        return err_set(err, ERR_STORE_CORRUPT, "store.db holds tables that are not Sohoa's");
    /* auto_vacuum can only be chosen while the file is empty */
    return db_script(db,
                     "PRAGMA auto_vacuum = INCREMENTAL;"
                     "PRAGMA application_id = " APPLICATION_ID,
                     err);
}

enum err_code migrate_run(struct db *db, const char *folder, const struct migration *list,
                          size_t count, struct err *err)
{
    int64_t version;
    enum err_code code = migrate_version(db, &version, err);
    if (code)
        return code;
    if (version < 0 || version > (int64_t)count)
        return err_set(err, ERR_STORE_NEWER,
                       "store.db has version %lld, this program knows %zu: install the newer Sohoa",
                       (long long)version, count);
    if (version == (int64_t)count)
        return ERR_OK;
    code = version ? back_up(db, folder, version, err) : prepare_empty(db, err);
    if (!code) /* a migration may rebuild tables; the links are checked before it commits */
        code = db_script(db, "PRAGMA foreign_keys = OFF", err);
    for (size_t i = (size_t)version; !code && i < count; i++)
        code = apply(db, &list[i], i + 1, err);
    return code;
}
