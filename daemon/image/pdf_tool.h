#ifndef SOHOA_IMAGE_PDF_TOOL_H
#define SOHOA_IMAGE_PDF_TOOL_H

#include "daemon/base/err.h"

/* One program of poppler-utils run on an open PDF file, between pdf_import.c and the system. */

/* The input's name in argv. */
#define PDF_TOOL_INPUT "/dev/fd/3"
#define PDF_TOOL_OUTPUT_MAX (4u << 20)

/* Runs argv (argv[0] a program name, found in /usr/bin) in `folder` with `input` as descriptor 3,
 * nothing else inherited. *out_text is what it printed (caller's, mem_free); *out_errors likewise.
 * PDF_UNREADABLE when it fails, is killed or takes longer than its limits; both texts are set then,
 * too. WORKER_MISSING when there is no such program. */
enum err_code pdf_tool_run(const char *const argv[], int input, const char *folder, char **out_text,
                           char **out_errors, struct err *err);

#endif
