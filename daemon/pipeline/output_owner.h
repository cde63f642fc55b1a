#ifndef SOHOA_PIPELINE_OUTPUT_OWNER_H
#define SOHOA_PIPELINE_OUTPUT_OWNER_H

#include "daemon/base/err.h"

/*
 * Whose NAME.pdf and NAME.json in the output folder are. Only what `sohoa process` made may be
 * replaced: a result it finished, and what a killed run or a failing disk left of one.
 *
 *   PDF   has the document id that only our composed PDFs carry and nothing appended (a signature
 *         is), or is what NAME.json has the hash of, or equals the PDF it would be copied from
 *   JSON  is empty, or says that it is a sohoa.document/1
 */

/* source_pdf: the input when that is a PDF, else NULL. USAGE names the file that is in the way and
 * what to do; dir_path is for that text only. */
enum err_code output_may_replace(int dir_fd, const char *dir_path, const char *name,
                                 const char *source_pdf, struct err *err);

/* The same for NAME.alto.xml: empty, or an ALTO of ours. */
enum err_code output_may_replace_alto(int dir_fd, const char *dir_path, const char *name,
                                      struct err *err);

#endif
