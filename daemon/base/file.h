#ifndef SOHOA_BASE_FILE_H
#define SOHOA_BASE_FILE_H

#include "daemon/base/err.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Files that survive a power cut, and whole-file reading with a ceiling. */

/* Writes all of it, over short writes and EINTR. */
enum err_code file_write_all(int fd, const void *bytes, size_t size, struct err *err);

/* The one way to replace a file: temp beside it, write, fsync, rename, fsync the folder.
 * dir_fd may be AT_FDCWD. On failure the old file is untouched and no temp is left. */
enum err_code file_replace_durably(int dir_fd, const char *name, const void *bytes, size_t size,
                                   struct err *err);

/* Flushes the folder that holds `path` (or `path` relative to dir_fd). */
enum err_code file_flush_folder(int dir_fd, const char *path, struct err *err);

/* Reads from offset 0 to the end without moving the descriptor's offset. *out_bytes is the
 * caller's (mem_free), has one NUL byte behind its end. TOO_LARGE above the ceiling. */
enum err_code file_read_fd(int fd, size_t max_bytes, char **out_bytes, size_t *out_size,
                           struct err *err);
enum err_code file_read(int dir_fd, const char *path, size_t max_bytes, char **out_bytes,
                        size_t *out_size, struct err *err);

/* Removes a file whose content must not come back: overwritten and flushed where no other name has
 * it, then unlinked; its folder is the caller's to flush. A missing one is fine. What a disk keeps
 * by itself (wear levelling, snapshots) is beyond it. */
enum err_code file_wipe(int dir_fd, const char *name, struct err *err);

/* Copies from offset 0 of from_fd to the end into to_fd at its current offset. */
enum err_code file_copy_fd(int from_fd, int to_fd, struct err *err);

/* Anonymous memory file, close-on-exec, sealable; the name shows only in /proc. */
enum err_code file_memfd(const char *name, const void *bytes, size_t size, int *out_fd,
                         struct err *err);
/* Seals against writing, growing and shrinking, offset back to 0. */
enum err_code file_memfd_seal(int fd, struct err *err);

/* mkdir -p; what it makes gets `mode` less the umask, and its name is flushed. */
enum err_code file_make_folders(const char *path, mode_t mode, struct err *err);

/* Free bytes on the file system of fd. */
enum err_code file_free_bytes(int fd, uint64_t *out_bytes, struct err *err);

#endif
