#ifndef SOHOA_UPLOAD_DIR_FILE_H
#define SOHOA_UPLOAD_DIR_FILE_H

#include "daemon/base/err.h"
#include "daemon/base/hash.h"
#include "queue/upload/flow.h"

#include <stdbool.h>

/* One file put into an open folder of the warehouse: whole, durable, never over another. */

#define DIR_TEMP_PREFIX ".part-"

/* What a failed call on the warehouse means for the delivery: TARGET_FULL, TARGET_READ_ONLY, else
 * TARGET_UNREACHABLE. Returns the code. */
enum err_code dir_fail(struct err *err, int number, const char *what);

/* All bytes of from_fd (from offset 0) as `file`, unless it is there: then *out_created is false
 * and nothing was changed. `owner` becomes part of the temp's name; flow may be NULL. */
enum err_code dir_file_put(int folder, const char *file, const char *owner, int from_fd,
                           struct flow *flow, bool *out_created, struct err *err);

/* SHA-256 and size of all bytes, read at the pace of the far side; flow may be NULL. IO */
enum err_code dir_file_hash(int fd, struct flow *flow, char out_sha256[HASH_HEX_SIZE],
                            uint64_t *out_size, struct err *err);

#endif
