#ifndef SOHOA_PIPELINE_IMPORT_STEP_H
#define SOHOA_PIPELINE_IMPORT_STEP_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

/* One step of an import after the other: the store says what is next (import_next), the import
 * worker does it, the store keeps it. */

struct import_step;
struct store_client;
struct worker;

/* Both are borrowed. */
enum err_code import_step_new(struct worker *worker, struct store_client *store,
                              struct import_step **out, struct err *err);
/* Nobody is called back any more. */
void import_step_close(struct import_step *step);
void import_step_free(struct import_step *step);

/* more: there may be another step. err: this folder cannot be worked on now. What is wrong with a
 * single file is kept in its item and is no error here. */
typedef void import_stepped_fn(void *payload, bool more, const struct err *err);
/* One at a time; the worker is idle and configured. */
void import_step_run(struct import_step *step, const char *folder, import_stepped_fn *done,
                     void *payload);

#endif
