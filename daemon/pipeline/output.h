#ifndef SOHOA_PIPELINE_OUTPUT_H
#define SOHOA_PIPELINE_OUTPUT_H

#include "daemon/base/err.h"
#include "daemon/base/hash.h"
#include "daemon/base/js.h"

#include <stdbool.h>

/* The output folder of `sohoa process`: a PDF appears whole or not at all, its JSON after it is the
 * mark that both are there. */

/* A nameless file in the folder: gone when we are killed. Mode 0666 less the umask. */
enum err_code output_create(int dir_fd, int *out_fd, struct err *err);
/* Gives it its name (replacing an older one) and NAME.json after it, all of it flushed. */
enum err_code output_publish(int dir_fd, const char *name, int pdf_fd, const struct js *json,
                             struct err *err);
/* A further file of a result, whole or not at all, before output_publish; its hash belongs into the
 * JSON as "alto_sha256". */
#define OUTPUT_ALTO ".alto.xml"
enum err_code output_put_alto(int dir_fd, const char *name, const char *text, struct err *err);
/* NAME.json with that digest and its PDF (and ALTO, when it names one) unharmed; for parts of a split, all of them. */
bool output_is_done(int dir_fd, const char *name, const char *digest);
#define OUTPUT_TYPE_SIZE 64
/* What is done holds, over all its parts; the type ("" when it cannot be read) is the first's. */
void output_read_done(int dir_fd, const char *name, const char *digest,
                      char out_type[OUTPUT_TYPE_SIZE], size_t *out_pages);

#endif
