#ifndef SOHOA_STORE_SYS_VFS_H
#define SOHOA_STORE_SYS_VFS_H

/* SQLite's file layer for us: the stock one of the platform, whose writes and flushes go past the
 * disk seams of daemon/base/sys.h first, so that a test of a full or slow disk meets the database,
 * too. The name for sqlite3_open_v2; registered on the first call. NULL (the stock layer) when that
 * fails. */
const char *sys_vfs_name(void);

#endif
