#include "queue/store/sys_vfs.h"

#include "daemon/base/sys.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <sys/mman.h>

static sqlite3_vfs ours;
static sqlite3_vfs *stock;
static int probe =
    -1; /* a memory file: the seams want a descriptor, SQLite does not show its own */

/* The stock layer has one method table per kind of locking; each is patched once. */
#define TABLES_MAX 8
static struct {
    const sqlite3_io_methods *stock;
    sqlite3_io_methods patched;
} tables[TABLES_MAX];
static int table_count;

static const sqlite3_io_methods *stock_of(const sqlite3_io_methods *patched)
{
    for (int i = 0; i < table_count; i++)
        if (&tables[i].patched == patched)
            return tables[i].stock;
    return patched;
}

static int full_or(int result)
{
    return errno == ENOSPC || errno == EDQUOT ? SQLITE_FULL : result;
}

static int write_past_seam(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
    if (sys_write(probe, "", 0) < 0)
        return full_or(SQLITE_IOERR_WRITE);
    return stock_of(file->pMethods)->xWrite(file, bytes, size, offset);
}

static int sync_past_seam(sqlite3_file *file, int flags)
{
    if (sys_fdatasync(probe) != 0)
        return full_or(SQLITE_IOERR_FSYNC);
    return stock_of(file->pMethods)->xSync(file, flags);
}

static const sqlite3_io_methods *patched_of(const sqlite3_io_methods *methods)
{
    for (int i = 0; i < table_count; i++)
        if (tables[i].stock == methods)
            return &tables[i].patched;
    if (table_count == TABLES_MAX)
        return methods;
    tables[table_count].stock = methods;
    tables[table_count].patched = *methods;
    tables[table_count].patched.xWrite = write_past_seam;
    tables[table_count].patched.xSync = sync_past_seam;
    return &tables[table_count++].patched;
}

static int open_past_seam(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                          int *out_flags)
{
    (void)vfs;
    int result = stock->xOpen(stock, name, file, flags, out_flags);
    if (result == SQLITE_OK && file->pMethods)
        file->pMethods = patched_of(file->pMethods);
    return result;
}

const char *sys_vfs_name(void)
{
    if (stock)
        return ours.zName;
    probe = memfd_create("sohoa-disk-seam", MFD_CLOEXEC);
    stock = sqlite3_vfs_find(NULL);
    if (probe < 0 || !stock)
        return NULL;
    ours = *stock;
    ours.pNext = NULL;
    ours.zName = "sohoa";
    ours.xOpen = open_past_seam;
    if (sqlite3_vfs_register(&ours, 0) != SQLITE_OK)
        return NULL;
    return ours.zName;
}
