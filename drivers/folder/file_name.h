#ifndef SOHOA_FOLDER_FILE_NAME_H
#define SOHOA_FOLDER_FILE_NAME_H

#include "daemon/base/err.h"

#include <stdbool.h>

/*
 * Names of other people's files. A path is bytes: a share may hold names that are no UTF-8, or
 * whose accents are written apart (macOS), and JSON would change both. As text, a part that is NFC
 * stands as it is; of any other part every byte above 0x7F is "%XX"; '%' and control characters
 * always are.
 */

#define FILE_PATH_MAX 4096

/* Relative path to text and back, byte for byte. Caller's. NO_MEMORY. */
enum err_code file_path_to_text(const char *path, char **out, struct err *err);
/* BAD_ARGUMENT for what no path gives: absolute, "..", an empty part, a NUL, too long. */
enum err_code file_path_from_text(const char *text, char **out, struct err *err);

/* Natural order part by part: all of "p2/" before "p10/". Total: 0 for equal bytes only. */
int file_path_compare(const char *a, const char *b);
/* "a/b" lies in "a". */
bool file_path_is_in(const char *path, const char *folder);

/* Still being made: .part .partial .tmp .temp .crdownload .download .filepart, ~$…, …~, .… */
bool file_name_is_temporary(const char *path);
/* What Windows and macOS leave in folders: Thumbs.db, desktop.ini. */
bool file_name_is_clutter(const char *path);

#endif
