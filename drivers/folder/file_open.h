#ifndef SOHOA_FOLDER_FILE_OPEN_H
#define SOHOA_FOLDER_FILE_OPEN_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <sys/stat.h>

/* Opening other people's files: reading only, never beyond the folder, never waiting for a pipe. */

/* TIMEOUT for errors of a share that is away, `other` for the rest; detail without a name. */
enum err_code file_error(int number, enum err_code other, const char *what, struct err *err);

/* A regular file below dir_fd. NOT_FOUND, FORBIDDEN (may not be read; a link that leads out; no
 * regular file), TIMEOUT, IO. */
enum err_code file_open_below(int dir_fd, const char *path, int *out_fd, struct stat *out_info,
                              struct err *err);

/* On a file system that a server holds. */
bool file_is_on_network(int fd);
/* Somebody has it open for writing, as far as this file system can tell: local ones can. */
bool file_is_being_written(int fd);

#endif
