#ifndef SOHOA_WORKERS_IMPORT_CATALOG_H
#define SOHOA_WORKERS_IMPORT_CATALOG_H

#include "daemon/workers/worker_main.h"

/* catalog {kind, sheet?} [file]: what a catalogue file says. {"sha256", "row_count", "problems",
 * "notes", "problem_count", "note_count", "sheet_names"?} [rows, a JSON list]. FORMAT_UNKNOWN neither CSV, TSV,
 * JSON nor xlsx. */
enum err_code import_catalog(struct worker_call *call, struct worker_answer *answer,
                             struct err *err);

#endif
