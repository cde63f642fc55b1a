#ifndef SOHOA_WORKERS_UPLOAD_MAPPING_H
#define SOHOA_WORKERS_UPLOAD_MAPPING_H

#include "queue/upload/mapping.h"

/*
 * The mapping file of a receiver. A good one is copied to `kept`; in place of one with an error
 * that copy stays in use, and the journal says so with file, line and key. MAPPING_BAD only where
 * no good one was ever seen.
 */
enum err_code upload_mapping_load(const char *path, const char *kept, struct mapping **out,
                                  struct err *err);

/* `--check-mapping FILE`: says what is wrong; the exit status. */
int upload_mapping_check(const char *path);

#endif
