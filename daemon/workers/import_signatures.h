#ifndef SOHOA_WORKERS_IMPORT_SIGNATURES_H
#define SOHOA_WORKERS_IMPORT_SIGNATURES_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

/* The signatures of a PDF that others signed:
 *   {"list": [{"level", "signer", "serial", "certificate_sha256" | null,
 *             "signed_at_us" | null, "intact"}], "covers_file"}
 * covers_file: nothing was added behind the last one. As foreign_list. */
enum err_code import_signatures(int fd, struct js **out, struct err *err);

#endif
